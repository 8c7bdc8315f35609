"""What is needed next is made while what there is is used."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Executor
from itertools import islice
from typing import TypeVar

One = TypeVar("One")
Made = TypeVar("Made")


def made_ahead(
    make: Callable[[One], Made], of: Iterable[One], pool: Executor, most: int
) -> Generator[Made, None, None]:
    """Yield what is made of each, in order; ``most`` more are made meanwhile, in the threads or processes of ``pool``.

    Where making one fails, its error is raised at its turn. What was not begun when nobody takes any more, never is.
    """
    rest = iter(of)
    waiting = deque(pool.submit(make, one) for one in islice(rest, most + 1))
    try:
        while waiting:
            made = waiting.popleft().result()
            yield made
            waiting.extend(pool.submit(make, one) for one in islice(rest, 1))
    finally:
        for future in waiting:
            future.cancel()
