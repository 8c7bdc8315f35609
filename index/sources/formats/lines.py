"""Lines of a page, as they are printed, to paragraphs, as they were written. Pure: text in, text out.

A paragraph ends where the space to the next line is wider than usual, where the size of the letters changes,
or where a sentence ends well before the line does. Letters are never changed; a hyphen at a line's end is
taken out unless the document writes the word with one elsewhere.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

_SENTENCE_END = re.compile(r"""[.!?…:。！？]["'”’»)\]]*$""")
# U+F0B7 is the bullet of the font Symbol, and in WinAnsiEncoding unused codes, such as 0x7F, stand for bullets
# (ISO 32000-1, D.2, footnote 3).
_SIGNS = "•‣▪●◦∙\uf0b7\x7f"
_LONE_BULLET = re.compile(f"[{_SIGNS}]")
_BULLET = re.compile(rf"[{_SIGNS}·–—*-]\s+\S")
_BULLETS = re.compile(rf"^[{_SIGNS}]\s*")
_HYPHENATED = re.compile(r"(?<!\w)(\w++)[-\u00ad\u2010]$")
_COMPOUND = re.compile(r"(?<!\w)\w++[-\u2010]\w+")
_FIRST_WORD = re.compile(r"\w+")
_CONJUNCTIONS = frozenset(("and", "or", "to", "und", "oder", "bis", "y", "o", "et", "ou", "e", "и", "или"))
"""After these a hyphen was written, not set: "two- and threefold"."""

_LONGEST_WORD, _WORD_LINES = 200, 3
"""Code points, and lines, of which a hyphenated word may be: no more is looked at for each line."""

_EDGE_LINES = 2
"""How many lines at the top and at the bottom of a page may be running lines."""

_WIDE = 1.35
"""Times the usual space between lines: more begins a paragraph. Word processors' least is about 1.5."""

_SHORT = 0.8
"""Of the usual length of a line: a sentence that ends before ends the paragraph."""


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: its text, its height on the page and the size of its letters, both in points."""

    text: str
    height: float
    size: float


def without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Return the pages without headers, footers and page numbers: what most of their edges share."""
    edges = [_edges(page) for page in pages]
    counts = Counter(pattern for page in edges for pattern in set(page.values()))
    running = {pattern for pattern, count in counts.items() if len(pages) > 2 and count > len(pages) / 2}
    return [
        [line for number, line in enumerate(page) if edges[at].get(number) not in {*running, "#"}]
        for at, page in enumerate(pages)
    ]


def _edges(page: Sequence[Line]) -> dict[int, str]:
    """The highest and lowest lines of a page, by their numbers, with # for digits."""
    order = sorted(range(len(page)), key=lambda number: page[number].height)
    return {number: re.sub(r"\d+", "#", page[number].text) for number in order[:_EDGE_LINES] + order[-_EDGE_LINES:]}


def paragraphs(lines: Sequence[Line]) -> str:
    """Return the text of the lines, a blank line between paragraphs, a line for each item of a list."""
    joined = {word.lower() for line in lines for word in _COMPOUND.findall(line.text)}
    lines = list(_with_their_bullets(lines))
    usual = _Usual.of(lines)
    parts = [line.text for line in lines[:1]]
    for before, line in pairwise(lines):
        gap = usual.gap(before, line)
        if gap != " ":
            parts += [gap, line.text]
        else:
            _join(parts, line.text, joined)
    return "\n".join(_BULLETS.sub("", line) for line in "".join(parts).split("\n"))


def _with_their_bullets(lines: Iterable[Line]) -> Iterator[Line]:
    """Bullets that were drawn on their own go to the lines they stand before."""
    bullet = ""
    for line in lines:
        if _LONE_BULLET.fullmatch(line.text):
            bullet = f"{line.text} "
        else:
            yield replace(line, text=bullet + line.text)
            bullet = ""


def _join(parts: list[str], line: str, hyphenated: Container[str]) -> None:
    """Go on with a line in the same paragraph: after a space, or within a word that was hyphenated."""
    word = _HYPHENATED.search("".join(parts[-_WORD_LINES:])[-_LONGEST_WORD:])
    rest = _FIRST_WORD.match(line)
    if not word or not rest or rest.group() in _CONJUNCTIONS:
        parts += [" ", line]
        return
    written = f"{word[1]}-{rest.group()}".lower() in hyphenated or not rest.group()[0].islower()
    if not written:
        parts[-1] = parts[-1][:-1]
    parts.append(line)


@dataclass(frozen=True, slots=True)
class _Usual:
    """A document's usual space between lines, in points, and length of a line, in code points."""

    space: float
    length: float

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "_Usual":
        spaces = [space for space in map(_space, lines, lines[1:]) if space > 0]
        return cls(median(spaces or [0]), _long([len(line.text) for line in lines]))

    def gap(self, before: Line, line: Line) -> str:
        """What stands between two lines: a paragraph's end, a line's end, or a space."""
        if _BULLET.match(line.text):
            return "\n" if _BULLET.match(before.text) or before.text.endswith(":") else "\n\n"
        return "\n\n" if any(self._ends(before, line)) else " "

    def _ends(self, before: Line, line: Line) -> Iterator[bool]:
        """Signs of a new paragraph. After the end of a column or page only the sentence tells."""
        ended = bool(_SENTENCE_END.search(before.text))
        yield abs(before.size - line.size) > 0.1 * max(before.size, line.size)
        yield _space(before, line) > _WIDE * self.space
        yield ended and len(before.text) < _SHORT * self.length
        yield _space(before, line) < 0 and ended


def _space(before: Line, line: Line) -> float:
    return before.height - line.height


def _long(lengths: Iterable[int]) -> float:
    """The length that full lines have: nine in ten are no longer."""
    ordered = sorted(lengths)
    return ordered[len(ordered) * 9 // 10] if ordered else 0
