"""The build: it calls the stages in their order and decides only whether there is anything to do.

Invariant: until its last step, publishing, the published snapshot is as it was. What a build that died has
left behind is cleared by the next, which encodes nothing again that was encoded already.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from index.cache import VectorCache
from index.collecting import Collected, Collector
from index.disk import telling_of_the_disk
from index.encoder import Encoder, locate_encoder
from index.encoder.spreading import OnThisMachine, Spreading
from index.errors import BuildError, TimeUp
from index.gating import release, waiting
from index.generations import Generation, base_of, generation_of, live, published
from index.indexing import Indexed, Indexer
from index.library import Library
from index.lock import build_lock
from index.progress import Progress, silent
from index.remaining import Remaining
from index.report import BuildReport, some
from index.runs import Counts, Ended, SourceRun, begin_run, end_run
from index.settings import Settings
from index.shape import settings_digest
from index.snapshot import Store
from index.snapshot.held import HeldSnapshot
from index.snapshot.writing import Origin
from index.sources.web.store import PageStore
from index.takedown import TakenDown

log = logging.getLogger(__name__)

_FETCHING_SHARE = 0.5
"""Of the time a build may take: what is fetched also has to be indexed."""


def utc_now() -> datetime:
    """Return the time by the machine's clock."""
    return datetime.now(UTC)


def build_index(
    settings: Settings,
    *,
    encoder: Encoder | None = None,
    progress: Progress = silent,
    threads: int | None = None,
    on_ray: bool = False,
    max_seconds: float | None = None,
    now: Callable[[], datetime] = utc_now,
) -> BuildReport:
    """Collect the articles, index them if anything has changed, verify the new snapshot, and publish it if it passes.

    ``encoder``: instead of the one that the settings name, which uses ``threads`` cores, by default all.
    ``on_ray``: let a cluster encode (``index.encoder.cluster``), with the encoder that the settings name.
    ``max_seconds``: the build ends itself after so long, and the next one goes on from there. ``now`` tells the
    time: when pages are looked at again, and when the snapshot was made.

    Raises:
        BuildLocked: another process is changing the same storage folder.
        TooManyFailures: more documents failed than the settings allow; nothing was kept or published.
        TimeUp: it took longer than it may.
        BuildError: there are no articles, the disk is full, or the new snapshot did not pass its verification.
        EncoderError: the encoder cannot be used.
    """
    store = Store(settings.storage.folder, settings.vectors.patient)
    with telling_of_the_disk(store.layout.storage, partial(live, store)), build_lock(store.layout):
        used = encoder or _encoder(settings, store, threads)
        spreading = _on_ray(settings, used, threads) if on_ray else OnThisMachine(used)
        build = _Build(settings, store, used, spreading, progress, max_seconds, now)
        return build.run()


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What was published before, and what was made now, held or published; ``indexed``: ``None`` where nothing was."""

    before: Generation
    now: Generation
    indexed: Indexed | None = None
    held: HeldSnapshot | None = None


class _Build:
    """One build, from its beginning to what is written down of its end."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        encoder: Encoder,
        spreading: Spreading,
        progress: Progress,
        max_seconds: float | None,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._store = store
        self._encoder = encoder
        self._spreading = spreading
        self._now = now
        self._started = time.monotonic()
        self._max_seconds = max_seconds
        self._progress = _limited(progress, self._started, max_seconds)
        self._sources: tuple[SourceRun, ...] = ()

    def run(self) -> BuildReport:
        path = self._store.layout.runs
        written = begin_run(path, self._now())
        try:
            report = self._build()
        except BaseException as error:
            # written down, whatever it was, and raised again
            ended = Ended.INTERRUPTED if isinstance(error, KeyboardInterrupt | TimeUp) else Ended.FAILED
            reason = str(error) or ("interrupted" if ended is Ended.INTERRUPTED else type(error).__name__)
            told = replace(written, ended=ended, reason=reason, seconds=self._seconds(), sources=self._sources)
            try:
                end_run(path, told)
            except OSError as failure:  # the disk is full: of the two, why the build failed is worth more
                log.warning("%s does not tell how this run ended: %s", path, failure)
            raise
        end_run(path, replace(written, **_facts(report), seconds=self._seconds(), sources=self._sources))
        return report

    def _build(self) -> BuildReport:
        layout = self._store.layout
        with Library(layout.library, self._now) as library, PageStore(layout.pages) as pages:
            self._store.clear_leftovers()
            self._store.settle()
            collector = Collector(self._settings, library, pages, self._progress, self._now)
            collected = collector.collect(self._fetching_ends())
            self._sources = collected.sources
            _refuse_silence(collected.sources)
            outcome = self._index(library)
            self._store.prune(self._settings.storage.keep)
            self._store.settle()
            return self._report(collected, outcome)

    def _index(self, library: Library) -> _Outcome:
        """Make a snapshot of the library and publish it if it passes, unless the published one is of it already."""
        section, store, encoder = self._settings.index, self._store, self._encoder
        taken_down = TakenDown.read(store.layout.taken_down)
        settings = settings_digest(section, self._settings.duplicates, self._settings.vectors.shape)
        remaining = Remaining(library, taken_down)
        origin = Origin(encoder.identity, settings, remaining.digest())
        before = published(store)
        if before.origin == origin:
            store.discard_held()  # the articles are again those that are published
            return _Outcome(before, before)
        indexed = None
        name = waiting(store, origin)
        with VectorCache(store.layout.cache, encoder.identity) as cache:
            if name is None:
                indexer = Indexer(
                    store,
                    cache,
                    encoder,
                    self._spreading,
                    section,
                    self._settings.duplicates,
                    self._progress,
                    self._now,
                )
                indexed = indexer.index(remaining, origin, base_of(store, before, origin))
                name = indexed.name
            held = release(store, name, encoder, self._settings, verified=before.name)
            cache.prune(store.newest(self._settings.storage.keep))
        with store.open(name, verify=False) as snapshot:
            return _Outcome(before, generation_of(snapshot), indexed, held)

    def _report(self, collected: Collected, outcome: _Outcome) -> BuildReport:
        old, new, indexed = outcome.before.digests, outcome.now.digests, outcome.indexed
        return BuildReport(
            snapshot=outcome.now.name,
            published=outcome.held is None and outcome.now.name != outcome.before.name,
            held=str(outcome.held) if outcome.held else None,
            articles=len(new),
            new=len(new.keys() - old.keys()),
            changed=sum(old[id_] != new[id_] for id_ in old.keys() & new.keys()),
            removed=len(old.keys() - new.keys()),
            superseded=indexed.superseded if indexed else 0,
            copies=indexed.copies if indexed else 0,
            passages=outcome.now.passages,
            encoded=indexed.encoded if indexed else 0,
            encode_seconds=indexed.encode_seconds if indexed else 0.0,
            requests=collected.requests,
            left=collected.left,
            seconds=self._seconds(),
            failures=collected.failures,
            skipped=collected.skipped,
        )

    def _seconds(self) -> float:
        return time.monotonic() - self._started

    def _fetching_ends(self) -> float | None:
        return None if self._max_seconds is None else self._started + _FETCHING_SHARE * self._max_seconds


