"""Answers as JSON, for programs. The shape is documented in the README and tested; it only ever grows."""

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.records import Answer, Explanation, Quote, Span, Weighed
from index import Article

if TYPE_CHECKING:
    from bot.evaluation import Outcome

Json = dict[str, object]


def answer_json(answer: Answer) -> Json:
    """Return an answer as ``ask --json`` prints it; offsets are code points into the article's text."""
    return {
        "question": answer.question.text,
        "answered": answer.answered,
        "confidence": round(answer.confidence, 4),
        "quotes": [_quote(quote) for quote in answer.quotes],
        "nearest": [_quote(quote) for quote in answer.nearest],
        "snapshot": answer.snapshot,
        "ms": round(answer.milliseconds, 1),
    }


def explanation_json(explanation: Explanation) -> Json:
    """Return an explanation as ``ask --explain --json`` prints it: the sentences that were weighed, best first."""
    return {
        "question": explanation.question.text,
        "confidence": round(explanation.confidence, 4),
        "threshold": explanation.threshold,
        "weighed": [_weighed(one) for one in explanation.weighed],
    }


def outcome_json(outcome: "Outcome") -> Json:
    """Return an answer as ``evaluate --answers`` writes it: all its quotes, though declined, and the judgement.

    ``rank``: of the first quote that holds an accepted answer, from 0; ``None`` where none does.
    """
    case, answer = outcome.case, outcome.answer
    judged = {
        "asked": case.question.asked and case.question.asked.isoformat(),
        "answerable": case.answerable,
        "expected": [expected.text for expected in case.expected],
        "rank": outcome.quote_rank,
        "answered": not outcome.declined,
    }
    return {**answer_json(replace(answer, quotes=(*answer.quotes, *answer.further))), **judged}


def _weighed(one: Weighed) -> Json:
    place = one.place
    return {
        "text": place.text,
        "start": place.start,
        "end": place.end,
        "answer": one.answer and _span(one.answer, place.article.text),
        "score": round(one.score, 4),
        "parts": {name: round(part, 4) for name, part in one.parts.items()},
        "article": _article(place.article),
    }


def _quote(quote: Quote) -> Json:
    return {
        "text": quote.text,
        "start": quote.start,
        "end": quote.end,
        "answer": quote.answer and _span(quote.answer, quote.article.text),
        "score": round(quote.score, 4),
        "link": quote.link,
        "article": _article(quote.article),
        "also": [_article(place.article) for place in quote.also],
    }


def _span(span: Span, text: str) -> Json:
    return {"start": span.start, "end": span.end, "text": text[span.start : span.end]}


def _article(article: Article) -> Json:
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "site": article.site,
        "author": article.author,
        "published": article.published and article.published.isoformat(),
        "language": article.language,
    }
