"""The chat's own SQLite file: answers whose buttons still work, feedback, updates already handled.

Blocking: the archive calls it on a thread. ``people`` and ``declines`` are its other tables, ``schema`` makes them all.
Holds no word of an article. Times are seconds since the epoch.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path
from typing import TypeVar

from bot.chat.storage.declines import Declines
from bot.chat.storage.forgetting import forget
from bot.chat.storage.packing import packed, unpacked
from bot.chat.storage.people import People
from bot.chat.storage.placements import Placements
from bot.chat.storage.replies import Replies
from bot.chat.storage.schema import connect
from bot.chat.updates.claims import Claims
from bot.records import Answer, QuoteReference

T = TypeVar("T")

PAGE = 3
"""Quotes on each further page, as many as on the first."""
HANDLED_SECONDS = 2 * 86400.0
"""Telegram keeps an unconfirmed update for 24 hours; ours are remembered for twice as long."""

_DATED = (
    ("answers", "created"),
    ("feedback", "given"),
    ("handled", "at"),
    ("presses", "at"),
    ("messages", "at"),
    ("replies", "at"),
)
"""Where it stands when something was stored that is pruned by its age."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was shown, without its words: the quotes of each page."""

    snapshot: str
    answered: bool
    pages: tuple[tuple[QuoteReference, ...], ...]

    @classmethod
    def of(cls, answer: Answer) -> "StoredAnswer":
        """Return what is remembered of an answer."""
        first = answer.quotes or answer.nearest
        further = _paged(answer.further if answer.answered else ())
        pages = tuple(tuple(quote.reference for quote in page) for page in (first, *further))
        return cls(answer.snapshot, answer.answered, pages)

    def continued(self, found: Sequence[QuoteReference]) -> "StoredAnswer | None":
        """Return its first page with pages behind it of what was found and it does not show; ``None``: nothing."""
        behind = _paged([one for one in found if not any(one.overlaps(shown) for shown in self.pages[0])])
        return replace(self, pages=(self.pages[0], *behind)) if behind else None


def _paged(quotes: Sequence[T]) -> tuple[tuple[T, ...], ...]:
    return tuple(tuple(quotes[start : start + PAGE]) for start in range(0, len(quotes), PAGE))


class Vote(Enum):
    """What became of a press on 👍 or 👎."""

    STORED = auto()
    CHANGED = auto()
    WITHDRAWN = auto()


