"""What speaks for a sentence: a row of numbers for every sentence of the candidate passages.

Evidence only; ``bot.answering.scoring`` weighs it. Everything is computed from the question, the candidates'
texts and their scores, the same way when the weights are fitted as when they are used.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
import numpy.typing as npt

from bot.answering.kinds import Kind, asked_kind, markable, spans_of
from bot.answering.reader import Candidate
from bot.records import Span
from index import Encoder, QuestionTerms, Sentence, stems

_SMALL = re.compile(r"(?<!\w)[^\W\d_A-ZÀ-ÖØ-ÞЁІЇЄҐА-Я][^\W\d_]*")
"""Words that begin with a small letter."""
_PRONOUN = re.compile(r"(?:He|She|It|They|This|These|Those|That|His|Her|Their|Its|Er|Sie|Es|Él|Ella|Il|Elle|Он|Она)\b")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The numbers of one sentence. Shares are 0 to 1; "cover" is a share of the question's word weight (idf)."""

    cosine: float
    passage_cosine: float
    cosine_product: float
    before_cosine: float
    after_cosine: float
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
    words: float
    log_words: float
    pronoun: float
    question: float
    under_heading: float


EVIDENCE_NAMES = tuple(field.name for field in fields(Evidence))


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence of a candidate with its evidence, and the places in the article that may be its answering words."""

    candidate: Candidate
    sentence: Sentence
    evidence: Evidence
    found: tuple[Span, ...]


def matrix(sentences: Sequence[ReadSentence]) -> npt.NDArray[np.float64]:
    """Return the evidence as rows: (n, len(EVIDENCE_NAMES))."""
    return np.array([astuple(read.evidence) for read in sentences], np.float64).reshape(-1, len(EVIDENCE_NAMES))


def collect(
    question: str, terms: QuestionTerms, candidates: Sequence[Candidate], encoder: Encoder
) -> list[ReadSentence]:
    """Return the sentences of the candidates, best hit first; no headings, no sentence of an article twice."""
    views = [_PassageView.of(candidate) for candidate in candidates]
    vectors = _Vectors(question, views, encoder)
    asked = _Asked(question, terms)
    seen: set[tuple[str, int]] = set()
    rows: list[ReadSentence] = []
    for rank, view in enumerate(views):
        for number in view.quotable():
            place = (view.candidate.article.id, view.sentences[number].start)
            if place not in seen:
                seen.add(place)
                rows.append(_read(asked, view, number, rank, vectors, candidates[0].hit.score))
    return rows


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
        return (number for number, sentence in enumerate(self.sentences) if not sentence.heading)

    def stems_at(self, number: int) -> frozenset[str]:
        return frozenset(self.stems[number]) if 0 <= number < len(self.stems) else frozenset()


class _Vectors:
    """Cosines of the question and each distinct sentence, encoded in one call."""

    def __init__(self, question: str, views: Sequence[_PassageView], encoder: Encoder) -> None:
        texts = list(dict.fromkeys(text for view in views for text in view.texts))
        vectors = encoder.encode([question, *texts])
        self._cosines: Mapping[str, float] = dict(zip(texts, (vectors[1:] @ vectors[0]).tolist(), strict=True))

    def cosine(self, view: _PassageView, number: int) -> float:
        """0 beyond the passage's ends."""
        return self._cosines[view.texts[number]] if 0 <= number < len(view.texts) else 0.0


class _Asked:
    """What the question asks, in the forms that evidence is computed from."""

    def __init__(self, question: str, terms: QuestionTerms) -> None:
        self.kind = asked_kind(question)
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


def _read(asked: _Asked, view: _PassageView, number: int, rank: int, vectors: _Vectors, best: float) -> ReadSentence:
    candidate, sentence, text = view.candidate, view.sentences[number], view.texts[number]
    language, hit = candidate.article.language, candidate.hit
    found = spans_of(asked.kind, text, view.common)
    new = [span for span in found if asked.new(span, text, language)]
    own, words = view.stems_at(number), view.stems[number]
    cosine = vectors.cosine(view, number)
    evidence = Evidence(
        cosine=cosine,
        passage_cosine=hit.parts.cosine,
        cosine_product=cosine * hit.parts.cosine,
        before_cosine=vectors.cosine(view, number - 1),
        after_cosine=vectors.cosine(view, number + 1),
        fused=hit.score,
        fused_gap=hit.score - best,
        rank=1 / (1 + rank),
        cover=asked.cover(own),
        title_cover=asked.cover(own | view.title),
        window_cover=asked.cover(own | view.stems_at(number - 1) | view.stems_at(number + 1)),
        passage_cover=asked.cover(frozenset().union(view.title, *view.stems)),
        bm25=asked.bm25(words),
        rarest=asked.rarest(own),
        phrases=asked.phrase_share(words),
        holds_kind=bool(found),
        **{f"new_{kind.value}": float(bool(new) and asked.kind is kind) for kind in Kind if kind is not Kind.OTHER},
        new_names=min(5, _new_names(asked, text, view.common, language)),
        words=min(len(words), 60) / 20,
        log_words=math.log1p(len(words)),
        pronoun=bool(_PRONOUN.match(text)),
        question=text.endswith("?"),
        under_heading=number > 0 and view.sentences[number - 1].heading,
    )
    spans = tuple(
        Span(sentence.start + span.start, sentence.start + span.end) for span in markable(asked.kind, text, new)
    )
    return ReadSentence(candidate, sentence, evidence, spans)


def _new_names(asked: _Asked, text: str, common: frozenset[str], language: str) -> int:
    """Count the names that the question does not hold."""
    return sum(asked.new(span, text, language) for span in spans_of(Kind.NAME, text, common))
