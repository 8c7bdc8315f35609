"""Search vectors in a file that FAISS maps into memory: what a search does not look at is never read from the disk.

It writes nothing (``index.vectors.building``). FAISS numbers vectors by their place; the ids, ascending, lie behind its
part of the file, and are mapped as well. So the earlier of two places has the smaller id.

The file ends in what was trained and in its own length. FAISS 1.15 crashes the process on some truncated files when it
maps them (a cut inside the header) and accepts others (a cut inside the last eight bytes), so the length is looked at
before FAISS sees the file; FAISS itself does not read so far. Altered bytes are the manifest's to find.
"""

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from index.errors import SnapshotDamaged
from index.vectors.kinds import Kind, Training
from index.vectors.protocol import NONE, Floats, Halves, Ids, Neighbours, check_width, cosines

SEAL = struct.Struct("<QQQQ")
"""At the end of a file: how many ids stand before it, the two numbers of ``Training``, bytes of the whole file."""

Searched = faiss.IndexScalarQuantizer | faiss.IndexIVFScalarQuantizer
"""Both kinds keep rows as they were given, in half precision."""


@dataclass(frozen=True, slots=True)
class _File:
    """What is mapped: held by whoever searches, so that it is unmapped when the last search is done."""

    index: Searched
    ids: Ids
    kind: Kind


@dataclass(frozen=True, slots=True)
class KeptRows:
    """Rows where they lie in the mapped file: of each place where its row starts among ``numbers``, half-precision.

    ``index`` keeps the file mapped. Nothing is read before it is asked for.
    """

    index: Searched
    numbers: npt.NDArray[np.float16]
    starts: Ids

    def at(self, places: Ids) -> Halves:
        """Return a copy of the rows (m, d) at ``places`` (m,)."""
        width = int(self.index.d)
        if not len(places):
            return np.empty((0, width), np.float16)
        return np.lib.stride_tricks.sliding_window_view(self.numbers, width)[self.starts[places]]


class MappedVectors:
    """A ``VectorIndex`` over one file of this machine."""

    def __init__(self, index: Searched, ids: Ids, training: Training) -> None:
        self.training = training
        kind = Kind(index.nlist, index.nprobe) if isinstance(index, faiss.IndexIVF) else Kind()
        self._opened: _File | None = _File(index, ids, kind)

    @classmethod
    def open(cls, path: Path) -> "MappedVectors":
        """Map a file that was written by ``write_vectors``: no vector is read before it is searched.

        Raises:
            SnapshotDamaged: the file is missing, truncated or not such a file.
        """
        # One search at a time needs one core: spinning threads make it slower, not faster, on a busy machine.
        faiss.omp_set_num_threads(1)
        try:
            ids, training = _read_end(path)
            # A damaged length must not make FAISS allocate more than the file could hold.
            faiss.set_deserialization_vector_byte_limit(path.stat().st_size)
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except (RuntimeError, MemoryError, OSError, ValueError) as error:
            raise SnapshotDamaged(f"{path} is not a readable vector file: {error}") from error
        if not isinstance(index, Searched) or index.sq.qtype != faiss.ScalarQuantizer.QT_fp16:
            raise SnapshotDamaged(f"{path} holds a {type(index).__name__}, which no kind of vectors is kept in")
        if index.ntotal != len(ids):
            raise SnapshotDamaged(f"{path} holds {index.ntotal} vectors under {len(ids)} ids")
        return cls(index, ids, training)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def dimension(self) -> int:
        """The width of the vectors."""
        return int(self._file.index.d)

    @property
    def ids(self) -> Ids:
        """All ids (n,), ascending."""
        return self._file.ids

    @property
    def kind(self) -> Kind:
        """How they are searched."""
        return self._file.kind

    @property
    def _file(self) -> _File:
        if self._opened is None:
            raise ValueError("the vectors were closed")
        return self._opened

    def search(self, vector: Floats, limit: int) -> Neighbours:
        """Return the ``limit`` nearest to ``vector`` (d,), or all where there are not as many.

        Raises:
            ValueError: ``vector`` has another width than the index.
        """
        file = self._file
        check_width(vector, int(file.index.d))
        wanted = min(limit, len(file.ids))
        if wanted < 1:
            return NONE
        places, scores = _nearest(file, vector, wanted)
        order = np.lexsort((places, -scores))[:wanted]
        return Neighbours(file.ids[places[order]], scores[order])

    def scores(self, vector: Floats, ids: Ids) -> Floats:
        """Return the cosine (m,) of ``vector`` (d,) with each of ``ids`` (m,), in their order.

        Raises:
            KeyError: an id is not in the index.
            ValueError: ``vector`` has another width than the index.
        """
        check_width(vector, self.dimension)
        return cosines(self.vectors(ids), vector)

    def vectors(self, ids: Ids) -> Floats:
        """Return a copy of the vectors (m, d) of ``ids`` (m,), in their order.

        Raises:
            KeyError: an id is not in the index.
        """
        return self.at(self.places(ids))

    def places(self, ids: Ids) -> Ids:
        """Return the place (m,) of each of ``ids`` (m,) among all, in their order.

        Raises:
            KeyError: an id is not in the index.
        """
        ids, own = np.asarray(ids, np.int64), self.ids
        places = np.searchsorted(own, ids)
        known = places < len(own)
        known[known] = own[places[known]] == ids[known]
        if not known.all():
            raise KeyError(f"no vector under id {ids[~known][0]}")
        return places

    def at(self, places: Ids) -> Floats:
        """Return a copy of the vectors (m, d) at ``places`` (m,), each less than the number of vectors."""
        if not len(places):
            return np.empty((0, self.dimension), np.float32)
        return np.asarray(self._file.index.reconstruct_batch(places), np.float32)

    def kept(self) -> "KeptRows":
        """Look at the rows as they are kept, for whoever copies many of them."""
        index = self._file.index
        if not isinstance(index, faiss.IndexIVF):
            rows = faiss.rev_swig_ptr(index.codes.data(), index.code_size * index.ntotal)
            return KeptRows(index, rows.view("<f2"), index.d * np.arange(index.ntotal))
        return _kept_in_lists(index)

    def lists(self) -> Ids:
        """Return the list (n,) in which each vector lies; only of a kind that has lists."""
        return np.asarray(faiss.vector_to_array(self._inverted.direct_map.array) >> 32, np.int64)

    def centroids(self) -> Floats:
        """Return the centroids (lists, d) of the lists; only of a kind that has lists."""
        index = self._inverted
        return np.asarray(index.quantizer.reconstruct_n(0, index.nlist), np.float32)

    @property
    def _inverted(self) -> faiss.IndexIVFScalarQuantizer:
        if not isinstance(index := self._file.index, faiss.IndexIVFScalarQuantizer):
            raise TypeError("these vectors lie in no lists")
        return index

    def close(self) -> None:
        """Unmap the file, as soon as the searches that have begun are done."""
        self._opened = None


