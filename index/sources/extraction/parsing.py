"""Bytes of a page to text, and text to a tree, within bounds.

What a page was made to exhaust a reader with (nesting, elements by the million, pictures as text) is taken out
or refused before anything walks the tree. Invariant: a tree has at most so many elements, so deep.
"""

import codecs
import logging
import re
from itertools import islice
from typing import cast

from trafilatura import load_html

from index.errors import FormatError
from index.sources.extraction.nodes import Node
from index.sources.formats.encoding import decode

_CHARSET = re.compile(rb"""(?:charset|<\?xml[^>]*encoding)\s*=\s*["']?\s*([\w:.-]+)""", re.IGNORECASE)
_PRESCAN_BYTES = 1024
"""Where a page has to declare its encoding: https://html.spec.whatwg.org/#determining-the-character-encoding"""

_NULS = 0.05
"""Share of the bytes. Fewer are dirt in a page; as many as UTF-16 has belong to it."""

_BYTES = 8_000_000
_LETTERS = 2_000_000
"""Code points of a page without scripts, styles and pictures; the longest of the web's articles have a fifth."""

_ELEMENTS = 10_000
_DEPTH = 60
_PIECES = 2_000
"""News pages have some 3 000 elements, 30 deep. Extraction takes up to the product of both: under 2 s at these."""

_LONG_VALUE = re.compile(r"""=\s?(?:"[^"<>]{2000,}+"|'[^'<>]{2000,}+')""")
_LONG_TAG = re.compile(r"<(/?[a-z][a-z0-9-]{0,40})(?=[\s/])[^<>]{3000,}+", re.IGNORECASE)
"""Pictures as text, and attributes by the thousand, which libxml2 compares each with each."""

_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f]|&#(?:x0*(?:[0-8bef]|1[0-9a-f])|0*(?:[0-8]|11|1[4-9]|2\d|3[01]))(?:;|(?![0-9a-f]))",
    re.IGNORECASE,
)
"""Control characters, as they are and as references: one of them in a text, and lxml gives the tree of none."""

_CODE = re.compile(r"<(script|style|noscript|svg|template)\b", re.IGNORECASE)
_DATA = re.compile(r"[^>]{0,300}ld\+json", re.IGNORECASE)


def decoded(data: bytes, charset: str | None = None) -> str:
    """Return the page's source: its mark decides, then what the server says, then what the page says.

    Raises:
        FormatError: no encoding makes text of the bytes, or they are too many.
    """
    if len(data) > _BYTES:
        raise FormatError(f"it has {len(data)} bytes, at most {_BYTES} are read")
    if data.count(b"\0") < _NULS * len(data):
        data = data.replace(b"\0", b"")
    served = _wide(data, charset)
    if served is not None:
        return served
    declared = _CHARSET.search(data[:_PRESCAN_BYTES])
    told = "utf-8" if _is_latin(charset) and _is_utf8(data) else charset
    return decode(data, told, declared[1].decode("ascii", "replace") if declared else None)


def _wide(data: bytes, charset: str | None) -> str | None:
    """The text, where the server says UTF-16 and it is: a page cannot say so in letters, a server can."""
    try:
        name = codecs.lookup(charset or "").name
        marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8))
        if marked or not name.startswith("utf-16") or b"\0" not in data:
            return None
        return data.decode("utf-16-le" if name == "utf-16" else name)
    except (LookupError, UnicodeError):
        return None


def _is_latin(charset: str | None) -> bool:
    """Whether the server says what servers say that nobody has set up."""
    try:
        return codecs.lookup(charset or "").name in ("iso8859-1", "ascii", "cp1252")
    except LookupError:
        return False


def _is_utf8(data: bytes) -> bool:
    try:
        return not data.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def parse(source: str) -> Node | None:
    """Return the page's tree, ``None`` if there is none in it.

    Raises:
        FormatError: the page is too large or too deep to be one that people read.
    """
    lean = _LONG_TAG.sub(r"<\1", _LONG_VALUE.sub('=""', _without_code(_CONTROL.sub("", source))))
    if len(lean) > _LETTERS:
        raise FormatError(f"its text has {len(lean)} letters, at most {_LETTERS} are read")
    if lean.count("<") > 3 * _ELEMENTS:
        raise FormatError(f"it has {lean.count('<')} tags, at most {3 * _ELEMENTS} are read")
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its words name no page; what fails is reported
    tree = cast("Node | None", load_html(lean))
    if tree is not None:
        _check(tree)
    return tree


def _without_code(source: str) -> str:
    """The source without what is no text; JSON-LD stays. A search for each end, since a pattern takes squares."""
    folded = source.lower() if source.isascii() else re.sub("[A-Z]", lambda m: m[0].lower(), source)
    kept, place, unended = [], 0, set[str]()
    for begin in _CODE.finditer(source):
        name = begin[1].lower()
        if begin.start() < place or name in unended or _DATA.match(source, begin.end()):
            continue
        end = folded.find(f"</{name}", begin.end())
        if end == -1:
            unended.add(name)
            continue
        kept.append(source[place : begin.start()])
        place = end
    return "".join([*kept, source[place:]])


def _check(tree: Node) -> None:
    if sum(1 for _ in islice(tree.iter(), _ELEMENTS + 1)) > _ELEMENTS:
        raise FormatError(f"it has more than {_ELEMENTS} elements")
    if tree.xpath(f"//*[count(span|a|b|i|em|strong|font) > {_PIECES}]"):  # trafilatura takes squares of them
        raise FormatError(f"a paragraph has more than {_PIECES} pieces")
    if tree.xpath("//*" + "/*" * _DEPTH):
        raise FormatError(f"its elements are nested more than {_DEPTH} deep")
