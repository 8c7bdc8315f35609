"""Where inside one paragraph a sentence ends: ``sentencex``, and rules for what it gets wrong.

The library knows many scripts; the rules know abbreviations with what follows them, initials, quotations,
ellipses, brackets and enumerators, and are sure of a border, sure of none, or leave it to the library.
Invariant: cuts are ascending, inside the paragraph, and each is the first character of a sentence.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sentencex import get_sentence_boundaries

from index.sentences.abbreviations import Abbreviations
from index.sentences.lines import CLOSERS, NOTES, WINDOW, Span, trimmed

_FOREIGN_SPACE = re.compile(r"[^\S\x00-\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_OPENERS = "\"'“‘«„([{¿¡‹"
# Possessive, and only from the start of a run: time must not grow with the square of a run's length.
_BORDER = re.compile(rf"(?<![.!?…])[.!?…]++[{CLOSERS}]*+{NOTES}\s++")
# A blank was lost: "the end.The next". Inside a quotation the library does not look for it.
_GLUED = re.compile(r"(?<=[^\W\d_]{3})[.!?][”’»]?(?=[“‘«]?[^\W\d_]{2})")
_CLOSING = re.compile(rf"[”’»)\]}}›]*{NOTES}")
_NOTES_AT_END = re.compile(rf"{NOTES}$")
_LEFT = re.compile(rf"(?P<word>[^\s:{CLOSERS}{_OPENERS}—–…!?]*?)(?P<stop>[.!?…]*)(?P<closed>[{CLOSERS}]*)$")
_RIGHT = re.compile(rf"(?P<open>[{_OPENERS}]*)[-–—•\s]*(?:(?P<word>[^\W\d_]+)(?P<dot>\.?)|(?P<digit>\d))?")
_FALLBACK = re.compile(rf"{_BORDER.pattern}|[。！？]")

_DASH = re.compile(r"[-–—]+\s")
_NICKNAME = re.compile(r"[\"“‘«'(][^\W\d_]+(?: [^\W\d_]+)?[\"”’»')]+\s+[^\W\d_]")
# "At 5 p.m. Smith left": a time that begins the sentence does not end it.
_TIME_FIRST = re.compile(
    r"\W*(?:Around|At|By|About|Before|After|Until|Since|From|Between|Just|Shortly|Near|Approximately)"
    r"(?: (?:about|around|after|before|shortly|just|nearly|to|and|at)| \d[\d:.]*(?: [ap]\.?m\.?)?){1,6} ?[ap]\.?m\.$",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,3}")
_APART = re.compile(r"(?<!\w)(?:[^\W\d_]{1,2}\.\s)+[^\W\d_]{1,2}$")
_MUTE = re.compile(r"[B-DF-HJ-NP-TV-XZb-df-hj-np-tv-xz]{2,5}")
_SPOKEN = re.compile(r"(?!(?:ed|est|al|ave|op|ext|tel|apt|ab)$)[a-z]+[aeiouy][a-z]?|[aeiou][a-z]{1,2}|\d+%?")
_CAMEL = re.compile(r"[a-z]{1,3}[A-Z]")
_DOMAIN = re.compile(r"[A-Z]+\b|(?:Com|Net|Org|Js|Io|Ai|Co|Gov|Edu|Tv|Uk|De)\b")
_ATTRIBUTION = re.compile(
    r"(?:[^\W\d_][\w.’'-]*\s+){1,4}?(?:said|says|asked|asks|wrote|writes|added|adds|told|tweeted|replied|"
    r"wondered|shouted|exclaimed|recalled|explained)\b"
)
# What cannot stand alone: marks without a letter, and an editor's note in brackets.
_LOOSE = re.compile(r"\W*|\[[^\[\]\n.!]{1,30}\]")
_POSSESSED = re.compile(r"[^\W\d_]['’]$")
_PARTIES = ("D", "R", "I")  # of "Smith, R-Ariz."
_ENUMERATOR = re.compile(r"\W*(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})?[.)]\W*|\W+")
_ENUMERATOR_LENGTH = 12  # code points, more are none
# Code points: the library takes the square of a paragraph's length, and few are a quarter as long. What it says of the
# last of a stretch may be another with what follows.
_STRETCH, _BEYOND = 8_000, 200
_BRACKETS = 400  # code points after which an open bracket is taken for a slip


def plain(text: str) -> str:
    """Replace, one for one, what sentencex 1.0.32 panics on: foreign white space and lone surrogates."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", _FOREIGN_SPACE.sub(" ", text))


