"""What speaks for a sentence: a row of numbers for every sentence of the candidate passages.

Evidence only; ``bot.answering.scoring`` weighs it. Everything is computed from the question, the candidates'
texts, dates and scores, and what the reading model says of them, the same way when the weights are fitted as when
they are used.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from bot.answering.kinds import Kind, asked_kind, markable, spans_of
from bot.answering.reader import Candidate
from bot.answering.spans.reading import PassageReading, PassageText
from bot.answering.spotting import SentenceKey, Spotted, agreement, spot
from bot.answering.times import AskedTime, asked_time
from bot.records import Question, Span
from index import Article, QuestionTerms, Sentence, stems

Numbers = dict[str, float]

_SMALL = re.compile(r"(?<!\w)[^\W\d_A-ZÀ-ÖØ-ÞЁІЇЄҐА-Я][^\W\d_]*")
"""Words that begin with a small letter."""
_PRONOUN = re.compile(r"(?:He|She|It|They|This|These|Those|That|His|Her|Their|Its|Er|Sie|Es|Él|Ella|Il|Elle|Он|Она)\b")


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
    asked, times = _Asked(question, terms), _times(question, candidates)
    seen: set[SentenceKey] = set()
    rows: list[ReadSentence] = []
    for rank, candidate in enumerate(candidates):
        view = _PassageView.of(candidate)
        for number in view.quotable():
            key = (candidate.article.id, view.sentences[number].start)
            if key not in seen:
                seen.add(key)
                words, marked = _words_evidence(asked, view, number)
                one = spotted.get(key)
                evidence = Evidence(
                    **words,
                    **times[candidate.article.id],
                    **_spotted_evidence(one, asked, texts.get(key, "")),
                    agree=agreed.get(key, 0.0),
                    cosine=candidate.hit.parts.cosine,
                    passage_bm25=candidate.hit.parts.words,
                    fused=candidate.hit.score,
                    fused_gap=candidate.hit.score - candidates[0].hit.score,
                    rank=1 / (1 + rank),
                )
                rows.append(ReadSentence(candidate, view.sentences[number], evidence, one.answer if one else marked))
    return rows


def _slice(article: Article, place: Span | None) -> str:
    return article.text[place.start : place.end] if place else ""


@dataclass(frozen=True, slots=True)
class _PassageView:
    """A candidate passage cut into sentences and words."""

    candidate: Candidate
    sentences: tuple[Sentence, ...]
    texts: tuple[str, ...]
    stems: tuple[tuple[str, ...], ...]
    title: frozenset[str]
    common: frozenset[str]

    @classmethod
    def of(cls, candidate: Candidate) -> "_PassageView":
        article, sentences = candidate.article, candidate.hit.passage.sentences
        texts = tuple(article.text[s.start : s.end] for s in sentences)
        return cls(
            candidate,
            sentences,
            texts,
            tuple(tuple(stems(text, article.language)) for text in texts),
            frozenset(stems(article.title, article.language)),
            frozenset(_SMALL.findall(article.text)),
        )

    def quotable(self) -> Iterator[int]:
        return (number for number, one in enumerate(self.sentences) if not one.heading and not one.furniture)

    def stems_at(self, number: int) -> frozenset[str]:
        return frozenset(self.stems[number]) if 0 <= number < len(self.stems) else frozenset()


class _Asked:
    """What the question asks, in the forms that evidence is computed from."""

    def __init__(self, question: Question, terms: QuestionTerms) -> None:
        self.kind = asked_kind(question.text)
        self.phrases = terms.phrases
        self._words = terms.words
        self._weight = terms.weight or 1.0
        self._stems = frozenset(stem for word in terms.words for stem in word.stems)

    def cover(self, found: frozenset[str]) -> float:
        return sum(w.idf for w in self._words if not found.isdisjoint(w.stems)) / self._weight

    def rarest(self, found: frozenset[str]) -> bool:
        return bool(self._words) and not found.isdisjoint(self._words[0].stems)

    def phrase_share(self, words: Sequence[str]) -> float:
        joined = f" {' '.join(words)} "
        hits = sum(f" {' '.join(phrase)} " in joined for phrase in self.phrases)
        return hits / len(self.phrases) if self.phrases else 0.0

    def bm25(self, words: Sequence[str]) -> float:
        """bm25 of the sentence with k1 = 1.2, b = 0.75 and a mean of 22 words, as a share of the word weight."""
        saturation = 1.2 * (0.25 + 0.75 * len(words) / 22)
        counts = [(word.idf, sum(words.count(stem) for stem in word.stems)) for word in self._words]
        return sum(idf * count * 2.2 / (count + saturation) for idf, count in counts) / self._weight

    def new(self, span: Span, text: str, language: str) -> bool:
        return any(stem not in self._stems for stem in stems(text[span.start : span.end], language))


def _words_evidence(asked: _Asked, view: _PassageView, number: int) -> tuple[Numbers, Span | None]:
    """Return what the words of a sentence say, and its only thing of the kind asked for, where there is only one."""
    sentence, text, language = view.sentences[number], view.texts[number], view.candidate.article.language
    found = spans_of(asked.kind, text, view.common)
    new = [span for span in found if asked.new(span, text, language)]
    own, words = view.stems_at(number), view.stems[number]
    marked = markable(asked.kind, text, new)
    return {
        "cover": asked.cover(own),
        "title_cover": asked.cover(own | view.title),
        "window_cover": asked.cover(own | view.stems_at(number - 1) | view.stems_at(number + 1)),
        "passage_cover": asked.cover(frozenset().union(view.title, *view.stems)),
        "bm25": asked.bm25(words),
        "rarest": asked.rarest(own),
        "phrases": asked.phrase_share(words),
        "holds_kind": bool(found),
        **{f"new_{kind.value}": float(bool(new) and asked.kind is kind) for kind in Kind if kind is not Kind.OTHER},
        "new_names": min(5, _new_names(asked, text, view.common, language)),
        "words": min(len(words), 60) / 20,
        "log_words": math.log1p(len(words)),
        "pronoun": bool(_PRONOUN.match(text)),
        "question": text.endswith("?"),
        "under_heading": number > 0 and view.sentences[number - 1].heading,
    }, Span(sentence.start + marked[0].start, sentence.start + marked[0].end) if len(marked) == 1 else None


def _new_names(asked: _Asked, text: str, common: frozenset[str], language: str) -> int:
    """Count the names that the question does not hold."""
    return sum(asked.new(span, text, language) for span in spans_of(Kind.NAME, text, common))


def _spotted_evidence(one: Spotted | None, asked: _Asked, answer: str) -> Numbers:
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
