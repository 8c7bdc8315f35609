"""Which texts are computed together: those of like length, so that little is computed that only fills up."""

from collections.abc import Iterator, Sequence
from math import ceil


def batches_of(lengths: Sequence[int], most_tokens: int, workers: int) -> Iterator[list[int]]:
    """Yield the numbers of texts of so many tokens each, the longest first; every number once.

    A batch has at most ``most_tokens``, filled up to its longest text, and at least one text; of few texts each of the
    ``workers`` gets as many tokens.
    """
    most = min(most_tokens, ceil(sum(lengths) / workers))
    batch: list[int] = []
    for number in sorted(range(len(lengths)), key=lambda number: -lengths[number]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > most:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch
