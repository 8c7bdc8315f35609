"""Which sentences are the page's and not the article's: captions, credits, links, sign-up lines, by-lines, notices.

Looks at the lines of one article, by the tables of ``phrases``; what a site repeats is found in ``repeated.py``.
Does not cut or drop text. Invariant: nothing is marked for what it is about, only for how it is said and where.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from index.records import Sentence
from index.sentences import phrases
from index.sentences.lines import ENDED, ITEM, WINDOW

_LINE_WORDS, _SENTENCE_WORDS, _CAPTION_WORDS = 45, 60, 60
_CREDIT_WORDS, _SIGNATURE_WORDS, _LINK_WORDS = 10, 12, (5, 30)
_LENGTH = 600  # code points: no line of a page is longer, and no pattern looks at more

_CAP = r"[^\W\d_a-zà-öø-ÿа-яіїєґ][\w.'’&-]*"
_NAME = rf"{_CAP}(?: (?:(?:de|van|von|der|bin|al|el|la|di|of|and|the|for) )?{_CAP}){{0,5}}"
_CREDIT = re.compile(
    rf"(?:(?:Courtesy|Photo(?:graph)?s?|Image|Picture)(?: (?:by|of|from))? )?"
    rf"(?:(?:{_NAME}/)+{phrases.AGENCIES}|(?:{_NAME}(?:/{_NAME})* )?via {phrases.AGENCIES}|{phrases.ALONE})"
    rf"(?:/{_NAME})*(?: via {_NAME})?\)?"
)
_COURTESY = re.compile(rf"(?:Courtesy(?: of)?|(?:Photo(?:graph)?s?|Image|Picture) (?:by|courtesy(?: of)?)) {_NAME}")
_CREDIT_FIRST = re.compile(
    rf"(?!(?:A|An|The) ){_CAP}(?: {_CAP}){{1,3}}(?:/{_NAME})*/{phrases.AGENCIES}(?:/\w+)?(?: via {_CAP})?"
    r" (?!News|Polls?|Survey|Sports|Radio|TV)[A-Z]"
)
# A name of several words, a firm in capitals or with a hyphen; not "Free" or "Closed Sunday".
_GETTY_FIRST = re.compile(rf"{_CAP}(?:[ /]{_CAP}){{0,8}}/Getty Images(?:/\w+)? [A-Z]")
_CREDIT_LAST = re.compile(rf" {_CAP} {_CAP}(?:/{_NAME})*/{phrases.AGENCIES}$")
_CONTRIBUTED = re.compile(rf"{_NAME}(?:, {_NAME})*(?:,? and {_NAME})? contributed\.?")
_BARE_CREDIT = re.compile(
    rf"(?!(?:Closed|Open|Free|It's|Here's|That's)\b)(?:From )?"
    rf"(?:{_CAP} {_NAME}(?:/{_NAME})*|[A-Z][A-Z0-9]+|[A-Z]\w+-[A-Z]\w+)"
)
_BYLINE = re.compile(rf"[Bb][Yy] {_CAP}(?:(?:,| and| &| of| for| the)* {_CAP}){{1,8}}")
_MADE_BY = re.compile(
    r"\(?(?:(?:Additional )?(?:[Rr]eporting|[Ww]riting)|Compiled|[Ee]diting) by "
    rf"{_CAP}(?:[,;]? (?:and|in|with|by|&|[Ee]diting|[Ww]riting|[Rr]eporting|[Aa]dditional|{_CAP}))*[.)]*"
)
_SIGNATURE = re.compile(rf"[-–—−]{{1,2}} ?{_NAME}(?:, {_NAME}){{0,3}}")
_DATELINE = re.compile(r"(?:[\w.,' -]{1,40} )?CNN(?: \w+)? —")
_ADDRESS = re.compile(r"(?:(?:https?://|www\.)\S+|\S+@\S+\.\w{2,})(?: (?:https?://|www\.)\S+| \S+@\S+\.\w{2,})*")
_WRITE_TO = re.compile(r"(?:Contact|Reach|Follow) |.{3,60} can be (?:reached|contacted|found) (?:at|on|via) ")
_HANDLE = re.compile(r"(?<![\w.])@\w{2,}")
_MAILBOX = re.compile(r"([\w.-]{1,60})@\w")
# The label was set in bold and the blank after it is lost: "Winter storm:What to know about it".
_LINK = re.compile(r"[^.:!?]{2,60}[?!]?:(?=[A-Z'‘“\"])")
_BULLETS = "►▶→•·*»>|:([ "


def furnished(text: str, paragraphs: Sequence[Sequence[Sentence]]) -> list[list[Sentence]]:
    """Return the paragraphs, those sentences marked that belong to the page."""
    lines = [[text[s.start : s.end] for s in paragraph] for paragraph in paragraphs]
    around = zip([[], *lines], lines, [*lines[1:], []], strict=False)
    marks = [_marks(line, _is_signed(before, line, after)) for before, line, after in around]
    return [
        [replace(s, furniture=True) if mark else s for s, mark in zip(paragraph, of_line, strict=True)]
        for paragraph, of_line in zip(paragraphs, marks, strict=True)
    ]


def _marks(line: Sequence[str], signed: bool) -> list[bool]:
    """Tell of each sentence of a line whether it is the page's."""
    if signed or _is_line_of_page(line) or _is_caption(line):
        return [True] * len(line)
    return [_is_of_page(sentence) for sentence in line]


