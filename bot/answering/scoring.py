"""The reader that ships: weighs the evidence for every sentence of the candidates.

A linear score ranks the sentences; a logistic regression on the best one's evidence tells how likely it is to
answer. The weights in ``weights.json`` were fitted by ``tests/benchmarks/fit_reader.py``, which prints their
figures; nothing in this module is tuned by hand.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
import numpy.typing as npt

from bot.answering.evidence import EVIDENCE_NAMES, ReadSentence, collect, matrix
from bot.answering.reader import Candidate, ReaderResult, Reading
from bot.errors import ReaderError
from bot.records import Question, Span
from index import Encoder, QuestionTerms

Floats = npt.NDArray[np.float64]

CONFIDENCE_NAMES = (*EVIDENCE_NAMES, "score", "lead", "share", "hit_lead", "agreement")
"""The best sentence's evidence, and: its score, its lead over the second, its share of the probability, the best
hit's lead in the search, and whether search and reader agree on the passage."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A weighted sum of standardised numbers: ``((x - mean) / scale) @ weights + bias``."""

    mean: Floats
    scale: Floats
    weights: Floats
    bias: float

    def __call__(self, rows: Floats) -> Floats:
        """Return (n,) for rows (n, d)."""
        return np.asarray((rows - self.mean) / self.scale @ self.weights + self.bias, np.float64)


@dataclass(frozen=True, slots=True)
class ReaderWeights:
    """Everything that was fitted. ``threshold``: the confidence under which the articles do not say."""

    score: Linear
    confidence: Linear
    threshold: float


def load_weights(text: str | None = None) -> ReaderWeights:
    """Read weights from JSON; by default the packaged ones.

    Raises:
        ReaderError: they are missing, altered, or for other evidence than this version collects.
    """
    packaged = resources.files("bot.answering").joinpath("weights.json")
    try:
        content = json.loads(packaged.read_text(encoding="utf-8") if text is None else text)
        return ReaderWeights(
            _linear(content["score"], EVIDENCE_NAMES),
            _linear(content["confidence"], CONFIDENCE_NAMES),
            float(content["threshold"]),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ReaderError(f"the reader's weights cannot be read ({error!r}): install Verbatim anew") from error


def _linear(content: Mapping[str, Mapping[str, float]], names: Sequence[str]) -> Linear:
    stated = tuple(content["weights"])
    if stated != tuple(names):
        raise ReaderError(
            f"the reader's weights are for {', '.join(stated)}; this version collects {', '.join(names)}:"
            " fit them anew with tests/benchmarks/fit_reader.py"
        )
    mean, scale, weights = (np.array([content[key][name] for name in names]) for key in ("mean", "scale", "weights"))
    # what never varied in the fit has scale 0 there and tells nothing: divided by it, every confidence would be NaN
    return Linear(mean, np.where(scale > 0, scale, 1.0), weights, float(content["bias"]["bias"]))


class SentenceReader:
    """Scores the sentences of the candidates by evidence."""

    def __init__(
        self, encoder: Encoder, terms: Callable[[str], QuestionTerms], weights: ReaderWeights | None = None
    ) -> None:
        self._encoder = encoder
        self._terms = terms
        self._weights = weights or load_weights()

    def read(self, question: Question, candidates: Sequence[Candidate]) -> ReaderResult:
        """Return every sentence of the candidates, best first."""
        sentences = collect(question.text, self._terms(question.text), candidates, self._encoder)
        if not sentences:
            return ReaderResult((), 0.0)
        scores = self._weights.score(matrix(sentences))
        order = np.argsort(-scores, kind="stable")
        evidence = confidence_evidence(sentences, scores, order, candidates)
        confidence = float(logistic(self._weights.confidence(evidence[None])[0]))
        shares = np.exp(scores - scores.max())
        readings = [_reading(sentences[i], scores[i], confidence * shares[i]) for i in order]
        return ReaderResult(tuple(readings), confidence)


def logistic(value: float | Floats) -> Floats:
    """Return 1 / (1 + exp(-value)) without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * np.asarray(value))), np.float64)


def confidence_evidence(
    sentences: Sequence[ReadSentence], scores: Floats, order: npt.NDArray[np.intp], candidates: Sequence[Candidate]
) -> Floats:
    """Return what tells whether the best sentence answers: (len(CONFIDENCE_NAMES),)."""
    best = sentences[order[0]]
    exponentials = np.exp(scores - scores.max())
    lead = scores[order[0]] - scores[order[1]] if len(order) > 1 else 0.0
    hit_lead = candidates[0].hit.score - candidates[1].hit.score if len(candidates) > 1 else 0.0
    agreement = best.candidate.hit.passage.id == candidates[0].hit.passage.id
    extra = [scores[order[0]], lead, 1 / exponentials.sum(), hit_lead, float(agreement)]
    return np.concatenate([matrix([best])[0], extra])


def _reading(read: ReadSentence, score: float, probability: float) -> Reading:
    return Reading(read.candidate, read.sentence, _answer(read.found), float(score), float(probability))


def _answer(found: Sequence[Span]) -> Span | None:
    """The answering words are known where one thing of the kind asked for is new; with several, nobody can tell."""
    return found[0] if len(found) == 1 else None
