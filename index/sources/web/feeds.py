"""Bytes of a feed to the pages that it lists: RSS, RDF, Atom, JSON Feed. Pure; the parsers lie beside it.

Hostile feeds are refused before they are parsed: by the declarations of entities in them, by the number of their
entries, and by how much work they would be. A feed that is merely sloppy is read as far as it goes.
Invariant: no two pages have one canonical address, and every address is absolute.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from index.errors import FormatError
from index.records import Listed
from index.sources.web.addresses import canonical_address
from index.sources.web.decoding import text_of
from index.sources.web.json_feeds import read_json_entries
from index.sources.web.syndication import read_entries

_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?(?:rss|feed|rdf|channel)(?=[\s>/])", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)(?=[\s>/])", re.IGNORECASE)
_PAGE = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)

_HEAD = 20_000
"""Code points within which a feed's root begins; before it stand declarations, remarks, and warnings of PHP."""

_WORK = {"<": 9, "/>": 9, "&": 1, "=": 3}
"""Microseconds that feedparser needs for half an element, a reference and an attribute, on a slow core; its loose
parser needs twice as much. Text costs next to nothing."""

_CDATA_WORK = 3
"""The same for a CDATA section; what is in it is text."""

_MOST_WORK = 1_900_000
"""In the same: 100 000 elements. The longest feeds, podcasts of 2000 episodes, have half as many."""


def read_feed(body: bytes, url: str, charset: str | None, most: int) -> tuple[Listed, ...]:
    """Return the pages that a feed lists, in its own order, each once; entries that name no page are left out.

    ``url`` is where the feed lies, ``charset`` what the server says of its encoding, ``most`` how many entries it
    may have.

    Raises:
        FormatError: it is no feed, has more entries than that, or declares entities.
    """
    text = text_of(body, charset)
    start = text.lstrip("\ufeff \t\r\n")
    entries = read_json_entries(start, url, most) if start.startswith("{") else _read_xml(start, url, most)
    return tuple(_each_once(entries))


def _each_once(entries: Iterable[Listed]) -> Iterator[Listed]:
    seen: set[str] = set()
    for entry in entries:
        address = canonical_address(entry.url)
        if address not in seen:
            seen.add(address)
            yield entry


def _read_xml(text: str, url: str, most: int) -> Iterator[Listed]:
    bare = _without_cdata(text)
    if re.search("<!ENTITY", bare, re.IGNORECASE):
        raise FormatError("it declares XML entities, which no feed needs: it is not read")
    if sum(1 for _ in islice(_ENTRY.finditer(bare), most + 1)) > most:
        raise FormatError(f"it has more than {most} entries")
    work = sum(microseconds * bare.count(mark) for mark, microseconds in _WORK.items())
    work += _CDATA_WORK * text.count("<![CDATA[")
    if work > _MOST_WORK:
        raise FormatError("it has more elements than feeds have: it is not read")
    return read_entries(_from_root(text), url, sloppy=2 * work <= _MOST_WORK)


def _without_cdata(text: str) -> str:
    first, *rest = text.split("<![CDATA[")
    return first + "".join(part.partition("]]>")[2] for part in rest)


def _from_root(text: str) -> str:
    """The text without what stands before the root: its encoding is no longer true, its DTD not wanted."""
    head = text[:_HEAD]
    if root := _ROOT.search(head):
        return text[root.start() :]
    if _PAGE.search(head):
        raise FormatError("it is a web page (HTML) and no feed: the page may name its feed in <link rel=alternate>")
    if not head.strip():
        raise FormatError("it is empty")
    raise FormatError(f"it is no feed: neither RSS, Atom, RDF nor JSON Feed begins with {head.strip()[:40]!r}")
