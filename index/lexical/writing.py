"""Fill the word tables: passages in and out, and at the end every stem's rows are written once.

What was added waits in memory, in runs in a temporary table when there is much of it, until ``finish`` appends it to
what the tables hold. So a build needs the memory of one run, however many passages there are, and one that changes
little writes the last row of each stem that was added and reads no other: where a passage stood that was taken out,
its number stays, which is nobody's. When every fifth number is, all are numbered anew, and those rows go.

Invariant: after ``finish`` whoever reads (``index.lexical.scoring``) finds what he would if only the passages that are
left had ever been added, but for the passages' numbers; as many passages are counted of each stem.
"""

import heapq
import json
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby, repeat
from operator import itemgetter

import numpy as np

from index.lexical import postings
from index.lexical.occurrences import Numbers, Occurrences
from index.lexical.passages import SCHEMA as PASSAGES_SCHEMA
from index.lexical.passages import WordPassages
from index.lexical.stemming import stems

MOST_WAITING = 5_000_000
"""Words that wait in memory: about 40,000 passages, and 150 MB while they are sorted."""

MOST_FREE = 1 / 5
"""Share of the numbers that may belong to no passage: a question reads theirs, too; numbering anew rewrites every row.
"""

Row = tuple[str, bytes, bytes]
"""A stem with passages and places, both int32."""

_SCHEMA = f"""
    {postings.SCHEMA};
    CREATE TABLE word_stems (stem TEXT PRIMARY KEY, documents INTEGER NOT NULL, number INTEGER NOT NULL) WITHOUT ROWID;
    {PASSAGES_SCHEMA};
    CREATE TABLE word_languages (language TEXT PRIMARY KEY) WITHOUT ROWID;
"""

_HELD = "SELECT documents, number FROM word_stems WHERE stem = ?"


class _Numbered(dict[str, int]):
    """Numbers what it is asked for, from 0."""

    def __missing__(self, stem: str) -> int:
        self[stem] = number = len(self)
        return number


class WordWriter:
    """Adds passages to the word tables of a connection and takes them out; nothing is there before ``finish``."""

    def __init__(
        self, connection: sqlite3.Connection, most_waiting: int = MOST_WAITING, a_row: int = postings.A_ROW
    ) -> None:
        """Begin with what the tables hold, or create them.

        About ``most_waiting`` words wait in memory, and about ``a_row`` occurrences lie in a row of the tables.
        """
        self._connection = connection
        self._most_waiting = most_waiting
        self._a_row = a_row
        if connection.execute("SELECT name FROM sqlite_schema WHERE name = 'word_stems'").fetchone() is None:
            connection.executescript(_SCHEMA)
        self._held = WordPassages.read(connection)
        self._next = self._held.end
        self._next_stem = postings.next_stem(connection)
        self._added: list[tuple[int, int, int, int]] = []
        self._removed: list[tuple[int, int]] = []
        self._new: set[int] = set()
        self._gone: Counter[str] = Counter()
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
            self._new.add(passage_id)
            self._next += 1
        if len(self._places) >= self._most_waiting:
            self._spill()

    def remove(self, rows: Iterable[tuple[int, str, str]], language: str) -> None:
        """Take passages out again, exactly as they were added."""
        for passage_id, title, text in rows:
            self._removed.append((passage_id, self._next))
            if passage_id in self._new:
                self._new.remove(passage_id)
            else:
                self._gone.update({*stems(title, language), *stems(text, language)})

    def languages(self) -> set[str]:
        """Return the languages of what the tables hold and of what was added."""
        return {language for (language,) in self._connection.execute("SELECT language FROM word_languages")}

    def finish(self, languages: Iterable[str]) -> None:
        """Write the rows of all stems that changed; of the languages only those that are left stay."""
        kept = json.dumps(list(languages))
        self._connection.execute(
            "DELETE FROM word_languages WHERE language NOT IN (SELECT value FROM json_each(?))", (kept,)
        )
        passages = self._held.followed_by(_passages(self._added, self._next))
        passages = passages.without(self._taken_out(passages))
        if len(passages) < (1 - MOST_FREE) * passages.end:
            passages = self._write_all(passages)
        else:
            stay = np.count_nonzero(passages.numbers >= self._held.end) == len(self._added)
            for stem, added in self._changed(sorted(self._gone)):
                self._write(stem, added if stay else passages.left(added))
        passages.write(self._connection)
        for run in range(self._runs):
            self._connection.execute(f"DROP TABLE temp.word_run_{run}")
        self._held, self._next, self._runs = passages, passages.end, 0
        self._added, self._removed, self._new, self._gone = [], [], set(), Counter()
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

    def _changed(self, others: Iterable[str]) -> Iterator[tuple[str, Occurrences]]:
        """Yield each stem that was added, with where it was, and ``others``, ascending."""
        rows = heapq.merge(*self._spilt(), self._waiting(), ((stem, b"", b"") for stem in others), key=itemgetter(0))
        for stem, found in groupby(rows, itemgetter(0)):
            _, *columns = zip(*found, strict=True)
            yield stem, Occurrences(*(np.frombuffer(b"".join(column), np.int32) for column in columns))

    def _taken_out(self, passages: WordPassages) -> Numbers:
        """Return the numbers of the passages that were taken out."""
        places = np.flatnonzero(np.isin(passages.ids, [passage_id for passage_id, _ in self._removed]))
        last = dict(self._removed)  # of one that was removed twice, the later time counts: who came before it is gone
        ids, numbers = passages.ids[places].tolist(), passages.numbers[places]
        return numbers[numbers < np.array([last[id_] for id_ in ids], np.int64)]

    def _write(self, stem: str, added: Occurrences) -> None:
        """Append where a stem was added; where it stood stays, and those passages are no longer counted."""
        documents, number = self._row(stem)
        if documents := documents + added.held_by() - self._gone[stem]:
            postings.append(self._connection, number, added, self._a_row)
        else:
            postings.replace(self._connection, number, added, self._a_row)
        self._count(stem, documents, number)

    def _write_all(self, passages: WordPassages) -> WordPassages:
        """Write all rows of all stems with new numbers of the passages, and return these."""
        closed = passages.closed_up()
        numbers = passages.spread(closed.numbers)
        held = self._connection.execute("SELECT stem FROM word_stems ORDER BY stem").fetchall()
        for stem, added in self._changed(stem for (stem,) in held):
            _, number = self._row(stem)
            found = Occurrences.joined([*postings.all_parts(self._connection, number), added])
            left = passages.left(found).renumbered(numbers)
            postings.replace(self._connection, number, left, self._a_row)
            self._count(stem, left.held_by(), number)
        return closed

    def _row(self, stem: str) -> tuple[int, int]:
        """Return how many passages hold a stem, and its number; of one that is not there the next."""
        documents, number = self._connection.execute(_HELD, (stem,)).fetchone() or (0, self._next_stem)
        return documents, number

    def _count(self, stem: str, documents: int, number: int) -> None:
        if documents:
            self._connection.execute("INSERT OR REPLACE INTO word_stems VALUES (?, ?, ?)", (stem, documents, number))
            self._next_stem = max(self._next_stem, number + 1)
        else:
            self._connection.execute("DELETE FROM word_stems WHERE stem = ?", (stem,))


def _passages(rows: list[tuple[int, int, int, int]], end: int) -> WordPassages:
    numbers, ids, titles, texts = np.array(rows, np.int64).reshape(-1, 4).T
    return WordPassages(numbers.astype(np.int32), ids, titles.astype(np.int32), texts.astype(np.int32), end)
