"""Whether anybody reads a snapshot: a lock on its manifest, which readers share and who removes it does not.

The kernel frees it when its holder dies. A snapshot opens some of its files late, each thread its own: who removed them
meanwhile would take them from under a question. Where the file system knows no locks, nobody is seen to read.
"""

import fcntl
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_READ = os.O_RDONLY | os.O_NONBLOCK
"""A pipe in the place of a file is not waited for."""


class ReadingLock:
    """Held from its making until it is closed, or is no more."""

    def __init__(self, manifest: Path) -> None:
        """Hold it, as soon as nobody removes the snapshot any more.

        Raises:
            OSError: there is no such manifest.
        """
        descriptor = os.open(manifest, _READ)
        self._release = weakref.finalize(self, os.close, descriptor)
        with suppress(OSError):  # no locks here
            fcntl.flock(descriptor, fcntl.LOCK_SH)

    def close(self) -> None:
        """Let go; once more is no harm."""
        self._release()


@contextmanager
def unread(manifest: Path) -> Iterator[bool]:
    """Tell whether nobody reads the snapshot; if so, nobody begins to before the block ends."""
    try:
        descriptor = os.open(manifest, _READ)
    except OSError:  # who cannot open it does not read it
        yield True
        return
    try:
        yield _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # no locks here
        return True
    return True
