"""An article belongs to the host that served it: whatever a feed, a sitemap or a page claims, no site puts words into
another one's mouth, and none keeps another one from saying what it says."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import pytest
from websites import WebSite, atom, page, rss, sitemap, story, websites

from index.progress import silent
from index.settings import FetchSection, Settings
from index.sources import open_sources
from index.sources.fetching import Fetcher
from index.sources.web.crawl import Crawl
from index.sources.web.listing import WebSource
from index.sources.web.store import PageStore

TRUE = story("what the paper really said")
FALSE = story("what somebody would like the paper to have said", 40)
FEED, MAP = "application/rss+xml", "application/xml"
HTML = "".join(f"<p>{escape(one)}</p>" for one in FALSE)


@dataclass
class Web:
    """A thief's site, a paper's site, and what was read of both."""

    thief: WebSite
    paper: WebSite
    store: PageStore
    now: datetime = datetime(2026, 11, 1, 12, tzinfo=UTC)

    @property
    def url(self) -> str:
        """The paper's article."""
        return f"{self.paper.url}/story"

    def crawl(self, *sources: dict[str, str]) -> None:
        """Read the sources; a day passes."""
        hosts = (self.thief.host, self.paper.host)
        opened = open_sources(Settings.model_validate({"sources": list(sources)}).sources, self.store)
        with Fetcher(FetchSection(allow_hosts=hosts, delay_seconds=0.0, retries=0, timeout_seconds=2.0)) as fetcher:
            Crawl(self.store, fetcher, lambda: self.now, silent).run([s for s in opened if isinstance(s, WebSource)])
        self.now += timedelta(days=1)

    def said(self) -> dict[str, str]:
        """Address to text, of every article that there is."""
        stored = [one for source in ("thief", "paper") for one in self.store.articles(source)]
        return {one.url: self.store.draft(one.article).text for one in stored if one.url}


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    """The paper has one article, and a sitemap that lists it."""
    with websites(2) as (thief, paper), PageStore(tmp_path / "pages") as store:
        web = Web(thief, paper, store)
        paper.put("/story", page("A story", TRUE, day="2026-11-01"))
        paper.put("/map", sitemap([(web.url, "2026-11-01")]), MAP)
        yield web


def rss_item(inner: str) -> str:
    spaces = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:a="http://www.w3.org/2005/Atom"'
        ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    )
    whole = f"<content:encoded>{escape(HTML)}</content:encoded><pubDate>Sun, 01 Nov 2026 08:00:00 GMT</pubDate>"
    return f'<rss version="2.0" {spaces}><channel><title>F</title><item>{inner}{whole}</item></channel></rss>'


def atom_item(links: str, base: str = "") -> str:
    space = 'xmlns="http://www.w3.org/2005/Atom"'
    content = f"<content type='html'>{escape(HTML)}</content><updated>2026-11-01T08:00:00Z</updated>"
    return f"<feed {space} {base}><title>F</title><entry><title>T</title>{links}{content}</entry></feed>"


def json_feed(item: dict[str, object]) -> str:
    whole = {"content_html": HTML, "date_published": "2026-11-01T08:00:00Z", **item}
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": [whole]})


CLAIMS: dict[str, Callable[[str, str], str]] = {
    "an Atom link": lambda own, url: atom([(url, "T", "2026-11-01", FALSE)]),
    "a relative Atom link": lambda own, url: atom_item("<link href='story'/>", f"xml:base='{url}'"),
    "an Atom id": lambda own, url: atom_item(f"<id>{url}</id>"),
    "one of two Atom links": lambda own, url: atom_item(f"<link href='{url}'/><link rel='via' href='{own}/a'/>"),
    "an RSS link": lambda own, url: rss_item(f"<title>T</title><link>{url}</link>"),
    "an RSS link without a scheme": lambda own, url: rss_item(f"<link>{url.removeprefix('http:')}</link>"),
    "a guid": lambda own, url: rss_item(f"<title>T</title><guid isPermaLink='true'>{url}</guid>"),
    "a guid beside a link": lambda own, url: rss_item(f"<link>{own}/a</link><guid isPermaLink='true'>{url}</guid>"),
    "an Atom link in RSS": lambda own, url: rss_item(f"<a:link rel='alternate' href='{url}'/>"),
    "feedburner": lambda own, url: rss_item(f"<link>{own}/a</link><feedburner:origLink>{url}</feedburner:origLink>"),
    "an address with a name": lambda own, url: rss_item(f"<link>{url.replace('//', '//x@')}</link>"),
    "the JSON feed's url": lambda own, url: json_feed({"id": "1", "url": url}),
    "the JSON feed's id": lambda own, url: json_feed({"id": url}),
    "the JSON feed's external_url": lambda own, url: json_feed({"id": "1", "url": f"{own}/a", "external_url": url}),
}


