"""The body of a fetched page to its article, or why there is none in it. Pure: no network, no files, no clock.

A page never raises: whatever is wrong with it is its ``problem``. Invariant: a reading has either a draft or a problem.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from index.errors import FormatError
from index.records import Draft
from index.sources import extraction
from index.sources.extraction import Found, Head
from index.sources.formats import fields
from index.sources.web.robots import is_indexable
from index.sources.web.verdicts import problem_of

_PAGES = ("text/html", "application/xhtml+xml", "application/xml", "text/xml")
_SAME_SITE = re.compile(r"^(?:(?:www\d?|m|mobile|amp)\.)+")


@dataclass(frozen=True, slots=True)
class PageReading:
    """What a page is. ``canonical`` is its own address as it says, on its own host; ``links`` are others of it.

    ``indexable``: neither the page nor its server forbids it; ``problem`` says why there is no draft.
    """

    draft: Draft | None
    problem: str | None
    indexable: bool = True
    canonical: str | None = None
    links: tuple[str, ...] = ()


def read_page(
    body: bytes,
    url: str,
    *,
    media_type: str | None = None,
    charset: str | None = None,
    robots: Sequence[str] = (),
    least_words: int,
) -> PageReading:
    """Return what the page is that was fetched from ``url``; ``robots`` are its X-Robots-Tag headers' values."""
    by_header = is_indexable((), robots)
    if media_type is not None and media_type.strip().lower() not in _PAGES:
        return PageReading(None, f"no web page: its type is {media_type}", by_header)
    try:
        found = extraction.extract(extraction.decoded(body, charset), url)
    except FormatError as error:
        return PageReading(None, _unreadable(error), by_header)
    if found is None:
        return PageReading(None, "the page cannot be read: there is no HTML in it", by_header)
    return _reading(found, url, is_indexable(found.head.robots, robots), least_words)


def read_fragment(html: str) -> str:
    """Return the text of a feed entry's HTML, its blocks between blank lines; empty where there is none.

    Raises:
        FormatError: it is too large or too deep for any article.
    """
    return extraction.fragment_text(html)


def _unreadable(error: FormatError) -> str:
    return str(error) if str(error).startswith("the page") else f"the page cannot be read: {error}"


def _reading(found: Found, url: str, indexable: bool, least_words: int) -> PageReading:
    own = _own_addresses(found.head, url)
    canonical = next((address for address in own if address != _absolute(found.head, found.head.amp, url)), None)
    problem = problem_of(found, least_words)
    draft = None if problem else _draft(found, canonical or url)
    return PageReading(draft, problem, indexable, canonical, tuple(address for address in own if address != url))


def _draft(found: Found, url: str) -> Draft:
    return Draft(
        found.text,
        title=fields.words(found.title),
        url=fields.link(url),
        published=fields.day(found.published),
        author=fields.words(found.authors),
        site=fields.words(found.site),
        language=found.language,
    )


def _own_addresses(head: Head, url: str) -> tuple[str, ...]:
    """The addresses that the page names as its own, on the host that served it: an article belongs to that host.

    The front page is no article's address: sites name it by mistake, and all their articles would be one.
    """
    told = [_absolute(head, address, url) for address in (head.canonical, head.open_graph, head.amp)]
    own = [
        address
        for address in told
        if address and _host(address) == _host(url) and (_is_deep(address) or not _is_deep(url))
    ]
    return tuple(dict.fromkeys(own))


def _absolute(head: Head, address: str | None, url: str) -> str | None:
    try:
        whole = urljoin(urljoin(url, head.base or ""), address) if address else ""
    except ValueError:
        return None
    return fields.link(whole.partition("#")[0])


def _host(url: str) -> str:
    return _SAME_SITE.sub("", urlsplit(url).hostname or "")


def _is_deep(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path.strip("/") != "" or parts.query != ""
