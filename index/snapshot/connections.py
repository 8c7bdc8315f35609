"""Connections of many threads to one immutable SQLite file. It knows no table.

Invariant: all of them read the file that was opened first, whatever lies in its place later.
"""

import sqlite3
import threading
from pathlib import Path

from index import files


class Connections:
    """A read-only connection for each thread, made when it first asks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: tuple[int, int] | None = None
        self._of_thread = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._opening = threading.Lock()

    def mine(self) -> sqlite3.Connection:
        """Return the calling thread's connection; that of the first thread where the file lies there no longer.

        Raises:
            sqlite3.OperationalError: the file cannot be opened.
        """
        found: sqlite3.Connection | None = getattr(self._of_thread, "connection", None)
        if found is None:
            with self._opening:
                found = self._of_thread.connection = self._opened()
        return found

    def close(self) -> None:
        """Close all of them."""
        with self._opening:
            for connection in self._all:
                connection.close()
            self._all.clear()
            self._of_thread = threading.local()

    def _opened(self) -> sqlite3.Connection:
        there = files.identity(self._path)
        if self._all and there != self._file:
            return self._all[0]  # SQLite lets threads take turns
        address = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
        made = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._all.append(made)
        self._file = there
        return made
