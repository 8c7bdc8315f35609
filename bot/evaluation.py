"""Measure answers on a question set: how often search, first quote and declining are right, and what it costs.

The files are JSON lines, also gzipped. An article: ``{"id", "title", "url", "text", "language", "published"?}``;
a question: ``{"id", "question", "answerable", "answers": [{"article"?, "start"?, "text"}], "asked"?}``.

A passage or a quote holds the answer when it is of the right article and covers an answer at its place where the
set gives places, else when its text contains the answer's. Declining does not hide a quote from the measure: the
best quote is judged, and whether it would have been shown is reported beside it.
"""

import gzip
import json
import re
import resource
import statistics
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from bot.answering.service import AnswerService
from bot.errors import QuestionSetError
from bot.records import Question, Quote, Span
from index import Article, Hit, Retriever, stored_offset

T = TypeVar("T")
Row = Mapping[str, object]

RECALL_AT = (1, 5, 20)
QUOTES_AT = (1, 3)

_ARTICLE_WORDS = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = re.compile(r"[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class Expected:
    """One accepted answer; its article and place (code points of the stored text) where the set gives them."""

    text: str
    article: str | None = None
    place: Span | None = None

    def held_by(self, article: Article, start: int, end: int) -> bool:
        """Tell whether ``article.text[start:end]`` holds this answer."""
        if self.place is not None:
            return article.id == self.article and start <= self.place.start and self.place.end <= end
        return folded(self.text) in folded(article.text[start:end])


@dataclass(frozen=True, slots=True)
class Case:
    """One question of a set."""

    question: Question
    answerable: bool
    expected: tuple[Expected, ...]

    def held_by(self, article: Article, start: int, end: int) -> bool:
        return any(expected.held_by(article, start, end) for expected in self.expected)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question. Ranks count from 0; ``None``: not found."""

    case: Case
    recall_ranks: Mapping[str, int | None]
    quote_rank: int | None
    confidence: float
    declined: bool
    verbatim: int
    quotes: int
    words: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Encoding:
    """How fast the index of the set was encoded; zero passages where nothing had to be."""

    passages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of a run; shares are 0 to 1, ``None`` where there is nothing to take a share of."""

    questions: int
    answerable: int
    recall: Mapping[str, Mapping[str, float | None]]
    quote: Mapping[str, float | None]
    shown: Mapping[str, float | None]
    declined: Mapping[str, float | None]
    auroc: float | None
    verbatim: float | None
    quote_words: float | None
    latency_ms: Mapping[str, float]
    encode: Mapping[str, float | None]
    peak_mb: float
    threshold: float
    snapshot: str


def folded(text: str) -> str:
    """Fold what two spellings of an answer differ in; words stand between single spaces."""
    plain = _ARTICLE_WORDS.sub(" ", _PUNCTUATION.sub(" ", text.casefold()))
    return f" {' '.join(plain.split())} "


def file_digest(path: Path) -> str:
    """Return a digest of a file's bytes, under which its index is kept.

    Raises:
        QuestionSetError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            digest = sha256()
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise QuestionSetError(f"{path} cannot be read: {error.strerror}") from error
    return digest.hexdigest()[:16]


def read_cases(questions: Path, articles: Path, every: int = 1) -> list[Case]:
    """Read every N-th question; places are moved to where they are in the stored, normalised text.

    Raises:
        QuestionSetError: a file cannot be read, or a line is not what the module's docstring says.
    """
    texts = dict(_read(articles, "an article", lambda row: (str(row["id"]), str(row["text"]))))
    rows = list(_lines(questions))[::every]
    return list(_read(questions, "a question", lambda row: _case(row, texts), rows))


@dataclass(frozen=True, slots=True)
class Measured:
    """What is measured: every way of searching, the service that answers, the stored articles.

    ``service`` shows its best quotes however unsure it is; ``threshold`` is the confidence under which it would
    have declined.
    """

    retrievers: Sequence[tuple[str, Retriever]]
    service: AnswerService
    article: Callable[[str], Article]
    threshold: float


def evaluate(cases: Iterable[Case], measured: Measured, encoding: Encoding) -> Evaluation:
    """Ask every question and add up."""
    outcomes = [_outcome(case, measured) for case in cases]
    names = [name for name, _ in measured.retrievers]
    return summary(outcomes, names, measured.threshold, encoding, measured.service.corpus().snapshot)


def summary(
    outcomes: Sequence[Outcome], retrievers: Sequence[str], threshold: float, encoding: Encoding, snapshot: str
) -> Evaluation:
    """Add up outcomes."""
    answerable = [o for o in outcomes if o.case.answerable]
    others = [o for o in outcomes if not o.case.answerable]
    times = sorted(o.milliseconds for o in outcomes)
    return Evaluation(
        questions=len(outcomes),
        answerable=len(answerable),
        recall={
            name: {str(k): _share(_within(o.recall_ranks[name], k) for o in answerable) for k in RECALL_AT}
            for name in retrievers
        },
        quote={str(k): _share(_within(o.quote_rank, k) for o in answerable) for k in QUOTES_AT},
        shown={str(k): _share(not o.declined and _within(o.quote_rank, k) for o in answerable) for k in QUOTES_AT},
        declined={
            "answerable": _share(o.declined for o in answerable),
            "unanswerable": _share(o.declined for o in others),
        },
        auroc=auroc([o.confidence for o in answerable], [o.confidence for o in others]),
        verbatim=sum(o.verbatim for o in outcomes) / quotes if (quotes := sum(o.quotes for o in outcomes)) else None,
        quote_words=statistics.fmean(o.words for o in outcomes) if outcomes else None,
        latency_ms={"p50": _percentile(times, 0.50), "p95": _percentile(times, 0.95)},
        encode={
            "passages": encoding.passages,
            "per_second": encoding.passages / encoding.seconds if encoding.seconds else None,
        },
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        threshold=threshold,
        snapshot=snapshot,
    )


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Return the chance that a positive scores above a negative, ties counted half (Mann-Whitney U)."""
    if not positives or not negatives:
        return None
    ranked = sorted([(score, 1) for score in positives] + [(score, 0) for score in negatives])
    rank_sum, start = 0.0, 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][0] == ranked[start][0]:
            end += 1
        rank_sum += sum(label for _, label in ranked[start:end]) * (start + end + 1) / 2
        start = end
    return (rank_sum - len(positives) * (len(positives) + 1) / 2) / (len(positives) * len(negatives))