class Database:
    """The open file. One call at a time."""

    def __init__(self, path: Path) -> None:
        """Open the file at ``path``; make it, and its folder, where there is none.

        Raises:
            ChatDatabaseError: it is no such file, or of another version.
        """
        self._path = path
        self._connection = connect(path)
        self.people, self.declines = People(self._connection), Declines(self._connection)
        self.placements = Placements(self._connection)
        self.claims, self.replies = Claims(self._connection), Replies(self._connection)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def remember(self, token: str, answer: StoredAnswer, now: float) -> None:
        """Store what the buttons with this token are about."""
        pages = json.dumps([[packed(quote) for quote in page] for page in answer.pages])
        self._connection.execute(
            "INSERT INTO answers VALUES (?, ?, ?, ?, ?)",
            (token, now, answer.snapshot, answer.answered, pages),
        )

    def recall(self, token: str) -> StoredAnswer | None:
        """Return what was remembered, or ``None`` where it was pruned, or never was."""
        row = self._connection.execute(
            "SELECT snapshot, answered, pages FROM answers WHERE token = ?", (token,)
        ).fetchone()
        if row is None:
            return None
        pages = tuple(tuple(unpacked(quote) for quote in page) for page in json.loads(row[2]))
        return StoredAnswer(row[0], bool(row[1]), pages)

    def vote(
        self,
        token: str,
        user: int,
        up: bool,
        snapshot: str,
        quotes: Iterable[QuoteReference],
        now: float,
        press: str,
    ) -> Vote:
        """Store one user's vote on an answer; the same vote again withdraws it.

        ``press``: what Telegram calls the press; one that comes again, after a crash, is no second vote: what became of
        the first is told.
        """
        with self._connection as run:
            run.execute("BEGIN IMMEDIATE")
            row = run.execute("SELECT up FROM feedback WHERE token = ? AND user = ?", (token, user)).fetchone()
            if not run.execute("INSERT OR IGNORE INTO presses VALUES (?, ?)", (press, now)).rowcount:
                return Vote.WITHDRAWN if row is None else Vote.STORED
            if row is not None and bool(row[0]) == up:
                run.execute("DELETE FROM feedback WHERE token = ? AND user = ?", (token, user))
                return Vote.WITHDRAWN
            self._put_vote(token, user, up, snapshot, quotes, now)
            return Vote.STORED if row is None else Vote.CHANGED

    def react(
        self, token: str, user: int, up: bool | None, snapshot: str, quotes: Iterable[QuoteReference], now: float
    ) -> None:
        """Store what one user's reaction says of an answer, whatever was stored before; ``None`` withdraws it."""
        if up is None:
            self._connection.execute("DELETE FROM feedback WHERE token = ? AND user = ?", (token, user))
        else:
            self._put_vote(token, user, up, snapshot, quotes, now)

    def _put_vote(
        self, token: str, user: int, up: bool, snapshot: str, quotes: Iterable[QuoteReference], now: float
    ) -> None:
        places = json.dumps([packed(quote) for quote in quotes])
        self._connection.execute(
            "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?)", (token, user, up, now, snapshot, places)
        )

    def forget(self, user: int) -> int:
        """Delete everything about a user, here and in the copy beside; return how many rows that was."""
        return forget(self._connection, self._path, user)

    def mark_handled(self, update_id: int, now: float) -> None:
        """Remember that an update was dealt with, in case it is delivered again."""
        self._connection.execute("INSERT OR REPLACE INTO handled VALUES (?, ?)", (update_id, now))
        self.replies.drop(update_id)

    def handled(self) -> frozenset[int]:
        """Return the updates that were dealt with in the last days."""
        return frozenset(row[0] for row in self._connection.execute("SELECT update_id FROM handled"))

    def told(self) -> dict[int, frozenset[str]]:
        """Return which admin was told of which troubles."""
        told: dict[int, set[str]] = {}
        for admin, trouble in self._connection.execute("SELECT admin, trouble FROM told"):
            told.setdefault(admin, set()).add(trouble)
        return {admin: frozenset(troubles) for admin, troubles in told.items()}

    def mark_told(self, admin: int, troubles: Iterable[str]) -> None:
        """Remember of which troubles an admin knows, and of no others."""
        with self._connection as run:
            run.execute("BEGIN IMMEDIATE")
            run.execute("DELETE FROM told WHERE admin = ?", (admin,))
            run.executemany("INSERT INTO told VALUES (?, ?)", [(admin, trouble) for trouble in troubles])

    def votes(self, limit: int) -> tuple[tuple[bool, float, tuple[QuoteReference, ...]], ...]:
        """Return the last votes, the last one first: whether up, when, and the quotes it was about."""
        rows = self._connection.execute("SELECT up, given, quotes FROM feedback ORDER BY given DESC LIMIT ?", (limit,))
        return tuple((bool(up), given, tuple(map(unpacked, json.loads(quotes)))) for up, given, quotes in rows)

    def count_votes(self) -> tuple[int, int]:
        """Return how many votes there are: up, down."""
        up, total = self._connection.execute("SELECT coalesce(sum(up), 0), count(*) FROM feedback").fetchone()
        return up, total - up

    def prune(self, now: float, answer_days: int, answers_kept: int, feedback_days: int, question_days: int) -> None:
        """Delete what is older than it may be, and the oldest answers beyond ``answers_kept``.

        What was stored in times to come was stored by a clock that was wrong, and counts as stored now.
        """
        run = self._connection.execute
        for table, column in _DATED:
            run(f"UPDATE {table} SET {column} = :now WHERE {column} > :now", {"now": now})
        run("DELETE FROM answers WHERE created < ?", (now - answer_days * 86400,))
        run(
            "DELETE FROM answers WHERE token IN (SELECT token FROM answers ORDER BY created DESC LIMIT -1 OFFSET ?)",
            (answers_kept,),
        )
        run("DELETE FROM feedback WHERE given < ?", (now - feedback_days * 86400,))
        for table in ("handled", "presses"):
            run(f"DELETE FROM {table} WHERE at < ?", (now - HANDLED_SECONDS,))
        self.placements.prune(now)
        self.claims.prune(now - HANDLED_SECONDS)
        self.replies.prune(now - HANDLED_SECONDS)
        self.people.prune(now)
        self.declines.prune(now, question_days)