def _is_line_of_page(sentences: Sequence[str]) -> bool:
    if sum(map(len, sentences)) > _LENGTH:
        return False
    line = " ".join(sentences)
    words = len(line.split())
    if words > _LINE_WORDS:
        return False
    return _lines().match(_folded(line)) is not None or (_LINK_WORDS[0] <= words <= _LINK_WORDS[1] and _is_link(line))


def _is_link(line: str) -> bool:
    return _LINK.match(line) is not None and not _is_ended(line.rstrip("?"))


def _is_caption(line: Sequence[str]) -> bool:
    """Tell whether a line is what stands under a picture: sentences, and last who took it."""
    *said, last = line
    if not said or sum(map(len, line)) > _LENGTH or sum(len(s.split()) for s in line) > _CAPTION_WORDS:
        return False
    if _is_ended(last):
        return False
    if _is_credit(last):
        return True
    named = said[-1].endswith(".") and not ITEM.match(line[0]) and len(last.split()) <= _CREDIT_WORDS
    return named and _BARE_CREDIT.fullmatch(last) is not None


def _is_signed(before: Sequence[str], line: Sequence[str], after: Sequence[str]) -> bool:
    """Tell whether a line is its author's name under a text: "– Ann Lee", and no item of a list."""
    if len(line) > 1 or not before or len(line[0]) > _LENGTH or not _SIGNATURE.fullmatch(line[0]):
        return False
    listed = before[-1].endswith(":") or (after and after[0][0] in "-–—−")
    return _is_ended(before[-1]) and not listed and len(line[0].split()) <= _SIGNATURE_WORDS


def _is_of_page(sentence: str) -> bool:
    if len(sentence) > _LENGTH or len(sentence.split()) > _SENTENCE_WORDS:
        return False
    return _is_phrase(_folded(sentence)) or _is_credit(sentence) or _is_byline(sentence) or _is_contact(sentence)


def _is_phrase(folded: str) -> bool:
    hinted = any(hint in folded for hint in phrases.HINTS)
    if _sentences().match(folded) or (hinted and _anywhere().search(folded)):
        return True
    note = _note().match(folded)
    if note is None:
        return False
    rest = folded[note.end() :]
    return any(pattern.match(rest) for pattern in (_about(), _sentences(), _lines()))


def _is_credit(sentence: str) -> bool:
    if _CREDIT_FIRST.match(sentence) or _GETTY_FIRST.match(sentence):
        return True
    if sentence[-1].isalpha() and _CREDIT_LAST.search(sentence):
        return True
    short = len(sentence.split()) <= _CREDIT_WORDS
    return short and any(shape.fullmatch(sentence) for shape in (_CREDIT, _COURTESY))


def _is_byline(sentence: str) -> bool:
    return any(shape.fullmatch(sentence) for shape in (_BYLINE, _MADE_BY, _CONTRIBUTED, _DATELINE, _ADDRESS))


def _is_contact(sentence: str) -> bool:
    """Tell whether a sentence says how to reach its author: a handle, or a mailbox named like a person in it."""
    if not _WRITE_TO.match(sentence) or "information" in sentence:
        return False
    names = {word.lower() for word in re.findall(r"[A-Z][\w-]{3,}", sentence)}
    boxes = [box.lower() for box in _MAILBOX.findall(sentence)]
    return _HANDLE.search(sentence) is not None or any(name in box for name in names for box in boxes)


def _is_ended(line: str) -> bool:
    return ENDED.search(line[-WINDOW:]) is not None


def _folded(text: str) -> str:
    plain = text if text.isascii() else text.replace("’", "'").replace("‘", "'")
    return " ".join(plain.split()).lstrip(_BULLETS).lower()


@cache
def _lines() -> re.Pattern[str]:
    return _one_of(*phrases.LINES)


@cache
def _sentences() -> re.Pattern[str]:
    return _one_of(*phrases.SENTENCES)


@cache
def _anywhere() -> re.Pattern[str]:
    return _one_of(*phrases.ANYWHERE)


@cache
def _note() -> re.Pattern[str]:
    return _one_of(phrases.EDITORS_NOTE)


@cache
def _about() -> re.Pattern[str]:
    return _one_of(phrases.ABOUT_THE_PAGE)


def _one_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