def _encoder(settings: Settings, store: Store, threads: int | None) -> Encoder:
    return locate_encoder(settings.index.encoder, remember=store.layout.weights, threads=threads, fast=True)


def _on_ray(settings: Settings, encoder: Encoder, threads: int | None) -> Spreading:
    from index.encoder.cluster import OnRay

    return OnRay(settings.index.encoder, encoder.identity, threads)


def _facts(report: BuildReport) -> dict[str, Any]:
    """What is written down of a build that came to its end."""
    ended = Ended.HELD if report.held else Ended.PUBLISHED if report.published else Ended.UNCHANGED
    skipped = len(report.failures) + len(report.skipped)
    counts = Counts(report.articles, report.new, report.changed, report.removed, skipped, report.requests)
    return {"ended": ended, "reason": report.held or "", "counts": counts}


def _limited(progress: Progress, started: float, max_seconds: float | None) -> Progress:
    """Progress that ends the build, between two steps of which the first is kept, when its time is over."""
    if max_seconds is None:
        return progress

    def limited(stage: str, done: int, total: int | None) -> None:
        progress(stage, done, total)
        if stage == "encoding" and time.monotonic() - started > max_seconds and done != total:
            over = f"{max_seconds / 60:g} minutes are over"
            raise TimeUp(f"{over}: {done} of {total} passages are encoded, the next run goes on")

    return limited


def _refuse_silence(sources: Sequence[SourceRun]) -> None:
    if all(one.error for one in sources):
        told = some([f"{one.name}: {one.error}" for one in sources])
        raise BuildError("no source could be read:" + "".join(f"\n  {line}" for line in told))
