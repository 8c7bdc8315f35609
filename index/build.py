"""The build: it calls the stages in their order and decides only whether there is anything to do.

Invariant: until its last step, publishing, the published snapshot is as it was. What a build that died has
left behind is cleared by the next, which encodes nothing again that was encoded already.
"""

import logging
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from index.cache import VectorCache
from index.encoder import Encoder, locate_encoder
from index.errors import BuildError, NoSnapshot, SettingsError, SnapshotError, TooManyFailures
from index.indexing import Indexed, Indexer
from index.library import Collection, Library
from index.lock import build_lock
from index.progress import Progress, silent
from index.records import Failure
from index.report import BuildReport
from index.settings import IndexSection, Settings
from index.snapshot import Snapshot, Store
from index.snapshot.writing import Origin
from index.sources import open_sources

log = logging.getLogger(__name__)

_FAILURES_SHOWN = 20

_SHAPING = ("sentences", "passages", "lexical", "trust")
"""Modules and packages whose change makes another index of the same articles."""


def build_index(settings: Settings, *, encoder: Encoder | None = None, progress: Progress = silent) -> BuildReport:
    """Collect the articles, index them if anything has changed, verify the new snapshot and publish it.

    ``encoder``: instead of the one that the settings name.

    Raises:
        BuildLocked: another process is changing the same storage folder.
        TooManyFailures: more documents failed than the settings allow; nothing was kept or published.
        BuildError: there are no articles, the disk is full, or the new snapshot did not pass its verification.
        EncoderError: the encoder cannot be used.
    """
    started = time.monotonic()
    store = Store(settings.storage.folder)
    try:
        with build_lock(store.layout), Library(store.layout.library) as library:
            store.clear_leftovers()
            failures = _collect(library, settings, progress)
            outcome = _index(library, store, settings, encoder, progress)
            store.prune(settings.storage.keep)
            return outcome.report(failures, started)
    except sqlite3.Error as error:
        raise BuildError(f"{store.layout.storage} cannot be written: {error}; nothing was published") from error


def settings_digest(section: IndexSection) -> str:
    """Return a digest of everything but articles and encoder that decides what an index holds."""
    here = Path(__file__).parent
    shape = sha256(f"{section.passage_words} {section.shared_sentences} {section.covered}".encode())
    for name in _SHAPING:
        for path in (here / f"{name}.py", *sorted((here / name).rglob("*.py"))):
            shape.update(path.read_bytes() if path.is_file() else b"")
    return shape.hexdigest()[:16]


def _collect(library: Library, settings: Settings, progress: Progress) -> tuple[Failure, ...]:
    """Bring the library up to date, or leave it as it was where too much fails."""
    if not settings.sources:
        raise SettingsError(
            "the settings name no [[sources]]: there is nothing to index; name a settings file with --config or"
            " VERBATIM_CONFIG, or run this where verbatim.toml or config/verbatim.toml is"
        )
    allowed = settings.index.max_failed_share
    sources = open_sources(settings.sources)
    with library.collect(sources, lambda done, total: progress("reading", done, total)) as collection:
        if collection.failed_share > allowed:
            raise TooManyFailures(_too_many(collection, allowed))
    return collection.failures


def _too_many(collection: Collection, allowed: float) -> str:
    shown = "".join(f"\n  {one.location}: {one.reason}" for one in collection.failures[:_FAILURES_SHOWN])
    return (
        f"{collection.failed_share:.0%} of the articles cannot be read and index.max_failed_share is"
        f" {allowed:.0%}: nothing was kept or published. Failures ({len(collection.failures)}):{shown}"
    )


@dataclass(frozen=True, slots=True)
class _Generation:
    """A snapshot as it is compared with the one before: digests of its articles by their ids."""

    name: str = ""
    origin: Origin | None = None
    passages: int = 0
    digests: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What was published before and after; ``indexed``: ``None`` where that is the same."""

    before: _Generation
    now: _Generation
    indexed: Indexed | None = None

    def report(self, failures: tuple[Failure, ...], started: float) -> BuildReport:
        old, new = self.before.digests, self.now.digests
        return BuildReport(
            snapshot=self.now.name,
            built=self.indexed is not None,
            articles=len(new),
            new=len(new.keys() - old.keys()),
            changed=sum(old[id_] != new[id_] for id_ in old.keys() & new.keys()),
            removed=len(old.keys() - new.keys()),
            passages=self.now.passages,
            encoded=self.indexed.encoded if self.indexed else 0,
            encode_seconds=self.indexed.encode_seconds if self.indexed else 0.0,
            seconds=time.monotonic() - started,
            failures=failures,
        )


def _index(library: Library, store: Store, settings: Settings, encoder: Encoder | None, progress: Progress) -> _Outcome:
    """Make and publish a snapshot of the library, unless the published one is of it already."""
    section = settings.index
    used = encoder or locate_encoder(section.encoder, remember=store.layout.weights, batch_size=section.batch_size)
    origin = Origin(used.identity, settings_digest(section), library.digest())
    before = _published(store)
    if before.origin == origin:
        return _Outcome(before, before)
    with VectorCache(store.layout.cache, used.identity) as cache:
        indexed = Indexer(store, cache, used, section, progress).index(library.articles(), origin)
        store.publish(indexed.name)
        cache.prune(store.newest(settings.storage.keep))
    with store.open(indexed.name, verify=False) as snapshot:
        return _Outcome(before, _generation(snapshot), indexed)


def _published(store: Store) -> _Generation:
    """The published snapshot, if it is sound: one that is not is replaced, whatever has changed."""
    try:
        with store.open(store.current()) as snapshot:
            return _generation(snapshot)
    except NoSnapshot:
        return _Generation()
    except SnapshotError as error:
        log.warning("%s", error)
        return _Generation()


def _generation(snapshot: Snapshot) -> _Generation:
    manifest = snapshot.manifest
    origin = Origin(manifest.encoder, manifest.settings, manifest.library)
    return _Generation(snapshot.name, origin, manifest.passages, snapshot.digests())
