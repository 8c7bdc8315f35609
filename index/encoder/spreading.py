"""How many passages are encoded, part by part, so that a build that dies has lost little: here, or on many machines.

It keeps no vectors: whoever takes the parts stores each before it asks for the next.
"""

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.encoder import Encoder, Floats

FIRST_PART = 8
"""Passages of the first part; later ones are as large as the machine is fast."""

_PART_SECONDS = 2.0
_LARGEST_PART = 32_768
"""With their texts and vectors 150 MB; only a graphics card does so many in the time."""

Part = tuple[list[bytes], Floats]
"""Keys of texts (n,), and under these the vectors (n, d)."""

Parts = Generator[Part, None, None]
"""Closed by who takes from it, also where it does not come to its end."""

Texts = Callable[[Sequence[int]], Sequence[tuple[bytes, str]]]
"""Reads passages by their numbers, in any order: under which key the vector of each is kept, and its text."""


class Spreading(Protocol):
    """A way to have many passages encoded."""

    def encoded(self, passages: Sequence[int], texts: Texts) -> Parts:
        """Yield the vectors of all ``passages``, the longest of which come first, in whatever order they are done."""
        ...


@dataclass(frozen=True, slots=True)
class OnThisMachine:
    """Encodes here, about two seconds' worth of passages at a time: what a build that dies has to encode again."""

    encoder: Encoder

    def encoded(self, passages: Sequence[int], texts: Texts) -> Parts:
        """Yield as ``Spreading`` does; parts follow each other, and none is begun before it is asked for."""
        start, size = 0, FIRST_PART
        while some := passages[start : start + size]:
            began = time.monotonic()
            part = texts(some)
            rows = self.encoder.encode([text for _, text in part])
            start, size = start + size, next_size(size, time.monotonic() - began)
            yield [key for key, _ in part], rows


def next_size(size: int, seconds: float) -> int:
    """Return how many passages come next, after ``size`` of them took so long: at most twice as many."""
    factor = 2.0 if seconds <= _PART_SECONDS / 2 else _PART_SECONDS / seconds
    return min(max(1, round(size * factor)), _LARGEST_PART)
