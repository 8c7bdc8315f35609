"""The chat's own SQLite file: answers whose buttons still work, feedback, updates already handled.

All SQL of the chat. Blocking: the desk calls it on a thread. Holds no question and no word of an article;
user numbers only beside feedback, and those of the settings' admins. Times are seconds since the epoch.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from bot.errors import ChatDatabaseError
from bot.records import QuoteReference, Span

HANDLED_SECONDS = 2 * 86400.0
"""Telegram keeps an unconfirmed update for 24 hours; ours are remembered for twice as long."""
_FIRST = """
CREATE TABLE answers (
    token TEXT PRIMARY KEY, created REAL NOT NULL, snapshot TEXT NOT NULL,
    answered INTEGER NOT NULL, pages TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX answers_created ON answers (created);
CREATE TABLE feedback (
    token TEXT NOT NULL, user INTEGER NOT NULL, up INTEGER NOT NULL, given REAL NOT NULL,
    snapshot TEXT NOT NULL, quotes TEXT NOT NULL, PRIMARY KEY (token, user)
) WITHOUT ROWID;
CREATE INDEX feedback_user ON feedback (user);
CREATE TABLE handled (update_id INTEGER PRIMARY KEY, at REAL NOT NULL);
"""
_ADMINS = """
CREATE TABLE told (admin INTEGER NOT NULL, trouble TEXT NOT NULL, PRIMARY KEY (admin, trouble)) WITHOUT ROWID;
"""
_STEPS = (_FIRST, _ADMINS)
"""What makes each version out of the one before."""
VERSION = len(_STEPS)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was shown, without its words: the quotes of each page."""

    snapshot: str
    answered: bool
    pages: tuple[tuple[QuoteReference, ...], ...]


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
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=2, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise ChatDatabaseError(f"{path} cannot be opened: {error}") from error
        try:
            self._prepare(path)
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, path: Path) -> None:
        try:
            self._connection.execute("PRAGMA journal_mode = WAL")
            # A power cut may lose the last few rows, never the file; that is enough for buttons and votes.
            self._connection.execute("PRAGMA synchronous = NORMAL")
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if missing := "".join(_STEPS[version:]):
                self._connection.executescript(f"BEGIN;{missing}PRAGMA user_version = {VERSION};COMMIT;")
        except sqlite3.Error as error:
            raise ChatDatabaseError(f"{path} cannot be used ({error}): move it away, and a new one is made") from error
        if version > VERSION:
            raise ChatDatabaseError(f"{path} is of version {version}, this program knows {VERSION}: update it")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def remember(self, token: str, answer: StoredAnswer, now: float) -> None:
        """Store what the buttons with this token are about."""
        pages = json.dumps([[_packed(quote) for quote in page] for page in answer.pages])
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
        pages = tuple(tuple(_unpacked(quote) for quote in page) for page in json.loads(row[2]))
        return StoredAnswer(row[0], bool(row[1]), pages)

    def vote(
        self, token: str, user: int, up: bool, snapshot: str, quotes: Iterable[QuoteReference], now: float
    ) -> Vote:
        """Store one user's vote on an answer; the same vote again withdraws it."""
        key = (token, user)
        row = self._connection.execute("SELECT up FROM feedback WHERE token = ? AND user = ?", key).fetchone()
        if row is not None and bool(row[0]) == up:
            self._connection.execute("DELETE FROM feedback WHERE token = ? AND user = ?", key)
            return Vote.WITHDRAWN
        packed = json.dumps([_packed(quote) for quote in quotes])
        self._connection.execute(
            "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?)", (*key, up, now, snapshot, packed)
        )
        return Vote.STORED if row is None else Vote.CHANGED

    def forget(self, user: int) -> int:
        """Delete everything about a user; return how many votes that was."""
        return self._connection.execute("DELETE FROM feedback WHERE user = ?", (user,)).rowcount

    def mark_handled(self, update_id: int, now: float) -> None:
        """Remember that an update was dealt with, in case it is delivered again."""
        self._connection.execute("INSERT OR REPLACE INTO handled VALUES (?, ?)", (update_id, now))

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
        run = self._connection.execute
        run("BEGIN")
        run("DELETE FROM told WHERE admin = ?", (admin,))
        self._connection.executemany("INSERT INTO told VALUES (?, ?)", [(admin, trouble) for trouble in troubles])
        run("COMMIT")

    def prune(self, now: float, answer_days: int, answers_kept: int, feedback_days: int) -> None:
        """Delete what is older than it may be, and the oldest answers beyond ``answers_kept``."""
        run = self._connection.execute
        run("DELETE FROM answers WHERE created < ?", (now - answer_days * 86400,))
        run(
            "DELETE FROM answers WHERE token IN (SELECT token FROM answers ORDER BY created DESC LIMIT -1 OFFSET ?)",
            (answers_kept,),
        )
        run("DELETE FROM feedback WHERE given < ?", (now - feedback_days * 86400,))
        run("DELETE FROM handled WHERE at < ?", (now - HANDLED_SECONDS,))


def _packed(quote: QuoteReference) -> Sequence[object]:
    answer = [quote.answer.start, quote.answer.end] if quote.answer else None
    return [quote.article_id, quote.revision, quote.start, quote.end, answer, quote.score]


def _unpacked(packed: Sequence[object]) -> QuoteReference:
    article_id, revision, start, end, answer, score = packed
    span = Span(*answer) if isinstance(answer, list) else None
    return QuoteReference(str(article_id), str(revision), _int(start), _int(end), span, _float(score))


def _int(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"a stored offset is {value!r}, not a whole number")
    return value


def _float(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"a stored score is {value!r}, not a number")
    return float(value)
