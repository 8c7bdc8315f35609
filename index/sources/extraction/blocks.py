"""A tree to text: a block between blank lines, list items and table rows on lines of their own, no bullets.

Knows the tags of trafilatura's trees and those of HTML. Quotes of the result are found in the page by their words.
"""

import re
from collections.abc import Iterator, Mapping

from index.sources.extraction.nodes import Node

_PARAGRAPH, _LINE, _BREAK, _INDENT = "\x1e", "\x1f", "\x1c", "\x1d"
"""Breaks, and the spaces of code, while the text is put together: white space to Python, so that none is left
in the page's own words. Of breaks in a row the stronger one counts; two line breaks part paragraphs."""

EXTRACTED: Mapping[str, str] = {
    **dict.fromkeys(("p", "head", "list", "table", "quote", "code", "div"), _PARAGRAPH),
    **dict.fromkeys(("item", "row"), _LINE),
    "lb": _BREAK,
}
"""What trafilatura's tags do to the text around them."""

HTML: Mapping[str, str] = {
    **dict.fromkeys(
        "p div h1 h2 h3 h4 h5 h6 ul ol dl table blockquote pre section article figure hr".split(), _PARAGRAPH
    ),
    **dict.fromkeys("header main footer aside address details fieldset caption figcaption".split(), _PARAGRAPH),
    **dict.fromkeys(("li", "tr", "dt", "dd", "summary"), _LINE),
    "br": _BREAK,
}

_ITEMS, _CELLS, _VERBATIM = {"item", "li"}, {"cell", "td", "th"}, {"pre"}

_TWO_BREAKS = re.compile(rf"{_BREAK}[ {_BREAK}]*{_BREAK}")
# Both only from the start of a run: time must not grow with the square of its length.
_PARAGRAPH_END = re.compile(rf"(?<![ {_LINE}{_BREAK}])[ {_LINE}{_BREAK}]*+{_PARAGRAPH}[ {_LINE}{_BREAK}{_PARAGRAPH}]*")
_LINE_END = re.compile(rf"(?<! ) *+[{_LINE}{_BREAK}][ {_LINE}{_BREAK}]*")


def text_of(root: Node, breaks: Mapping[str, str]) -> str:
    """Return the text of a tree whose tags break it as ``breaks`` has it."""
    verbatim = _VERBATIM | ({"code"} if breaks is EXTRACTED else set())
    pieces = "".join(_pieces(root, "", breaks, verbatim))
    text = _TWO_BREAKS.sub(_PARAGRAPH, re.sub(" {2,}", " ", pieces))
    lines = _LINE_END.sub("\n", _PARAGRAPH_END.sub("\n\n", text))
    return lines.strip().replace(_INDENT, " ")


def _pieces(node: Node, parent: str, breaks: Mapping[str, str], verbatim: set[str]) -> Iterator[str]:
    """The words of the tree in order, with a break around each block."""
    tag = node.tag if isinstance(node.tag, str) else ""
    around = _LINE if parent in _ITEMS and tag == "p" else breaks.get(tag, "")
    yield around
    yield _clean(node.text, tag in verbatim) if tag else ""
    for position, child in enumerate(node):
        yield " | " if child.tag in _CELLS and position else ""
        inner = {child.tag} if tag in verbatim and isinstance(child.tag, str) else set()
        yield from _pieces(child, tag, breaks, verbatim | inner)
        yield _clean(child.tail, tag in verbatim)
    yield "" if around == _BREAK else around


def _clean(text: str | None, verbatim: bool) -> str:
    """White space means nothing in a page but in code, where lines and indents stay."""
    if verbatim:
        return (text or "").replace("\n", _LINE).replace(" ", _INDENT)
    return re.sub(r"\s+", " ", text or "")
