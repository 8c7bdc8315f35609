"""Files that survive a power cut: digests, and writes that are either old or new; and reading what may be anything.

It knows nothing of what the files hold. Invariant: after a function returns, its effect is on the disk.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

MOST_TEXT = 2**20
"""Bytes of a small file; none that is written here has a hundredth of it."""

_OTHERS = 0o027
"""The umask that lets the owner's group read, as where the bot and the builds are two users, and nobody else."""


def sha256(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return digest(file)


def digest(file: BufferedReader) -> str:
    """Return the hexadecimal SHA-256 of an open file."""
    return hashlib.file_digest(file, "sha256").hexdigest()


def open_regular(path: Path) -> BufferedReader:
    """Open a file for reading that has to lie there itself: no link is followed, and nothing is waited for.

    Raises:
        OSError: it is missing, cannot be read, or is a link, a folder, a pipe or a device.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path} is no regular file")
    return os.fdopen(descriptor, "rb")


def read_text(path: Path) -> str:
    """Read a small file, as ``open_regular`` opens it.

    Raises:
        OSError: as there, or it is not small.
        UnicodeDecodeError: it holds no UTF-8.
    """
    with open_regular(path) as file:
        content = file.read(MOST_TEXT + 1)
    if len(content) > MOST_TEXT:
        raise OSError(f"{path} has more than {MOST_TEXT} bytes")
    return content.decode()


def identity(path: Path) -> tuple[int, int] | None:
    """Return what tells the file that lies there from any other that may lie there later; ``None`` where none does."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino


def replace_text(path: Path, text: str) -> None:
    """Write a small file atomically: readers see the old text or the new one, never a part."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        flush(beside)
        beside.replace(path)
    except BaseException as error:
        beside.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)  # where the disk is full the system does not say which file it was
        raise
    flush(path.parent)


def unfinished(path: Path) -> list[Path]:
    """Return what processes that died while they replaced a small file left beside it."""
    return [beside for beside in path.parent.glob(f".{path.name}.*") if beside.suffix[1:].isdecimal()]


def flush(path: Path) -> None:
    """Force a file's content, or a folder's list of names, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def closed_to_others() -> Iterator[None]:
    """Keep what this process makes within from everybody else: files have at most 0640, folders at most 0750.

    A stricter umask stays. The umask is the whole process's: for programs, not for what one thread does.
    """
    before = os.umask(_OTHERS)
    os.umask(before | _OTHERS)
    try:
        yield
    finally:
        os.umask(before)
