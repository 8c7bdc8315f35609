"""An answer's page to one Telegram message: words and entities. Pure; nothing is sent or looked up here.

Invariants: what articles say can neither act (``inert``) nor pass for the bot's own words: a quote is a block of its
own, a title is a link or stands in quotation marks, and a link's host stands behind it. At most 4096 UTF-16 units and
100 entities; a quote is shown whole or left out, and only a quote that fits no message at all is cut, at a sentence's
end, which a line outside of the quote says.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile

from bot.chat.showing import texts
from bot.chat.showing.inert import inert
from bot.chat.showing.links import host, usable
from bot.chat.showing.styled import Entity, Styled, cleaned, one_line, units
from bot.languages.language import Language
from bot.records import Answer, Place, Quote, Span, Understanding
from bot.wording import NEAREST, NOT_SAID, dated
from index import Article

LONGEST = 4096
"""UTF-16 units; https://core.telegram.org/bots/api#sendmessage counts after parsing."""
MOST_ENTITIES = 100
FOLDED = 400
"""UTF-16 units from which on a quote is shown folded, to be opened with a tap."""
_NOTE_ROOM = 320
"""UTF-16 units for what is said below the quotes, in the language that needs most."""
_TITLE, _NAME, _ALSO = 160, 60, 3
_UNQUOTED = str.maketrans("“”„«»", "‘’‚‹›")
_HOLE = "\0"
"""Stands where words with links come into a sentence."""
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s+|[。！？]+[」』”’）]*|\n+")


