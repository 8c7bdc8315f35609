"""RSS, RDF and Atom, read by feedparser: text of a feed to the pages that it lists.

It fetches nothing and opens nothing: feedparser's own entrance takes addresses and file names too, so its two
parsers are driven from here, the strict one first and, where the XML is sloppy, the loose one. What they get is
text that begins with the feed's root, without a DTD; how much work it is has been checked before (``feeds``).
"""

import re
import xml.sax
from collections.abc import Iterator, Sized
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from xml.sax.handler import feature_external_ges, feature_external_pes, feature_namespaces
from xml.sax.xmlreader import InputSource

from feedparser.api import LooseFeedParser, StrictFeedParser

from index.errors import FormatError
from index.records import Listed
from index.sources.web.addresses import web_address
from index.sources.web.moments import moment
from index.sources.web.wholeness import as_html, is_whole, plain, title

_LONGEST_NAME = 200
"""Code points of the authors' names that are looked at."""

_MOST_ATTRIBUTES = 100
"""Of an element: Python's SAX looks them up in the square of their number."""

_MAIL = re.compile(r"\S+@\S+")


def read_entries(text: str, url: str, *, sloppy: bool) -> Iterator[Listed]:
    """Yield the pages of a feed in its own order; entries that name no page are left out.

    Of a feed that breaks off, the element that is not closed is left out, so that no article is half there.

    ``sloppy``: read it although it is not well-formed XML.

    Raises:
        FormatError: it is not well-formed and ``sloppy`` is false, or nothing can be made of it.
    """
    parser = _parsed(text, url, sloppy=sloppy)
    inherited = _author(parser.feeddata) if parser.version.startswith("atom") else None
    yield from (page for entry in parser.entries if (page := _listed(dict(entry), url, inherited)))


def _parsed(text: str, url: str, *, sloppy: bool) -> Any:
    try:
        return _strictly(text, url)
    except xml.sax.SAXException as error:
        if not sloppy:
            raise FormatError(f"it is no well-formed XML, and too long to be read all the same: {error}") from error
        return _loosely(text, url)
    except Exception as error:  # feedparser's are many: it expects what feeds usually hold
        raise FormatError(f"the feed cannot be read: {error or type(error).__name__}") from error


def _strictly(text: str, url: str) -> Any:
    parser = _Strict(url)
    _as_settled(parser)
    reader = xml.sax.make_parser()
    reader.setFeature(feature_namespaces, state=True)
    reader.setFeature(feature_external_ges, state=False)
    reader.setFeature(feature_external_pes, state=False)
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    source = InputSource()
    source.setByteStream(BytesIO(text.encode("utf-8", "replace")))
    source.setEncoding("utf-8")
    reader.parse(source)
    return parser


def _loosely(text: str, url: str) -> Any:
    parser = _Loose(url, None, "utf-8", {})
    _as_settled(parser)
    try:
        parser.feed(text)
    except Exception as error:  # sgmllib's and feedparser's, of any kind
        raise FormatError(f"it is no well-formed XML: {error or type(error).__name__}") from error
    return parser


def _as_settled(parser: Any) -> None:
    """Leave HTML as it is: what reads it as a page drops scripts and needs no links."""
    parser.resolve_relative_uris = False
    parser.sanitize_html = False


class _Strict(StrictFeedParser):  # type: ignore[misc]
    """feedparser's parser of XML, with two corrections, and with text handed on element by element.

    Expat hands it over line by line, and each call of feedparser's costs ten times what keeping it does.
    """

    def __init__(self, base: str) -> None:
        super().__init__(base, None, "utf-8")
        self._kept: list[str] = []

    def characters(self, text: str) -> None:
        self._kept.append(text)

    def startElementNS(self, name: object, qname: object, attrs: Sized) -> None:  # noqa: N802 -- xml.sax names it
        if len(attrs) > _MOST_ATTRIBUTES:
            raise FormatError(f"an element has more than {_MOST_ATTRIBUTES} attributes")
        self._hand_on()
        super().startElementNS(name, qname, attrs)

    def endElementNS(self, name: object, qname: object) -> None:  # noqa: N802 -- xml.sax names it
        self._hand_on()
        super().endElementNS(name, qname)

    def _hand_on(self) -> None:
        if self._kept:
            super().characters("".join(self._kept))
            self._kept.clear()

    def _sync_author_detail(self, key: str = "author") -> None:
        if not _named(self._get_context(), key):
            super()._sync_author_detail(key)

    def _end_guid(self) -> None:
        _check_guid(self)
        super()._end_guid()

    _end_id = _end_guid