def _nearest(file: _File, vector: Floats, wanted: int) -> tuple[Ids, Floats]:
    """Return the places of the ``wanted`` nearest and of all that score as the last of them does, and their scores."""
    asked, probes, most = wanted + 1, file.kind.probes, len(file.ids)
    while True:
        places, scores = _ask(file.index, vector, min(asked, most), probes)
        if len(places) < wanted and probes < file.kind.lists:
            probes = min(2 * probes, file.kind.lists)
        elif wanted < len(places) == asked < most and scores[-1] == scores[wanted - 1]:
            asked *= 2  # others may have the same score that were left out
        else:
            return places, scores


def _kept_in_lists(index: faiss.IndexIVFScalarQuantizer) -> KeptRows:
    """Look at rows that lie in lists, which stand in the file one after the other."""
    lists = index.invlists
    assert lists is not None
    counts = [lists.list_size(number) for number in range(index.nlist)]
    addresses = [int(lists.get_codes(number)) if counts[number] else 0 for number in range(index.nlist)]
    first = min(filter(None, addresses))
    end = max(address + count * index.code_size for address, count in zip(addresses, counts, strict=True))
    rows = faiss.rev_swig_ptr(lists.get_codes(addresses.index(first)), end - first)
    where = faiss.vector_to_array(index.direct_map.array)
    starts = np.array(addresses)[where >> 32] - first + index.code_size * (where & 0xFFFFFFFF)
    return KeptRows(index, rows.view("<f2"), starts // 2)


def _ask(index: Searched, vector: Floats, count: int, probes: int) -> tuple[Ids, Floats]:
    """Return at most ``count`` places and their scores, best first; fewer where the lists hold no more."""
    asked = np.ascontiguousarray(vector[None], np.float32)
    within = faiss.SearchParametersIVF() if probes else None
    if within:
        within.nprobe = probes
    scores, places = index.search(asked, count, params=within)
    found = places[0] >= 0
    return places[0][found], scores[0][found]


def _read_end(path: Path) -> tuple[Ids, Training]:
    """Return what lies behind FAISS's part of the file, the ids mapped.

    Raises:
        ValueError: the file is not as long as it was written.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - SEAL.size))
        seal = file.read()
        count, trained, since, whole = SEAL.unpack(seal) if len(seal) == SEAL.size else (0, 0, 0, 0)
        start = size - SEAL.size - 8 * count
        if whole != size or start < 0:
            raise ValueError(f"it has {size} bytes and does not end with that number")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(mapped, "<i8", count, start), Training(trained, since)
