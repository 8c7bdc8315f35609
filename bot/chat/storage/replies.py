"""Which reply to an update may have been sent already. SQL only, over the chat's SQLite file.

A row is written before a message leaves, so that who is handed the same update again, after a crash or a restart, knows
that the message may have arrived. It goes when the update has been dealt with. Holds nobody's number: an update's is
its serial number.
"""

import sqlite3
from dataclasses import dataclass
from enum import Enum


class Stage(Enum):
    """How far a reply came; the values are stored, so they must stay."""

    REPLY = 1
    """The reply may have arrived."""
    NOTICE = 2
    """So may the notice that the reply may not have arrived."""
    OVER = 3
    """There is nothing more to be sent."""


@dataclass(frozen=True, slots=True)
class Begun:
    """``token``: that of the answer which the reply shows; "" where it shows none that could be shown again."""

    stage: Stage
    token: str = ""


class Replies:
    """Over an open file. One call at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, update_id: int, begun: Begun, now: float) -> None:
        """Note how far the reply to an update came."""
        row = (update_id, begun.stage.value, begun.token, now)
        self._connection.execute("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?)", row)

    def at(self, update_id: int) -> Begun | None:
        """Return how far it came; ``None``: nothing can have arrived."""
        query = "SELECT stage, token FROM replies WHERE update_id = ?"
        row = self._connection.execute(query, (update_id,)).fetchone()
        return Begun(Stage(row[0]), row[1]) if row else None

    def drop(self, update_id: int) -> None:
        """Forget it: nothing arrived, or the update has been dealt with."""
        self._connection.execute("DELETE FROM replies WHERE update_id = ?", (update_id,))

    def prune(self, before: float) -> None:
        """Delete what was noted before a moment: Telegram does not send those updates any more."""
        self._connection.execute("DELETE FROM replies WHERE at < ?", (before,))
