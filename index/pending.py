"""A restore that was decided and not brought to its end: whoever comes next puts its files in their places.

It decides nothing and copies nothing: the files lie, verified, in a folder of the storage folder whose name says that
they are to take the places of those that are there. Invariant: when a function returns, the folder is gone, and every
file that was in it is in its place.
"""

import fcntl
import logging
import os
import shutil
from pathlib import Path

from index import files
from index.layout import Layout

log = logging.getLogger(__name__)

_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file, and would take for the restored file's."""


def finish_restore(storage: Path) -> None:
    """Bring a restore to its end that was decided and cut off, saying so in the log, where there is one.

    Raises:
        OSError: a file cannot be moved. The next call goes on.
    """
    if put_in_place(storage):
        log.warning("%s: a restore that was cut off was brought to its end", storage)


def put_in_place(storage: Path) -> bool:
    """Move what a restore has decided into its places; ``False`` where there is nothing.

    Raises:
        OSError: a file cannot be moved. The next call goes on.
    """
    decided = Layout(storage).restored
    try:
        descriptor = os.open(decided, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # two may come at once
        for path in sorted(decided.rglob("*"), key=lambda path: _turn(path, decided)):
            if path.is_file():
                _put(path, storage / path.relative_to(decided))
        shutil.rmtree(decided, ignore_errors=not decided.exists())  # the other one was faster
        files.flush(storage)
    finally:
        os.close(descriptor)
    return True


def _turn(path: Path, root: Path) -> tuple[bool, bool, str]:
    """First what nothing points to, then what vouches for it, at last what says which snapshot is used."""
    layout = Layout(root)
    return path == layout.current, path.name == layout.snapshot("").manifest.name, str(path)


def _put(path: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    for end in _BESIDE:
        place.with_name(place.name + end).unlink(missing_ok=True)
    path.replace(place)
    files.flush(place.parent)
