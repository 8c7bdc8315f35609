"""What is said where the disk is full or broken, which may be at any write of a build. It decides nothing."""

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import BuildError

_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
"""Full, more than somebody may have, larger than a file may be, read-only, broken. Of a write they name no file."""


@contextmanager
def telling_of_the_disk(folder: Path, live: Callable[[], str]) -> Iterator[None]:
    """Say which folder cannot be written, and whether anything was published; ``live`` tells what is.

    Raises:
        BuildError: in the place of what SQLite or the disk raised.
    """
    before = live()
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if isinstance(error, OSError) and error.errno not in _DISK_ERRORS:
            raise
        now = live()
        outcome = "nothing was published" if now == before else f"{now} was published before that"
        raise BuildError(f"{folder} cannot be written: {error}; {outcome}") from error