@dataclass(frozen=True, slots=True)
class View:
    """What one page of an answer shows. ``missing``: quotes left out since their article has changed.

    ``lines`` tell in which way the question was read.
    """

    quotes: tuple[Quote, ...]
    answered: bool
    missing: int = 0
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message, and which of the quotes it shows."""

    text: str
    entities: tuple[Entity, ...]
    shown: tuple[Quote, ...]


def first_view(answer: Answer, language: Language) -> View:
    """Return page one of an answer: its quotes, or the nearest passages where the articles do not say."""
    return View(answer.quotes or answer.nearest, answer.answered, lines=reading_lines(answer.understood, language))


def reading_lines(understood: Understanding, language: Language) -> tuple[str, ...]:
    """Say how a question was read, where that is not how it was asked."""
    together = understood.added and understood.added != (understood.inside,)
    return (
        *([texts.read_together(understood.added, language)] if together else ()),
        *([texts.looked_first(understood.inside, language)] if understood.inside else ()),
        *([texts.only_days(understood.days, language)] if understood.days else ()),
        *(texts.spelt(one.asked, one.found, language) for one in understood.spellings),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """For whom a page is laid out."""

    today: date
    language: Language


def render(view: View, today: date, language: Language) -> Rendered:
    """Lay out a page; ``today`` is what the ages of articles are counted from."""
    reader = _Reader(today, language)
    quotes = tuple(_trimmed(quote) for quote in view.quotes if cleaned(quote.text).strip())
    head = Styled() if view.answered and quotes else Styled(language.say(NOT_SAID))
    if quotes and not view.answered:
        head += "\n\n" + language.say(NEAREST)
    room = LONGEST - _NOTE_ROOM - sum(units(line) + 2 for line in view.lines)
    page, shown = _filled(head, quotes, reader, room, MOST_ENTITIES - 2 - 3 * len(view.lines))
    if quotes and not shown:
        page, shown = _joined(head, _cut_block(head, quotes[0], reader, room)), quotes[:1]
    for note in _notes(view, len(quotes) - len(shown), language):
        page = _joined(page, inert(note, "italic", most=1))
    return Rendered(page.text, page.entities, shown)


def _trimmed(quote: Quote) -> Quote:
    text = quote.text.strip()
    start = quote.start + quote.text.index(text)
    return replace(quote, start=start, end=start + len(text), text=text)


def _filled(
    head: Styled, quotes: Sequence[Quote], reader: _Reader, room: int, most_entities: int
) -> tuple[Styled, tuple[Quote, ...]]:
    page, shown = head, list[Quote]()
    for quote in quotes:
        longer = _joined(page, _block(_quoted(quote.text, _answer(quote)), quote, reader))
        if longer.units <= room and len(longer.entities) < most_entities:
            page = longer
            shown.append(quote)
    return page, tuple(shown)


def _joined(page: Styled, block: Styled) -> Styled:
    return page + "\n\n" + block if page.text else block


def _notes(view: View, dropped: int, language: Language) -> list[str]:
    notes = [*view.lines, *([texts.too_many(dropped, language)] if dropped else [])]
    return [*notes, texts.changed(view.missing, language)] if view.missing else notes


def _block(quoted: Styled, quote: Quote, reader: _Reader) -> Styled:
    quoted = quoted.marked("blockquote" if quoted.units <= FOLDED else "expandable_blockquote")
    block = quoted + "\n" + _source(quote, reader)
    return block + "\n" + _also(quote.also, reader.language) if quote.also else block


def _answer(quote: Quote) -> Span | None:
    """The answer's place within the quote's text, clipped to it."""
    if quote.answer is None:
        return None
    start = min(max(quote.answer.start - quote.start, 0), len(quote.text))
    end = min(max(quote.answer.end - quote.start, start), len(quote.text))
    return Span(start, end)


def _quoted(text: str, answer: Span | None) -> Styled:
    """The words of a quote, the answering ones bold."""
    span = answer or Span(0, 0)
    before = cleaned(text[: span.start]).lstrip()
    inner = cleaned(text[span.start : span.end])
    after = cleaned(text[span.end :]).rstrip()
    if not before:
        inner = inner.lstrip()
    if not after:
        inner = inner.rstrip()
    if not inner and not before:
        after = after.lstrip()
    return inert(before + inner + after, "bold", Span(len(before), len(before + inner)))


def _source(quote: Quote, reader: _Reader) -> Styled:
    article = quote.article
    link = usable(quote.link)
    day = dated(article.published, reader.today, reader.language) if article.published else None
    # many publishers name themselves as the author, or by their host
    facts: tuple[str | None, ...] = (link and host(link, _NAME), _name(article.site), day, _name(article.author))
    line = _title(article, link, reader.language)
    for fact in dict.fromkeys(facts):
        line = line + " · " + inert(fact, most=1) if fact else line
    return line


def _name(told: str | None) -> str:
    """A name as the article tells it: it is one of the facts, and cannot bring others with it."""
    return one_line(told or "", _NAME).replace(" · ", " – ")


def _title(article: Article, link: str | None, language: Language) -> Styled:
    name = one_line(article.title, _TITLE) or one_line(article.site or "", _NAME)
    if not name:
        name = language.say(texts.UNTITLED)
    elif not link:
        return inert(f"“{name.translate(_UNQUOTED)}”", most=1)
    return Styled(name).marked("text_link", link) if link else Styled(name)


def _also(places: Sequence[Place], language: Language) -> Styled:
    line = Styled()
    for number, place in enumerate(places[:_ALSO]):
        link = usable(place.article.url)
        where = host(link, _NAME) if link else _name(place.article.site)
        line += ", " if number else ""
        line += _title(place.article, link, language)
        line = line + " (" + inert(where, most=1) + ")" if where else line
    before, _, after = texts.also_in(_HOLE, max(0, len(places) - _ALSO), language).partition(_HOLE)
    return Styled(before) + line + after


def _cut_block(head: Styled, quote: Quote, reader: _Reader, room: int) -> Styled:
    """A quote that fits no message: as much of it, around the answer, as fits."""
    rest = _joined(head, _block(Styled(), quote, reader))
    span = _window(quote.text, _answer(quote), room - _NOTE_ROOM - rest.units)
    answer = _answer(quote)
    if answer:
        start = min(max(answer.start, span.start), span.end)
        answer = Span(start - span.start, min(max(answer.end, start), span.end) - span.start)
    block = _block(_quoted(quote.text[span.start : span.end], answer), quote, reader)
    return block + "\n" + Styled(reader.language.say(texts.CUT)).marked("italic")


def _window(text: str, answer: Span | None, room: int) -> Span:
    """Whole sentences of ``text``, at most ``room`` UTF-16 units, holding where the answer starts."""
    borders = sorted({0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)})
    start = _window_start(text, borders, answer, room) if answer else 0
    ends = (border for border in borders if border > start)
    fitting = list(takewhile(lambda end: units(text[start:end].rstrip()) <= room, ends))
    least = answer.end if answer else start + 1
    if fitting and fitting[-1] >= least:
        return Span(start, fitting[-1])
    return Span(start, start + _words_within(text[start:], room))


def _window_start(text: str, borders: Sequence[int], answer: Span, room: int) -> int:
    """The first sentence from which the one with the answer is still within ``room``; the answer at worst."""
    end = next(border for border in borders if border >= answer.end)
    starts = (border for border in reversed(borders) if border <= answer.start)
    return min(takewhile(lambda start: units(text[start:end].rstrip()) <= room, starts), default=answer.start)


def _words_within(text: str, room: int) -> int:
    """How many code points fit in ``room`` UTF-16 units, ending between two words where there are any."""
    fitting = text.encode("utf-16-le")[: room * 2].decode("utf-16-le", errors="ignore")
    space = max(fitting.rfind(" "), fitting.rfind("\n"))
    return len(fitting) if space <= 0 or len(fitting) == len(text) else space
