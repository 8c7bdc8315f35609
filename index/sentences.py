"""Where sentences begin and end, and which lines are headings.

Works on lines (a paragraph is a line; hard-wrapped lines are put together), asks ``sentencex`` for the borders
inside each, and mends what it gets wrong: abbreviations, initials, quotations, ellipses, enumerators. Does not
change, normalise or copy text. Invariant: sentences are in order, do not overlap, have no surrounding white
space, and every character that is not white space lies in exactly one of them.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sentencex import get_sentence_boundaries

from index.abbreviations import Abbreviations, abbreviations
from index.records import Sentence

_CLOSERS = "\"'”’»)\\]}›"
_OPENERS = "\"'“‘«„([{¿¡‹"
_NOTES = r"(?:\[[0-9a-z]{1,3}\])*"
_BORDER = re.compile(rf"[.!?…]+[{_CLOSERS}]*{_NOTES}\s+")
_AFTER = re.compile(rf"[”’»)\]}}›]*{_NOTES}")
_NOTES_AT_END = re.compile(rf"{_NOTES}$")
_LEFT = re.compile(rf"(?P<word>[^\s{_CLOSERS}{_OPENERS}—–…!?]*?)(?P<stop>[.!?…]*)(?P<close>[{_CLOSERS}]*)$")
_RIGHT = re.compile(rf"(?P<open>[{_OPENERS}]*)[-–—•\s]*(?P<word>[^\W\d_]*)(?P<dot>\.?)(?P<digit>\d?)")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,3}")
_APART = re.compile(r"(?<!\w)(?:[^\W\d_]{1,2}\.\s)+[^\W\d_]{1,2}$")
_SPOKEN = re.compile(r"(?!(?:ed|est|al|ave|op|ext|tel|apt|ab)$)[a-z]+[aeiouy][a-z]?|[aeiou][a-z]{1,2}|\d+%?")
_SAYS = re.compile(
    r"(?:[^\W\d_][\w.’'-]*\s+){1,4}?(?:said|says|asked|asks|wrote|writes|added|adds|told|tweeted|replied|"
    r"wondered|shouted|exclaimed|recalled|explained)\b"
)
_DOMAIN = re.compile(r"(?:[A-Z]+\b|(?:Com|Net|Org|Js|Io|Ai|Co|Gov|Edu|Tv|Uk|De)\b)")
_FALLBACK = re.compile(r"(?:[.!?…][\"'”’»)\]]*\s+)|[。！？]")
_ITEM = re.compile(r"(?:[-–—*•·▪◦‣○●■►✓✔]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s")
_ENDED = re.compile(rf"[.!?…。！？।؟:;,][{_CLOSERS}]*{_NOTES}$")
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_WORD = re.compile(r"\w")

_WINDOW = 40  # code points on either side of a border that its rules look at
_BRACKETS = 400  # code points after which an open bracket is taken for a slip
_WRAP = (50, 120)  # widths, in code points, of hard-wrapped lines
_HEADING_WORDS, _QUESTION_WORDS, _HEADINGS_IN_A_ROW = 15, 25, 3


@dataclass(frozen=True, slots=True)
class _Unit:
    """A stretch of text that no sentence leaves: a line, or several that were wrapped. ``end`` is exclusive."""

    start: int
    end: int
    sentences: tuple[Sentence, ...] = ()


def split_sentences(text: str, language: str) -> tuple[Sentence, ...]:
    """Find the sentences and headings of a text.

    Offsets are code points. ``language`` is a code such as "en"; an unknown one is treated sensibly.
    """
    plain = text.translate(_plain_spaces())
    rules = abbreviations(language)
    units = [_divided(plain, unit, language, rules) for unit in _units(plain)]
    return tuple(_with_headings(plain, units))


def _plain_spaces() -> dict[int, int]:
    """Map foreign white space to a blank of the same length: sentencex 1.0.32 panics on some of it."""
    if not _SPACES:
        _SPACES.update((c, 32) for c in range(128, sys.maxunicode + 1) if chr(c).isspace())
    return _SPACES


_SPACES: dict[int, int] = {}


# Lines


def _units(text: str) -> Iterator[_Unit]:
    """Put wrapped lines together. Lines with an empty one between them never are."""
    for block in _blocks(text):
        for first, last in _joined(text, block):
            yield _trimmed(text, first[0], last[1])


def _blocks(text: str) -> Iterator[list[tuple[int, int]]]:
    block: list[tuple[int, int]] = []
    for match in _LINE.finditer(text):
        if block and match.start() - block[-1][1] > 1:
            yield block
            block = []
        block.append(match.span())
    if block:
        yield block


def _joined(text: str, lines: list[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    wrapped = len(lines) > 1 and _is_wrapped(text, lines)
    first = lines[0]
    for line, following in pairwise(lines):
        if not (wrapped or _continues(text, line, following)):
            yield first, line
            first = following
    yield first, lines[-1]


def _is_wrapped(text: str, lines: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a greedy line-filler made these lines: no next word would have fitted on its line."""
    width = max(end - start for start, end in lines)
    if not _WRAP[0] <= width <= _WRAP[1]:
        return False
    return all(
        end - start + 1 + _first_word_length(text, next_start, next_end) > width
        and not _ITEM.match(text, next_start, next_end)
        for (start, end), (next_start, next_end) in pairwise(lines)
    )


