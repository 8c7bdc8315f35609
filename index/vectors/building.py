"""Write the vectors of one generation into a file, in the kind that their number calls for.

It makes no vectors, and searches none. Rows are rounded to half precision here and nowhere else, to the nearest, ties
to even; from then on they are copied. Invariants: rows lie in ascending order of their ids; the same rows give the same
file on the same machine, but for the centroids of lists, which may be taken over from an earlier generation.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np

from index.vectors.kinds import Kind, Training, kind_for, still_trained
from index.vectors.mapped import SEAL, MappedVectors
from index.vectors.protocol import Floats, Halves, Ids, VectorsWritten, in_order

_CHUNK = 16_384
"""Rows that are in memory in full precision at a time: 24 MB of width 384."""

_TRAINED_BY = 64
"""Vectors by which each centroid is trained: FAISS asks for 39 at least, and looks at no more than 256."""

_ROUNDS = 10
"""Of k-means."""

_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class _Lists:
    """The centroids (lists, d), the list ``of`` each row (n,), ``_UNKNOWN`` where it has to be found, the training."""

    centroids: Floats
    of: Ids
    training: Training


def write_vectors(
    path: Path, ids: Ids, rows: Halves | Floats, base: Path | None = None, kind: Kind | None = None
) -> VectorsWritten:
    """Write ``rows`` (n, d), unit vectors, under ``ids`` (n,); making them durable is the caller's affair.

    Memory: the rows in half precision, beside what is given. ``base``: the file of an earlier generation; its centroids
    are used as long as they fit, and vectors that are the same there stay in their lists. ``kind``: instead of the one
    that their number calls for.

    Raises:
        ValueError: an id stands twice, or there are not as many ids as vectors.
        BuildError: a row is no unit vector.
        SnapshotDamaged: ``base`` cannot be read.
        OSError: the file cannot be written.
    """
    ids, rows = in_order(ids, rows)
    kind = kind or kind_for(len(ids))
    if kind.lists:
        before = MappedVectors.open(base) if base else None
        with _cores(os.cpu_count() or 1 if len(rows) > _CHUNK else 1):
            lists = _assigned(rows, _inherited(ids, rows, kind, before) or _trained(rows, kind))
        _save(path, _listed(rows, kind, lists), ids, lists.training)
    else:
        _save(path, _flat(rows), ids, Training(0))
    return VectorsWritten(rows.shape[1], str(kind))


def _chunks(count: int) -> Iterator[slice]:
    return (slice(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK))


def _codes(rows: Halves | Floats) -> bytes:
    """Return rows as FAISS keeps them: half precision, rounded as numpy rounds and not as FAISS does."""
    return np.ascontiguousarray(rows, "<f2").tobytes()


def _flat(rows: Halves | Floats) -> faiss.IndexScalarQuantizer:
    width = rows.shape[1]
    index = faiss.IndexScalarQuantizer(width, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    # all at once: FAISS makes room for them once, and rows in half precision are not copied before
    index.add_sa_codes(np.ascontiguousarray(rows, "<f2").view(np.uint8))
    return index


@contextmanager
def _cores(count: int) -> Iterator[None]:
    """Let FAISS use several cores meanwhile, and one afterwards: that is what a search wants."""
    faiss.omp_set_num_threads(count)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(1)


def _inherited(ids: Ids, rows: Halves | Floats, kind: Kind, base: MappedVectors | None) -> _Lists | None:
    """Return the lists of an earlier generation, if its centroids still fit: rows that it has stay where they are."""
    if base is None or (base.kind.lists, base.dimension) != (kind.lists, rows.shape[1]):
        return None
    of = np.full(len(ids), _UNKNOWN, np.int64)
    common, here, there = np.intersect1d(ids, base.ids, assume_unique=True, return_indices=True)
    known, rows_before = base.lists(), base.kept()
    for part in _chunks(len(common)):
        kept, wanted = rows_before.at(there[part]), rows[here[part]].astype(np.float16)
        same = (kept.view(np.uint16) == wanted.view(np.uint16)).all(axis=1)
        of[here[part][same]] = known[there[part][same]]
    before = base.training
    training = Training(before.vectors, before.since + int((of == _UNKNOWN).sum()))
    return _Lists(base.centroids(), of, training) if still_trained(training, len(ids)) else None


def _rounded(rows: Halves | Floats) -> Floats:
    return rows.astype(np.float16).astype(np.float32)


def _trained(rows: Halves | Floats, kind: Kind) -> _Lists:
    """Find centroids of rows evenly spaced in the order of their ids; those are digests, so from everywhere."""
    sample = _rounded(rows[:: max(1, len(rows) // (_TRAINED_BY * kind.lists))])
    means = faiss.Kmeans(rows.shape[1], kind.lists, niter=_ROUNDS, spherical=True, min_points_per_centroid=1)
    means.train(sample)
    assert means.centroids is not None
    return _Lists(means.centroids, np.full(len(rows), _UNKNOWN, np.int64), Training(len(rows)))


def _assigned(rows: Halves | Floats, lists: _Lists) -> _Lists:
    """Find the list of each row whose list is not known: that of the nearest centroid."""
    nearest = faiss.IndexFlatIP(rows.shape[1])
    nearest.add(lists.centroids)
    of, unknown = lists.of.copy(), np.flatnonzero(lists.of == _UNKNOWN)
    for part in _chunks(len(unknown)):
        of[unknown[part]] = nearest.search(_rounded(rows[unknown[part]]), 1)[1][:, 0]
    return _Lists(lists.centroids, of, lists.training)


def _listed(rows: Halves | Floats, kind: Kind, lists: _Lists) -> faiss.IndexIVFScalarQuantizer:
    """Put the rows into their lists, in each in the order of their places, and note where each lies."""
    centroids = faiss.IndexFlatIP(rows.shape[1])
    centroids.add(lists.centroids)
    index = faiss.IndexIVFScalarQuantizer(
        centroids, rows.shape[1], kind.lists, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    index.by_residual = False  # a row is kept as it is, whichever list it is in
    inverted = index.invlists
    assert inverted is not None
    order = np.argsort(lists.of, kind="stable")
    borders = np.searchsorted(lists.of[order], np.arange(kind.lists + 1))
    for number in range(kind.lists):
        places = order[borders[number] : borders[number + 1]]
        if not len(places):
            continue
        codes = np.frombuffer(_codes(rows[places]), np.uint8)
        inverted.add_entries(number, len(places), faiss.swig_ptr(places), faiss.swig_ptr(codes))
    index.is_trained, index.ntotal, index.nprobe = True, len(rows), kind.probes
    index.make_direct_map()
    return index


def _save(path: Path, index: faiss.Index, ids: Ids, training: Training) -> None:
    """Let FAISS write its part, and the ids and the seal behind it (``index.vectors.mapped`` reads them)."""
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        raise OSError(f"{path} cannot be written: {error}") from error
    with path.open("ab") as file:
        file.write(bytes(-file.tell() % ids.itemsize))  # the ids are read where they lie
        file.write(ids.astype("<i8").tobytes())
        file.write(SEAL.pack(len(ids), training.vectors, training.since, file.tell() + SEAL.size))
