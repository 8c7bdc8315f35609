"""Nearest vectors by inner product: exact search in FAISS, the only module that imports it.

It does not make vectors (``index.encoder``) and knows nothing of passages but their ids. Rows are unit
vectors, so an inner product is a cosine. Invariant: rows lie in ascending order of their ids, which makes
FAISS, that prefers the earlier row, break ties by id.

A saved file ends in its own length. FAISS 1.15 crashes the process on some truncated files when it maps them
(a cut inside the header) and accepts others (a cut inside the last eight bytes), so the length is looked at
before FAISS sees the file; FAISS itself does not read so far. Altered bytes are the manifest's to find.
"""

from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from index.errors import SnapshotDamaged

_SEAL = 8
"""Bytes of the length at the end of a saved file."""

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """``ids`` (n,) int64 and their cosines ``scores`` (n,) float32, best first, ties by ascending id."""

    ids: Ids
    scores: Floats


class VectorIndex:
    """Vectors under 63-bit ids. Searching is safe from many threads at once."""

    def __init__(self, index: faiss.IndexIDMap2) -> None:
        self._index = index
        flat = faiss.downcast_index(index.index)
        if not isinstance(flat, faiss.IndexFlat):
            raise SnapshotDamaged(f"the vector file holds a {type(flat).__name__}, not an IndexFlat")
        shape = (int(index.ntotal), int(index.d))
        self._rows: Floats = (
            faiss.rev_swig_ptr(flat.get_xb(), shape[0] * shape[1]).reshape(shape)
            if shape[0]
            else np.empty(shape, np.float32)
        )
        self._ids: Ids = faiss.vector_to_array(index.id_map).astype(np.int64)

    @classmethod
    def build(cls, ids: Ids, vectors: Floats) -> "VectorIndex":
        """Index ``vectors`` (n, d) under ``ids`` (n,).

        Raises:
            ValueError: an id stands twice, or there are not as many ids as vectors.
        """
        if vectors.ndim != 2 or len(ids) != len(vectors):
            raise ValueError(f"{len(ids)} ids for vectors of shape {vectors.shape}")
        order = np.argsort(ids, kind="stable")
        ids = np.ascontiguousarray(ids[order], np.int64)
        if len(repeated := ids[1:][ids[1:] == ids[:-1]]):
            raise ValueError(f"{len(repeated)} ids stand twice, the first is {repeated[0]}")
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
        index.add_with_ids(np.ascontiguousarray(vectors[order], np.float32), ids)
        return cls(index)

    @classmethod
    def open(cls, path: Path) -> "VectorIndex":
        """Map a saved index into memory: nothing is read before it is searched.

        Raises:
            SnapshotDamaged: the file is missing, truncated or not such an index.
        """
        # One search at a time needs one core: spinning threads make it slower, not faster, on a busy machine.
        faiss.omp_set_num_threads(1)
        try:
            size = _sealed_size(path)
            # A damaged length must not make FAISS allocate more than the file could hold.
            faiss.set_deserialization_vector_byte_limit(size)
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except (RuntimeError, MemoryError, OSError) as error:
            raise SnapshotDamaged(f"{path} is not a readable vector file: {error}") from error
        if not isinstance(index, faiss.IndexIDMap2):
            raise SnapshotDamaged(f"{path} holds a {type(index).__name__}, not an IndexIDMap2")
        return cls(index)

    def save(self, path: Path) -> None:
        """Write the index to a file; making it durable is the caller's affair.

        Raises:
            OSError: the file cannot be written.
        """
        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise OSError(f"{path} cannot be written: {error}") from error
        with path.open("ab") as file:
            file.write((path.stat().st_size + _SEAL).to_bytes(_SEAL, "little"))

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def dimension(self) -> int:
        """The width of the vectors."""
        return int(self._rows.shape[1])

    @property
    def ids(self) -> Ids:
        """All ids (n,), ascending."""
        return self._ids

    def search(self, vector: Floats, limit: int) -> Neighbours:
        """Return the at most ``limit`` nearest to ``vector`` (d,).

        Raises:
            ValueError: ``vector`` has another width than the index.
        """
        self._check_width(vector)
        if limit < 1 or not len(self):
            return Neighbours(np.empty(0, np.int64), np.empty(0, np.float32))
        scores, ids = self._index.search(np.ascontiguousarray(vector[None], np.float32), min(limit, len(self)))
        found = ids[0] >= 0
        order = np.lexsort((ids[0][found], -scores[0][found]))
        return Neighbours(ids[0][found][order], scores[0][found][order])

    def scores(self, vector: Floats, ids: Ids) -> Floats:
        """Return the cosine (m,) of ``vector`` (d,) with each of ``ids`` (m,), in their order.

        Raises:
            KeyError: an id is not in the index.
            ValueError: ``vector`` has another width than the index.
        """
        self._check_width(vector)
        # Not "@": BLAS sums equal rows in another order by their place, and ties would no longer be ties.
        return np.asarray(np.einsum("md,d->m", self.vectors(ids), vector), np.float32)

    def vectors(self, ids: Ids) -> Floats:
        """Return a copy of the vectors (m, d) of ``ids`` (m,), in their order.

        Raises:
            KeyError: an id is not in the index.
        """
        ids = np.asarray(ids, np.int64)
        rows = np.searchsorted(self._ids, ids)
        known = rows < len(self)
        known[known] = self._ids[rows[known]] == ids[known]
        if not known.all():
            raise KeyError(f"no vector under id {ids[~known][0]}")
        return self._rows[rows]

    def _check_width(self, vector: Floats) -> None:
        if vector.shape != (self.dimension,):
            raise ValueError(f"a vector of shape {vector.shape} in an index of width {self.dimension}")


def _sealed_size(path: Path) -> int:
    """The file's size, if the file says the same."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _SEAL))
        stated = int.from_bytes(file.read(), "little")
    if size <= _SEAL or stated != size:
        raise SnapshotDamaged(f"{path} has {size} bytes and does not end as a complete vector file does")
    return size
