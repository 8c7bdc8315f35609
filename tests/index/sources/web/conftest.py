"""A site, a page store and a clock: what it takes to crawl."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from websites import WebSite, websites

from index.progress import silent
from index.settings import FetchSection, Settings
from index.sources import open_sources
from index.sources.fetching import Fetcher
from index.sources.web.crawl import Crawl
from index.sources.web.discovery import Crawled
from index.sources.web.listing import WebSource
from index.sources.web.store import PageStore


@dataclass
class Desk:
    """Crawls the sources that it is told of, at its own time; nothing else remembers anything."""

    site: WebSite
    other: WebSite
    store: PageStore
    now: datetime = datetime(2026, 11, 1, 12, tzinfo=UTC)

    def crawl(self, *sources: dict[str, object], seconds_left: float | None = None) -> tuple[Crawled, ...]:
        """Crawl; what was asked for before is forgotten."""
        for site in (self.site, self.other):
            site.forget()
        opened = [one for one in self.open(sources) if isinstance(one, WebSource)]
        hosts = (self.site.host, self.other.host)
        settings = FetchSection(allow_hosts=hosts, delay_seconds=0.0, retries=0, timeout_seconds=2.0)
        deadline = None if seconds_left is None else time.monotonic() + seconds_left
        with Fetcher(settings, deadline) as fetcher:
            return Crawl(self.store, fetcher, lambda: self.now, silent).run(opened)

    def open(self, sources: Sequence[dict[str, object]]) -> tuple[object, ...]:
        return open_sources(Settings.model_validate({"sources": list(sources)}).sources, self.store)

    def texts(self, source: str = "news") -> dict[str, str]:
        """What the articles of a source say, by the ends of their ids."""
        return {
            one.article.rpartition("/")[2]: self.store.draft(one.article).text for one in self.store.articles(source)
        }

    def sleep(self, **spans: float) -> None:
        self.now += timedelta(**spans)

    def feed(self, **more: object) -> dict[str, object]:
        return {"kind": "feed", "url": f"{self.site.url}/feed", "name": "news", **more}

    def map(self, **more: object) -> dict[str, object]:
        return {"kind": "sitemap", "url": f"{self.site.url}/map", "name": "news", **more}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Two sites without pages, and an empty store."""
    with websites(2) as (site, other), PageStore(tmp_path / "pages") as store:
        yield Desk(site, other, store)
