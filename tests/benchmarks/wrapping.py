"""Text with entities to lines of a given width. Pure; no font is looked at, and nothing is drawn here.

Widths come from a small table. Invariant: the lines together hold every
character of the text in its order, each with the formatting that the entities give it.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.chat.showing.styled import Entity, Kind

SIZE = 17
"""Pixels of the letters: still legible when the picture is shown at half its width."""
QUOTE_MARGINS = 28
"""Pixels that a quotation's bar and margins take from its lines."""

_TABLE = {
    191: "'",
    222: "ijl‘’",
    260: "|",
    278: " !,./:;I[\\]ft·\N{NO-BREAK SPACE}",
    333: "()-`r¡“”",
    355: '"',
    389: "*",
    500: "Jckvxyzs",
    556: "0123456789#$?_Labdeghnopqu«»–",
    584: "+<=>^{}~",
    611: "FTZ¿",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1000: "…—",
    1015: "@",
}
_WIDTHS = {char: width for width, chars in _TABLE.items() for char in chars}
"""Thousandths of the size, after Helvetica's metrics, to which the fonts of most systems are close."""
_USUAL, _FULL, _BOLD = 600, 1000, 1.05

_QUOTED: frozenset[Kind] = frozenset({"blockquote", "expandable_blockquote"})
_JOINER = "\N{ZERO WIDTH JOINER}"
_KEEPING = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{FIGURE SPACE}"


@dataclass(frozen=True, slots=True)
class Glyph:
    """Characters that are drawn as one, and their formatting."""

    text: str
    kinds: frozenset[Kind] = frozenset()

    @property
    def width(self) -> float:
        """Pixels."""
        full = unicodedata.east_asian_width(self.base) in "WF"
        width = _FULL if full else _WIDTHS.get(self.base, _USUAL)
        return width * SIZE / 1000 * (_BOLD if "bold" in self.kinds else 1)

    @property
    def base(self) -> str:
        """The first character without its accent."""
        return unicodedata.normalize("NFD", self.text)[0]

    @property
    def blank(self) -> bool:
        """Whether a line may be broken after it, and it needs no room there."""
        return self.text.isspace() and self.text not in _KEEPING


@dataclass(frozen=True, slots=True)
class Line:
    """Glyphs that stand side by side, those at which the line was broken among them."""

    glyphs: tuple[Glyph, ...]
    quoted: bool = False
    leftwards: bool = False

    @property
    def text(self) -> str:
        """Every character of the line."""
        return "".join(glyph.text for glyph in self.glyphs)

    @property
    def visible(self) -> Sequence[Glyph]:
        """The glyphs without the white space at the end."""
        return _visible(self.glyphs)

    @property
    def width(self) -> float:
        """Pixels."""
        return _width(self.visible)

    @property
    def measured(self) -> bool:
        """Whether the table knows every glyph, so that the width is more than a guess."""
        return all(glyph.base in _WIDTHS for glyph in self.visible)


def wrapped(text: str, entities: Sequence[Entity], width: float) -> list[Line]:
    """Break a text into lines of at most ``width`` pixels: between words, and within words that are wider."""
    lines: list[Line] = []
    for paragraph in _groups(_glyphs(text, entities), lambda before, _: before.text == "\n"):
        quoted = any(glyph.kinds & _QUOTED for glyph in paragraph)
        leftwards = _leftwards(paragraph)
        room = width - QUOTE_MARGINS if quoted else width
        lines += [Line(tuple(line), quoted, leftwards) for line in _broken(paragraph, room)]
    return lines


def _glyphs(text: str, entities: Sequence[Entity]) -> list[Glyph]:
    glyphs: list[Glyph] = []
    offset = 0
    for char in text:
        kinds = frozenset(e.kind for e in entities if e.offset <= offset < e.offset + e.length)
        offset += 2 if char > "\uffff" else 1
        if glyphs and glyphs[-1].kinds == kinds and _joins(glyphs[-1].text, char):
            glyphs[-1] = Glyph(glyphs[-1].text + char, kinds)
        else:
            glyphs.append(Glyph(char, kinds))
    return glyphs


def _joins(before: str, char: str) -> bool:
    """Whether a character is drawn onto the one before it: accents, and what emoji are composed of."""
    if before.isspace() or char.isspace():
        return False
    tone = "\U0001f3fb" <= char <= "\U0001f3ff"
    return tone or char == _JOINER or before.endswith(_JOINER) or unicodedata.category(char) in ("Mn", "Me")


def _broken(paragraph: Sequence[Glyph], room: float) -> Iterator[list[Glyph]]:
    line: list[Glyph] = []
    for word in _groups(paragraph, lambda before, glyph: before.blank and not glyph.blank):
        for piece in _pieces(word, room):
            if line and _width([*line, *_visible(piece)]) > room:
                yield line
                line = []
            line += piece
    yield line


def _pieces(word: Sequence[Glyph], room: float) -> Iterator[list[Glyph]]:
    """A word as it is, or cut where it is wider than a line."""
    piece: list[Glyph] = []
    for glyph in word:
        if piece and not glyph.blank and _width([*piece, glyph]) > room:
            yield piece
            piece = []
        piece.append(glyph)
    yield piece


def _groups(glyphs: Sequence[Glyph], parts: Callable[[Glyph, Glyph], bool]) -> Iterator[list[Glyph]]:
    """Cut a sequence between each two neighbours that ``parts`` says it parts."""
    group = list(glyphs[:1])
    for before, glyph in pairwise(glyphs):
        if parts(before, glyph):
            yield group
            group = []
        group.append(glyph)
    if group:
        yield group


def _leftwards(paragraph: Iterable[Glyph]) -> bool:
    """Whether a paragraph's first letter is of a script that runs from right to left."""
    directions = (unicodedata.bidirectional(glyph.text[0]) for glyph in paragraph)
    return next((direction != "L" for direction in directions if direction in ("L", "R", "AL")), False)


def _visible(glyphs: Sequence[Glyph]) -> Sequence[Glyph]:
    end = len(glyphs)
    while end and glyphs[end - 1].blank:
        end -= 1
    return glyphs[:end]


def _width(glyphs: Iterable[Glyph]) -> float:
    return sum(glyph.width for glyph in glyphs)
