"""From readings to quotes: whole sentences that stand alone, no two of them the same.

It decides how much of the text around an answering sentence is quoted, and where else it is said. Text in, records
out: the articles are given. Invariant: a quote's text is the slice of its article, one to three sentences, no heading,
no page furniture.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, reduce
from itertools import groupby
from typing import Protocol

from bot.answering.copies import Prose, Said, folded, place_of, prose_of
from bot.answering.links import link_to
from bot.answering.reader import Reading
from bot.records import Place, Quote, Span
from index import Article, Sentence

MOST_SENTENCES = 3

FEWEST_WORDS = 4
"""A sentence of fewer words ("Yes.") cannot stand alone."""

LEANING = 0.25
"""A neighbouring sentence that is at least this probable beside the quoted one is quoted with it: on held-back training
questions the first quote is right for 0.917 instead of 0.905 of them, and three words longer."""

DIFFERENT = 3
"""Different answers that come before the same answer from another sentence."""

MOST_COPIES = 12
"""Copies of an article that are looked through for what is quoted from it: messages name three, and how many more."""

_LEANS_BACK = re.compile(
    r"[\"“„«'‘]?(?:He|She|It|They|This|These|Those|That|His|Her|Hers|Its|Their|Theirs|Such|But|And|So|However"
    r"|Er|Sie|Es|Dies\w*|Sein\w?|Ihr\w?|Él|Ella|Ellos|Ellas|Este|Esta|Esto|Su|Sus|Il|Elle|Ils|Elles|Ce|Cette|Ces"
    r"|Он|Она|Оно|Они|Это|Эт[аи]|Его|Её|Их|Він|Вона|Воно|Вони|Це|Його|Її|Їх)\b"
)


class Shelf(Protocol):
    """Where more of the articles is found than what was read."""

    def article(self, article_id: str) -> Article:
        """Return an article of the shelf."""
        ...

    def sentences(self, article: Article) -> Sequence[Sentence]:
        """Return all sentences and headings of an article, in order."""
        ...

    def copies(self, article: Article) -> Sequence[str]:
        """Return the ids of the other articles that tell the same story, the first published first."""
        ...


def cut_quotes(readings: Sequence[Reading], shelf: Shelf, most: int) -> Iterator[Quote]:
    """Yield at most ``most`` quotes, best first; of equally good ones that of the first published article.

    A reading whose words another quote already holds makes no quote of its own, nor does one that says the same in a
    copy of its article. Other articles that say what is quoted become further places of the quote, those of the same
    story whether they were read or not. Only what is taken is linked.
    """
    quotes: list[Quote] = []
    quoted: list[_Quoted] = []
    readings = list(_quotable(readings))
    prose, sentences = cache(lambda article_id: _prose(shelf, article_id)), cache(shelf.sentences)
    for reading in _different_first(list(_origins_first(readings))):
        if (known := _holding(quotes, reading)) is not None:
            quotes[known] = _with_place(quotes[known], _place(reading))
        elif not any(one.is_told_by(reading) for one in quoted) and len(quotes) < most:
            of_article = sentences(reading.candidate.article)
            _add(quotes, _quote(reading, _neighbours(reading, readings, quotes), of_article), of_article)
            quoted.append(_Quoted(reading, tuple(shelf.copies(reading.candidate.article))))
    for one in quoted:
        if (known := _holding(quotes, one.reading)) is not None:
            quotes[known] = reduce(_with_place, one.places(prose), quotes[known])
    yield from map(_linked, quotes)


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A reading that was quoted, with the ids of the copies of its article."""

    reading: Reading
    copies: tuple[str, ...]

    def is_told_by(self, other: Reading) -> bool:
        """Tell whether a reading of a copy says the same, or less."""
        if other.candidate.article.id not in self.copies:
            return False
        own, words = _words(self.reading), _words(other)
        return Said.by(words).holds(own, _marked_words(self.reading)) or Said.by(own).holds(words, _marked_words(other))

    def places(self, prose: Callable[[str], Prose]) -> Iterator[Place]:
        """Yield where the copies say the same; ``prose`` gives what an article says."""
        for article_id in self.copies[:MOST_COPIES]:
            place = place_of(_words(self.reading), _marked_words(self.reading), prose(article_id))
            if place is not None:
                yield place


