"""The snapshots of a storage folder, and which of them is published, and which is held back.

It neither writes nor reads a snapshot's content, nor judges it. Invariants: ``current`` is replaced atomically and
is never pruned, nor is what somebody reads; whatever lies under a snapshot's name is complete, and was published at
some time unless it is the one that is held, which is then the newest of all. Who changes anything holds the build lock.
"""

import logging
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from index import files
from index.errors import NoSnapshot, SnapshotDamaged, SnapshotError
from index.layout import Layout
from index.records import Manifest
from index.settings import VectorsSection
from index.snapshot.held import UNJUDGED, HeldSnapshot, read_held, write_held
from index.snapshot.manifest import is_name, read_manifest, snapshot_name
from index.snapshot.readers import unread
from index.snapshot.reading import Snapshot

log = logging.getLogger(__name__)


class Store:
    """The snapshots under one storage folder."""

    def __init__(self, folder: Path, engine: VectorsSection | None = None) -> None:
        """``engine``: where vectors lie; by default in the snapshots' files."""
        self.layout = Layout(folder)
        self.engine = engine or VectorsSection()

    def names(self) -> tuple[str, ...]:
        """Return the names of all complete snapshots, oldest first; one behind a link is none."""
        folders = (path.parent for path in self.layout.snapshots.glob("*/manifest.json"))
        return tuple(sorted(folder.name for folder in folders if is_name(folder.name) and not folder.is_symlink()))

    def passed(self) -> tuple[str, ...]:
        """Return the names of the complete snapshots that were published at some time, oldest first."""
        held = self.held()
        return tuple(name for name in self.names() if held is None or name != held.name)

    def held(self) -> HeldSnapshot | None:
        """Return the snapshot that is kept aside; ``None`` where there is none.

        Where the record of it cannot be read, it is the newest one, if that is not published.
        """
        try:
            held = read_held(self.layout.held)
        except ValueError as error:
            names = self.names()
            held = HeldSnapshot(names[-1], (str(error),), datetime.now(UTC)) if names else None
        return held if held and held.name in self.names() and held.name != self._pointer() else None

    def current(self) -> str:
        """Return the name of the published snapshot, "" where ``current`` is damaged and names none.

        Raises:
            NoSnapshot: nothing was published yet.
        """
        name = self._pointer()
        if name is None:
            raise NoSnapshot(f'nothing has been published in {self.layout.storage}: run "verbatim-index build"')
        return name

    def open(self, name: str, *, verify: bool = True, encoder: str | None = None) -> Snapshot:
        """Open one snapshot; see ``Snapshot.open`` for what it raises.

        ``name``: where it is not one, which a damaged ``current`` gives, no folder is looked for.
        """
        if not is_name(name):
            told = f"there is no snapshot named {name!r}" if name else f"{self.layout.current} names no snapshot"
            raise SnapshotDamaged(f'{told}: run "verbatim-index rollback", or "verbatim-index build" for a new one')
        return Snapshot.open(self.layout.snapshot(name).folder, verify=verify, encoder=encoder, engine=self.engine)

    def open_current(self, *, encoder: str | None = None) -> Snapshot:
        """Open the published snapshot; where it cannot be used, the newest that can, saying so in the log.

        Raises:
            NoSnapshot: nothing was published yet.
            SnapshotError: the published snapshot cannot be used, nor can any other; says why and what to do.
        """
        current = self.current()
        try:
            return self.open(current, encoder=encoder)
        except SnapshotError as error:
            failure = error
        if self.current() != current:  # another one was published meanwhile, and this one pruned
            return self.open_current(encoder=encoder)
        for name in self._fallbacks(current):
            try:
                snapshot = self.open(name, encoder=encoder)
            except SnapshotError as error:
                log.warning("%s", error)
                continue
            log.warning("%s; until then snapshot %s is used", failure, name)
            return snapshot
        raise type(failure)(f"{failure}; no other snapshot can be used") from failure

    def require(self, name: str) -> None:
        """Refuse a name that somebody gave if it is none of a snapshot.

        Raises:
            SnapshotDamaged: there is no complete snapshot of that name.
        """
        if name not in self.names():
            raise SnapshotDamaged(f"there is no snapshot {name} in {self.layout.snapshots}")

    def adopt(self, folder: Path, manifest: Manifest) -> str:
        """Give a complete and verified folder its name among the snapshots, and return it.

        It is held back until it is published, in the place of the one that was held before.
        """
        name = snapshot_name(manifest, next(reversed(self.names()), None))
        self.discard_held()
        self.hold(name, [UNJUDGED])  # before it has its name: no other would be told from one that was published
        folder.rename(self.layout.snapshot(name).folder)
        files.flush(self.layout.snapshots)
        return name

    def hold(self, name: str, reasons: Sequence[str], basis: str = "") -> HeldSnapshot:
        """Say why the snapshot that was adopted last is kept aside; ``basis``: see ``HeldSnapshot``."""
        held = HeldSnapshot(name, tuple(reasons), datetime.now(UTC).replace(microsecond=0), basis)
        write_held(self.layout.held, held)
        return held

    def discard_held(self) -> None:
        """Remove the snapshot that is kept aside, where there is one."""
        if held := self.held():
            _remove(self.layout.snapshot(held.name).folder, self.layout.snapshots)
        self.layout.held.unlink(missing_ok=True)

    def publish(self, name: str) -> None:
        """Make a snapshot the one that is used, also where it was held back.

        Raises:
            SnapshotDamaged: there is no complete snapshot of that name.
        """
        self.require(name)
        held = self.held()
        files.replace_text(self.layout.current, f"{name}\n")
        # Last: whoever dies before it leaves a record of the published one, which does not count.
        if held is None or held.name == name:
            self.layout.held.unlink(missing_ok=True)

    def rollback(self) -> str:
        """Publish the ``earlier`` snapshot, and return its name.

        Raises:
            NoSnapshot: there is none.
        """
        name = self.earlier()
        self.publish(name)
        return name

    def earlier(self) -> str:
        """Return the name of the newest sound snapshot older than the published one, none that is held.

        Where ``current`` names none that is there, it is the one that is used meanwhile.

        Raises:
            NoSnapshot: there is none.
        """
        current = self.current()
        others = self._fallbacks(current)
        for name in [name for name in others if name < current] if current in self.names() else others:
            try:
                self.open(name).close()
            except SnapshotError as error:
                log.warning("%s", error)
                continue
            return name
        than = f" is older than {current}" if current else ""
        raise NoSnapshot(f"no sound snapshot in {self.layout.snapshots}{than}")

    def newest(self, keep: int) -> tuple[str, ...]:
        """Return the names of the published snapshot and the newest others, ``keep`` in all, and of the held one.

        Oldest first.
        """
        current, held = self.current(), self.held()
        others = [name for name in self.passed() if name != current]
        kept = [current, *others[max(0, len(others) - (keep - 1)) :]]
        return tuple(sorted([*kept, *([held.name] if held else [])]))

    def prune(self, keep: int) -> tuple[str, ...]:
        """Remove all but the ``newest`` snapshots, and return the names of those removed.

        One that somebody reads stays until it is pruned when nobody does.
        """
        kept = self.newest(keep)
        return tuple(name for name in self.names() if name not in kept and self._removed(name))

    def _removed(self, name: str) -> bool:
        """Remove a snapshot unless somebody reads it; tell whether it is gone."""
        layout = self.layout.snapshot(name)
        with unread(layout.manifest) as is_unread:
            if is_unread:
                _remove(layout.folder, self.layout.snapshots)
            else:
                log.info("snapshot %s stays: it is being read", name)
        return is_unread

    def settle(self) -> None:
        """Tell an engine elsewhere which collections are published and kept, so that it drops the others.

        Where it does not answer, or a manifest cannot be read, the next call does it.
        """
        if self.engine.engine == "faiss":
            return
        from index.vectors import settle_vectors

        try:
            found = {name: read_manifest(self.layout.snapshot(name)).collection for name in self.names()}
            live = found.get(self._pointer() or "", "")
            settle_vectors(self.engine, self.owner(), live, frozenset(found.values()))
        except SnapshotError as error:
            log.warning("%s; the next build drops the collections that no snapshot needs", error)

    def owner(self) -> str:
        """Return the word by which this folder's collections are told from others'; made when first asked for."""
        try:
            return self.layout.owner.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            files.replace_text(self.layout.owner, f"{token_hex(4)}\n")
            return self.owner()

    def clear_leftovers(self) -> None:
        """Remove what a build that died left behind."""
        for path in self.layout.snapshots.glob(".*"):
            log.info("removing %s, which a build that ended early left behind", path)
            shutil.rmtree(path)
        for path in (one for written in self.layout.written_by_holder for one in files.unfinished(written)):
            path.unlink(missing_ok=True)

    def _fallbacks(self, current: str) -> list[str]:
        """Older ones first, newest first: newer ones are those that somebody rolled back from. None that is held."""
        others = [name for name in reversed(self.passed()) if name != current]
        return [n for n in others if n < current] + [n for n in others if n > current]

    def _pointer(self) -> str | None:
        """What ``current`` names, "" where it names nothing; ``None`` where nothing was published yet."""
        try:
            name = files.read_text(self.layout.current).strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError):
            return ""
        return name if is_name(name) else ""


def _remove(folder: Path, beside: Path) -> None:
    """Take a snapshot's name away before its files, so that no half-removed one is ever seen under it."""
    hidden = beside / f".removed-{folder.name}"
    folder.rename(hidden)
    shutil.rmtree(hidden)
