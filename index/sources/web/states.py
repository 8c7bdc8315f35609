"""What the page store says of pages and of lists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """A page to look at. ``own``: its text is to be read; else only whether it is still there.

    ``etag`` and ``modified`` are those of the answer that was read last; ``known``: there is an article in it.
    """

    number: int
    article: str
    url: str
    source: str
    own: bool
    etag: str | None
    modified: str | None
    known: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """An article that was read: its id, where it is, and a digest of all that was read."""

    article: str
    url: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class ListState:
    """A feed or a sitemap as it was read last; ``stated``: when it changed, as an index of sitemaps says."""

    etag: str | None = None
    modified: str | None = None
    stated: str | None = None
