"""MinHash signatures of texts, cut into bands: texts that are alike have a band in common. The only module with rensa.

A band in common is a hint and no proof. Invariant: a text's bands depend on its runs and the similarity alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt

from index.duplicates.runs import Numbers, mixed

LENGTH = 128
"""Values of a signature."""

FOUND = 0.995
"""The least chance that two texts that are just similar enough have a band in common."""

_SEED = 1
_BATCH = 256  # texts whose signatures are made by one call: 2 MB of numbers in Python


def bands_of(texts: Iterable[Numbers], similarity: float) -> Numbers:
    """Return the bands of texts, each given by its runs (at least one): (n, bands)."""
    rows = rows_for(similarity)
    waiting = iter(texts)
    made = [_bands(_signatures(batch), rows) for batch in _batches(waiting)]
    return np.concatenate(made) if made else np.empty((0, LENGTH // rows), np.uint64)


def rows_for(similarity: float) -> int:
    """Return how many values make a band: as many as still find what is just similar enough.

    With r values in each of b bands texts of similarity s have one in common with the chance 1 - (1 - s^r)^b
    (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4).
    """
    fitting = (rows for rows in range(1, LENGTH + 1) if _chance(similarity, rows) >= FOUND)
    return max(fitting, default=1)


def _chance(similarity: float, rows: int) -> float:
    return 1 - (1 - similarity**rows) ** (LENGTH // rows)


def _batches(texts: Iterator[Numbers]) -> Iterator[list[Numbers]]:
    while batch := list(islice(texts, _BATCH)):
        yield batch


def _signatures(texts: Sequence[Numbers]) -> npt.NDArray[np.uint32]:
    from rensa import RMinHash

    borders = np.cumsum([0, *map(len, texts)], dtype=np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(np.concatenate(texts), borders, LENGTH, _SEED)
    return np.array(matrix.to_rows(), np.uint32)


def _bands(signatures: npt.NDArray[np.uint32], rows: int) -> Numbers:
    """Return a number for each ``rows`` values of signatures (n, LENGTH); what is left over is not used."""
    count = LENGTH // rows
    values = signatures[:, : count * rows].astype(np.uint64).reshape(-1, count, rows)
    total = np.zeros(values.shape[:2], np.uint64)
    for row in range(rows):
        total = mixed(total + values[:, :, row])
    return total
