"""What the word tables know of each passage: its number, its id, and how many words its title and text have.

One row holds it for all, so that opening an index reads 20 bytes a passage and nothing else. A number that it does not
hold is that of a passage that was taken out. Invariant: numbers ascend.
"""

import sqlite3
from dataclasses import dataclass, field
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt

from index.lexical.occurrences import Numbers, Occurrences

_TYPES = ("<i4", "<i8", "<i4", "<i4")
_COLUMNS = "numbers, ids, titles, texts"

SCHEMA = """
    CREATE TABLE word_passages (
        numbers BLOB NOT NULL, ids BLOB NOT NULL, titles BLOB NOT NULL, texts BLOB NOT NULL, next INTEGER NOT NULL
    )
"""

Number = TypeVar("Number", np.int32, np.int64, np.float64)


@dataclass(frozen=True, slots=True)
class WordPassages:
    """``numbers`` (n,) int32, ``ids`` (n,) int64, words in ``titles`` (n,) and ``texts`` (n,) int32.

    ``end``: the first number that no passage has or had.
    """

    numbers: Numbers
    ids: npt.NDArray[np.int64]
    titles: Numbers
    texts: Numbers
    end: int
    _there: npt.NDArray[np.bool_] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        there = np.zeros(self.end, bool)
        there[self.numbers] = True
        object.__setattr__(self, "_there", there)

    @classmethod
    def read(cls, connection: sqlite3.Connection) -> Self:
        """Read them from the word tables."""
        row = connection.execute(f"SELECT {_COLUMNS}, next FROM word_passages").fetchone()
        *columns, end = row or (b"", b"", b"", b"", 0)
        numbers, ids, titles, texts = (
            np.frombuffer(column, kind) for column, kind in zip(columns, _TYPES, strict=True)
        )
        return cls(numbers, ids, titles, texts, end)

    def write(self, connection: sqlite3.Connection) -> None:
        """Write them in the place of what the tables held."""
        columns: tuple[npt.NDArray[np.integer], ...] = (self.numbers, self.ids, self.titles, self.texts)
        row = tuple(column.astype(kind).tobytes() for column, kind in zip(columns, _TYPES, strict=True))
        connection.execute("DELETE FROM word_passages")
        connection.execute("INSERT INTO word_passages VALUES (?, ?, ?, ?, ?)", (*row, self.end))

    def __len__(self) -> int:
        return len(self.numbers)

    def followed_by(self, others: Self) -> Self:
        """Return these and then others, whose numbers are higher."""
        return type(self)(
            np.concatenate((self.numbers, others.numbers)),
            np.concatenate((self.ids, others.ids)),
            np.concatenate((self.titles, others.titles)),
            np.concatenate((self.texts, others.texts)),
            others.end,
        )

    def without(self, numbers: Numbers) -> Self:
        """Return all but those of some ``numbers``, which stay free."""
        kept = ~np.isin(self.numbers, numbers)
        return type(self)(self.numbers[kept], self.ids[kept], self.titles[kept], self.texts[kept], self.end)

    def closed_up(self) -> Self:
        """Return them in their order under numbers of which none is free."""
        numbers = np.arange(len(self), dtype=np.int32)
        return type(self)(numbers, self.ids, self.titles, self.texts, len(self))

    def left(self, found: Occurrences) -> Occurrences:
        """Return what stands in these passages: rows keep what stood in those that were taken out."""
        return found.within(self._there) if len(self) < self.end else found

    def spread(self, values: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """Return ``values`` (n,) so that each passage's lies under its number, 0 under a number of none: (end,)."""
        under = np.zeros(self.end, values.dtype)
        under[self.numbers] = values
        return under
