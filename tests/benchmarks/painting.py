"""The parts of a drawing: boxes, words, wrapped lines with their formatting, as pieces of SVG. Pure.

Invariant: each piece is well-formed XML and asks for nothing from outside, whatever the words are.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape

from wrapping import QUOTE_MARGINS, SIZE, Glyph, Line

from bot.chat.showing.styled import Kind

STYLE = (
    'text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;'
    f"font-size:{SIZE}px;fill:#16191d}}"
    ".bold{font-weight:700}.italic{font-style:italic;fill:#5d6a75}.link{fill:#1a6dbe}"
    ".name{font-size:19px;font-weight:700}.small{font-size:14px;fill:#5d6a75}.via{font-size:14px;fill:#2f7d32}"
    ".note{font-size:14px;font-weight:600;fill:#fff}"
    ".button{font-size:15px;font-weight:600;fill:#fff}.badge{font-size:20px;font-weight:700;fill:#fff}"
)
_CLASSES: dict[Kind, str] = {"bold": "bold", "italic": "italic", "text_link": "link"}
_LEADING, _BLANK, _QUOTE_INDENT = 24, 14, 16
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML has no way to write: https://www.w3.org/TR/xml/#charsets"""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the drawing, and where it ends: pixels from the top."""

    svg: str
    bottom: float


def box(left: float, top: float, width: float, height: float, radius: int, colour: str) -> str:
    """Draw a filled box with round corners."""
    place = f'x="{left:.5g}" y="{top:.6g}" width="{width:.5g}" height="{height:.6g}"'
    return f'<rect {place} rx="{radius}" fill="{colour}"/>'


def frame(left: float, top: float, width: float, height: float, radius: int, colour: str) -> str:
    """Draw the line around a box, within it."""
    place = f'x="{left + 0.5:.5g}" y="{top + 0.5:.6g}" width="{width - 1:.5g}" height="{height - 1:.6g}"'
    return f'<rect {place} rx="{radius}" fill="none" stroke="{colour}"/>'


def label(left: float, baseline: float, words: str, name: str, anchor: str = "start") -> str:
    """Draw words of one look; ``anchor``: which part of them is at ``left``."""
    place = f'x="{left:.5g}" y="{baseline:.6g}" text-anchor="{anchor}"'
    return f'<text {place} class="{name}">{safe(words)}</text>'


def paragraphs(lines: Sequence[Line], left: float, top: float, width: float) -> Block:
    """Draw lines, those of quotations set apart."""
    parts = []
    for quoted, group in groupby(lines, lambda line: line.quoted):
        draw = _quotation if quoted else _plain
        block = draw(list(group), left, top, width)
        parts.append(block.svg)
        top = block.bottom
    return Block("\n".join(parts), top)


def safe(text: str) -> str:
    """Return the text as XML has to write it."""
    return escape(_UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text))


def _quotation(lines: Sequence[Line], left: float, top: float, width: float) -> Block:
    """Quoted lines, tinted, with a bar at their side."""
    words = _plain(lines, left + _QUOTE_INDENT, top + 5, width - QUOTE_MARGINS)
    bottom = words.bottom + 5
    tint = box(left, top, width, bottom - top, 5, "#eaf3fb")
    bar = box(left, top, 4, bottom - top, 2, "#3a86c8")
    return Block("\n".join([tint, bar, words.svg]), bottom + 4)


def _plain(lines: Sequence[Line], left: float, top: float, width: float) -> Block:
    parts = []
    for line in lines:
        if line.visible:
            parts.append(_line(line, left + width if line.leftwards else left, top + 18))
        top += _LEADING if line.visible else _BLANK
    return Block("\n".join(parts), top)


def _line(line: Line, start: float, baseline: float) -> str:
    """A line, held to its width: systems have fonts of different widths, and none shall run out of its bubble."""
    held = f' textLength="{line.width:.5g}" lengthAdjust="spacingAndGlyphs"' if line.measured else ""
    direction = ' direction="rtl"' if line.leftwards else ""
    return f'<text x="{start:.5g}" y="{baseline:.6g}"{held}{direction}>{"".join(_runs(line.visible))}</text>'


def _runs(glyphs: Sequence[Glyph]) -> Iterator[str]:
    """The words of a line, each stretch with its formatting."""
    for classes, run in groupby(glyphs, lambda glyph: _classes(glyph.kinds)):
        words = safe("".join(glyph.text for glyph in run))
        yield f'<tspan class="{classes}">{words}</tspan>' if classes else words


def _classes(kinds: frozenset[Kind]) -> str:
    return " ".join(name for kind, name in _CLASSES.items() if kind in kinds)
