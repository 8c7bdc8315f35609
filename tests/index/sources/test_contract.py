"""What every kind of source promises, over real sites, real files, a page store and a library."""

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path

import pytest
from websites import WebSite, page, rss, sitemap, story, websites

from index.adding import add_lines
from index.errors import SourceError
from index.library import Collection, Library
from index.progress import silent
from index.records import Article, Document, Source
from index.settings import FeedSource, FetchSection, FilesSource, SitemapSource, SourceSettings, UrlsSource
from index.sources import ADDED, normalise, open_source, open_sources
from index.sources.fetching import Fetcher
from index.sources.web.crawl import Crawl
from index.sources.web.discovery import Crawled
from index.sources.web.listing import WebSource
from index.sources.web.store import PageStore

KINDS = ("files", "feed", "sitemap", "urls", "added")
MIRRORS = ("files", "urls")
FETCHED = ("feed", "sitemap", "urls")
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@dataclass
class Publication:
    """Articles by their names, as (title, paragraphs), published in the way that a kind of source reads."""

    kind: str
    folder: Path
    site: WebSite
    store: PageStore
    library: Library
    now: datetime = NOON
    articles: dict[str, tuple[str, Sequence[str]]] = field(default_factory=dict)

    def publish(self, articles: Mapping[str, tuple[str, Sequence[str]]]) -> None:
        """Add articles, or change them, and write anew what lists them."""
        self.articles |= articles
        for name, (title, paragraphs) in articles.items():
            self.site.put(f"/{name}", page(title, paragraphs, day="2026-11-01"))
            text = "\n\n".join(paragraphs)
            head = f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n---\n"
            (self.folder / f"{name}.md").write_text(f"{head}{text}\n", encoding="utf-8")
            if self.kind == "added":
                line = json.dumps({"id": name, "title": title, "text": text, "url": f"https://a.example/{name}"})
                add_lines(self.store, BytesIO(line.encode()), "pipe")
        self.renew()

    def renew(self) -> None:
        addresses = [(f"{self.site.url}/{name}", title) for name, (title, _) in sorted(self.articles.items())]
        stamp = self.now.isoformat()
        self.site.put("/feed", rss([(*one, format_datetime(self.now)) for one in addresses]), "application/rss+xml")
        self.site.put("/map", sitemap([(url, stamp) for url, _ in addresses]), "application/xml")
        (self.folder / "pages.list").write_text("".join(f"{url}\n" for url, _ in addresses))

    def withdraw(self, name: str) -> None:
        """Take an article out of the lists, while its page is still there."""
        del self.articles[name]
        (self.folder / f"{name}.md").unlink()
        self.renew()

    @property
    def settings(self) -> SourceSettings:
        """Of the source, as an operator writes them."""
        match self.kind:
            case "files":
                return FilesSource(kind="files", folder=self.folder, name="news")
            case "feed":
                return FeedSource(kind="feed", url=f"{self.site.url}/feed", name="news")
            case "sitemap":
                return SitemapSource(kind="sitemap", url=f"{self.site.url}/map", name="news")
            case _:
                return UrlsSource(kind="urls", file=self.folder / "pages.list", name="news")

    def open(self) -> Source:
        """The source, as a new build opens it."""
        if self.kind == "added":
            return open_sources([], self.store)[0]
        return open_source(self.settings, self.store)

    def crawl(self) -> Crawled | None:
        """Fetch what there is to fetch."""
        source = self.open()
        if not isinstance(source, WebSource):
            return None
        with Fetcher(FetchSection(allow_hosts=(self.site.host,), delay_seconds=0.0, retries=0)) as fetcher:
            (crawled,) = Crawl(self.store, fetcher, lambda: self.now, silent).run([source])
        return crawled

    def collect(self) -> Collection:
        """A build's share of this: crawl, and take the articles into the library."""
        self.crawl()
        with self.library.collect([self.open()]) as collection:
            return collection

    def documents(self) -> list[Document]:
        return list(self.open().documents())

    def read(self) -> list[Article]:
        self.crawl()
        return [one for document in self.documents() for one in document.read() if isinstance(one, Article)]

    @property
    def titles(self) -> list[str]:
        return sorted(article.title for article in self.library.articles())


