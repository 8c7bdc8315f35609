"""What is asked of the web, and what comes back."""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Kinds:
    """Media types, as patterns, of what is wanted. ``name`` is for people."""

    name: str
    types: tuple[str, ...]

    def accept(self, media_type: str | None) -> bool:
        """Tell whether a media type is one of them. None may be any (RFC 9110, 8.3), and is accepted."""
        return media_type is None or any(fnmatchcase(media_type, pattern) for pattern in self.types)

    @property
    def preference(self) -> str:
        """The ``Accept`` field: these first, anything rather than nothing, for many servers know no other type."""
        ranges = [pattern for pattern in self.types if pattern.endswith("/*") or "*" not in pattern]
        return ", ".join([*ranges, "*/*;q=0.1"])


_XML = ("application/xml", "text/xml", "application/*+xml")
_LOOSE = ("text/plain", "application/octet-stream")
"""What servers say of files that they know nothing about."""

PAGES = Kinds("a page", ("text/html", "application/xhtml+xml"))
FEEDS = Kinds(
    "a feed",
    (
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/json",
        *_XML,
        "text/html",
        *_LOOSE,
    ),
)
SITEMAPS = Kinds("a sitemap", (*_XML, "application/gzip", "application/x-gzip", *_LOOSE))
TEXT = Kinds("a text", ("text/*", *_XML, "application/json", "application/*+json", "application/x-ndjson"))


@dataclass(frozen=True, slots=True)
class Request:
    """A page to fetch.

    ``etag`` and ``modified`` are what the last answer said, so that an unchanged page costs next to nothing.
    ``max_bytes`` counts on the wire, and again unpacked; ``None``: as the settings say.
    """

    url: str
    etag: str | None = None
    modified: str | None = None
    kinds: Kinds = PAGES
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What the web says of a page: 200 with its body, 304 (as before), 404 or 410 (gone), these three without one.

    ``url`` is where it came from in the end. ``moved``: there were redirects, and every one said that it is for good.
    ``charset`` is the declared one; ``robots`` are the values of X-Robots-Tag; ``seconds`` counts all tries and waits.
    """

    url: str
    moved: bool
    status: int
    body: bytes
    media_type: str | None
    charset: str | None
    etag: str | None
    modified: str | None
    robots: tuple[str, ...]
    seconds: float