@pytest.mark.parametrize("text", ["auto", "entry"])
@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_a_feed_does_not_say_what_another_sites_page_says(
    web: Web, claim: Callable[[str, str], str], text: str
) -> None:
    """Whoever is read first; the paper's own list is heard, too."""
    web.thief.put("/feed", claim(web.thief.url, web.url), FEED)
    feed = {"kind": "feed", "url": f"{web.thief.url}/feed", "name": "thief", "text": text}
    paper = {"kind": "sitemap", "url": f"{web.paper.url}/map", "name": "paper"}
    for sources in ([feed], [feed, paper], [paper, feed], [paper]):
        web.crawl(*sources)
        assert web.said().get(web.url) in (None, "\n\n".join(TRUE))
        assert all(url.startswith(web.thief.url) for url, said in web.said().items() if said == "\n\n".join(FALSE))
    assert web.said()[web.url] == "\n\n".join(TRUE)


HEADS: dict[str, Callable[[str], str]] = {
    "canonical": lambda url: f"<link rel='canonical' href='{url}'>",
    "og:url": lambda url: f"<meta property='og:url' content='{url}'>",
    "amphtml": lambda url: f"<link rel='amphtml' href='{url}'>",
    "twitter:url": lambda url: f"<meta name='twitter:url' content='{url}'>",
    "shortlink": lambda url: f"<link rel='shortlink' href='{url}'>",
    "base": lambda url: f"<base href='{url}'><link rel='canonical' href=''>",
    "refresh": lambda url: f"<meta http-equiv='refresh' content='0; url={url}'>",
    "JSON-LD url": lambda url: _linked({"@type": "NewsArticle", "headline": "T", "url": url, "@id": url}),
    "JSON-LD mainEntityOfPage": lambda url: _linked({"@type": "NewsArticle", "mainEntityOfPage": {"@id": url}}),
    "JSON-LD of the paper": lambda url: _linked({"@type": "NewsArticle", "isPartOf": {"url": url}, "sameAs": url}),
    "a name before the host": lambda url: f"<link rel='canonical' href='{url.replace('//', '//x:y@')}'>",
}


def _linked(content: dict[str, object]) -> str:
    return f"<script type='application/ld+json'>{json.dumps(content)}</script>"


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_a_page_stays_its_own_hosts(web: Web, head: Callable[[str], str]) -> None:
    """Its article has an address of the host that served it, whatever it calls itself."""
    web.thief.put("/a", page("T", FALSE, day="2026-11-01", head=head(web.url)))
    web.thief.put("/map", sitemap([(f"{web.thief.url}/a", "2026-11-01")]), MAP)
    thief = {"kind": "sitemap", "url": f"{web.thief.url}/map", "name": "thief"}
    paper = {"kind": "sitemap", "url": f"{web.paper.url}/map", "name": "paper"}
    expected = {f"{web.thief.url}/a": "\n\n".join(FALSE), web.url: "\n\n".join(TRUE)}
    for sources in ([thief], [thief, paper], [paper, thief]):
        web.crawl(*sources)
        said = web.said()
        assert said == {url: expected[url] for url in said} and f"{web.thief.url}/a" in said
    assert web.said() == expected


def test_a_feed_of_another_sites_pages_is_read_at_them(web: Web) -> None:
    """A feed may name them: what is kept is what their host says, their titles, too."""
    web.thief.put("/list", rss([(web.url, "Shocking", "Sun, 01 Nov 2026 08:00:00 GMT")]), FEED)
    web.crawl({"kind": "feed", "url": f"{web.thief.url}/list", "name": "thief"})
    assert web.said() == {web.url: "\n\n".join(TRUE)} and web.store.draft(_only(web)).title == "A story"


def test_a_sitemap_lists_no_other_site(web: Web) -> None:
    """https://www.sitemaps.org/protocol.html#location: it says nothing of other hosts."""
    web.thief.put("/map", sitemap([(web.url, "2026-11-01")]), MAP)
    web.crawl({"kind": "sitemap", "url": f"{web.thief.url}/map", "name": "thief"})
    assert web.said() == {} and web.paper.counts == {}


def _only(web: Web) -> str:
    (stored,) = web.store.articles("thief")
    return stored.article


@pytest.mark.parametrize("hops", [1, 3])
def test_a_chain_of_redirects_gives_the_article_to_its_end(web: Web, hops: int) -> None:
    """To the paper, where the chain ends there; to the thief, where it comes back from the paper."""
    for number in range(hops):
        last = web.url if number == hops - 1 else f"{web.thief.url}/hop{number + 1}"
        web.thief.move(f"/hop{number}", last)
    web.thief.put("/b", page("T", FALSE, day="2026-11-01"))
    web.paper.move("/out", f"{web.thief.url}/b")
    day = "Sun, 01 Nov 2026 08:00:00 GMT"
    web.thief.put("/feed", rss([(f"{web.thief.url}/hop0", "T", day), (f"{web.paper.url}/out", "T", day)]), FEED)
    web.crawl({"kind": "feed", "url": f"{web.thief.url}/feed", "name": "thief"})
    assert web.said() == {web.url: "\n\n".join(TRUE), f"{web.thief.url}/b": "\n\n".join(FALSE)}
