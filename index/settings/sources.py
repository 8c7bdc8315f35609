"""``[[sources]]``: what each kind of place needs to be known of it."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from index.settings.base import Folder, ListOf, Section


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_web = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        is_web = False
    if not is_web:
        raise ValueError("should be an address that begins with https:// or http://")
    if "@" in parts.netloc:
        raise ValueError("should hold no name and no password: settings hold nothing secret; take them out")
    return text


WebAddress = Annotated[str, AfterValidator(_web_address)]


class FilesSource(Section):
    """``kind = "files"``: a folder that the index mirrors."""

    kind: Literal["files"]
    folder: Folder
    name: str = ""
    patterns: ListOf[str] = (
        "**/*.txt",
        "**/*.md",
        "**/*.html",
        "**/*.htm",
        "**/*.pdf",
        "**/*.docx",
        "**/*.jsonl",
        "**/*.jsonl.gz",
    )
    max_megabytes: float = Field(default=50.0, gt=0)

    @property
    def label(self) -> str:
        """What readers see: the given name, else the folder's."""
        return self.name or self.folder.resolve().name


class WebSource(Section):
    """What the kinds of web sources share: how often their pages are looked at, and what a page has to hold.

    ``pages_a_run``: at most so many new pages are fetched in a run, newest first; the next run goes on.
    ``recheck_days``: a page is looked at again after a day, two, four, and so on up to this; 0 is never.
    """

    name: str = ""
    pages_a_run: int = Field(default=500, ge=1)
    recheck_days: float = Field(default=30.0, ge=0)
    recheck_pages: int = Field(default=100, ge=0)
    least_words: int = Field(default=60, ge=1)


class FeedSource(WebSource):
    """``kind = "feed"``: RSS, Atom, RDF or JSON Feed; an archive of everything that it ever listed.

    ``text``: where the text of an article comes from: its entry ("entry"), its page ("page"), or from the entry
    where that holds it whole, else from the page ("auto").
    """

    kind: Literal["feed"]
    url: WebAddress
    text: Literal["auto", "entry", "page"] = "auto"

    @property
    def label(self) -> str:
        """What readers see: the given name, else the host's."""
        return self.name or _host(self.url)


class SitemapSource(WebSource):
    """``kind = "sitemap"``: what a sitemap, or an index of sitemaps, lists; patterns are of whole addresses."""

    kind: Literal["sitemap"]
    url: WebAddress
    include: ListOf[str] = ("**",)
    exclude: ListOf[str] = ()

    @property
    def label(self) -> str:
        """What readers see: the given name, else the host's."""
        return self.name or _host(self.url)


class UrlsSource(WebSource):
    """``kind = "urls"``: a file of addresses, one a line; lines that begin with "#" do not count."""

    kind: Literal["urls"]
    file: Folder

    @property
    def label(self) -> str:
        """What readers see: the given name, else the file's."""
        return self.name or self.file.stem


SourceSettings = Annotated[FilesSource | FeedSource | SitemapSource | UrlsSource, Field(discriminator="kind")]


def _host(url: str) -> str:
    return (urlsplit(url).hostname or url).removeprefix("www.")