class _Loose(LooseFeedParser):  # type: ignore[misc]
    """feedparser's parser of nearly anything, with the same corrections."""

    def _sync_author_detail(self, key: str = "author") -> None:
        if not _named(self._get_context(), key):
            super()._sync_author_detail(key)

    def _end_guid(self) -> None:
        _check_guid(self)
        super()._end_guid()

    _end_id = _end_guid


def _named(context: Any, key: str) -> bool:
    """Give an author who is a mere text, as in RSS, the name in it; feedparser takes mail addresses apart wrongly,
    and in the square of their length."""
    author = dict.get(context, f"{key}s", [None])[-1]
    if author is None or author:
        return author is None
    text = str(dict.get(context, key) or "")[:_LONGEST_NAME]
    author["name"] = _MAIL.sub("", text).strip(' \t\r\n()<>,"') if "@" in text else text
    return True


def _check_guid(parser: Any) -> None:
    """A number is no link, although RSS takes every guid for one that does not say otherwise."""
    pieces = parser.elementstack[-1][2] if parser.elementstack else []
    beginning = "".join(piece for piece in pieces[:3] if isinstance(piece, str)).lstrip().lower()
    parser.guidislink = parser.guidislink and beginning.startswith(("http://", "https://"))


def _listed(entry: dict[str, Any], url: str, inherited: str | None) -> Listed | None:
    address = _address(entry, url)
    if address is None:
        return None
    content, whole = _content(entry)
    updated = _text(entry.get("updated"))
    return Listed(
        url=address,
        title=_title(entry),
        published=_moment(entry, "published") or _moment(entry, "updated") or _moment(entry, "created"),
        author=_author(entry) or inherited,
        modified=updated,
        content=content,
        whole=whole,
    )


def _address(entry: dict[str, Any], base: str) -> str | None:
    """FeedBurner's origin before the link that counts clicks; else the entry's link, else any other alternate one."""
    others = [
        link.get("href")
        for link in entry.get("links", ())
        if link.get("rel") == "alternate" and not re.search("atom|rss|json", str(link.get("type")))
    ]
    candidates = [entry.get("feedburner_origlink"), entry.get("link"), *others, entry.get("id")]
    written = [candidate for candidate in candidates[:-1] if isinstance(candidate, str)]
    identity = candidates[-1]
    if isinstance(identity, str) and identity.lower().startswith(("http://", "https://")) and _is_link(entry):
        written.append(identity)
    return next((address for one in written if one.strip() and (address := web_address(one, base))), None)


def _is_link(entry: dict[str, Any]) -> bool:
    """Whether the id may be taken for the link: in Atom and RDF, and in RSS unless the entry denies it."""
    return bool(entry.get("guidislink", True))


def _title(entry: dict[str, Any]) -> str | None:
    written = entry.get("title")
    kind = entry.get("title_detail", {}).get("type", "text/html")
    return title(written, markup=kind != "text/plain") if isinstance(written, str) else None


def _moment(entry: dict[str, Any], key: str) -> datetime | None:
    """The moment as it is written; where only feedparser understands it, in UTC."""
    parsed = entry.get(f"{key}_parsed")
    return moment(entry.get(key)) or (_in_utc(parsed[:6]) if parsed else None)


def _in_utc(fields: tuple[int, ...]) -> datetime | None:
    try:
        return moment(datetime(*fields, tzinfo=UTC).isoformat())  # type: ignore[misc, arg-type]
    except (ValueError, OverflowError):
        return None


def _author(holder: Any) -> str | None:
    """The names of who wrote it, without mail addresses."""
    names = [title(str(author.get("name") or ""), markup=True) for author in dict.get(holder, "authors", ())]
    return ", ".join(dict.fromkeys(name for name in names if name))[:_LONGEST_NAME] or None


def _content(entry: dict[str, Any]) -> tuple[str | None, bool]:
    """The fullest HTML of an entry, and whether it is the whole article."""
    summary = {**entry.get("summary_detail", {}), "value": entry.get("summary")}
    parts = [*((part, False) for part in entry.get("content", ())), (summary, True)]
    said = [(plain(html), html, is_summary) for part, is_summary in parts if (html := _html(part))]
    if not said:
        return None, False
    text, fullest, is_summary = max(said, key=lambda one: len(one[0]))
    return fullest, is_whole(text, summary=is_summary)


def _html(part: Any) -> str | None:
    value = _text(part.get("value"))
    if value is None:
        return None
    return as_html(value) if part.get("type") == "text/plain" else value


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
