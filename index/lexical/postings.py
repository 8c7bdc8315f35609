"""Where stems stand, as it lies in the word tables: each stem's occurrences in parts, one row after the other.

A row's key is the stem's number and the number of the first passage in it; all that stands in one passage lies in one
row. So a phrase reads of a frequent word only the rows in which it can stand, and who adds passages writes only the
last row of each stem. Invariant: the rows of a stem, in the order of their keys, are its occurrences in their order.
"""

import sqlite3
from collections.abc import Iterator

import numpy as np

from index.lexical.occurrences import Numbers, Occurrences, extended

SCHEMA = "CREATE TABLE word_occurrences (key INTEGER PRIMARY KEY, occurrences BLOB NOT NULL)"

A_ROW = 16_384
"""Occurrences of a row: 48 KB of a frequent word. Of a million passages "the" has 430 rows, most stems have one."""

_BITS = 32
"""Of a key, for the passage."""

_ALL = "SELECT occurrences FROM word_occurrences WHERE key BETWEEN ? AND ? ORDER BY key"
_LAST = f"{_ALL} DESC LIMIT 1"
_END = "SELECT key, occurrences FROM word_occurrences WHERE key BETWEEN ? AND ? ORDER BY key DESC LIMIT 1"
_PUT = "INSERT OR REPLACE INTO word_occurrences VALUES (?, ?)"


def all_parts(connection: sqlite3.Connection, stem: int) -> Iterator[Occurrences]:
    """Yield all rows of a stem by its number."""
    for (packed,) in connection.execute(_ALL, _keys(stem)):
        yield Occurrences.unpack(packed)


def parts_around(connection: sqlite3.Connection, stem: int, passages: Numbers) -> Iterator[Occurrences]:
    """Yield, each once, the rows of a stem in which the ascending ``passages`` (n,) are or would be."""
    first, _ = _keys(stem)
    unread, at = first, 0
    while at < len(passages):
        row = connection.execute(_LAST, (unread, first + int(passages[at]))).fetchone()
        at += 1
        if row:
            part = Occurrences.unpack(row[0])
            unread = first + int(part.passages[0]) + 1
            at = max(at, int(np.searchsorted(passages, part.passages[-1], "right")))
            yield part


def replace(connection: sqlite3.Connection, stem: int, found: Occurrences, a_row: int = A_ROW) -> None:
    """Write all rows of a stem, in the place of those that there are."""
    connection.execute("DELETE FROM word_occurrences WHERE key BETWEEN ? AND ?", _keys(stem))
    _write(connection, stem, found, a_row)


def append(connection: sqlite3.Connection, stem: int, found: Occurrences, a_row: int = A_ROW) -> None:
    """Add what stands in later passages; the last row is filled up to about ``a_row`` occurrences."""
    if not len(found):
        return
    key, packed = connection.execute(_END, _keys(stem)).fetchone() or (0, b"")
    if packed and (longer := extended(packed, found, a_row)):
        connection.execute(_PUT, (key, longer))
    else:
        _write(connection, stem, Occurrences.unpack(packed).followed_by(found), a_row)


def next_stem(connection: sqlite3.Connection) -> int:
    """Return the first number that no stem with rows has, and none after it."""
    (last,) = connection.execute("SELECT max(key) FROM word_occurrences").fetchone()
    return (last >> _BITS) + 1 if last is not None else 0


def _keys(stem: int) -> tuple[int, int]:
    """Return the lowest and the highest key that a row of a stem can have."""
    return stem << _BITS, (stem + 1 << _BITS) - 1


def _write(connection: sqlite3.Connection, stem: int, found: Occurrences, a_row: int) -> None:
    first, _ = _keys(stem)
    rows = ((first + int(part.passages[0]), part.pack()) for part in found.parts(a_row))
    connection.executemany(_PUT, rows)
