"""A conversation as a drawing: messages in, one self-contained SVG out. Pure; nothing is asked or read here.

Invariant: the drawing is well-formed XML and asks for nothing from outside, whatever the messages say.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape

from wrapping import QUOTE_MARGINS, SIZE, Glyph, Line, wrapped

from bot.chat.showing.styled import Entity, Kind

WIDTH = 720

_LEADING, _BLANK = 24, 14
_EDGE, _GAP, _PADDING = 16, 12, 14
_ANSWER, _QUESTION = 620, 520
_BUTTON, _BUTTON_GAP = 40, 5
_HEADER = 60
_QUOTE_INDENT = 16

_STYLE = (
    'text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;'
    f"font-size:{SIZE}px;fill:#16191d}}"
    ".bold{font-weight:700}.italic{font-style:italic;fill:#5d6a75}.link{fill:#1a6dbe}"
    ".name{font-size:19px;font-weight:700}.small{font-size:14px;fill:#5d6a75}"
    ".button{font-size:16px;font-weight:600;fill:#fff}.badge{font-size:20px;font-weight:700;fill:#fff}"
)
_CLASSES: dict[Kind, str] = {"bold": "bold", "italic": "italic", "text_link": "link"}
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML has no way to write: https://www.w3.org/TR/xml/#charsets"""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message. ``opens``: it opens a link."""

    label: str
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One bubble, and the rows of buttons under it. ``asked``: by the reader, so on the right."""

    text: str
    entities: tuple[Entity, ...] = ()
    rows: tuple[tuple[Button, ...], ...] = ()
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the drawing, and where it ends: pixels from the top."""

    svg: str
    bottom: float


def conversation_svg(messages: Sequence[Message], name: str, about: str) -> str:
    """Draw messages from top to bottom under the bot's name; ``about`` is for who cannot see them."""
    parts, bottom = [_header(name)], float(_HEADER)
    for message in messages:
        block = _message(message, bottom + _GAP)
        parts.append(block.svg)
        bottom = block.bottom
    height = round(bottom + _EDGE)
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" xml:space="preserve">'
    words = f"<title>{_safe(name)}</title>\n<desc>{_safe(about)}</desc>\n<style>{_STYLE}</style>"
    return "\n".join([head, words, _box(0, 0, WIDTH, height, 14, "#d3e0e9"), *parts, "</svg>\n"])


def _header(name: str) -> str:
    middle = _HEADER / 2
    bar = f"M0 {_HEADER}V14Q0 0 14 0H{WIDTH - 14}Q{WIDTH} 0 {WIDTH} 14V{_HEADER}Z"
    return "\n".join(
        [
            f'<path d="{bar}" fill="#fff"/>',
            f'<circle cx="40" cy="{middle:g}" r="20" fill="#3a86c8"/>',
            _text(40, middle + 7, name[:1], "badge", anchor="middle"),
            _text(72, middle - 2, name, "name"),
            _text(72, middle + 18, "bot", "small"),
        ]
    )


def _message(message: Message, top: float) -> Block:
    widest = _QUESTION if message.asked else _ANSWER
    lines = wrapped(message.text, message.entities, widest - 2 * _PADDING)
    width = max((line.width for line in lines), default=0) + 2 * _PADDING if message.asked else widest
    left = WIDTH - _EDGE - width if message.asked else _EDGE
    words = _lines(lines, left + _PADDING, top + _PADDING - 2, width - 2 * _PADDING)
    bottom = words.bottom + _PADDING - 1
    bubble = _box(left, top, width, bottom - top, 14, "#e6fbd5" if message.asked else "#fff")
    buttons = _rows(message.rows, left, bottom, width)
    return Block("\n".join([bubble, words.svg, *([buttons.svg] if message.rows else [])]), buttons.bottom)


def _lines(lines: Sequence[Line], left: float, top: float, width: float) -> Block:
    parts = []
    for quoted, group in groupby(lines, lambda line: line.quoted):
        draw = _quotation if quoted else _plain
        block = draw(list(group), left, top, width)
        parts.append(block.svg)
        top = block.bottom
    return Block("\n".join(parts), top)


def _quotation(lines: Sequence[Line], left: float, top: float, width: float) -> Block:
    """Quoted lines, tinted, with a bar at their side."""
    words = _plain(lines, left + _QUOTE_INDENT, top + 5, width - QUOTE_MARGINS)
    bottom = words.bottom + 5
    tint = _box(left, top, width, bottom - top, 5, "#eaf3fb")
    bar = _box(left, top, 4, bottom - top, 2, "#3a86c8")
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
        words = _safe("".join(glyph.text for glyph in run))
        yield f'<tspan class="{classes}">{words}</tspan>' if classes else words


def _classes(kinds: frozenset[Kind]) -> str:
    return " ".join(name for kind, name in _CLASSES.items() if kind in kinds)


def _rows(rows: Sequence[Sequence[Button]], left: float, top: float, width: float) -> Block:
    parts = []
    for row in rows:
        top += _BUTTON_GAP
        each = (width - _BUTTON_GAP * (len(row) - 1)) / len(row)
        parts += [_button(button, left + place * (each + _BUTTON_GAP), top, each) for place, button in enumerate(row)]
        top += _BUTTON
    return Block("\n".join(parts), top)


def _button(button: Button, left: float, top: float, width: float) -> str:
    right = left + width
    arrow = f"M{right - 17:g} {top + 15:g}l7 -7m-6 0h6v6"
    return "\n".join(
        [
            _box(left, top, width, _BUTTON, 8, "#567891"),
            _text(left + width / 2, top + 26, button.label, "button", anchor="middle"),
            *([f'<path d="{arrow}" fill="none" stroke="#fff" stroke-width="1.6"/>'] if button.opens else []),
        ]
    )


def _text(left: float, baseline: float, words: str, name: str, anchor: str = "start") -> str:
    place = f'x="{left:.5g}" y="{baseline:.6g}" text-anchor="{anchor}"'
    return f'<text {place} class="{name}">{_safe(words)}</text>'


def _box(left: float, top: float, width: float, height: float, radius: int, colour: str) -> str:
    place = f'x="{left:.5g}" y="{top:.6g}" width="{width:.5g}" height="{height:.6g}"'
    return f'<rect {place} rx="{radius}" fill="{colour}"/>'


def _safe(text: str) -> str:
    return escape(_UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text))
