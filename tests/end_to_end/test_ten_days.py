"""Ten days of three sites: after each, the index holds what it should, and nobody was asked for more than it takes.

Harbour News has a feed with summaries, Valley Post a sitemap, and the Wire Letter a feed that holds whole articles.
Every day two builds run, in the morning and in the evening.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes import FakeEncoder
from websites import WebSite, atom, page, rss, sitemap, sitemap_index, story, websites

from index.build import build_index
from index.library import Library
from index.report import BuildReport
from index.settings import Settings
from index.snapshot import Store
from index.takedown import take_down

BEGIN = datetime(2026, 11, 1, 7, tzinfo=UTC)


@dataclass
class World:
    """The sites, what the index of them lies in, and the hour."""

    harbour: WebSite
    valley: WebSite
    wire: WebSite
    storage: Path
    now: datetime = BEGIN
    feed: list[tuple[str, str, str]] = field(default_factory=list)
    listed: dict[str, str] = field(default_factory=dict)
    letter: list[tuple[str, str, str, list[str]]] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        sites = (self.harbour, self.valley, self.wire)
        return Settings.model_validate(
            {
                "storage": {"folder": self.storage},
                "fetch": {
                    "allow_hosts": [site.host for site in sites],
                    "delay_seconds": 0.0,
                    "timeout_seconds": 2.0,
                    "retries": 0,
                },
                "gate": {"max_fall": 1.0},
                "sources": [
                    {"kind": "feed", "url": f"{self.harbour.url}/feed", "name": "Harbour News"},
                    {"kind": "sitemap", "url": f"{self.valley.url}/sitemap.xml", "name": "Valley Post"},
                    {"kind": "feed", "url": f"{self.wire.url}/letter", "name": "Wire Letter"},
                ],
            }
        )

    @property
    def day(self) -> str:
        return self.now.date().isoformat()

    def publish_harbour(self, name: str, seed: str | None = None, link: str | None = None) -> None:
        self.harbour.put(f"/{name}", page(name, story(seed or name), day=self.day, site="Harbour News"))
        self.feed.insert(0, (link or f"{self.harbour.url}/{name}", name, f"{self.now:%a, %d %b %Y %H:%M:%S} GMT"))
        self.renew()

    def publish_valley(self, name: str, seed: str | None = None, head: str = "") -> None:
        self.valley.put(f"/{name}", page(name, story(seed or name), day=self.day, site="Valley Post", head=head))
        self.listed[f"/{name}"] = self.day
        self.renew()

    def publish_wire(self, name: str, paragraphs: list[str]) -> None:
        self.wire.put(f"/{name}", page(name, paragraphs, day=self.day, site="Wire Letter"))
        self.letter.insert(0, (f"{self.wire.url}/{name}", name, self.day, paragraphs))
        self.renew()

    def renew(self) -> None:
        """Write feeds and sitemaps anew, as content systems do when something is published."""
        self.harbour.put("/feed", rss(self.feed[:3]), "application/rss+xml")
        pages = sitemap([(f"{self.valley.url}{path}", day) for path, day in self.listed.items()])
        self.valley.put("/pages.xml", pages, "application/xml")
        index = sitemap_index([(f"{self.valley.url}/pages.xml", max(self.listed.values(), default=self.day))])
        self.valley.put("/sitemap.xml", index, "application/xml")
        self.wire.put("/letter", atom(self.letter[:2]), "application/atom+xml")

    def build(self) -> BuildReport:
        for site in (self.harbour, self.valley, self.wire):
            site.forget()
        return build_index(self.settings, encoder=FakeEncoder(), now=lambda: self.now)

    def sleep(self, **time: float) -> None:
        self.now += timedelta(**time)

    @property
    def titles(self) -> list[str]:
        with Store(self.storage).open_current() as snapshot:
            return sorted(article.title for id_ in snapshot.article_ids() if (article := snapshot.article(id_)))

    def text(self, title: str) -> str:
        with Library(self.storage / "library.sqlite") as library:
            return next(article.text for article in library.articles() if article.title == title)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two articles in the Harbour News, three in the Valley Post, one in the Wire Letter."""
    with websites(3) as (harbour, valley, wire):
        made = World(harbour, valley, wire, tmp_path / "storage")
        for name in ("a1", "a2"):
            made.publish_harbour(name)
        for name in ("b1", "b2", "b3"):
            made.publish_valley(name)
        made.publish_wire("c1", story("c1", 40))
        yield made