def pages(*names: str, words: str = "") -> dict[str, tuple[str, Sequence[str]]]:
    return {name: (f"Title of {name}", story(f"{name} {words}")) for name in names}


@pytest.fixture
def site() -> Iterator[WebSite]:
    with websites(1) as (made,):
        yield made


Make = Callable[[str], Publication]


@pytest.fixture
def made(tmp_path: Path, site: WebSite) -> Iterator[Make]:
    """Make a publication of a kind, without articles."""
    (tmp_path / "articles").mkdir()
    with PageStore(tmp_path / "pages") as store, Library(tmp_path / "library") as library:

        def make(kind: str) -> Publication:
            publication = Publication(kind, tmp_path / "articles", site, store, library)
            publication.renew()
            return publication

        yield make


@pytest.fixture(params=KINDS)
def publication(request: pytest.FixtureRequest, made: Make) -> Publication:
    """One of each kind."""
    return made(str(request.param))


def test_kind_and_label_are_those_of_the_settings(publication: Publication) -> None:
    """They are what status and readers see."""
    publication.publish(pages("bees"))
    source = publication.open()
    expected = ADDED if publication.kind == "added" else "news"
    assert (source.kind, source.label) == (publication.kind, expected)
    (article,) = publication.read()
    assert article.source == expected


def test_ids_are_unique_and_stay(publication: Publication) -> None:
    """Of documents and of articles, when the source is opened again: all that is remembered hangs on them."""
    publication.publish(pages("a", "b", "c"))
    first, again = publication.read(), publication.read()
    assert [one.id for one in first] == [one.id for one in again]
    assert len({one.id for one in first}) == len({one.id for one in publication.documents()}) == 3
    assert all(document.id.startswith(f"{publication.open().label}/") for document in publication.documents())


def test_nothing_new_costs_nothing(publication: Publication) -> None:
    """The documents are those of before, none is read, and no page is fetched."""
    publication.publish(pages("a", "b", "c"))
    publication.collect()
    before = [(one.id, one.location, one.fingerprint) for one in publication.documents()]
    publication.site.forget()
    publication.now += timedelta(hours=8)
    collection = publication.collect()
    assert [(one.id, one.location, one.fingerprint) for one in publication.documents()] == before
    assert (collection.read, collection.documents) == (0, 3)
    assert set(publication.site.counts) <= {"/feed", "/map"}


def test_an_edit_changes_its_fingerprint_and_no_other(publication: Publication) -> None:
    """So that one document is read again, and says the new words."""
    publication.publish(pages("a", "b", "c"))
    publication.collect()
    before = {one.id: one.fingerprint for one in publication.documents()}
    publication.now += timedelta(days=1)
    publication.publish(pages("b", words="edited"))
    collection = publication.collect()
    after = {one.id: one.fingerprint for one in publication.documents()}
    (changed,) = [name for name in after if after[name] != before[name]]
    assert changed.removesuffix(".md").endswith("b")
    assert (collection.read, collection.changes.changed) == (1, 1)
    assert "\n\n".join(story("b edited")) in {article.text for article in publication.library.articles()}


@pytest.mark.parametrize("kind", ["files", *FETCHED])
def test_a_source_may_be_empty(made: Make, kind: str) -> None:
    """That is no failure, and says nothing about anything. (What was added by hand is a source from the first on.)"""
    publication = made(kind)
    crawled = publication.crawl()
    assert publication.documents() == []
    assert crawled is None or (crawled.error, crawled.problems) == (None, [])


def test_many_articles_come_in_a_stable_order(publication: Publication) -> None:
    """However they were published."""
    names = [f"n{number:03}" for number in range(60)]
    publication.publish(pages(*reversed(names)))
    first = [article.title for article in publication.read()]
    assert first == [f"Title of {name}" for name in names]
    assert [article.title for article in publication.read()] == first


TITLES = {
    "emoji": "The festival 🎉 of 👩‍👩‍👧 and 🏮",
    "arabic": "النحل يرقص ليخبر الآخرين",
    "composed": unicodedata.normalize("NFC", "Café Zoë"),
    "decomposed": unicodedata.normalize("NFD", "Crème brûlée"),
    "long": "long " * 999 + "title",
}