def _first_word_length(text: str, start: int, end: int) -> int:
    return len(text[start:end].split(maxsplit=1)[0])


def _continues(text: str, line: tuple[int, int], following: tuple[int, int]) -> bool:
    """Tell whether a line breaks off in mid-sentence and the next goes on in lower case."""
    next_text = text[following[0] : following[1]].lstrip()
    return next_text[0].islower() and not _ITEM.match(next_text) and not _ended(text, *line)


def _ended(text: str, start: int, end: int) -> bool:
    return _ENDED.search(text[max(start, end - _WINDOW) : end].rstrip()) is not None


def _trimmed(text: str, start: int, end: int) -> _Unit:
    part = text[start:end]
    return _Unit(start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip()))


# Sentences


def _divided(text: str, unit: _Unit, language: str, rules: Abbreviations) -> _Unit:
    part = text[unit.start : unit.end]
    cuts = [0, *_cuts(part, language, rules), len(part)]
    spans = [_trimmed(part, start, end) for start, end in pairwise(cuts)]
    return replace(
        unit,
        sentences=tuple(Sentence(unit.start + s.start, unit.start + s.end) for s in _whole(part, spans)),
    )


def _cuts(text: str, language: str, rules: Abbreviations) -> Iterator[int]:
    """Yield the places where a new sentence begins, ascending."""
    found = _library_cuts(text, language)
    possible = {match.end() for match in _BORDER.finditer(text)} | found
    last = 0
    for place in sorted(possible):
        if last < place < len(text) and _is_border(text, last, place, place in found, rules):
            yield place
            last = place


def _library_cuts(text: str, language: str) -> set[int]:
    """Ask sentencex; each cut moved past closing marks and notes, to the next sentence's first character."""
    return {_next_start(text, end) for end in _library_ends(text, language)}


def _library_ends(text: str, language: str) -> list[int]:
    try:
        return [int(found["end_index"]) for found in get_sentence_boundaries(language, text)]
    except BaseException as error:
        # A panic of the Rust library derives from BaseException and cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        return [match.end() for match in _FALLBACK.finditer(text)]


def _next_start(text: str, place: int) -> int:
    if place and not text[place - 1].isspace():
        after = _AFTER.match(text, place)
        place = after.end() if after else place
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _is_border(text: str, last: int, place: int, found: bool, rules: Abbreviations) -> bool:
    left = text[max(last, place - _WINDOW) : place]
    right = text[place : place + _WINDOW]
    spaced = left[-1].isspace()
    before = _LEFT.search(_NOTES_AT_END.sub("", left.rstrip()))
    after = _RIGHT.match(right)
    assert before and after  # both patterns match the empty string
    if not spaced:
        return found and not (before["stop"] == "." and _DOMAIN.match(right))
    verdict = _verdict(before, after, right, rules)
    if verdict is not None:
        return verdict
    return found or (
        _begins(after) and _is_whole_word(before["word"]) and not _is_in_brackets(text[last:place])
    )


def _verdict(before: re.Match[str], after: re.Match[str], right: str, rules: Abbreviations) -> bool | None:
    """Decide a border where a rule is sure, or leave it to the library (``None``)."""
    stop, closed = before["stop"], before["close"]
    lower = after["word"][:1].islower()
    if lower and (closed or stop != "."):
        return None if _IS_CAMEL.match(right) else False
    if stop == ".":
        verdict = _abbreviation_verdict(before, after, lower, rules)
        return True if verdict is None and closed and _begins(after) else verdict
    if stop and set(stop) <= {".", "…"}:
        return _starts(after, rules) or bool(closed and _begins(after)) or None
    if closed and not after["open"] and _SAYS.match(right):
        return _starts(after, rules)
    return True if closed and _begins(after) else None


