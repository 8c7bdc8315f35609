"""Which texts are computed together: those of like length, so that little is computed that only fills up.

And fewer of them where memory does not suffice. It knows neither texts nor models.
"""

from collections.abc import Callable, Iterator, Sequence
from math import ceil
from typing import TypeVar

_SHORT_OF_MEMORY = (
    "tried to allocate",
    "out of memory",
    "bad_alloc",
    "could not create a ",
    "could not execute a ",
    "cublas_status_alloc_failed",
)
"""What is said in a RuntimeError: by torch of the processor's memory and of a card's, by C++, by oneDNN, whose kernels
("primitives") and buffers ("memory objects") fail for nothing else once one was computed, and by a card's library of
matrix products, which has no kind of its own for it in torch."""

One = TypeVar("One")
Computed = TypeVar("Computed")


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


def in_parts(batch: list[One], compute: Callable[[list[One]], Computed]) -> list[tuple[list[One], Computed]]:
    """Compute a batch: as a whole, or, where memory does not suffice, in halves, and those in halves again.

    Raises:
        MemoryError: there is not enough for a single one.
    """
    try:
        return [(batch, compute(batch))]
    except (MemoryError, RuntimeError) as error:
        if not is_short_of_memory(error):
            raise
        if len(batch) < 2:
            raise MemoryError("there is not enough memory for a single text") from error
    # not while the error is handled: it holds what was computed so far
    middle = len(batch) // 2
    return [*in_parts(batch[:middle], compute), *in_parts(batch[middle:], compute)]


def is_short_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that memory did not suffice."""
    told = str(error).casefold()
    return isinstance(error, MemoryError) or any(words in told for words in _SHORT_OF_MEMORY)
