"""Collecting: what the sources hold now, fetched where it has to be, into the library. It indexes nothing.

Invariant: what was fetched stays, even where the library is left as it was because too much in it failed.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from index.errors import SettingsError, TooManyFailures
from index.library import Collection, Library
from index.progress import Progress
from index.records import Failure, Source
from index.report import some
from index.runs import SourceRun
from index.settings import Settings
from index.sources import open_sources
from index.sources.web.store import PageStore

if TYPE_CHECKING:
    from index.sources.web.discovery import Crawled

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Collected:
    """What was found. ``sources``: how each fared; ``skipped``: pages that could not be read as articles now.

    ``left``: how many pages the time did not suffice for.
    """

    collection: Collection
    sources: tuple[SourceRun, ...]
    skipped: tuple[Failure, ...]
    requests: int
    left: int

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Documents that cannot be read, and sources that cannot be listed."""
        broken = (Failure(one.name, one.error) for one in self.sources if one.error)
        return (*broken, *self.collection.failures)


@dataclass(frozen=True, slots=True)
class Collector:
    """Goes through the sources of the settings once."""

    settings: Settings
    library: Library
    pages: PageStore
    progress: Progress
    now: Callable[[], datetime]

    def collect(self, deadline: float | None) -> Collected:
        """Bring the library up to date, or leave it as it was where too much fails.

        ``deadline``, in the seconds of ``time.monotonic``: what is not fetched by then is left for the next run.

        Raises:
            SettingsError: the settings name no source.
            TooManyFailures: more documents failed than the settings allow.
        """
        sources = open_sources(self.settings.sources, self.pages)
        if not sources:
            raise SettingsError(
                "the settings name no [[sources]]: there is nothing to index; name a settings file with --config or"
                " VERBATIM_CONFIG, or run this where verbatim.toml or config/verbatim.toml is"
            )
        crawled = self._crawl(sources, deadline)
        collection = self._take_in(sources)
        return Collected(
            collection,
            tuple(_source_run(source, crawled.get(source.label), collection) for source in sources),
            tuple(Failure(*problem) for one in crawled.values() for problem in one.problems),
            sum(one.requests for one in crawled.values()),
            sum(one.left for one in crawled.values()),
        )

    def _crawl(self, sources: Sequence[Source], deadline: float | None) -> "dict[str, Crawled]":
        """Fetch what has to be fetched; the client is not even imported where nothing is to be."""
        if all(source.kind == "files" for source in sources):
            return {}
        from index.sources.fetching import Fetcher
        from index.sources.web.crawl import Crawl
        from index.sources.web.listing import WebSource

        online = [source for source in sources if isinstance(source, WebSource)]
        started = time.monotonic()
        end = started + 60 * self.settings.fetch.max_minutes
        with Fetcher(self.settings.fetch, min(end, deadline) if deadline else end) as fetcher:
            crawled = Crawl(self.pages, fetcher, self.now, self.progress).run(online)
        for one in crawled:
            log.info(
                "%s: %d new, %d fetched, %d changed, %d gone, %d failed, %d left",
                *(one.name, one.new, one.fetched, one.changed, one.gone, one.failed, one.left),
            )
        took = 1000 * (time.monotonic() - started)
        log.info("%d requests to %d sources, in %.0f ms", sum(one.requests for one in crawled), len(online), took)
        return {one.name: one for one in crawled}

    def _take_in(self, sources: Sequence[Source]) -> Collection:
        started = time.monotonic()
        with self.library.collect(sources, lambda done, total: self.progress("reading", done, total)) as collection:
            _refuse_too_many_failures(collection, self.settings.index.max_failed_share)
        took = 1000 * (time.monotonic() - started)
        log.info("%d documents, %d of them read, in %.0f ms", collection.documents, collection.read, took)
        return collection


def _source_run(source: Source, crawled: "Crawled | None", collection: Collection) -> SourceRun:
    unlisted = {failure.location: failure.reason for failure in collection.unlisted}
    error = (crawled.error if crawled else None) or unlisted.get(source.label)
    listed = collection.listed.get(source.label, 0)
    new, fetched = (crawled.new, crawled.fetched) if crawled else (0, 0)
    return SourceRun(source.kind, source.label, error, listed, new, fetched)


def _refuse_too_many_failures(collection: Collection, allowed: float) -> None:
    if collection.failed_share <= allowed:
        return
    lines = [f"{one.location}: {one.reason}" for one in collection.failures]
    for line in lines:
        log.info("cannot be read: %s", line)
    shown = "".join(f"\n  {line}" for line in some(lines))
    raise TooManyFailures(
        f"{collection.failed_share:.0%} of the articles cannot be read and index.max_failed_share is"
        f" {allowed:.0%}: nothing was kept or published. Failures ({len(collection.failures)}):{shown}"
    )
