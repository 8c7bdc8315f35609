"""Copies that are told by their digests: of files, and of SQLite files that somebody writes to meanwhile.

Invariant: after a function returns, the copy is on the disk and is what its digest says.
"""

import os
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from index import files
from index.errors import BackupError
from index.records import FileDigest

PRIVATE, SHARED = 0o600, 0o640
"""For the owner only; or also read by the group, as where the bot and the builds are two users."""

_CHUNK = 1 << 20
_WAIT_SECONDS = 30.0


def copy_file(source: Path, target: Path, mode: int = SHARED) -> FileDigest:
    """Copy a file that lies there itself, byte by byte; ``target`` must not exist.

    Raises:
        OSError: it cannot be read, or the copy not be written.
    """
    size, digest = 0, sha256()
    with files.open_regular(source) as read, _created(target, mode) as written:
        while chunk := read.read(_CHUNK):
            written.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        written.flush()
        os.fsync(written.fileno())
    return FileDigest(size, digest.hexdigest())


def copy_database(source: Path, target: Path, mode: int = SHARED) -> FileDigest:
    """Copy an SQLite file as it is at one moment, whoever writes to it; ``target`` must not exist.

    Raises:
        BackupError: the file is damaged, or in use in a way that nobody can read it.
        OSError: the copy cannot be written.
    """
    _created(target, mode).close()
    address = f"{source.resolve().as_uri()}?mode=rw"
    try:
        with (
            closing(sqlite3.connect(address, uri=True, timeout=_WAIT_SECONDS)) as opened,
            closing(sqlite3.connect(target)) as copy,
        ):
            opened.backup(copy)  # in one step: a read transaction, for which writers do not wait in WAL mode
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, that can be moved and looked at by itself
            (report,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"{source} cannot be copied: {error}") from error
    if report != "ok":
        raise BackupError(f"{source} is damaged: {report}; put an earlier backup in its place")
    files.flush(target)
    return FileDigest(target.stat().st_size, files.sha256(target))


def _created(path: Path, mode: int) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb")