def _outcome(case: Case, measured: Measured) -> Outcome:
    article = lru_cache(maxsize=None)(measured.article)
    ranks = {
        name: _rank(case, article, retriever.search(case.question.text, max(RECALL_AT)))
        for name, retriever in measured.retrievers
    }
    started = time.perf_counter()
    answer = measured.service.answer(case.question)
    milliseconds = 1000 * (time.perf_counter() - started)
    quotes = [*answer.quotes, *answer.further]
    held = (i for i, quote in enumerate(quotes) if case.held_by(quote.article, quote.start, quote.end))
    return Outcome(
        case,
        ranks,
        next(held, None),
        answer.confidence,
        not quotes or answer.confidence < measured.threshold,
        sum(_is_verbatim(quote, article) for quote in quotes),
        len(quotes),
        len(quotes[0].text.split()) if quotes else 0,
        milliseconds,
    )


def _is_verbatim(quote: Quote, article: Callable[[str], Article]) -> bool:
    return article(quote.article.id).text[quote.start : quote.end] == quote.text


def _rank(case: Case, article: Callable[[str], Article], hits: Sequence[Hit]) -> int | None:
    held = (
        rank
        for rank, hit in enumerate(hits)
        if case.held_by(article(hit.passage.article_id), hit.passage.start, hit.passage.end)
    )
    return next(held, None)


def _case(row: Row, texts: Mapping[str, str]) -> Case:
    answers, asked = row.get("answers") or [], row.get("asked")
    if not isinstance(answers, list):
        raise TypeError(f"answers of question {row.get('id')} are no list")
    question = Question(str(row["question"]), date.fromisoformat(str(asked)) if asked else None)
    return Case(question, bool(row["answerable"]), tuple(_expected(answer, texts) for answer in answers))


def _expected(answer: Row, texts: Mapping[str, str]) -> Expected:
    text, article, start = str(answer["text"]), answer.get("article"), answer.get("start")
    if article is None or not isinstance(start, int):
        return Expected(text)
    raw = texts[str(article)]
    place = Span(stored_offset(raw, start), stored_offset(raw, start + len(text)))
    return Expected(text, str(article), place)


def _read(
    path: Path, what: str, make: Callable[[Row], T], rows: Iterable[tuple[int, Row]] | None = None
) -> Iterator[T]:
    for number, row in rows if rows is not None else _lines(path):
        try:
            yield make(row)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise QuestionSetError(f"{path}:{number} is not {what} of a question set: {error!r}") from error


def _lines(path: Path) -> Iterator[tuple[int, Row]]:
    """Yield each line's object with its number, from 1."""
    number = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, json.loads(line)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        place = f"{path}:{number}" if isinstance(error, json.JSONDecodeError) else path
        raise QuestionSetError(f"{place} cannot be read as JSON lines: {error}") from error


def _within(rank: int | None, limit: int) -> bool:
    return rank is not None and rank < limit


def _share(flags: Iterator[bool]) -> float | None:
    values = list(flags)
    return sum(values) / len(values) if values else None


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
