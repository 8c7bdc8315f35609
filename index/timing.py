"""How long the parts of a search take: added up while it lasts, then told to whoever wants to know."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum


class Part(StrEnum):
    """A part of a search: the question to a vector, the nearest vectors, the nearest words, the ranking of both."""

    ENCODE = "encode"
    VECTORS = "vectors"
    WORDS = "words"
    FUSE = "fuse"


Note = Callable[[Part, float], None]
"""Told for how many seconds a part of one search lasted; called from many threads."""


def unnoted(part: Part, seconds: float) -> None:
    """Let it pass."""


class Laps:
    """The seconds of the parts of one search; a part that comes several times counts once, with all its seconds."""

    def __init__(self) -> None:
        self._seconds: dict[Part, float] = {}

    @contextmanager
    def of(self, part: Part) -> Iterator[None]:
        """Count what the block takes, unless it fails."""
        started = time.perf_counter()
        yield
        self._seconds[part] = self._seconds.get(part, 0.0) + time.perf_counter() - started

    def tell(self, note: Note) -> None:
        """Tell of every part that came."""
        for part, seconds in self._seconds.items():
            note(part, seconds)