def told_elsewhere(quote: Quote, shelf: Shelf, most: int) -> list[Place]:
    """Return at most ``most`` places where copies of a quote's article say what its answering sentence says."""
    answer = quote.answer or Span(quote.start, quote.end)
    touched = [s for s in shelf.sentences(quote.article) if s.start < answer.end and answer.start < s.end]
    if not touched:
        return []
    words = quote.article.text[touched[0].start : touched[0].end]
    marked = quote.article.text[answer.start : answer.end] if quote.answer else ""
    copies = (_prose(shelf, article_id) for article_id in tuple(shelf.copies(quote.article))[:MOST_COPIES])
    found = (place_of(words, marked, prose) for prose in copies)
    return [place for place in found if place is not None][:most]


def _prose(shelf: Shelf, article_id: str) -> Prose:
    article = shelf.article(article_id)
    return prose_of(article, shelf.sentences(article))


def _add(quotes: list[Quote], quote: Quote, sentences: Sequence[Sentence]) -> None:
    """Add a quote; one that repeats a sentence of another widens that one, unless that would be too long."""
    for i, known in enumerate(quotes):
        if known.article.id == quote.article.id and known.start < quote.end and quote.start < known.end:
            start, end = min(known.start, quote.start), max(known.end, quote.end)
            first, last = _numbers(start, end, sentences)
            if last - first + 1 <= MOST_SENTENCES:
                quotes[i] = _unlinked(known.article, start, end, known.answer, known.score, known.also)
            return
    quotes.append(quote)


def widened(quote: Quote, sentences: Sequence[Sentence]) -> Quote:
    """Return the quote with the sentence before and the one after it; it never crosses a heading or page furniture."""
    first, last = _numbers(quote.start, quote.end, sentences)
    first = first - 1 if first > 0 and _is_prose(sentences[first - 1]) else first
    last = last + 1 if last + 1 < len(sentences) and _is_prose(sentences[last + 1]) else last
    return cut(quote.article, sentences[first].start, sentences[last].end, quote.answer, quote.score, quote.also)


def cut(
    article: Article, start: int, end: int, answer: Span | None, score: float, also: tuple[Place, ...] = ()
) -> Quote:
    """Cut a quote out of its article."""
    return _linked(_unlinked(article, start, end, answer, score, also))


def _unlinked(
    article: Article, start: int, end: int, answer: Span | None, score: float, also: tuple[Place, ...] = ()
) -> Quote:
    return Quote(article, start, end, article.text[start:end], answer, score, None, also)


def _linked(quote: Quote) -> Quote:
    return replace(quote, link=link_to(quote.article, quote.start, quote.end))


def _quotable(readings: Sequence[Reading]) -> Iterator[Reading]:
    """A question is not quoted, for it does not answer; nor is what only announces the lines under it."""
    return (reading for reading in readings if not _words(reading).endswith(("?", ":")))


def _origins_first(readings: Iterable[Reading]) -> Iterator[Reading]:
    """Put equally good readings in the order in which their articles were published, those without a day last."""
    for _, equal in groupby(readings, key=lambda reading: reading.probability):
        yield from sorted(equal, key=lambda reading: reading.candidate.article.published or date.max)


def _different_first(readings: Sequence[Reading]) -> Iterator[Reading]:
    """Put readings that mark the same words as an earlier one behind the first ``DIFFERENT`` different ones."""
    known: set[str] = set()
    repeating: list[Reading] = []
    for number, reading in enumerate(readings):
        if len(known) == DIFFERENT:
            yield from (*repeating, *readings[number:])
            return
        words = _marked_words(reading)
        if words in known:
            repeating.append(reading)
        else:
            yield reading
            known |= {words} if words else set()
    yield from repeating


