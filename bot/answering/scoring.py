"""The reader that ships: weighs the evidence for every sentence of the candidates.

A linear score ranks the sentences; a logistic regression on what is known of the best one tells how likely it is to
answer. There are two sets of weights: one for languages that the reading model reads, one for all others, whose
evidence is words alone. The weights in ``weights.json`` were fitted by ``bot.training``, which prints their figures;
nothing in this module is tuned by hand.
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import takewhile

import numpy as np
import numpy.typing as npt

from bot.answering.evidence import EVIDENCE_NAMES, ReadSentence, collect, matrix, text_to_read
from bot.answering.reader import Candidate, ReaderResult, Reading
from bot.answering.spans.reading import PassageReader, PassageReading, PassageText
from bot.errors import ReaderError
from bot.records import Question
from index import QuestionTerms

Floats = npt.NDArray[np.float64]

GROUPS: Mapping[str, tuple[str, ...]] = {
    "reading": ("span", "mass", "passage", "answers", "span_kind"),
    "search": ("cosine", "fused", "fused_gap", "passage_bm25", "rank"),
    "words": ("cover", "title_cover", "window_cover", "passage_cover", "bm25", "rarest", "phrases"),
    "kind": (
        "holds_kind", "new_person", "new_time", "new_number", "new_place", "new_reason", "new_name", "new_names"
    ),
    "agreement": ("agree",),
    "time": ("age", "age_now", "ahead", "in_range"),
    "form": ("words", "log_words", "pronoun", "question", "under_heading"),
}  # fmt: skip
"""The parts of a score as ``ask --explain`` shows them, and the evidence that each adds up."""

OF_MODELS = frozenset(
    (*GROUPS["reading"], *GROUPS["agreement"], "cosine", "fused", "fused_gap", "most_answers", "hit_lead")
)
"""What only models know, which were made for some languages."""

BEST = ("share", "lead", "same_passage", "most_answers", "hit_lead")
"""What is known of the best sentence beside its evidence: its share of the probability, its lead over the second,
whether search and reader agree on the passage, the greatest log-odds of a passage, the best hit's lead in the
search."""

CONFIDENCE_NAMES = (*(name for name in EVIDENCE_NAMES if name not in GROUPS["time"]), *BEST)
"""Confidence does not look at dates: how old an article is says which of two to quote, not whether it answers."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A weighted sum of standardised numbers: ``((x - mean) / scale) @ weights + bias``."""

    mean: Floats
    scale: Floats
    weights: Floats
    bias: float

    def __call__(self, rows: Floats) -> Floats:
        """Return (n,) for rows (n, d)."""
        return np.asarray(self.parts(rows).sum(axis=1) + self.bias, np.float64)

    def parts(self, rows: Floats) -> Floats:
        """Return what each number adds: (n, d)."""
        return np.asarray((rows - self.mean) / self.scale * self.weights, np.float64)


@dataclass(frozen=True, slots=True)
class Weighing:
    """The weights of one kind of language."""

    score: Linear
    confidence: Linear


@dataclass(frozen=True, slots=True)
class ReaderWeights:
    """Everything that was fitted. ``threshold``: the confidence under which the articles do not say."""

    reading: Weighing
    words: Weighing
    threshold: float


def load_weights(text: str | None = None) -> ReaderWeights:
    """Read weights from JSON; by default the packaged ones.

    Raises:
        ReaderError: they are missing, altered, or for other evidence than this version collects.
    """
    packaged = resources.files("bot.answering").joinpath("weights.json")
    try:
        content = json.loads(packaged.read_text(encoding="utf-8") if text is None else text)
        reading, words = (
            Weighing(
                _linear(content[kind]["score"], EVIDENCE_NAMES), _linear(content[kind]["confidence"], CONFIDENCE_NAMES)
            )
            for kind in ("reading", "words")
        )
        return ReaderWeights(reading, words, float(content["threshold"]))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ReaderError(f"the reader's weights cannot be read ({error!r}): install Verbatim anew") from error


def _linear(content: Mapping[str, Mapping[str, float]], names: Sequence[str]) -> Linear:
    stated = tuple(content["weights"])
    if stated != tuple(names):
        raise ReaderError(
            f"the reader's weights are for {', '.join(stated)}; this version collects {', '.join(names)}:"
            ' fit them anew with "python -m bot.training fit"'
        )
    mean, scale, weights = (np.array([content[key][name] for name in names]) for key in ("mean", "scale", "weights"))
    # what never varied in the fit has scale 0 there and tells nothing: divided by it, every confidence would be NaN
    return Linear(mean, np.where(scale > 0, scale, 1.0), weights, float(content["bias"]["bias"]))


