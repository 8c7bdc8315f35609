"""Which replica deals with which update, where Telegram sends updates to several of them. SQL only.

Replicas share the file, and so the machine. Invariant: an update is claimed by one of them at a time. A claim outlives
its update, so that none can be claimed between being dealt with and being noted; it ends when its holder lets go, or
starts anew, or has kept it for ``LEASE_SECONDS``. ``holder`` is the address that a replica listens at: no two of them
can have the same.
"""

import sqlite3
from enum import Enum, auto

LEASE_SECONDS = 330.0
"""Longer than an update can be in work (``work.LONGEST_SECONDS``): what is claimed for longer was left by the dead."""


class Claim(Enum):
    """What a replica may do with an update."""

    MINE = auto()
    ELSEWHERE = auto()
    DEALT_WITH = auto()


class Claims:
    """Over an open file. One call at a time in each process."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def claim(self, update_id: int, holder: str, now: float) -> Claim:
        """Claim an update; a claim that is to end later than one made now was made by a clock that was wrong."""
        if self._connection.execute("SELECT 1 FROM handled WHERE update_id = ?", (update_id,)).fetchone():
            return Claim.DEALT_WITH
        claimed = self._connection.execute(
            "INSERT INTO claims VALUES (?, ?, ?) ON CONFLICT (update_id) DO UPDATE"
            " SET holder = excluded.holder, until = excluded.until WHERE until < ? OR until > excluded.until",
            (update_id, holder, now + LEASE_SECONDS, now),
        )
        return Claim.MINE if claimed.rowcount else Claim.ELSEWHERE

    def release(self, holder: str) -> None:
        """Let go of everything that a replica claimed and did not deal with."""
        self._connection.execute(
            "DELETE FROM claims WHERE holder = ? AND update_id NOT IN (SELECT update_id FROM handled)", (holder,)
        )

    def prune(self, before: float) -> None:
        """Delete the claims that ended before a moment."""
        self._connection.execute("DELETE FROM claims WHERE until < ?", (before,))
