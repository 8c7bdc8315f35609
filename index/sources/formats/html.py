"""Saved web pages: trafilatura finds the main text and what the page says about itself.

Navigation, footers, comments and consent banners are dropped. A block stands between blank lines, list items
and table rows on lines of their own, all without bullets, so that a quote is also found in the page by its
words. Dates are taken from the page's markup only: those in its text may be of anything.
"""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from trafilatura import bare_extraction, load_html
from trafilatura.settings import Document

from index.errors import FormatError
from index.records import Draft
from index.sources.formats import fields
from index.sources.formats.encoding import decode

_CHARSET = re.compile(rb"""(?:charset|<\?xml[^>]*encoding)\s*=\s*["']?\s*([\w:.-]+)""", re.IGNORECASE)
_PRESCAN_BYTES = 1024
"""Where a page has to declare its encoding: https://html.spec.whatwg.org/#determining-the-character-encoding"""

_PARAGRAPH, _LINE, _INDENT = "\x1e", "\x1f", "\x1d"
"""Breaks, and the spaces of code, while the text is put together: white space to Python, so that none is left
in the page's own words. Of breaks in a row the stronger one counts."""

_BREAKS = {
    **dict.fromkeys(("p", "head", "list", "table", "quote", "code", "div"), _PARAGRAPH),
    **dict.fromkeys(("item", "row", "lb"), _LINE),
}
_PARAGRAPH_END = re.compile(rf"[ {_LINE}]*{_PARAGRAPH}[ {_LINE}{_PARAGRAPH}]*")
_LINE_END = re.compile(rf" *{_LINE}[ {_LINE}]*")


def read(path: Path) -> Iterator[Draft]:
    """Yield the page's article.

    Raises:
        FormatError: the file is no page, or nothing in it reads like an article.
    """
    data = path.read_bytes()
    declared = _CHARSET.search(data[:_PRESCAN_BYTES])
    source = decode(data, declared[1].decode("ascii", "replace") if declared else None)
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its words name no file; what fails is reported
    try:
        draft = _draft(source)
    except Exception as error:  # lxml's and trafilatura's are many, and any of them spoils this page alone
        raise FormatError(f"the page cannot be read: {error or type(error).__name__}") from error
    if draft is None:
        raise FormatError("nothing in the page reads like an article")
    yield draft


def _draft(source: str) -> Draft | None:
    page = load_html(source)
    if page is None:
        return None
    language = page.get("lang") or page.get("xml:lang")
    article = bare_extraction(
        page,
        with_metadata=True,
        include_comments=False,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    return _filled(article, language) if isinstance(article, Document) and article.body is not None else None


def _filled(article: Document, language: str | None) -> Draft:
    return Draft(
        _text(article.body),
        title=fields.words(article.title),
        url=fields.link(article.url),
        published=fields.day(article.date),
        author=fields.words((article.author or "").split("; ")),
        site=fields.words(article.sitename),
        language=language,
    )


def _text(body: Element) -> str:
    text = re.sub(" {2,}", " ", "".join(_pieces(body, parent="")))
    lines = _LINE_END.sub("\n", _PARAGRAPH_END.sub("\n\n", text))
    return lines.strip().replace(_INDENT, " ")


def _pieces(element: Element, parent: str) -> Iterator[str]:
    """The words of trafilatura's tree in order, with a break around each block."""
    around = _LINE if parent == "item" and element.tag == "p" else _BREAKS.get(element.tag, "")
    yield around
    yield _clean(element.text, element.tag)
    for position, child in enumerate(element):
        yield " | " if child.tag == "cell" and position else ""
        yield from _pieces(child, element.tag)
        yield _clean(child.tail, element.tag)
    yield around


def _clean(text: str | None, tag: str) -> str:
    """White space means nothing in a page but in code, where lines and indents stay."""
    if tag == "code":
        return (text or "").replace("\n", _LINE).replace(" ", _INDENT)
    return re.sub(r"\s+", " ", text or "")
