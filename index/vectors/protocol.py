"""What an engine of vectors gives to those who search: the protocol, and the records that cross it.

It knows no engine. Invariant: whatever the engine, best comes first, ties by ascending id, and the same question gets
the same answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.errors import BuildError

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]

_CHECKED = 1_024
"""Rows that are looked at together: 25 MB of width 384."""

_UNIT = 2e-3
"""By which a squared length may miss one: rows are unit vectors to 1e-3."""

Weights = Mapping[int, float]
"""A sparse vector: positive weights under numbers below 2**32 - 1, at least one."""

WordRows = Callable[[Ids], Sequence[Weights]]
"""What counts of the words of passages (n,): a sparse vector of each."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """``ids`` (n,) int64 and their cosines ``scores`` (n,) float32, best first, ties by ascending id.

    Of sparse vectors the scores are inner products, and ties come as they come.
    """

    ids: Ids
    scores: Floats


@dataclass(frozen=True, slots=True)
class VectorsWritten:
    """What was written of one generation: the width of its vectors, and how they will be searched, in words.

    ``collection``: under which name an engine elsewhere holds them; "" where they lie in a file. ``words``: it holds
    the passages' words, too.
    """

    dimension: int
    kind: str
    collection: str = ""
    words: bool = False


class VectorIndex(Protocol):
    """The vectors of one generation under 63-bit ids, open for searching from many threads at once.

    Rows are unit vectors to 1e-3, so an inner product is a cosine; two that were given equal are equal to the last bit,
    and so are their scores. A search may miss a few of the nearest where the engine does not look at everything;
    what it finds has the score that ``scores`` gives, to 1e-5.

    An engine elsewhere may be out of reach: then whatever asks it raises ``VectorsUnavailable``, within a bounded time,
    and later it is asked again.
    """

    def __len__(self) -> int:
        """How many vectors there are."""
        ...

    @property
    def dimension(self) -> int:
        """The width of the vectors."""
        ...

    @property
    def ids(self) -> Ids:
        """All ids (n,), ascending."""
        ...

    def search(self, vector: Floats, limit: int) -> Neighbours:
        """Return the ``limit`` nearest to ``vector`` (d,), or all where there are not as many.

        Raises:
            ValueError: ``vector`` has another width than the index.
        """
        ...

    def scores(self, vector: Floats, ids: Ids) -> Floats:
        """Return the cosine (m,) of ``vector`` (d,) with each of ``ids`` (m,), in their order.

        Raises:
            KeyError: an id is not in the index.
            ValueError: ``vector`` has another width than the index.
        """
        ...

    def vectors(self, ids: Ids) -> Floats:
        """Return a copy of the vectors (m, d) of ``ids`` (m,), in their order.

        Raises:
            KeyError: an id is not in the index.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections; a search that has begun ends well, none begins after."""
        ...


class Collection(VectorIndex, Protocol):
    """The vectors of one generation in an engine elsewhere, which may hold the words of the passages, too."""

    def sharing(self, asked: Sequence[Weights], limit: int) -> Sequence[Neighbours]:
        """Return, for each of some sparse vectors, at most ``limit`` passages with a positive inner product.

        Raises:
            VectorsUnavailable: the engine does not answer, or holds no words.
        """
        ...


NONE = Neighbours(np.empty(0, np.int64), np.empty(0, np.float32))
"""Nothing found."""


def check_width(vector: Floats, dimension: int) -> None:
    """Refuse a vector that cannot be one of this index.

    Raises:
        ValueError: it has another width.
    """
    if vector.shape != (dimension,):
        raise ValueError(f"a vector of shape {vector.shape} in an index of width {dimension}")


def in_order(ids: Ids, rows: Halves | Floats) -> tuple[Ids, Halves | Floats]:
    """Return ``ids`` (n,) ascending, and their ``rows`` (n, d) in that order: the door to every engine.

    Raises:
        ValueError: an id stands twice, or there are not as many ids as vectors.
        BuildError: a row is no unit vector.
    """
    if rows.ndim != 2 or len(ids) != len(rows):
        raise ValueError(f"{len(ids)} ids for vectors of shape {rows.shape}")
    ids = np.ascontiguousarray(ids, np.int64)
    if (np.diff(ids) < 0).any():
        order = np.argsort(ids, kind="stable")
        ids, rows = ids[order], rows[order]
    if len(repeated := ids[1:][ids[1:] == ids[:-1]]):
        raise ValueError(f"{len(repeated)} ids stand twice, the first is {repeated[0]}")
    if bad := sum(_strangers(rows[start : start + _CHECKED]) for start in range(0, len(rows), _CHECKED)):
        raise BuildError(f"{bad} of {len(rows)} vectors are not of length one: none is indexed; run the build again")
    return ids, rows


def _strangers(rows: Halves | Floats) -> int:
    """Count the rows (n, d) that are not of length one: a number that is none has none."""
    wide = rows.astype(np.float32)
    return int((~(np.abs(np.einsum("nd,nd->n", wide, wide) - 1) <= _UNIT)).sum())


def cosines(rows: Floats, vector: Floats) -> Floats:
    """Return the cosine (m,) of each of the unit ``rows`` (m, d) with a unit ``vector`` (d,)."""
    # Not "@": BLAS sums equal rows in another order by their place, and ties would no longer be ties.
    return np.asarray(np.einsum("md,d->m", rows, vector), np.float32)
