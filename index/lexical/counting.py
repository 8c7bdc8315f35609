"""Count words without keeping where they stand: the vocabulary of an index whose occurrences lie in an engine.

It holds a row for each stem and nothing for a passage, so it grows with the square root of the text, more or less.
Invariant: after ``finish`` the tables hold what they would if only the passages that are left had ever been added, but
for the stems' numbers, which no other stem had before.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from index.lexical.stemming import stems

MOST_WAITING = 1_000_000
"""Stems whose counts wait in memory: about 150 MB."""

_SCHEMA = """
    CREATE TABLE word_stems (stem TEXT PRIMARY KEY, documents INTEGER NOT NULL, number INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE word_totals (passages INTEGER NOT NULL, words INTEGER NOT NULL, next INTEGER NOT NULL);
    CREATE TABLE word_languages (language TEXT PRIMARY KEY) WITHOUT ROWID;
    INSERT INTO word_totals VALUES (0, 0, 1);
"""
# 0 is no stem's number: it stands for a passage without words

_KNOWN = "SELECT stem FROM word_stems WHERE stem IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Totals:
    """How many passages an index has, and how many words they and their titles have together."""

    passages: int
    words: int

    @classmethod
    def read(cls, connection: sqlite3.Connection) -> "Totals":
        return cls(*connection.execute("SELECT passages, words FROM word_totals").fetchone())

    @property
    def mean(self) -> float:
        """Words of a passage, on the average."""
        return self.words / self.passages if self.passages else 1.0


class CountWriter:
    """Adds passages to the counts of a connection and takes them out; nothing is there before ``finish``."""

    def __init__(self, connection: sqlite3.Connection, most_waiting: int = MOST_WAITING) -> None:
        """Begin with what the tables hold, or create them; about ``most_waiting`` stems wait in memory."""
        self._connection = connection
        self._most_waiting = most_waiting
        if connection.execute("SELECT name FROM sqlite_schema WHERE name = 'word_totals'").fetchone() is None:
            connection.executescript(_SCHEMA)
        self._documents: Counter[str] = Counter()

    def add(self, rows: Iterable[tuple[int, str, str]], language: str) -> None:
        """Add passages of one language: (passage id, title, text)."""
        self._connection.execute("INSERT OR IGNORE INTO word_languages VALUES (?)", (language,))
        self._count(rows, language, 1)

    def remove(self, rows: Iterable[tuple[int, str, str]], language: str) -> None:
        """Take passages out again, exactly as they were added."""
        self._count(rows, language, -1)

    def languages(self) -> set[str]:
        """Return the languages of what the tables hold and of what was added."""
        return {language for (language,) in self._connection.execute("SELECT language FROM word_languages")}

    def finish(self, languages: Iterable[str]) -> None:
        """Write all counts; of the languages only those that are left stay."""
        kept = json.dumps(list(languages))
        self._connection.execute(
            "DELETE FROM word_languages WHERE language NOT IN (SELECT value FROM json_each(?))", (kept,)
        )
        self._write()
        self._connection.execute("DELETE FROM word_stems WHERE documents = 0")

    def _count(self, rows: Iterable[tuple[int, str, str]], language: str, sign: int) -> None:
        passages = words = 0
        for _, title, text in rows:
            found = [*stems(title, language), *stems(text, language)]
            passages, words = passages + sign, words + sign * len(found)
            for stem in set(found):
                self._documents[stem] += sign
        self._connection.execute("UPDATE word_totals SET passages = passages + ?, words = words + ?", (passages, words))
        if len(self._documents) >= self._most_waiting:
            self._write()

    def _write(self) -> None:
        """Add what waits to what is there; a stem that is new gets the next number."""
        known = {stem for (stem,) in self._connection.execute(_KNOWN, (json.dumps(list(self._documents)),))}
        (number,) = self._connection.execute("SELECT next FROM word_totals").fetchone()
        new = sorted(self._documents.keys() - known)
        self._connection.executemany(
            "UPDATE word_stems SET documents = documents + ? WHERE stem = ?",
            [(self._documents[stem], stem) for stem in sorted(known)],
        )
        self._connection.executemany(
            "INSERT INTO word_stems VALUES (?, ?, ?)",
            [(stem, self._documents[stem], at) for at, stem in enumerate(new, number)],
        )
        self._connection.execute("UPDATE word_totals SET next = ?", (number + len(new),))
        self._documents.clear()