def sentences_of(paragraph: str, language: str, rules: Abbreviations) -> Iterator[Span]:
    """Yield (start, end) of each sentence of a trimmed paragraph."""
    cuts = [0, *_cuts(paragraph, language, rules), len(paragraph)]
    return _whole(paragraph, [trimmed(paragraph, start, end) for start, end in pairwise(cuts)])


def _cuts(text: str, language: str, rules: Abbreviations) -> Iterator[int]:
    found = {_next_start(text, end) for end in _library_ends(text, language)}
    last = 0
    candidates = found.union(match.end() for pattern in (_BORDER, _GLUED) for match in pattern.finditer(text))
    for place in sorted(candidates):
        if last < place < len(text) and _is_cut(text, last, place, place in found, rules):
            yield place
            last = place


def _library_ends(text: str, language: str) -> Iterator[int]:
    """Yield where the library ends sentences. It gets a stretch at a time, each from where a sentence began."""
    start = 0
    while len(text) - start > _STRETCH:
        stretch = text[start : start + _STRETCH]
        ends = [start + end for end in _ends_of(stretch, language) if 0 < end < _STRETCH - _BEYOND]
        yield from ends
        start = ends[-1] if ends else start + (stretch.rfind(" ") + 1 or len(stretch))
    yield from (start + end for end in _ends_of(text[start:], language))


def _ends_of(text: str, language: str) -> list[int]:
    try:
        return [int(found["end_index"]) for found in get_sentence_boundaries(language, text)]
    except BaseException as error:
        # A panic of the Rust library derives from BaseException and has no importable name.
        if type(error).__name__ != "PanicException":
            raise
        return [match.end() for match in _FALLBACK.finditer(text)]


def _next_start(text: str, place: int) -> int:
    """Move a cut past closing marks and notes to the next character that is not white space."""
    if place and not text[place - 1].isspace() and (closing := _CLOSING.match(text, place)):
        place = closing.end()
    while place < len(text) and text[place].isspace():
        place += 1
    return place


@dataclass(frozen=True, slots=True)
class _Place:
    """What stands around a possible cut: ``word stop closed | opening following``."""

    word: str
    stop: str
    closed: bool
    opening: str
    following: str
    shortened: bool  # the following word has a full stop of its own
    digit: bool
    right: str

    @property
    def goes_on(self) -> bool:
        return self.following[:1].islower()

    @property
    def quotes(self) -> bool:
        return bool(self.opening) and self.opening[0] not in "([{"

    @property
    def begins(self) -> bool:
        """Tell whether what follows could begin a sentence: a capital, a digit, an opening mark."""
        return bool(self.following[:1].isupper() or self.digit or self.opening)

    def starts(self, rules: Abbreviations) -> bool:
        """Tell whether the following word is one that begins sentences, and no initial ("A. Smith")."""
        return self.following in rules.starters and not self.shortened


def _place(text: str, last: int, cut: int, rules: Abbreviations) -> _Place:
    left = text[max(last, cut - WINDOW) : cut].rstrip()
    left = _NOTES_AT_END.sub("", left) or left
    right = text[cut : cut + WINDOW]
    before, after = _LEFT.search(left), _RIGHT.match(right)
    if before is None or after is None:  # both patterns match the empty string
        raise AssertionError((left, right))
    apart = _APART.search(left, 0, before.start("stop"))
    return _Place(
        word="".join(apart[0].split()) if apart else _last_word(left, before, rules),
        stop=before["stop"],
        closed=bool(before["closed"]),
        opening=after["open"],
        following=after["word"] or "",
        shortened=bool(after["dot"]),
        digit=bool(after["digit"]),
        right=right,
    )


def _last_word(left: str, before: re.Match[str], rules: Abbreviations) -> str:
    """Return the last word as the tables may know it: "Gov" of "then-Gov"; the "s" of "Smith’s" is no initial."""
    word = before["word"]
    if _POSSESSED.search(left, 0, before.start("word")):
        return left.split()[-1][: -len(before["stop"] + before["closed"]) or None]
    if not word:
        return left[: before.start("word")][-1:].strip()  # the bracket of "(so)."; nothing for ". . ."
    first, _, last = word.rpartition("-")
    known = last in rules.names or any(_listed(last, table) for table in (rules.titles, rules.numbered))
    return last if first and first not in _PARTIES and known else word