FRESH = ({"/feed": 1}, {"/sitemap.xml": 1}, {"/letter": 1})
"""What it takes to learn that nothing is new."""


def asked(world: World) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    return world.harbour.counts, world.valley.counts, world.wire.counts


def test_ten_days(world: World) -> None:
    """Articles appear, are edited, move, are copied, replaced and withdrawn; servers fail, lie and lead in circles."""
    # first day: everything is new; in the evening three requests say that nothing is
    world.build()
    assert world.titles == ["a1", "a2", "b1", "b2", "b3", "c1"]
    assert asked(world) == (
        {"/feed": 1, "/a1": 1, "/a2": 1},
        {"/sitemap.xml": 1, "/pages.xml": 1, "/b1": 1, "/b2": 1, "/b3": 1},
        {"/letter": 1},
    )
    world.sleep(hours=10)
    assert not world.build().published
    assert asked(world) == FRESH
    assert world.harbour.unchanged == {"/feed": 1}

    # second day: one new, one edited; each page of yesterday is looked at once, and what did not change costs a 304
    world.sleep(hours=14)
    world.publish_harbour("a3")
    world.publish_valley("b2", seed="b2 edited")
    report = world.build()
    assert (report.new, report.changed, report.removed) == (1, 1, 0)
    assert world.text("b2") == "\n\n".join(story("b2 edited"))
    assert world.harbour.counts == {"/feed": 1, "/a1": 1, "/a2": 1, "/a3": 1}
    assert world.harbour.unchanged == {"/a1": 1, "/a2": 1}
    assert world.valley.unchanged == {"/b1": 1, "/b3": 1}
    assert world.wire.counts == {"/letter": 1, "/c1": 1}
    world.sleep(hours=10)
    assert not world.build().published
    assert asked(world) == FRESH

    # third day: one is withdrawn, and gone from the index at the next look
    world.sleep(hours=14)
    world.harbour.remove("/a1", 410)
    world.build()
    assert world.titles == ["a2", "a3", "b1", "b2", "b3", "c1"]
    assert max(count for site in asked(world) for count in site.values()) == 1

    # fourth day: one moves for good, the wire letter prints what the harbour news had
    world.sleep(days=1)
    world.valley.resources["/archive/b1"] = world.valley.resources["/b1"]
    world.valley.move("/b1", "/archive/b1")
    world.listed["/archive/b1"] = world.day
    del world.listed["/b1"]
    world.publish_wire("c2", [*story("a3"), "This report was first printed elsewhere."])
    report = world.build()
    assert world.titles == ["a2", "a3", "b1", "b2", "b3", "c1", "c2"]
    assert (report.new, report.removed, report.copies) == (1, 0, 2)

    # fifth day: a server is down; nothing of it is lost, and it is said
    world.sleep(days=1)
    world.valley.broken = 500
    report = world.build()
    assert [failure.location for failure in report.failures] == ["Valley Post"]
    assert "500" in report.failures[0].reason
    assert world.titles == ["a2", "a3", "b1", "b2", "b3", "c1", "c2"]

    # sixth day: it is back; a page says it is longer than it is, another takes longer than anybody waits
    world.sleep(days=1)
    world.valley.broken = 0
    body = page("b4", story("b4"), day=world.day)
    world.publish_valley("b4")
    world.publish_valley("b5")
    world.valley.put("/b4", body, said_length=len(body) + 1000)
    world.valley.put("/b5", page("b5", story("b5"), day=world.day), seconds=3.0)
    report = world.build()
    assert report.failures == ()
    assert sorted(one.location.rpartition("/")[2] for one in report.skipped) == ["b4", "b5"]
    assert world.titles == ["a2", "a3", "b1", "b2", "b3", "c1", "c2"]

    # seventh day: both are well again; one page leads in circles, one is no longer to be indexed
    world.sleep(days=1)
    for name in ("b4", "b5"):
        world.valley.put(f"/{name}", page(name, story(name), day=world.day))
    world.valley.move("/b6", "/b7")
    world.valley.move("/b7", "/b6")
    world.listed["/b6"] = world.day
    world.publish_valley("b3", head='<meta name="robots" content="noindex">')
    world.build()
    assert world.titles == ["a2", "a3", "b1", "b2", "b4", "b5", "c1", "c2"]
    with Store(world.storage).open_current() as snapshot:  # its old address was looked at again meanwhile
        (moved,) = [a for id_ in snapshot.article_ids() if (a := snapshot.article(id_)) and a.title == "b1"]
    assert (moved.id.endswith(f"{world.valley.port}/b1"), moved.url) == (True, f"{world.valley.url}/archive/b1")

    # eighth day: one article under three addresses is one, and fetched once
    world.sleep(days=1)
    world.publish_harbour("a4", link=f"{world.harbour.url}/a4?utm_source=feed&utm_medium=rss")
    world.feed.insert(0, (f"{world.harbour.url}/a4?fbclid=1#top", "a4", f"{world.now:%a, %d %b %Y %H:%M:%S} GMT"))
    world.feed.insert(0, (f"{world.harbour.url}/a4/amp", "a4", f"{world.now:%a, %d %b %Y %H:%M:%S} GMT"))
    amp = page("a4", story("a4"), day=world.day, canonical=f"{world.harbour.url}/a4", site="Harbour News")
    world.harbour.put("/a4/amp", amp)
    world.renew()
    world.build()
    assert world.titles.count("a4") == 1
    assert sum(count for path, count in world.harbour.asked.items() if path.startswith("/a4")) == 1

    # ninth day: the harbour news prints its story again with a paragraph more; the newer one is searched
    world.sleep(days=1)
    longer = [*story("a4"), *story("a4 goes on", 3)]
    world.harbour.put("/a5", page("a5", longer, day=world.day, site="Harbour News"))
    world.feed.insert(0, (f"{world.harbour.url}/a5", "a5", f"{world.now:%a, %d %b %Y %H:%M:%S} GMT"))
    world.renew()
    report = world.build()
    assert report.superseded == 1
    assert "a5" in world.titles and "a4" not in world.titles

    # tenth day: the operator takes one down; nothing is new, and each old page is asked for at most once more
    world.sleep(days=1)
    take_down(world.storage / "taken-down.json", f"{world.valley.url}/b2?utm_source=mail", world.now)
    world.build()
    assert "b2" not in world.titles
    assert max(count for site in asked(world) for count in site.values()) == 1
    world.sleep(hours=10)
    assert not world.build().published
    assert asked(world) == FRESH