def test_titles_of_all_kinds_come_through(publication: Publication) -> None:
    """Emoji, from right to left, composed or not, 5 000 characters: the same letters in one normal form."""
    publication.publish({name: (title, story(name)) for name, title in TITLES.items()})
    expected = sorted(unicodedata.normalize("NFC", title) for title in TITLES.values())
    assert sorted(article.title for article in publication.read()) == expected


def test_reading_twice_gives_the_same(publication: Publication) -> None:
    """A document is no stream that is used up."""
    publication.publish(pages("a", "b"))
    publication.crawl()
    for document in publication.documents():
        assert list(document.read()) == list(document.read())


def test_texts_are_normal_and_addresses_are_of_the_web(publication: Publication) -> None:
    """Offsets refer to the text as it is stored, and readers open addresses."""
    paragraphs = [f"{one}\u200b\u00a0\r\nZoe\u0308 said so." for one in story("a")]
    publication.publish({"a": ("A", paragraphs), **pages("b")})
    articles = publication.read()
    assert len(articles) == 2
    for article in articles:
        assert normalise.text(article.text) == article.text
        assert article.url is None or article.url.startswith(("http://", "https://"))
        assert (article.url is None) == (publication.kind == "files")


@pytest.mark.parametrize("kind", ["files", "urls"])
def test_what_cannot_be_listed_says_so_and_loses_nothing(made: Make, kind: str) -> None:
    """A folder that is not mounted today is not a folder of which everything was deleted."""
    publication = made(kind)
    publication.publish(pages("a", "b"))
    publication.collect()
    publication.folder.rename(publication.folder.with_name("away"))
    with pytest.raises(SourceError):
        publication.documents()
    collection = publication.collect()
    assert [failure.location for failure in collection.unlisted] == ["news"]
    assert publication.titles == ["Title of a", "Title of b"]


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
@pytest.mark.parametrize("fault", ["down", "gone", "nonsense"])
def test_a_list_that_cannot_be_read_is_told_and_loses_nothing(made: Make, kind: str, fault: str) -> None:
    """Whatever the server does, and the next run reads it again."""
    publication = made(kind)
    publication.publish(pages("a", "b"))
    publication.collect()
    path = {"feed": "/feed", "sitemap": "/map"}[kind]
    if fault == "nonsense":
        publication.site.put(path, "<html><body>Buy this domain!</body></html>", "application/xml")
    else:
        publication.site.remove(path, 503 if fault == "down" else 404)
    publication.now += timedelta(hours=1)
    crawled = publication.crawl()
    assert crawled is not None and crawled.error is not None and path in crawled.error
    publication.collect()
    assert publication.titles == ["Title of a", "Title of b"]
    publication.publish(pages("c"))
    crawled = publication.crawl()
    assert crawled is not None and (crawled.error, crawled.new) == (None, 1)


@pytest.mark.parametrize("kind", MIRRORS)
def test_what_is_taken_out_of_a_mirror_leaves(made: Make, kind: str) -> None:
    """At once, although its page is still there; and comes back when it is put back."""
    publication = made(kind)
    publication.publish(pages("a", "b"))
    publication.collect()
    publication.withdraw("a")
    publication.collect()
    assert publication.titles == ["Title of b"]
    publication.publish(pages("a"))
    publication.collect()
    assert publication.titles == ["Title of a", "Title of b"]


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_what_an_archive_lists_no_more_stays_until_its_page_is_gone(made: Make, kind: str) -> None:
    """A feed names the last twenty; a page that answers 410 has been withdrawn."""
    publication = made(kind)
    publication.publish(pages("a", "b"))
    publication.collect()
    publication.withdraw("a")
    publication.now += timedelta(days=1)
    publication.collect()
    assert publication.titles == ["Title of a", "Title of b"]
    publication.site.remove("/a", 410)
    publication.now += timedelta(days=2)
    publication.collect()
    assert publication.titles == ["Title of b"]


def test_what_was_added_stays_whatever_the_lists_say(made: Make) -> None:
    """It leaves when it is taken down, and not before."""
    publication = made("added")
    publication.publish(pages("a", "b"))
    publication.collect()
    publication.withdraw("a")
    publication.now += timedelta(days=100)
    publication.collect()
    assert publication.titles == ["Title of a", "Title of b"]
