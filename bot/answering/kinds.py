"""What kind of thing a question asks for, and where a sentence holds things of that kind.

Surface patterns only: question words of six languages, and the shapes of names, numbers, dates and reasons.
Nothing here decides what is quoted; the evidence is one of several things that the reader weighs.
"""

import re
from bisect import bisect_left
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from bot.records import Span


class Kind(Enum):
    """The kind of thing that a question asks for."""

    PERSON = "person"
    TIME = "time"
    NUMBER = "number"
    PLACE = "place"
    REASON = "reason"
    NAME = "name"
    OTHER = "other"


_ASKED: tuple[tuple[Kind, str], ...] = (
    (
        Kind.TIME,
        r"when|(what|which|whose) (exact )?(year|date|day|month|decade|century|time|"
        r"season|era|period)|how (recently|long ago|early|late)"
        r"|wann|seit wann|(welche[mnrs]?|in welchem) (jahr|tag|monat|jahrhundert|datum)"
        r"|cuándo|(qué|cuál) (año|fecha|día|mes|siglo)|quand|(quelle|quel) (année|date|jour|mois|siècle)"
        r"|когда|(каком|какой|каким) (году|год|день|дата|месяце|веке)|коли|(якому|"
        r"якого|який) (році|року|день|столітті)",
    ),
    (
        Kind.NUMBER,
        r"how (many|much|long|old|tall|high|far|large|big|deep|fast|heavy|wide|often|hot|cold)"
        r"|(what|which) (number|percentage|percent|proportion|fraction|amount|age|"
        r"price|cost|population|distance|speed|height|length|size|rate|temperature|"
        r"share|score)"
        r"|wie ?(viele?|lange?|hoch|alt|groß|weit|oft|tief|schnell|schwer)|wieviele?"
        r"|cuánt[oa]s?|qué (porcentaje|cantidad|número|edad|altura)|combien|quel(le)? (pourcentage|nombre|âge|âge)"
        r"|сколько|какой процент|како[ей] (количество|число|возраст)|скільки|який відсоток",
    ),
    (
        Kind.PERSON,
        r"who(se|m)?|(what|which) (person|man|woman|actor|actress|singer|author|president|"
        r"king|queen|scientist|politician|player|athlete|artist|leader)"
        r"|wer|wen|wem|wessen|quién(es)?|qui|кто|кого|кому|кем|чь[яёеи]|хто|чий|ким",
    ),
    (
        Kind.PLACE,
        r"where|(what|which|whose) (country|city|town|state|place|region|continent|"
        r"location|area|river|island|province|county|village|nation|street|planet)"
        r"|wo|woher|wohin|(welche[mnrs]?|in welche[mnr]) (land|stadt|ort|region|staat|kontinent|fluss)"
        r"|dónde|(qué|cuál) (país|ciudad|lugar|región|estado|continente|río)|où|(quel|"
        r"quelle) (pays|ville|région|état|lieu)"
        r"|где|куда|откуда|(какой|какая|каком) (стране|страна|город|городе|регион|месте)|де|куди|звідки",
    ),
    (
        Kind.REASON,
        r"why|what (caused?|reason|led)|for what reason|how come|warum|weshalb|wieso|"
        r"por qué|pourquoi|почему|зачем|чому|навіщо",
    ),
    (
        Kind.NAME,
        r"(what|which|whose)( \w+)? (name|named|called|company|team|organi[sz]ation|"
        r"group|party|language|book|film|movie|song|show|agency|university|school|"
        r"war|battle|ship|river|mountain|brand)"
        r"|(what|which) (is|was|are|were) the names?|wie hei(ß|ss)t|cómo se llama|"
        r"comment s.appelle|как (называ\w*|зовут)|як (назива\w*|звати|звуть)",
    ),
)
_ASKED_PATTERNS = tuple((kind, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.I)) for kind, pattern in _ASKED)

_ASKING = re.compile(
    r"(?<!\w)(?:what|which|how|welche\w*|wie|qué|cuál(?:es)?|cómo|quoi|que|quel(?:le)?s?|comment"
    r"|что|как(?:ой|ая|ое|ие|им|ом)?|що|як(?:ий|а|е|і|им|ою)?)(?!\w)",
    re.I,
)
"""Words that ask for something, whatever its kind."""
_SMALL = re.compile(r"(?<!\w)[^\W\d_A-ZÀ-ÖØ-ÞЁІЇЄҐА-Я][^\W\d_]*")
"""Words that begin with a small letter."""
_FIRST_WORD = re.compile(r"([\w'’.&-]*\w)\W*")