_IS_CAMEL = re.compile(r"[a-z]{1,3}[A-Z]")


def _abbreviation_verdict(
    before: re.Match[str], after: re.Match[str], lower: bool, rules: Abbreviations
) -> bool | None:
    word = _shortened(before)
    if _listed(word, rules.clock):
        return bool(_begins(after) and not after["digit"] and after["word"] not in rules.days)
    if after["digit"] and _listed(word, rules.numbered):
        return False
    if _listed(word, rules.closing):
        return _begins(after)
    if _is_name_like(word, rules):
        return not lower and (_starts(after, rules) or bool(after["open"] and after["open"] not in "(["))
    if _listed(word, rules.titles):
        return False
    if _listed(word, rules.numbered):
        return _begins(after)
    return None


def _shortened(before: re.Match[str]) -> str:
    """Return the word before a full stop, with the letters before it where it is written apart ("z. B.")."""
    apart = _APART.search(before.string, 0, before.start("stop"))
    return "".join(apart[0].split()) if apart else before["word"]


def _is_name_like(word: str, rules: Abbreviations) -> bool:
    """Tell whether a full stop after the word is undecided until the next word is seen."""
    if rules.ordinals and word.isdecimal() and len(word) < 3:
        return True
    initial = len(word) == 1 and word.isalpha() and (word.isupper() or word.islower())
    return (
        initial or word in rules.names or (_DOTTED.fullmatch(word) is not None and word not in rules.titles)
    )


def _listed(word: str, table: frozenset[str]) -> bool:
    return word in table or word.lower() in table


def _starts(after: re.Match[str], rules: Abbreviations) -> bool:
    """Tell whether the next word is one that begins sentences, and is not itself shortened ("A. Smith")."""
    return after["word"] in rules.starters and not after["dot"]


def _begins(after: re.Match[str]) -> bool:
    """Tell whether what follows could begin a sentence: a capital, a digit, an opening mark."""
    return bool(after["word"][:1].isupper() or after["digit"] or after["open"])


def _is_whole_word(word: str) -> bool:
    """Tell whether a word that no table lists can be no abbreviation: it is long, or short and can be spoken."""
    return len(word) > 3 or _SPOKEN.fullmatch(word) is not None


def _is_in_brackets(part: str) -> bool:
    """Tell whether a bracket is open at the end of the part (not for ever: one may never be closed)."""
    return part.count("(") > part.count(")") and len(part) < _BRACKETS


def _whole(text: str, spans: Sequence[_Unit]) -> Iterator[_Unit]:
    """Give enumerators ("1.") to the sentence after them and marks without a word to the one before."""
    kept: list[_Unit] = []
    for span in spans:
        if kept and (_is_enumerator(text, kept[-1]) or not _WORD.search(text, span.start, span.end)):
            kept[-1] = replace(kept[-1], end=span.end)
        else:
            kept.append(span)
    yield from kept


_ENUMERATOR = re.compile(r"\W*(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})?[.)]\W*|\W+")


def _is_enumerator(text: str, span: _Unit) -> bool:
    return _ENUMERATOR.fullmatch(text, span.start, span.end) is not None


# Headings


def _with_headings(text: str, units: Sequence[_Unit]) -> Iterator[Sentence]:
    """Mark the lines that announce what comes after them, looking from the end: only prose can be announced."""
    marks: list[bool] = []
    run, prose_follows = 0, False
    for unit in reversed(units):
        question = _is_question(text, unit)
        short = not question and _is_title_like(text, unit)
        heading = question or (short and prose_follows and run < _HEADINGS_IN_A_ROW)
        marks.append(heading)
        run = run + 1 if short or question else 0
        prose_follows = heading or not short
    for unit, heading in zip(units, reversed(marks), strict=True):
        yield from (replace(s, heading=True) if heading else s for s in unit.sentences)


def _is_question(text: str, unit: _Unit) -> bool:
    """Tell whether a line of its own asks: a heading in interviews and "what we know" pages."""
    line = text[unit.start : unit.end]
    return (
        line[-1] in "?？؟"
        and len(unit.sentences) == 1
        and line[0] not in _OPENERS.replace("¿", "")
        and len(line.split()) <= _QUESTION_WORDS
    )


def _is_title_like(text: str, unit: _Unit) -> bool:
    """Tell whether a line is short, unfinished and no list item."""
    line = text[unit.start : unit.end]
    words = len(line.split())
    if len(unit.sentences) > 1 or words > _HEADING_WORDS or _ITEM.match(line):
        return False
    return line.endswith(":") and words <= 4 or not (_ENDED.search(line) or line[0].islower())
