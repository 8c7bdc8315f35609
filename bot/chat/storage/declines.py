"""What the chat's SQLite file knows of questions: how many a day, and the words of those that were not answered.

SQL only. Invariant: nothing tells who asked, nor at what time of the day. Days are counted from the epoch, in UTC.
"""

import json
import sqlite3
from dataclasses import dataclass

from bot.chat.storage.packing import packed, unpacked
from bot.records import QuoteReference

DAY_SECONDS = 86400.0
LONGEST = 300
"""Code points that are kept of a question: who writes more than that tells more than he asks."""
MOST = 2000
"""Declined questions that are kept: an admin reads no more, and grouping them takes the square of their number."""
_DAYS_COUNTED = 90


@dataclass(frozen=True, slots=True)
class Declined:
    """A question that was not answered, and the nearest quote that was offered."""

    words: str
    nearest: QuoteReference | None


class Declines:
    """Over an open file. One call at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def count(self, now: float, *, answered: bool) -> None:
        """Count a question."""
        self._connection.execute(
            "INSERT INTO days VALUES (?, 1, ?) ON CONFLICT (day) DO UPDATE"
            " SET asked = asked + 1, declined = declined + excluded.declined",
            (_day(now), not answered),
        )

    def counted(self, now: float) -> tuple[int, int]:
        """Return how many questions came today, and how many of them were declined."""
        row = self._connection.execute("SELECT asked, declined FROM days WHERE day = ?", (_day(now),)).fetchone()
        return row or (0, 0)

    def keep(self, question: Declined, now: float) -> None:
        """Keep a declined question."""
        nearest = json.dumps(packed(question.nearest)) if question.nearest else None
        row = (_day(now), question.words[:LONGEST], nearest)
        self._connection.execute("INSERT INTO declined VALUES (?, ?, ?)", row)

    def latest(self, limit: int) -> tuple[Declined, ...]:
        """Return the declined questions, the last one first."""
        rows = self._connection.execute("SELECT words, nearest FROM declined ORDER BY rowid DESC LIMIT ?", (limit,))
        return tuple(Declined(words, unpacked(json.loads(nearest)) if nearest else None) for words, nearest in rows)

    def prune(self, now: float, question_days: int) -> None:
        """Delete what is older than it may be; with 0 days everything. What is of a day to come counts as of today."""
        run = self._connection.execute
        run("UPDATE declined SET day = :today WHERE day > :today", {"today": _day(now)})
        run("DELETE FROM declined WHERE day <= ?", (_day(now) - question_days,))
        run(
            "DELETE FROM declined WHERE rowid IN (SELECT rowid FROM declined ORDER BY rowid DESC LIMIT -1 OFFSET ?)",
            (MOST,),
        )
        run("DELETE FROM days WHERE day < ?", (_day(now) - _DAYS_COUNTED,))


def _day(now: float) -> int:
    return int(now // DAY_SECONDS)
