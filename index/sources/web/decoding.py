"""Bytes of a feed, a sitemap or a list to text, whatever is wrong with them: a damaged character becomes U+FFFD.

Guesses nothing from letters. A byte-order mark decides; then UTF-8, where the document or the server names it and
it fits, since nothing else looks like it; then what the document names, what the server names (servers often name
one encoding for everything), and UTF-8.
"""

import codecs
import re

from index.errors import FormatError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is the first half of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BEGINNINGS = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
"""What "<" looks like without a mark: https://www.w3.org/TR/xml/#sec-guessing-no-ext-info"""

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""")
_HEAD_BYTES = 1024

_ALLOWED = re.compile("utf-8|iso8859-|cp125|cp932|cp949|koi8|gb|big5|euc_|shift_jis|iso2022_jp|tis-620|mac-")
"""Codecs that are encodings of texts and take linear time: Python knows others that are, and do, neither."""

_AS_BROWSERS_TAKE_IT = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
"""https://encoding.spec.whatwg.org/#names-and-labels"""


def text_of(body: bytes, charset: str | None) -> str:
    """Return the text of a document; ``charset`` is what the server says.

    Raises:
        FormatError: it holds NUL characters: it is no text.
    """
    text = _decoded(body, charset)
    if "\0" in text:
        raise FormatError("it is no text: it holds NUL characters")
    return text


def _decoded(body: bytes, charset: str | None) -> str:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, errors="replace")
    for beginning, encoding in _BEGINNINGS:
        if body.startswith(beginning):
            return body.decode(encoding, errors="replace")
    declared = _DECLARED.search(body[:_HEAD_BYTES])
    named = [_known(declared[1].decode("ascii"))] if declared else []
    candidates = [name for name in (*named, _known(charset or ""), "utf-8") if name]
    if "utf-8" in candidates[:-1]:
        candidates = ["utf-8", *candidates]
    return _first_that_fits(body, candidates)


def _first_that_fits(body: bytes, candidates: list[str]) -> str:
    for encoding in candidates:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode(candidates[0], errors="replace")


def _known(name: str) -> str | None:
    """The codec of an encoding's name; UTF-16 and UTF-32 have shown themselves by now, or are none."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    found = _AS_BROWSERS_TAKE_IT.get(found, found)
    return found if _ALLOWED.match(found) else None
