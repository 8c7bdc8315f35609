"""Put a backup in the place of a storage folder: everything in it, or nothing.

The backup is copied into the storage folder and compared with its digests there; then one rename decides, and
``index.pending`` moves the files, goes on where it was killed, and is called by whoever comes next. What the backup has
no file for stays: older snapshots, vectors encoded before. So does what was taken down since.
"""

import logging
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from index import files
from index.backup.copying import PRIVATE, SHARED, copy_file
from index.backup.manifest import Backup, read_manifest
from index.errors import BackupError
from index.layout import Layout
from index.lock import build_lock
from index.pending import finish_restore, put_in_place
from index.takedown import join

log = logging.getLogger(__name__)

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_WAIT_SECONDS = 2.0


def restore(
    storage: Path, folder: Path, databases: Sequence[str] = (), beside: Sequence[str] = (), *, replace: bool = False
) -> Backup:
    """Put the backup in ``folder`` into the folder ``storage``, and return what was in it.

    ``databases``, ``beside``: as ``back_up`` was given them; what lay beside stays in the backup. ``replace``: also
    where the storage folder holds something already.

    Raises:
        BackupError: it is no backup, or damaged; the storage folder is in use, or holds something and nobody said
            ``replace``. Nothing was changed.
        BuildLocked: a build goes on.
        LibraryError: what is taken down now cannot be read.
    """
    backup = read_manifest(folder)
    layout = Layout(storage)
    finish_restore(storage)
    present = [path for path in _places(layout, databases) if path.exists()]
    if present and not replace:
        raise BackupError(f"{layout.storage} holds {present[0].name} already: --replace puts the backup in its place")
    held = (layout.library, layout.pages, *(layout.storage / name for name in databases))
    try:
        with build_lock(layout), _unused(held):
            _stage(layout, folder, backup, databases, beside)
            layout.restoring.rename(layout.restored)  # from here on it is decided
            files.flush(layout.storage)
            put_in_place(layout.storage)
    except OSError as error:
        raise BackupError(f"the backup {folder} cannot be put into {layout.storage}: {error}") from error
    return backup


def _places(layout: Layout, databases: Sequence[str]) -> tuple[Path, ...]:
    """What makes a storage folder one that somebody uses."""
    own = (layout.library, layout.pages, layout.current, layout.taken_down)
    return (*own, *(layout.storage / name for name in databases))


def _stage(layout: Layout, folder: Path, backup: Backup, databases: Sequence[str], beside: Sequence[str]) -> None:
    """Lay everything ready that has a place, compared with its digest; nothing stays where that fails."""
    if layout.restoring.exists():
        shutil.rmtree(layout.restoring)  # of one that was killed before it was decided
    layout.restoring.mkdir()
    try:
        _copy(layout, folder, backup, databases, beside)
        join(layout.restoring / layout.taken_down.name, layout.taken_down)
        for made in [path for path in layout.restoring.rglob("*") if path.is_dir()]:
            files.flush(made)
        files.flush(layout.restoring)
    except BaseException:
        shutil.rmtree(layout.restoring)
        raise


def _copy(layout: Layout, folder: Path, backup: Backup, databases: Sequence[str], beside: Sequence[str]) -> None:
    for name, digest in backup.files.items():
        if name in beside:
            continue
        target = layout.restoring / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not (folder / name).exists():
            raise BackupError(f"the backup {folder} is damaged: {name} is missing; take another one")
        if copy_file(folder / name, target, PRIVATE if name in databases else SHARED) != digest:
            raise BackupError(f"the backup {folder} is damaged: {name} is not what was written; take another one")


@contextmanager
def _unused(databases: Sequence[Path]) -> Iterator[None]:
    """Keep everybody out of the databases that are there.

    Raises:
        BackupError: somebody has one open.
    """
    with ExitStack() as stack:
        for path in databases:
            if path.exists():
                stack.enter_context(_alone(path))
        yield


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a database that nobody else has open, without its log beside it; one that is damaged needs no holding."""
    with closing(sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)) as connection:
        try:
            # Who has a file in WAL mode open holds a lock that leaving this mode asks for: https://sqlite.org/wal.html
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if error.sqlite_errorcode not in _DAMAGED:
                raise BackupError(
                    f"{path} is in use ({error}): stop the bot, and what else reads it, and try again"
                ) from error
            log.warning("%s is damaged (%s): the backup takes its place", path, error)
        yield
