"""The copy of the chat's SQLite file that is made before it is changed to a new version: the last one is kept.

Invariant: what lies under the copy's name is complete, and only its owner can read it.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path


def backup_of(path: Path) -> Path:
    """Return where the copy of the file at ``path`` lies."""
    return path.with_name(f"{path.name}.backup")


def back_up(connection: sqlite3.Connection, path: Path) -> None:
    """Copy an open file, in the place of the copy before.

    Raises:
        OSError: the copy cannot be written.
        sqlite3.Error: nor read.
    """
    unfinished = _unfinished(path)
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(unfinished)) as copy:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, that can be moved and looked at by itself
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(backup_of(path))


def kept(path: Path) -> list[Path]:
    """Return the copies that there are, that of a process which died while it copied among them."""
    return [copy for copy in (backup_of(path), _unfinished(path)) if copy.exists()]


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.backup-unfinished")
