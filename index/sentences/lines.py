"""Which lines of a text belong together: a paragraph is a line, or several that an editor wrapped.

Does not look for sentences. Invariant: stretches are in order, do not overlap, begin and end with a character
that is not white space, and hold all such characters of the text.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

Span = tuple[int, int]

WINDOW = 48  # code points beside a border that its rules look at
CLOSERS = "\"'”’»)\\]}›"  # ready for use inside a character class
NOTES = r"(?:\[[^\[\]\n.!]{1,30}\])*+"  # "[12]", "[citation needed]"
ENDED = re.compile(rf"[.!?…。！？।؟:;,][{CLOSERS}]*{NOTES}$")
ITEM = re.compile(r"(?:[-–—*•·▪◦‣○●■►✓✔>]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s")

_LINE = re.compile(r"^[^\S\n]*+\S[^\n]*+", re.MULTILINE)
_WRAP = (50, 120)  # widths, in code points, of hard-wrapped lines


def paragraphs(text: str) -> Iterator[Span]:
    """Yield (start, end) of each paragraph. Lines with an empty one between them are never put together."""
    for block in _blocks(text):
        for first, last in _joined(text, block):
            yield trimmed(text, first[0], last[1])


def trimmed(text: str, start: int, end: int) -> Span:
    """Return the stretch without the white space at its ends."""
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


def _blocks(text: str) -> Iterator[list[Span]]:
    block: list[Span] = []
    for match in _LINE.finditer(text):
        if block and match.start() - block[-1][1] > 1:
            yield block
            block = []
        block.append(match.span())
    if block:
        yield block


def _joined(text: str, lines: list[Span]) -> Iterator[tuple[Span, Span]]:
    wrapped = len(lines) > 1 and _is_wrapped(text, lines)
    first = lines[0]
    for line, following in pairwise(lines):
        if not (wrapped or _continues(text, line, following)):
            yield first, line
            first = following
    yield first, lines[-1]


def _is_wrapped(text: str, lines: Sequence[Span]) -> bool:
    """Tell whether a greedy line-filler made these lines: no next word would have fitted on its line."""
    width = max(end - start for start, end in lines)
    if not _WRAP[0] <= width <= _WRAP[1]:
        return False
    return all(
        end - start + 1 + len(text[next_start:next_end].split(maxsplit=1)[0]) > width
        and not ITEM.match(text, next_start, next_end)
        for (start, end), (next_start, next_end) in pairwise(lines)
    )


def _continues(text: str, line: Span, following: Span) -> bool:
    """Tell whether a line breaks off in mid-sentence and the next goes on, in lower case or with a comma."""
    next_text = text[following[0] : following[1]].lstrip()
    return (
        (next_text[0].islower() or next_text[0] in ",;:)") and not ITEM.match(next_text) and not _is_ended(text, *line)
    )


def _is_ended(text: str, start: int, end: int) -> bool:
    return ENDED.search(text[max(start, end - WINDOW) : end].rstrip()) is not None