class SentenceReader:
    """Reads the candidates and scores their sentences."""

    def __init__(
        self,
        model: PassageReader,
        terms: Callable[[str], QuestionTerms],
        covers: Callable[[str], bool],
        weights: ReaderWeights | None = None,
    ) -> None:
        """``covers`` tells whether the reading model reads a language."""
        self._model = model
        self._terms = terms
        self._covers = covers
        self._weights = weights or load_weights()
        self._last = threading.local()

    def read(self, question: Question, candidates: Sequence[Candidate]) -> ReaderResult:
        """Return every sentence of the candidates that may be quoted, best first."""
        sentences, weighing = self.weighed(question, candidates)
        if not sentences:
            return ReaderResult((), 0.0)
        rows = matrix(sentences)
        scores = weighing.score(rows)
        parts = _grouped(weighing.score.parts(rows - rows.mean(axis=0) + weighing.score.mean))
        order = np.argsort(-scores, kind="stable")
        evidence = confidence_evidence(sentences, scores, order, candidates)
        confidence = float(logistic(weighing.confidence(evidence[None])[0]))
        shares = np.exp(scores - scores.max())
        readings = [_reading(sentences[i], scores[i], confidence * shares[i], parts[i]) for i in order]
        return ReaderResult(tuple(readings), confidence)

    def weighed(self, question: Question, candidates: Sequence[Candidate]) -> tuple[list[ReadSentence], Weighing]:
        """Return the sentences with their evidence, and the weights for their language.

        The best hit's language decides: a question in Spanish finds a Spanish article first, however few there are.
        Scores with and without reading do not compare, so candidates of the other kind are left out.
        """
        terms = self._terms(question.text)
        reads = bool(candidates) and self._covers(candidates[0].article.language)
        alike = [c for c in candidates if self._covers(c.article.language) == reads]
        if not reads:
            return collect(question, terms, alike, None), self._weights.words
        readings = self._readings(question.text, [text_to_read(candidate) for candidate in alike])
        return collect(question, terms, alike[: len(readings)], readings), self._weights.reading

    def _readings(self, question: str, texts: Sequence[PassageText]) -> list[PassageReading]:
        """Have the first texts read; what this thread has just had read for the same question is not read again."""
        known: dict[PassageText, PassageReading] = self._last.known if self._is_last(question) else {}
        if new := [text for text in texts if text not in known]:
            known |= zip(new, self._model.read(question, new), strict=False)  # it may read the first ones only
        self._last.question, self._last.known = question, known
        return [known[text] for text in takewhile(known.__contains__, texts)]

    def _is_last(self, question: str) -> bool:
        return getattr(self._last, "question", None) == question


def logistic(value: float | Floats) -> Floats:
    """Return 1 / (1 + exp(-value)) without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * np.asarray(value))), np.float64)


def confidence_evidence(
    sentences: Sequence[ReadSentence], scores: Floats, order: npt.NDArray[np.intp], candidates: Sequence[Candidate]
) -> Floats:
    """Return what tells whether the best sentence answers: (len(CONFIDENCE_NAMES),)."""
    best = sentences[order[0]]
    known = dict(zip(EVIDENCE_NAMES, matrix([best])[0].tolist(), strict=True))
    known["share"] = 1 / float(np.exp(scores - scores.max()).sum())
    known["lead"] = float(scores[order[0]] - scores[order[1]]) if len(order) > 1 else 0.0
    known["most_answers"] = max(read.evidence.answers for read in sentences)
    known["hit_lead"] = candidates[0].hit.score - candidates[1].hit.score if len(candidates) > 1 else 0.0
    known["same_passage"] = float(best.candidate.hit.passage.id == candidates[0].hit.passage.id)
    return np.array([known[name] for name in CONFIDENCE_NAMES])


def _grouped(parts: Floats) -> list[dict[str, float]]:
    """Add up what each number adds, (n, len(EVIDENCE_NAMES)), by group, for each of the n."""
    by_name = dict(zip(EVIDENCE_NAMES, parts.T, strict=True))
    sums = np.array([sum(by_name[name] for name in names) for names in GROUPS.values()])
    return [dict(zip(GROUPS, row, strict=True)) for row in sums.T.tolist()]


def _reading(read: ReadSentence, score: float, probability: float, parts: Mapping[str, float]) -> Reading:
    return Reading(read.candidate, read.sentence, read.answer, float(score), float(probability), parts)
