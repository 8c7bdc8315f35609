"""Bytes of a sitemap to the pages, or the other sitemaps, that it lists: https://www.sitemaps.org/protocol.html

XML of any namespace, with or without Google's news elements, lists of addresses, both also packed by gzip. Only
addresses of the sitemap's own site count: a site lists itself. Read as a stream: no tree of it is ever built.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lxml import etree

from index.errors import FormatError
from index.records import Listed
from index.sources.patterns import PathPattern
from index.sources.web.addresses import same_site, web_address
from index.sources.web.decoding import text_of
from index.sources.web.moments import moment
from index.sources.web.wholeness import title

_MOST_BYTES = 52_428_800
"""Unpacked: the protocol's own limit."""

_MOST_MARKS = 2_000_000
"""Of "<" and "&": 50 000 pages, the most that a sitemap may list, with 20 elements each."""

_GZIP = b"\x1f\x8b"
_MOST_PARTS = 100
"""Of a gzip: each is copied with all that follow it."""

_PIECE = 1 << 16
_LONGEST_TEXT = 4096
"""Code points. An address may have 2048; what is longer is none."""

_BARE_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|\w{2,31});)")


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists, in its own order, each address once: other sitemaps, or pages."""

    children: tuple[Listed, ...] = ()
    pages: tuple[Listed, ...] = ()


def read_sitemap(body: bytes, url: str, most: int) -> Sitemap:
    """Return what a sitemap at ``url`` lists; ``most`` is how many addresses it may have.

    Raises:
        FormatError: it is no sitemap, has more addresses than that, declares entities, or unpacks to too much.
    """
    text = text_of(_unpacked(body), None).lstrip("\ufeff \t\r\n")
    return _read_xml(text, url, most) if text.startswith("<") else _read_lines(text, url, most)


def selected(pages: Iterable[Listed], include: Sequence[str], exclude: Sequence[str]) -> tuple[Listed, ...]:
    """Return the pages whose whole address one of ``include`` matches and none of ``exclude``, in their order."""
    wanted = [PathPattern(pattern) for pattern in include]
    unwanted = [PathPattern(pattern) for pattern in exclude]
    return tuple(page for page in pages if _matches(wanted, page.url) and not _matches(unwanted, page.url))


def _matches(patterns: Iterable[PathPattern], address: str) -> bool:
    return any(pattern.fullmatch(address) for pattern in patterns)


def _unpacked(body: bytes) -> bytes:
    if len(body) > _MOST_BYTES:
        raise FormatError(_too_large(len(body)))
    return _from_gzip(body) if body.startswith(_GZIP) else body


def _from_gzip(body: bytes) -> bytes:
    """Unpack as much as a sitemap may hold and a byte more, which then tells that there is too much."""
    pieces = bytearray()
    for _ in range(_MOST_PARTS):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            pieces += unpacker.decompress(body, _MOST_BYTES + 1 - len(pieces))
        except zlib.error as error:
            raise FormatError(f"it cannot be unpacked: {error}") from error
        if len(pieces) > _MOST_BYTES:
            raise FormatError(_too_large(len(pieces)))
        if not unpacker.eof:
            raise FormatError("it cannot be unpacked: its end is missing")
        body = unpacker.unused_data
        if not body.startswith(_GZIP):
            return bytes(pieces)
    raise FormatError(f"it cannot be unpacked: it is packed in more than {_MOST_PARTS} parts")


def _too_large(size: int) -> str:
    return f"it has {size / 1_000_000:.0f} MB or more; a sitemap may have 50"


def _read_lines(text: str, url: str, most: int) -> Sitemap:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or not web_address(lines[0]):
        raise FormatError("it is no sitemap: neither XML nor a list of addresses" if lines else "it is empty")
    if len(lines) > most:
        raise FormatError(_too_many(most))
    listed = (Listed(address) for line in lines if (address := web_address(line)))
    return Sitemap(pages=_own(listed, url))


def _too_many(most: int) -> str:
    return f"it lists more than {most} addresses"


def _read_xml(text: str, url: str, most: int) -> Sitemap:
    if re.search("<!ENTITY", text, re.IGNORECASE):
        raise FormatError("it declares XML entities, which no sitemap needs: it is not read")
    if text.count("<") + text.count("&") > _MOST_MARKS:
        raise FormatError("it has more elements than sitemaps have: it is not read")
    reading = _parsed(text, _Reading(url, most))
    if reading.root not in ("urlset", "sitemapindex"):
        raise FormatError(_what_it_is(reading.root))
    return Sitemap(children=_own(reading.children, url), pages=_own(reading.pages, url))


def _what_it_is(root: str) -> str:
    if root in ("rss", "feed", "rdf"):
        return 'it is a feed and no sitemap: write kind = "feed"'
    return (
        "it is a web page (HTML) and no sitemap" if root == "html" else f"it is no sitemap: its root is <{root[:40]}>"
    )


def _parsed(text: str, reading: "_Reading") -> "_Reading":
    parser = etree.XMLParser(
        target=reading,
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    data = _mended(_from_root(text)).encode("utf-8", "replace")
    try:
        for start in range(0, len(data), _PIECE):
            parser.feed(data[start : start + _PIECE])
        parser.close()
    except etree.XMLSyntaxError as error:
        if not reading.root:
            raise FormatError(f"it is no XML: {error}") from error
    return reading


def _mended(text: str) -> str:
    """The text with ampersands escaped that are not: lxml would read on without them."""
    first, *rest = text.split("<![CDATA[")
    parts = [_BARE_AMPERSAND.sub("&amp;", first)]
    for part in rest:
        inside, end, after = part.partition("]]>")
        parts += ["<![CDATA[", inside, end, _BARE_AMPERSAND.sub("&amp;", after)]
    return "".join(parts)


def _from_root(text: str) -> str:
    root = re.search(r"<[A-Za-z_]", text)
    return text[root.start() :] if root else text


def _own(listed: Iterable[Listed], url: str) -> tuple[Listed, ...]:
    found: dict[str, Listed] = {}
    for one in listed:
        if one.url not in found and same_site(one.url, url):
            found[one.url] = one
    return tuple(found.values())


@dataclass(slots=True)
class _Reading:
    """What lxml calls for each tag of a sitemap: keeps the texts of the element at hand and nothing else."""

    url: str
    most: int
    root: str = ""
    pages: list[Listed] = field(default_factory=list)
    children: list[Listed] = field(default_factory=list)
    _path: list[str] = field(default_factory=list)
    _texts: dict[str, str] = field(default_factory=dict)
    _seen: int = 0

    def start(self, tag: str, attributes: object) -> None:
        name = tag.rpartition("}")[2].rpartition(":")[2].lower()
        self.root = self.root or name
        self._path.append(name)
        if name in ("url", "sitemap") and len(self._path) == 2:
            self._texts = {}
            self._seen += 1
            if self._seen > self.most:
                raise FormatError(_too_many(self.most))

    def data(self, text: str) -> None:
        place = "/".join(self._path[2:])
        if place in _WANTED and len(self._texts.get(place, "")) <= _LONGEST_TEXT:
            self._texts[place] = self._texts.get(place, "") + text

    def end(self, tag: str) -> None:
        name = self._path.pop() if self._path else ""
        if name in ("url", "sitemap") and len(self._path) == 1:
            self._keep(self.pages if name == "url" else self.children)

    def close(self) -> None:
        return None

    def _keep(self, kept: list[Listed]) -> None:
        texts = {place: text.strip() for place, text in self._texts.items() if len(text) <= _LONGEST_TEXT}
        address = web_address(texts.get("loc", ""), self.url) if texts.get("loc") else None
        if address is not None:
            changed = texts.get("lastmod", "")
            kept.append(
                Listed(
                    address,
                    title=title(texts.get("news/title", ""), markup=False),
                    published=moment(texts.get("news/publication_date")),
                    modified=changed if moment(changed) else None,
                )
            )


_WANTED = frozenset({"loc", "lastmod", "news/title", "news/publication_date"})
"""Places within an entry: an image's ``loc`` is another."""
