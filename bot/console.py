"""The same conversation in a terminal: one question a line, the answer in plain text.

It shows what ``bot.chat`` shows, without buttons. Standard output carries answers only. Invariant: of what a terminal
obeys (colours, moves, titles) nothing is written but our own marks of the answering words.
"""

import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from textwrap import fill

from bot.answering.service import AnswerService
from bot.languages.language import ENGLISH
from bot.records import Answer, Earlier, Explanation, Place, Question, Quote, Span, Understanding, Weighed
from bot.wording import CANNOT_SEARCH, NEAREST, NOT_SAID, dated, spanned
from index import Article, VectorsUnavailable

WELCOME = "Ask a question, or an empty line to leave."
PROMPT = "\n? "
_WIDTH = 96
_MARGIN = "  | "
_ALSO = 3
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, marks of direction, and what is no character: https://www.unicode.org/reports/tr36/."""


def converse(service: AnswerService, *, interactive: bool, followup_minutes: float = 0) -> None:
    """Answer each line of standard input until it ends (or, at a terminal, until an empty line).

    A question may follow up the one before for ``followup_minutes``.
    """
    earlier, asked_at = None, 0.0
    if interactive:
        print(f"{_about(service)}\n{WELCOME}")
    for question in _questions(interactive=interactive):
        if not interactive:
            print(f"? {_shown(question)}")
        today = date.today()
        recent = time.monotonic() - asked_at < 60 * followup_minutes
        try:
            answer = service.answer(Question(question, today, earlier if recent else None))
        except VectorsUnavailable:  # logged where it fails
            print(CANNOT_SEARCH, end="\n" if interactive else "\n\n", flush=True)
            continue
        earlier, asked_at = _earlier(answer), time.monotonic()
        print(shown(answer, today, bold=interactive), flush=True)
        if not interactive:
            print()


def shown(answer: Answer, today: date, *, bold: bool = False) -> str:
    """Return an answer as text; ``bold``: mark the answering words as terminals do, else with asterisks."""
    lines = [f"({_shown(line)})" for line in _read_as(answer.understood)]
    if answer.answered:
        return "\n\n".join([*(_quote(quote, today, bold=bold) for quote in answer.quotes), *lines])
    nearest = [_quote(quote, today, bold=bold) for quote in answer.nearest]
    return "\n\n".join([NOT_SAID, *([NEAREST, *nearest] if nearest else []), *lines])


def _read_as(understood: Understanding) -> Iterator[str]:
    """Say how a question was read, where that is not how it was asked."""
    if understood.added:
        yield f"Read together with your question before: {', '.join(understood.added)}."
    if understood.days:
        yield f"Only articles of these days: {spanned(understood.days, ENGLISH)}."
    for one in understood.spellings:
        yield f'Looked for "{one.found}": no article has "{one.asked}".'


def _earlier(answer: Answer) -> Earlier:
    """What a next question may follow up: this one as it was read, and the articles shown."""
    articles = dict.fromkeys(quote.article.id for quote in answer.quotes or answer.nearest)
    return Earlier(answer.understood.text or answer.question.text, tuple(articles))


def explained(explanation: Explanation, today: date) -> str:
    """Return what speaks for each sentence that was weighed: a table, the sentences under it."""
    if not explanation.weighed:
        return "Nothing was found."
    verdict = "quoted" if explanation.confidence >= explanation.threshold else "declined"
    head = f"confidence {explanation.confidence:.3f}, threshold {explanation.threshold:.3f}: {verdict}"
    names = list(explanation.weighed[0].parts)
    table = ["      score " + " ".join(f"{name:>9}" for name in names)]
    for number, one in enumerate(explanation.weighed, 1):
        parts = " ".join(f"{one.parts[name]:>+9.2f}" for name in names)
        table.append(f"{number:>3}. {one.score:>+6.2f} {parts}")
    sentences = [_weighed(number, one, today) for number, one in enumerate(explanation.weighed, 1)]
    return "\n".join([head, *table, "", *sentences])


def _weighed(number: int, one: Weighed, today: date) -> str:
    text = _marked(one.place.text, one.answer, one.place.start, "*", "*")
    return f"{number:>3}. {text}\n     {_origin(one.place.article, today)}"


def _questions(*, interactive: bool) -> Iterator[str]:
    lines: Iterable[str] = _typed() if interactive else sys.stdin
    return (line.strip() for line in lines if line.strip())


def _typed() -> Iterator[str]:
    while True:
        try:
            line = input(PROMPT)
        except (EOFError, KeyboardInterrupt):
            print()
            return
        if not line.strip():
            return
        yield line


def _about(service: AnswerService) -> str:
    corpus = service.corpus()
    return (
        f"{corpus.articles} article{'s' if corpus.articles != 1 else ''}, indexed {corpus.created:%d %B %Y, %H:%M} UTC."
    )


def _quote(quote: Quote, today: date, *, bold: bool) -> str:
    on, off = ("\033[1m", "\033[0m") if bold else ("*", "*")
    text = _marked(quote.text, quote.answer, quote.start, on, off)
    body = fill(
        text, _WIDTH, initial_indent=_MARGIN, subsequent_indent=_MARGIN, break_long_words=False, break_on_hyphens=False
    )
    lines = [body, f"    {_source(quote, today)}"]
    lines += [f"    {_line(quote.link)}"] if quote.link else []
    lines += [f"    Also in: {_also(quote.also)}"] if quote.also else []
    return "\n".join(lines)


def _marked(text: str, answer: Span | None, start: int, on: str, off: str) -> str:
    if answer is None:
        return _shown(text)
    first, last = answer.start - start, answer.end - start
    return f"{_shown(text[:first])}{on}{_shown(text[first:last])}{off}{_shown(text[last:])}"


def _shown(text: str) -> str:
    return _OBEYED.sub("\ufffd", text)


def _line(text: str) -> str:
    return " ".join(_shown(text).split())


def _source(quote: Quote, today: date) -> str:
    return _origin(quote.article, today)


def _origin(article: Article, today: date) -> str:
    day = article.published and dated(article.published, today, ENGLISH)
    return " · ".join(_line(part) for part in (article.title, article.site, day) if part)


def _also(places: Sequence[Place]) -> str:
    more = f" and {len(places) - _ALSO} more" if len(places) > _ALSO else ""
    return "; ".join(_title(place) for place in places[:_ALSO]) + more


def _title(place: Place) -> str:
    return " · ".join(_line(part) for part in (place.article.title, place.article.site) if part)
