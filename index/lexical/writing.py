"""Fill the word tables: passages in and out, and at the end every stem's row is written once.

What was added waits in memory, in runs in a temporary table when there is much of it, until ``finish`` merges it with
what the tables hold. So a build needs the memory of one run, however many passages there are, and one that changes
little rewrites the rows of the stems that changed and reads no other.

Invariant: after ``finish`` the tables hold what they would if only the passages that are left had ever been added, but
for the passages' numbers, of which some are free until every third one is: then all are numbered anew.
"""

import heapq
import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from itertools import groupby, repeat
from operator import itemgetter

import numpy as np

from index.lexical.occurrences import Numbers, Occurrences
from index.lexical.passages import WordPassages
from index.lexical.stemming import stems

MOST_WAITING = 5_000_000
"""Words that wait in memory: about 40,000 passages, and 150 MB while they are sorted."""

MOST_FREE = 1 / 3
"""Share of the numbers that may belong to no passage: numbering anew rewrites every row."""

Row = tuple[str, bytes, bytes]
"""A stem with passages and places, both int32."""

_SCHEMA = """
    CREATE TABLE word_stems (stem TEXT PRIMARY KEY, documents INTEGER NOT NULL, number INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE word_occurrences (number INTEGER PRIMARY KEY, occurrences BLOB NOT NULL);
    CREATE TABLE word_passages (numbers BLOB NOT NULL, ids BLOB NOT NULL, titles BLOB NOT NULL, texts BLOB NOT NULL);
    CREATE TABLE word_languages (language TEXT PRIMARY KEY) WITHOUT ROWID;
"""

_HELD = "SELECT number, occurrences FROM word_stems JOIN word_occurrences USING (number) WHERE stem = ?"


class _Numbered(dict[str, int]):
    """Numbers what it is asked for, from 0."""

    def __missing__(self, stem: str) -> int:
        self[stem] = number = len(self)
        return number


