"""Where the bot's answers stand: which message of which chat shows which page of which answer.

SQL only, over the chat's SQLite file. It is what a reaction to a message is looked up in. Times are seconds since the
epoch. Invariant: nothing of it is older than ``KEPT_SECONDS`` after pruning.
"""

import sqlite3
from dataclasses import dataclass

KEPT_SECONDS = 7 * 86400.0
"""Who reacts does so soon."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A page of an answer."""

    token: str
    page: int


class Placements:
    """Over an open file. One call at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, chat: int, message: int, placed: Placed, now: float) -> None:
        """Remember what a message shows now."""
        row = (chat, message, placed.token, placed.page, now)
        self._connection.execute("INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?)", row)

    def at(self, chat: int, message: int) -> Placed | None:
        """Return what a message shows; ``None`` where it is no answer, or an old one."""
        query = "SELECT token, page FROM messages WHERE chat = ? AND message = ?"
        row = self._connection.execute(query, (chat, message)).fetchone()
        return Placed(*row) if row else None

    def drop(self, chat: int) -> int:
        """Forget the messages of a chat; return how many. One that became another chat numbers its messages anew."""
        return self._connection.execute("DELETE FROM messages WHERE chat = ?", (chat,)).rowcount

    def prune(self, now: float) -> None:
        """Delete what is older than it may be."""
        self._connection.execute("DELETE FROM messages WHERE at < ?", (now - KEPT_SECONDS,))