def _marked_words(reading: Reading) -> str:
    answer = reading.answer
    return folded(reading.candidate.article.text[answer.start : answer.end]) if answer else ""


def _quote(reading: Reading, wanted: set[int], sentences: Sequence[Sentence]) -> Quote:
    """Quote a reading's sentence with those neighbours that it needs or that answer nearly as well."""
    article = reading.candidate.article
    number, _ = _numbers(reading.sentence.start, reading.sentence.end, sentences)
    first = last = number
    first = _start(article, sentences, first, last)
    if _is_short(article, sentences[first].start, sentences[last].end) and last + 1 < len(sentences):
        wanted = {*wanted, sentences[last + 1].start}
    for neighbour in (last + 1, first - 1):
        if last - first + 1 < MOST_SENTENCES and _may_join(sentences, neighbour, wanted):
            first, last = min(first, neighbour), max(last, neighbour)
    first = _start(article, sentences, first, last)
    return _unlinked(article, sentences[first].start, sentences[last].end, reading.answer, reading.probability)


def _start(article: Article, sentences: Sequence[Sentence], first: int, last: int) -> int:
    """Go back to a sentence that stands alone, as far as a quote may be long."""
    while last - first + 1 < MOST_SENTENCES and _needs_before(article, sentences, first):
        first -= 1
    return first


def _needs_before(article: Article, sentences: Sequence[Sentence], first: int) -> bool:
    """Tell whether a quote that began here would not stand alone, and could begin a sentence earlier."""
    if first == 0 or not _is_prose(sentences[first - 1]):
        return False
    start, end = sentences[first].start, sentences[first].end
    text = article.text[start:end]
    return bool(_LEANS_BACK.match(text)) or _is_short(article, start, end) or text[0].islower()


def _is_short(article: Article, start: int, end: int) -> bool:
    return len(article.text[start:end].split()) < FEWEST_WORDS


def _may_join(sentences: Sequence[Sentence], number: int, wanted: set[int]) -> bool:
    return 0 <= number < len(sentences) and sentences[number].start in wanted and _is_prose(sentences[number])


def _is_prose(sentence: Sentence) -> bool:
    return not sentence.heading and not sentence.furniture


def _neighbours(reading: Reading, readings: Sequence[Reading], quotes: Sequence[Quote]) -> set[int]:
    """Return where sentences of the same article start that answer nearly as well and are not quoted yet.

    ``readings``: those that may be quoted.
    """
    article = reading.candidate.article.id
    quoted = [(quote.start, quote.end) for quote in quotes if quote.article.id == article]
    return {
        other.sentence.start
        for other in readings
        if other.candidate.article.id == article
        and other.probability >= LEANING * reading.probability
        and not any(start <= other.sentence.start < end for start, end in quoted)
    }


def _numbers(start: int, end: int, sentences: Sequence[Sentence]) -> tuple[int, int]:
    """Return the first and the last sentence that a span touches."""
    touched = [i for i, sentence in enumerate(sentences) if sentence.start < end and start < sentence.end]
    return touched[0], touched[-1]


def _words(reading: Reading) -> str:
    return reading.candidate.article.text[reading.sentence.start : reading.sentence.end]


def _holding(quotes: Sequence[Quote], reading: Reading) -> int | None:
    """Return the quote that already holds the reading's words."""
    words = folded(_words(reading))
    return next((i for i, quote in enumerate(quotes) if words in folded(quote.text)), None)


def _with_place(quote: Quote, place: Place) -> Quote:
    known = {quote.article.id, *(one.article.id for one in quote.also)}
    return quote if place.article.id in known else replace(quote, also=(*quote.also, place))


def _place(reading: Reading) -> Place:
    return Place(reading.candidate.article, reading.sentence.start, reading.sentence.end)