def test_politeness_is_shown(world: World) -> None:
    """Who looks into a server's log finds who asks, and that robots.txt was read."""
    world.harbour.put("/robots.txt", "User-agent: *\nDisallow: /a2\n", "text/plain")
    report = world.build()
    assert "a2" not in world.titles
    assert [skipped.location.rpartition("/")[2] for skipped in report.skipped] == ["a2"]
    assert "robots.txt" in report.skipped[0].reason
    assert world.harbour.counts == {"/feed": 1, "/a1": 1}
    assert all(agent.startswith("Verbatim/") for agent in world.harbour.agents)


def test_history_keeps_what_was_said(world: World) -> None:
    """An edited article, and one that is gone, can still be looked up word for word."""
    world.build()
    world.sleep(days=1)
    world.publish_valley("b2", seed="b2 edited")
    world.build()
    world.sleep(days=1)
    world.harbour.remove("/a1")
    world.build()
    with Library(world.storage / "library.sqlite") as library:
        edited = library.revisions(f"https://{world.valley.host}:{world.valley.port}/b2")
        gone = library.revisions(f"https://{world.harbour.host}:{world.harbour.port}/a1")
    assert [(one.text, one.current) for one in edited] == [
        ("\n\n".join(story("b2")), False),
        ("\n\n".join(story("b2 edited")), True),
    ]
    assert [(one.text, one.current) for one in gone] == [("\n\n".join(story("a1")), False)]