_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec"
    "|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember"
    "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    "|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"
    "|січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня"
)
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_TIME = re.compile(
    rf"\b(?:(?:\d{{1,2}}(?:st|nd|rd|th|\.)? (?:of |de )?)?(?:{_MONTHS})\.?(?: \d{{1,2}}(?:st|"
    rf"nd|rd|th)?\b)?(?:,? (?:de )?\d{{4}}\b)?"
    rf"|(?:1[0-9]|20)\d\ds?\b(?:[–-]\d{{2,4}}\b)?|(?:{_DAYS})|\d{{1,2}}(?:st|nd|rd|th) (?:century|centuries)"
    r"|\d+ (?:years?|months?|weeks?|days?|decades?) (?:ago|later|earlier))"
)
_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fifteen|twenty|thirty|forty|fifty"
    "|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|trillion|dozens?|half|third|quarter|twice|once"
)
_NUMBER = re.compile(
    rf"(?<![\w.])[$€£¥]?\d[\d,.\u202f ]*(?<=\d)(?: ?%|(?: (?:million|billion|trillion|"
    rf"thousand|hundred|percent|per cent|years?"
    rf"|miles?|km|kilomet\w+|met(?:er|re)s?|feet|degrees?|people|days?|hours?|minutes?))+)?|\b(?:{_NUMBER_WORDS})\b",
    re.I,
)
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁІЇЄҐ]"
_NAME = re.compile(
    rf"\b{_CAPITAL}[\w'’.&-]*\w(?:(?: (?:of|the|de|la|von|van|del|und|and|&|for) | ){_CAPITAL}[\w'’.&-]*\w)*"
)
_REASON = re.compile(
    r"\b(?:because|due to|owing to|as a result of|in order to|so that|thanks to|caused by|led to|after|amid|over"
    r"|since|reason|weil|wegen|aufgrund|damit|porque|debido a|para que|parce que|"
    r"en raison|потому|из-за|чтобы|бо|через те)\b",
    re.I,
)
OF_NAMES = frozenset({Kind.PERSON, Kind.PLACE, Kind.NAME})
"""Kinds whose things are names."""
_PATTERNS = {
    **dict.fromkeys(OF_NAMES, _NAME),
    Kind.TIME: _TIME,
    Kind.NUMBER: _NUMBER,
    Kind.REASON: _REASON,
}


def asked_kind(question: str) -> Kind:
    """Return the kind of thing that a question asks for; ``Kind.OTHER`` where its words do not tell.

    The word that asks first decides: "Where was the man who ... born?" asks for a place, "What did she say
    when ...?" for nothing that has a shape.
    """
    found = [(match.start(), order, kind) for order, (kind, match) in enumerate(_first_matches(question))]
    return min(found)[2] if found else Kind.OTHER


def _first_matches(question: str) -> Iterator[tuple[Kind, re.Match[str]]]:
    for kind, pattern in (*_ASKED_PATTERNS, (Kind.OTHER, _ASKING)):
        if match := pattern.search(question):
            yield kind, match


def spans_of(kind: Kind, text: str, common: Container[str] = ()) -> list[Span]:
    """Return the places in a text that hold something of a kind, in order; none for ``Kind.OTHER``.

    ``common``: words that its article also writes small. At the start of the text they are no part of a name.
    """
    pattern = _PATTERNS.get(kind)
    spans = [Span(*match.span()) for match in pattern.finditer(text)] if pattern else []
    if pattern is _NAME and spans and spans[0].start == 0:
        return [*_name_at_start(text, spans[0], common), *spans[1:]]
    return spans


def _name_at_start(text: str, span: Span, common: Container[str]) -> Iterator[Span]:
    """Every sentence starts with a capital: "There", or the "In" of "In March", is no name."""
    start = span.start
    while word := _FIRST_WORD.match(text, start, span.end):
        if word[1].casefold() not in common:
            yield Span(start, span.end)
            return
        start = word.end()


def markable(kind: Kind, text: str, spans: Sequence[Span]) -> list[Span]:
    """Return those of the spans of a kind that may be marked as answering words.

    A part of a date is no number and no name, the word "because" is no reason, and a single word at the
    start of a sentence may owe its capital to its place.
    """
    if kind is Kind.REASON:
        return []
    if kind is Kind.TIME:
        return list(spans)
    dates = spans_of(Kind.TIME, text)
    begins = [date.start for date in dates]

    def is_of_date(span: Span) -> bool:
        last = bisect_left(begins, span.end) - 1  # dates are in order and apart, so no earlier one reaches further
        return last >= 0 and dates[last].end > span.start

    return [span for span in spans if not is_of_date(span) and not _bare(span, text)]


def _bare(span: Span, text: str) -> bool:
    return span.start == 0 and text[:1].isalpha() and " " not in text[span.start : span.end]


@dataclass(frozen=True, slots=True)
class SmallWords:
    """The words that a text writes small, as ``spans_of`` asks for them: it is searched for each of those once.

    To find all of them takes ten times as long as the few first words of the sentences that are read.
    """

    text: str
    _known: dict[str, bool] = field(default_factory=dict, init=False)

    def __contains__(self, word: object) -> bool:
        assert isinstance(word, str)
        if word not in self._known:
            self._known[word] = self._holds(word)
        return self._known[word]

    def _holds(self, word: str) -> bool:
        place = self.text.find(word)
        while place >= 0:
            if (found := _SMALL.match(self.text, place)) and found[0] == word:
                return True
            place = self.text.find(word, place + len(word))  # where it is a part of a word, none begins inside
        return False
