"""Ask a question and judge what comes back; nothing is added up here.

Declining does not hide a quote from the judgement: the best quote is judged, and whether it would have been shown is
noted beside it. The answer is asked for before the bare searches, so that these warm nothing up for its latency.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.answering.service import AnswerService
from bot.evaluation.cases import Case
from bot.evaluation.words import Marked, compared
from bot.records import Answer, Question, Quote
from index import Article, Days, Hit, Retriever

RECALL_AT = (1, 5, 20)


@dataclass(frozen=True, slots=True)
class Measured:
    """What is measured: every way of searching, the service that answers, the stored articles.

    ``service`` shows its best quotes however unsure it is; ``threshold`` is the confidence under which it would
    have declined. ``days`` tells which days a question is about, so that the bare searches look where the service does.
    """

    retrievers: Sequence[tuple[str, Retriever]]
    service: AnswerService
    article: Callable[[str], Article]
    threshold: float
    days: Callable[[Question], Days | None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question. Ranks count from 0; ``None``: not found.

    ``marked``: how near the first quote's marked words come; ``None`` where it marks none, or there is no quote.
    ``words``: of the first quote. ``answer``: what came back, with the quotes that would not have been shown.
    """

    case: Case
    answer: Answer
    recall_ranks: Mapping[str, int | None]
    quote_rank: int | None
    marked: Marked | None
    confidence: float
    declined: bool
    verbatim: int
    quotes: int
    words: int
    milliseconds: float

    @property
    def right(self) -> bool:
        """Tell whether there is an answer and the first quote holds it."""
        return self.case.answerable and self.quote_rank == 0


def ask(cases: Iterable[Case], measured: Measured) -> Iterator[Outcome]:
    """Ask every question, one when its outcome is asked for."""
    return (_outcome(case, measured) for case in cases)


def _outcome(case: Case, measured: Measured) -> Outcome:
    started = time.perf_counter()
    answer = measured.service.answer(case.question)
    milliseconds = 1000 * (time.perf_counter() - started)
    article = lru_cache(maxsize=None)(measured.article)
    quotes = [*answer.quotes, *answer.further]
    held = (i for i, quote in enumerate(quotes) if case.held_by(quote.article, quote.start, quote.end))
    return Outcome(
        case,
        answer,
        _recall_ranks(case, article, measured),
        next(held, None),
        _marked(case, quotes[0]) if quotes else None,
        answer.confidence,
        not quotes or answer.confidence < measured.threshold,
        sum(_is_verbatim(quote, article) for quote in quotes),
        len(quotes),
        len(quotes[0].text.split()) if quotes else 0,
        milliseconds,
    )


def _marked(case: Case, quote: Quote) -> Marked | None:
    if quote.answer is None:
        return None
    marked = quote.article.text[quote.answer.start : quote.answer.end]
    return compared(marked, (expected.text for expected in case.expected))


def _is_verbatim(quote: Quote, article: Callable[[str], Article]) -> bool:
    return article(quote.article.id).text[quote.start : quote.end] == quote.text


def _recall_ranks(case: Case, article: Callable[[str], Article], measured: Measured) -> dict[str, int | None]:
    days = measured.days(case.question)
    return {
        name: _rank(case, article, retriever.search(case.question.text, max(RECALL_AT), days))
        for name, retriever in measured.retrievers
    }


def _rank(case: Case, article: Callable[[str], Article], hits: Sequence[Hit]) -> int | None:
    held = (
        rank
        for rank, hit in enumerate(hits)
        if case.held_by(article(hit.passage.article_id), hit.passage.start, hit.passage.end)
    )
    return next(held, None)