def _is_cut(text: str, last: int, cut: int, found: bool, rules: Abbreviations) -> bool:
    place = _place(text, last, cut, rules)
    if not text[cut - 1].isspace():
        return (found or place.starts(rules)) and not _is_inside_name(text, cut, place, rules)
    if _listed(place.word, rules.clock) and _TIME_FIRST.fullmatch(text[last:cut].rstrip()):
        return False
    verdict = _verdict(place, rules)
    if verdict is None:
        whole = _is_whole_word(place.word) or (place.word != "" and place.starts(rules))
        return found or (place.begins and whole and not _is_in_brackets(text, last, cut))
    return verdict


def _verdict(place: _Place, rules: Abbreviations) -> bool | None:
    """Decide a cut where a rule is sure, or leave it to the library (``None``)."""
    if place.goes_on and (place.closed or place.stop != "."):
        return None if _CAMEL.match(place.right) else False
    if place.stop == ".":
        if _is_part_of_name(place, rules):
            return False
        verdict = _after_abbreviation(place, rules)
        return True if verdict is None and place.closed and place.begins else verdict
    if place.stop and set(place.stop) <= {".", "…"}:
        return place.starts(rules) or (place.closed and place.begins) or None
    if place.closed and not place.opening and _ATTRIBUTION.match(place.right):
        return place.starts(rules)
    return True if place.closed and place.begins else None


def _after_abbreviation(place: _Place, rules: Abbreviations) -> bool | None:
    """Decide a cut after a single full stop by the tables; ``None`` for a word that is in none of them."""
    word = place.word
    if _listed(word, rules.clock):
        return place.begins and not place.digit and place.following.removesuffix("s") not in rules.days
    if place.goes_on and word.partition("-")[0] in _PARTIES and word.partition("-")[2] in rules.names:
        return False
    if place.digit and _listed(word, rules.numbered):
        return False
    if _listed(word, rules.closing) or (_listed(word, rules.numbered) and len(word) > 1):
        return place.begins and (place.quotes or not place.opening)
    if _depends(word, rules):
        return not place.goes_on and (place.starts(rules) or place.quotes)
    if _listed(word, rules.titles) or (place.goes_on and _MUTE.fullmatch(word)):
        return False
    return None


def _is_part_of_name(place: _Place, rules: Abbreviations) -> bool:
    """Tell whether an abbreviation comes before a dash ("Ky. — It"), an initial before a nickname."""
    if place.closed:
        return False
    if _DASH.match(place.right):
        return place.word in rules.names or _listed(place.word, rules.titles)
    return len(place.word) == 1 and place.word.isupper() and _NICKNAME.match(place.right) is not None


def _depends(word: str, rules: Abbreviations) -> bool:
    """Tell whether a full stop after the word is undecided until the next word is seen."""
    if word in rules.names:
        return True
    if word.isdecimal():
        return rules.ordinals and len(word) < 3
    initial = len(word) == 1 and (word.isupper() or word.islower())
    return initial or (_DOTTED.fullmatch(word) is not None and not _listed(word, rules.titles))


def _listed(word: str, table: frozenset[str]) -> bool:
    return word in table or word.lower() in table


def _is_inside_name(text: str, cut: int, place: _Place, rules: Abbreviations) -> bool:
    """Tell whether a cut without a blank follows an opening mark, or a full stop of a name ("J.Smith")."""
    if text[cut - 1] in "“‘«„([{" or (text[cut - 1] in "\"'" and text[cut - 2].isspace()):
        return True
    named = _DOMAIN.match(place.right) or _MUTE.fullmatch(place.word)
    return place.stop == "." and (named is not None or _after_abbreviation(place, rules) is False)


def _is_whole_word(word: str) -> bool:
    """Tell whether a word that no table lists is no abbreviation: it is long, or short and can be spoken."""
    return len(word) > 3 or _SPOKEN.fullmatch(word) is not None


def _is_in_brackets(text: str, last: int, cut: int) -> bool:
    return cut - last < _BRACKETS and text.count("(", last, cut) > text.count(")", last, cut)


def _whole(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Give enumerators ("1.") to the sentence after them, and marks without a word to the one before."""
    start, end = spans[0]
    for next_start, next_end in spans[1:]:
        if not _is_enumerator(text[start:end]) and not _LOOSE.fullmatch(text, next_start, next_end):
            yield start, end
            start = next_start
        end = next_end
    yield start, end


def _is_enumerator(text: str) -> bool:
    return len(text) <= _ENUMERATOR_LENGTH and _ENUMERATOR.fullmatch(text) is not None