class WordWriter:
    """Adds passages to the word tables of a connection and takes them out; nothing is there before ``finish``."""

    def __init__(self, connection: sqlite3.Connection, most_waiting: int = MOST_WAITING) -> None:
        """Begin with what the tables hold, or create them; about ``most_waiting`` words wait in memory."""
        self._connection = connection
        self._most_waiting = most_waiting
        if connection.execute("SELECT name FROM sqlite_schema WHERE name = 'word_stems'").fetchone() is None:
            connection.executescript(_SCHEMA)
        self._held = WordPassages.read(connection)
        self._next = self._held.end
        self._added: list[tuple[int, int, int, int]] = []
        self._removed: list[tuple[int, int]] = []
        self._touched: set[str] = set()
        self._runs = 0
        self._forget_waiting()

    def add(self, rows: Iterable[tuple[int, str, str]], language: str) -> None:
        """Add passages of one language: (passage id, title, text)."""
        self._connection.execute("INSERT OR IGNORE INTO word_languages VALUES (?)", (language,))
        for passage_id, title, text in rows:
            in_title, in_text = stems(title, language), stems(text, language)
            self._wait(in_title, 0)
            self._wait(in_text, len(in_title) + 1)
            self._added.append((self._next, passage_id, len(in_title), len(in_text)))
            self._next += 1
        if len(self._places) >= self._most_waiting:
            self._spill()

    def remove(self, rows: Iterable[tuple[int, str, str]], language: str) -> None:
        """Take passages out again, exactly as they were added: their stems' rows are looked through."""
        for passage_id, title, text in rows:
            self._removed.append((passage_id, self._next))
            self._touched.update(stems(title, language), stems(text, language))

    def finish(self, languages: Iterable[str]) -> None:
        """Write the rows of all stems that changed; of the languages only those that are left stay."""
        kept = json.dumps(list(languages))
        self._connection.execute(
            "DELETE FROM word_languages WHERE language NOT IN (SELECT value FROM json_each(?))", (kept,)
        )
        passages = self._held.followed_by(_passages(self._added))
        numbers = self._numbers(passages)
        passages = passages if numbers is None else passages.renumbered(numbers)
        stirred = ((stem, b"", b"") for stem in sorted(self._touched))
        for stem, rows in groupby(
            heapq.merge(*self._spilt(), self._waiting(), stirred, key=itemgetter(0)), itemgetter(0)
        ):
            self._write(stem, list(rows), numbers)
        passages.write(self._connection)
        for run in range(self._runs):
            self._connection.execute(f"DROP TABLE temp.word_run_{run}")
        self._held, self._added, self._removed, self._touched, self._runs = passages, [], [], set(), 0
        self._next = passages.end
        self._forget_waiting()

    def _wait(self, words: list[str], first: int) -> None:
        self._stems.extend(map(self._numbered.__getitem__, words))
        self._passages.extend(repeat(self._next, len(words)))
        self._places.extend(range(first, first + len(words)))

    def _forget_waiting(self) -> None:
        self._numbered = _Numbered()
        self._stems, self._passages, self._places = array("i"), array("i"), array("i")

    def _waiting(self) -> Iterator[Row]:
        """Yield what waits in memory, by stem."""
        numbers = np.frombuffer(self._stems, np.int32)
        order = np.argsort(numbers, kind="stable")
        ends = np.cumsum(np.bincount(numbers, minlength=len(self._numbered))) * 4
        passages = memoryview(np.frombuffer(self._passages, np.int32)[order].tobytes())
        places = memoryview(np.frombuffer(self._places, np.int32)[order].tobytes())
        for stem, number in sorted(self._numbered.items()):
            here = slice(int(ends[number - 1]) if number else 0, int(ends[number]))
            yield stem, bytes(passages[here]), bytes(places[here])

    def _spill(self) -> None:
        self._connection.execute(f"CREATE TEMP TABLE word_run_{self._runs} (stem TEXT, passages BLOB, places BLOB)")
        self._connection.executemany(f"INSERT INTO temp.word_run_{self._runs} VALUES (?, ?, ?)", self._waiting())
        self._runs += 1
        self._forget_waiting()

    def _spilt(self) -> list[Iterator[Row]]:
        select = "SELECT stem, passages, places FROM temp.word_run_{} ORDER BY rowid"
        return [iter(self._connection.execute(select.format(run))) for run in range(self._runs)]

    def _numbers(self, passages: WordPassages) -> Numbers | None:
        """Return the new number of each passage by its old one, negative for those taken out; ``None``: all stay."""
        if not self._removed:
            return None
        left = np.zeros(passages.end, bool)
        left[passages.numbers] = True
        by_id = np.argsort(passages.ids, kind="stable")
        sorted_ids = passages.ids[by_id]
        for passage_id, before in self._removed:
            first, end = (np.searchsorted(sorted_ids, passage_id, side) for side in ("left", "right"))
            of_id = passages.numbers[by_id[first:end]]
            left[of_id[of_id < before]] = False
        if left.sum() >= (1 - MOST_FREE) * passages.end:
            return np.where(left, np.arange(passages.end), -1).astype(np.int32)
        self._touched.update(stem for (stem,) in self._connection.execute("SELECT stem FROM word_stems"))
        return np.where(left, np.cumsum(left) - 1, -1).astype(np.int32)

    def _write(self, stem: str, rows: list[Row], numbers: Numbers | None) -> None:
        """Write where a stem stands: where it stood and where it was added, less what was taken out."""
        held = self._connection.execute(_HELD, (stem,)).fetchone() if len(self._held) else None
        row, packed = held or (None, b"")
        passages, places = (np.frombuffer(b"".join(map(itemgetter(of), rows)), np.int32) for of in (1, 2))
        found = Occurrences.unpack(packed).followed_by(Occurrences(passages, places))
        found = found if numbers is None else found.renumbered(numbers)
        if row is not None:
            self._connection.execute("DELETE FROM word_stems WHERE stem = ?", (stem,))
            self._connection.execute("DELETE FROM word_occurrences WHERE number = ?", (row,))
        if len(found):
            row = self._connection.execute("INSERT INTO word_occurrences VALUES (?, ?)", (row, found.pack())).lastrowid
            self._connection.execute("INSERT INTO word_stems VALUES (?, ?, ?)", (stem, len(found.starts()), row))


def _passages(rows: list[tuple[int, int, int, int]]) -> WordPassages:
    numbers, ids, titles, texts = np.array(rows, np.int64).reshape(-1, 4).T
    return WordPassages(numbers.astype(np.int32), ids, titles.astype(np.int32), texts.astype(np.int32))
