"""What the chat's SQLite file knows of people: invitations, guests, strangers, languages; and the secret keys
of the installation.

SQL only. An invitation is stored as a digest of its code: who reads the file cannot use it. Times are seconds since
the epoch.
"""

import secrets
import sqlite3
from hashlib import sha256

STRANGER_SECONDS = 86400.0
"""For so long a stranger hears nothing more."""
_LOG_KEY, _SEAL_KEY = "log", "seal"
_KEY_BYTES = 32
_FORGET_STRANGERS = "DELETE FROM strangers WHERE told <= ? OR told > ?"
"""Who was met in times to come was met by a clock that was wrong."""


class People:
    """Over an open file. One call at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def invite(self, code: str, expires: float) -> None:
        """Store an invitation."""
        self._connection.execute("INSERT INTO invitations VALUES (?, ?)", (_digest(code), expires))

    def redeem(self, code: str, user: int, now: float) -> bool:
        """Let somebody in for good by an invitation, which is used up; ``False``: there is none that counts."""
        with self._connection as run:
            run.execute("BEGIN IMMEDIATE")
            used = run.execute("DELETE FROM invitations WHERE code = ? AND expires > ?", (_digest(code), now))
            if used.rowcount:
                run.execute("INSERT OR IGNORE INTO guests VALUES (?, ?)", (user, now))
        return bool(used.rowcount)

    def is_guest(self, user: int) -> bool:
        """Tell whether somebody was let in."""
        return bool(self._connection.execute("SELECT 1 FROM guests WHERE user = ?", (user,)).fetchone())

    def guests(self) -> tuple[tuple[int, float], ...]:
        """Return who was let in, and when: the last one first."""
        return tuple(self._connection.execute("SELECT user, since FROM guests ORDER BY since DESC, user"))

    def revoke(self, user: int) -> bool:
        """Let somebody in no more; ``False``: he was no guest."""
        return bool(self._connection.execute("DELETE FROM guests WHERE user = ?", (user,)).rowcount)

    def meet(self, stranger: int, now: float) -> bool:
        """Tell whether a word is due to a stranger, and remember that it is said: once a day."""
        with self._connection as run:
            run.execute("BEGIN IMMEDIATE")
            run.execute(_FORGET_STRANGERS, (now - STRANGER_SECONDS, now))
            return bool(run.execute("INSERT OR IGNORE INTO strangers VALUES (?, ?)", (stranger, now)).rowcount)

    def language(self, user: int) -> str:
        """Return the code of the language that somebody chose; "": none."""
        row = self._connection.execute("SELECT code FROM languages WHERE user = ?", (user,)).fetchone()
        return str(row[0]) if row else ""

    def choose_language(self, user: int, code: str) -> None:
        """Store which language somebody chose; "": none any more."""
        if code:
            self._connection.execute("INSERT OR REPLACE INTO languages VALUES (?, ?)", (user, code))
        else:
            self._connection.execute("DELETE FROM languages WHERE user = ?", (user,))

    def log_key(self) -> bytes:
        """Return the random key with which this installation names people in its logs."""
        return self._key(_LOG_KEY)

    def seal_key(self) -> bytes:
        """Return the random key with which this installation seals the data of its buttons."""
        return self._key(_SEAL_KEY)

    def _key(self, name: str) -> bytes:
        """Made when it is first asked for."""
        new = (name, secrets.token_bytes(_KEY_BYTES))
        self._connection.execute("INSERT OR IGNORE INTO keys VALUES (?, ?)", new)
        key: bytes = self._connection.execute("SELECT value FROM keys WHERE name = ?", (name,)).fetchone()[0]
        return key

    def prune(self, now: float) -> None:
        """Delete what counts no more."""
        self._connection.execute("DELETE FROM invitations WHERE expires <= ?", (now,))
        self._connection.execute(_FORGET_STRANGERS, (now - STRANGER_SECONDS, now))


def _digest(code: str) -> str:
    """A code is random and long: no slow digest is needed."""
    return sha256(code.encode()).hexdigest()
