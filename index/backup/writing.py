"""Write a backup of a storage folder while a bot answers and builds go on.

It waits for nobody and stops nobody. Left out is what can be made again: vectors encoded before, older snapshots, one
that is held back. Invariant: a folder that has a manifest is whole; what a backup that died left, the next clears.
"""

import fcntl
import logging
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from index import files
from index.backup.copying import PRIVATE, SHARED, copy_database, copy_file
from index.backup.manifest import Backup, write_manifest
from index.errors import BackupError, SnapshotError
from index.layout import Layout
from index.pending import finish_restore
from index.records import FileDigest
from index.settings import Settings
from index.snapshot import Store

log = logging.getLogger(__name__)


def back_up(
    settings: Settings, folder: Path, databases: Sequence[str] = (), beside: Mapping[str, Path] | None = None
) -> Backup:
    """Write a backup into ``folder``, which must be new or empty, and return what is in it.

    ``databases``: names of SQLite files of others in the storage folder, which only their owner may read; ``beside``:
    files from elsewhere that belong to it, by the names that they are to have in the backup.

    Raises:
        BackupError: there is nothing to back up or no room for it; a database is damaged; another backup is written.
    """
    finish_restore(settings.storage.folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"{folder} holds something already: name a new folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _unfinished(folder) as unfinished:
            backup = _Writer(settings, unfinished).write(databases, beside or {})
            unfinished.replace(folder)
            files.flush(folder.parent)
    except OSError as error:
        raise BackupError(f"the backup {folder} cannot be written: {error}") from error
    return backup


class _Writer:
    """One backup on its way. ``folder``: where it is written."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._store = Store(settings.storage.folder, settings.vectors.patient)
        self._folder = folder
        self._files: dict[str, FileDigest] = {}

    def write(self, databases: Sequence[str], beside: Mapping[str, Path]) -> Backup:
        layout = self._store.layout
        # The library before the pages: an article of the one that the other lacks would be taken for withdrawn.
        for name in (layout.library.name, layout.pages.name):
            self._database(name, SHARED)
        for name in databases:
            self._database(name, PRIVATE)
        snapshot, missing = self._snapshot()
        # What is taken down comes late: it may have been while all the rest was copied.
        for path in (layout.runs, layout.owner, layout.taken_down):
            if path.exists():
                self._files[path.name] = copy_file(path, self._folder / path.name)
        if not self._files:
            raise BackupError(f"there is nothing in {layout.storage} to back up")
        for name, path in beside.items():
            self._files[name] = copy_file(path.resolve(), self._folder / name, PRIVATE)
        backup = Backup(datetime.now(UTC).replace(microsecond=0), snapshot, missing, self._files)
        write_manifest(self._folder, backup)
        return backup

    def _database(self, name: str, mode: int) -> None:
        source = self._store.layout.storage / name
        if source.exists():
            self._files[name] = copy_database(source, self._folder / name, mode)

    def _snapshot(self) -> tuple[str, str]:
        """Copy the published snapshot, held open so that nobody removes it; return its name, or "" and why not."""
        try:
            opened = self._store.open_current()
        except SnapshotError as error:
            log.warning("the backup has no snapshot: %s", error)
            return "", str(error)
        with opened as snapshot:
            source = self._store.layout.snapshot(snapshot.name)
            kept = Layout(self._folder)
            target = kept.snapshot(snapshot.name)
            target.folder.mkdir(parents=True)
            for path in (*source.payload_with(snapshot.manifest.collection), source.manifest):
                name = f"{kept.snapshots.name}/{snapshot.name}/{path.name}"
                self._files[name] = copy_file(path, target.folder / path.name)
                vouched = snapshot.manifest.files.get(path.name)
                if vouched not in (None, self._files[name]):
                    raise BackupError(f"snapshot {snapshot.name} was damaged while it was copied: {path.name} differs")
            files.flush(target.folder)
            files.flush(kept.snapshots)
            files.replace_text(kept.current, f"{snapshot.name}\n")
            self._files[kept.current.name] = FileDigest(kept.current.stat().st_size, files.sha256(kept.current))
            return snapshot.name, ""


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside, to which nobody else writes; it goes where the block fails.

    Raises:
        BackupError: somebody else writes a backup of that name.
    """
    beside = folder.with_name(f".{folder.name}.unfinished")
    beside.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(beside, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        _take(descriptor, beside)
        _clear(beside)
        try:
            yield beside
        except BaseException:
            shutil.rmtree(beside)
            raise
    finally:
        os.close(descriptor)


def _take(descriptor: int, folder: Path) -> None:
    """Be the only one to write there; the kernel lets go of it for who dies."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        mine = os.fstat(descriptor)
        if files.identity(folder) == (mine.st_dev, mine.st_ino):
            return
    except BlockingIOError:
        pass
    raise BackupError(f"another process writes a backup into {folder} just now: wait for it, or name another folder")


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
