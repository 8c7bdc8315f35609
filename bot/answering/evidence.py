"""What speaks for a sentence: a row of numbers for every sentence of the candidate passages.

Evidence only; ``bot.answering.scoring`` weighs it. Everything is computed from the question, the candidates'
texts, dates and scores, and what the reading model says of them, the same way when the weights are fitted as when
they are used; what words say is ``bot.answering.wording``'s.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from bot.answering.kinds import SmallWords, spans_of
from bot.answering.reader import Candidate
from bot.answering.spans.reading import PassageReading, PassageText
from bot.answering.spotting import SentenceKey, Spotted, agreement, spot
from bot.answering.times import AskedTime, asked_time
from bot.answering.wording import Asked, Numbers, PassageView, only_thing, words_evidence
from bot.records import Question, Span
from index import Article, QuestionTerms, Sentence


@dataclass(frozen=True, slots=True)
class Evidence:
    """The numbers of one sentence. Shares are 0 to 1; "cover" is a share of the question's word weight (idf).

    ``span``, ``mass`` and ``passage`` are logarithms of shares that the reading model gives to the best span, to all
    of the sentence and to all of the passage; ``answers`` is its log-odds that the passage answers; these are 0 where
    it does not read the language. ``agree``: how many other articles give the same answer, each counted as much as
    the model believes it. ``age`` and ``ahead``: log(1 + days) that the article is older or younger than the question.
    """

    span: float
    mass: float
    passage: float
    answers: float
    cosine: float
    passage_bm25: float
    fused: float
    fused_gap: float
    rank: float
    cover: float
    title_cover: float
    window_cover: float
    passage_cover: float
    bm25: float
    rarest: float
    phrases: float
    holds_kind: float
    new_person: float
    new_time: float
    new_number: float
    new_place: float
    new_reason: float
    new_name: float
    new_names: float
    span_kind: float
    agree: float
    age: float
    age_now: float
    ahead: float
    in_range: float
    words: float
    log_words: float
    pronoun: float
    question: float
    under_heading: float


EVIDENCE_NAMES = tuple(field.name for field in fields(Evidence))
_values = attrgetter(*EVIDENCE_NAMES)  # astuple copies, and takes ten times as long


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence of a candidate with its evidence, and the place in the article that may be its answering words."""

    candidate: Candidate
    sentence: Sentence
    evidence: Evidence
    answer: Span | None


def text_to_read(candidate: Candidate) -> PassageText:
    """Return what the reading model is shown of a candidate: not its age (DECISIONS, "What reads?")."""
    article, passage = candidate.article, candidate.hit.passage
    return PassageText(article.title, article.text[passage.start : passage.end])


def matrix(sentences: Sequence[ReadSentence]) -> npt.NDArray[np.float64]:
    """Return the evidence as rows: (n, len(EVIDENCE_NAMES))."""
    return np.array([_values(read.evidence) for read in sentences], np.float64).reshape(-1, len(EVIDENCE_NAMES))


def collect(
    question: Question,
    terms: QuestionTerms,
    candidates: Sequence[Candidate],
    readings: Sequence[PassageReading] | None,
) -> list[ReadSentence]:
    """Return the sentences of the candidates that may be quoted, no sentence of an article twice, best hit first.

    ``readings`` are what the reading model says of each candidate, ``None`` where it does not read their language.
    """
    articles = {candidate.article.id: candidate.article for candidate in candidates}
    spotted = spot(candidates, readings) if readings is not None else {}
    texts = {key: _slice(articles[key[0]], one.answer) for key, one in spotted.items()}
    agreed = agreement(spotted, texts)
    asked, times = Asked(question, terms), _times(question, candidates)
    small = {article.id: SmallWords(article.text) for article in articles.values()}
    seen: set[SentenceKey] = set()
    rows: list[ReadSentence] = []
    for rank, candidate in enumerate(candidates):
        view = PassageView.of(candidate, asked, small[candidate.article.id])
        for number in view.quotable():
            key = (candidate.article.id, view.sentences[number].start)
            if key not in seen:
                seen.add(key)
                one = spotted.get(key)
                evidence = Evidence(
                    **words_evidence(asked, view, number),
                    **times[candidate.article.id],
                    **_spotted_evidence(one, asked, texts.get(key, "")),
                    agree=agreed.get(key, 0.0),
                    cosine=candidate.hit.parts.cosine,
                    passage_bm25=candidate.hit.parts.words,
                    fused=candidate.hit.score,
                    fused_gap=candidate.hit.score - candidates[0].hit.score,
                    rank=1 / (1 + rank),
                )
                answer = one.answer if one else only_thing(asked, view, number)
                rows.append(ReadSentence(candidate, view.sentences[number], evidence, answer))
    return rows


def _slice(article: Article, place: Span | None) -> str:
    return article.text[place.start : place.end] if place else ""


def _spotted_evidence(one: Spotted | None, asked: Asked, answer: str) -> Numbers:
    """Return what the reading model says, and whether its answer is of the kind asked for."""
    if one is None:
        return {"span": 0.0, "mass": 0.0, "passage": 0.0, "answers": 0.0, "span_kind": 0.0}
    of_kind = bool(spans_of(asked.kind, answer))
    return {"span": one.span, "mass": one.mass, "passage": one.passage, "answers": one.answers, "span_kind": of_kind}


def _times(question: Question, candidates: Sequence[Candidate]) -> dict[str, Numbers]:
    """Return what the days of the articles say, by article; those without a day get the mean of the others."""
    asked = asked_time(question.text, question.asked)
    rows = {
        c.article.id: _time_evidence(asked, c.article.published)
        for c in candidates
        if asked.day is not None and c.article.published is not None
    }
    mean = {name: sum(row[name] for row in rows.values()) / max(1, len(rows)) for name in ("age", "age_now", "ahead")}
    return {
        c.article.id: {
            **rows.get(c.article.id, mean),
            "in_range": asked.names(c.article.published),
        }
        for c in candidates
    }


def _time_evidence(asked: AskedTime, published: date) -> Numbers:
    assert asked.day is not None
    days = (asked.day - published).days
    age = math.log1p(max(0, days))
    return {"age": age, "age_now": age if asked.now else 0.0, "ahead": math.log1p(max(0, -days))}
