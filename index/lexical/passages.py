"""What the word tables know of each passage: its number, its id, and how many words its title and text have.

One row holds it for all, so that opening an index reads 20 bytes a passage and nothing else.
Invariant: numbers ascend.
"""

import sqlite3
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt

from index.lexical.occurrences import Numbers

_TYPES = ("<i4", "<i8", "<i4", "<i4")

Number = TypeVar("Number", np.int32, np.int64, np.float64)


@dataclass(frozen=True, slots=True)
class WordPassages:
    """``numbers`` (n,) int32, ``ids`` (n,) int64, words in ``titles`` (n,) and ``texts`` (n,) int32."""

    numbers: Numbers
    ids: npt.NDArray[np.int64]
    titles: Numbers
    texts: Numbers

    @classmethod
    def read(cls, connection: sqlite3.Connection) -> Self:
        """Read them from the word tables."""
        row = connection.execute("SELECT numbers, ids, titles, texts FROM word_passages").fetchone()
        columns = row or [b""] * len(_TYPES)
        return cls(*(np.frombuffer(column, kind) for column, kind in zip(columns, _TYPES, strict=True)))

    def write(self, connection: sqlite3.Connection) -> None:
        """Write them in the place of what the tables held."""
        columns: tuple[npt.NDArray[np.integer], ...] = (self.numbers, self.ids, self.titles, self.texts)
        row = tuple(column.astype(kind).tobytes() for column, kind in zip(columns, _TYPES, strict=True))
        connection.execute("DELETE FROM word_passages")
        connection.execute("INSERT INTO word_passages VALUES (?, ?, ?, ?)", row)

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def end(self) -> int:
        """The first number that no passage and none before it has."""
        return int(self.numbers[-1]) + 1 if len(self) else 0

    def followed_by(self, others: Self) -> Self:
        """Return these and then others, whose numbers are higher."""
        return type(self)(
            np.concatenate((self.numbers, others.numbers)),
            np.concatenate((self.ids, others.ids)),
            np.concatenate((self.titles, others.titles)),
            np.concatenate((self.texts, others.texts)),
        )

    def renumbered(self, numbers: Numbers) -> Self:
        """Give each its new number in ``numbers``; those of a negative one are left out."""
        new = numbers[self.numbers]
        kept = new >= 0
        return type(self)(new[kept], self.ids[kept], self.titles[kept], self.texts[kept])

    def spread(self, values: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """Return ``values`` (n,) so that each passage's lies under its number, 0 under a number of none: (end,)."""
        under = np.zeros(self.end, values.dtype)
        under[self.numbers] = values
        return under
