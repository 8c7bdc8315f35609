"""Fit the weights by which evidence is weighed, and the confidence; print what they give on held-back questions.

Ranking: the log-likelihood of the answering sentences among the sentences of a question. Confidence: a logistic
regression on what is known of the best sentence. Figures are cross-validated: every group of questions that share a
text is judged by weights that were fitted without it.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from bot.answering.evidence import EVIDENCE_NAMES, ReadSentence, matrix
from bot.answering.scoring import CONFIDENCE_NAMES, OF_MODELS, Linear, confidence_evidence, logistic
from bot.evaluation import auroc
from bot.evaluation.calibration import Judged, calibration_error, reliability
from bot.training.observing import Observation, without_answer

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

FOLDS = 5
RIDGE = 3e-3
"""On the standardised weights."""

WRONG_COSTS = 0.15
"""The harm of a wrong answer, in units of the good of a right one: it chooses the threshold. It is small: what
is shown is an article's own sentence with its source, so who reads it sees what it says."""

FALSE_ANSWERS = 0.05
"""The promise that may raise it: of questions that no article is about, so many are answered at most."""

SHARES = {"asked": 1.0, "removed": 0.3, "bent": 0.4, "foreign": 0.8}
"""How much the ways of asking count for the confidence: three in five questions of readers have no answer here, most of
them because no article is about it."""

OTHER_WAYS = ("removed", "bent", "foreign")
"""Ways of asking to which there is no answer."""

CORPORA = {"squadshifts-wiki": 0.45, "news": 0.4, "nq-qed": 0.15}
"""How much the corpora count."""


@dataclass(frozen=True, slots=True)
class Row:
    """An observation as numbers: evidence (n, d), which sentences answer."""

    of: Observation
    sentences: list[ReadSentence]
    evidence: Floats
    right: Bools

    @property
    def fold(self) -> int:
        """The fold of its group: by another byte of the digest than the parts, of which only one is observed."""
        return sha256(self.of.group.encode()).digest()[1] % FOLDS


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted pair with what it gives in cross-validation, for each row (n,).

    ``confidences``; whether the first sentence, or one of the first three, answers. ``threshold``: as ``threshold_of``.
    """

    score: Linear
    confidence: Linear
    confidences: Floats
    first_right: Bools
    third_right: Bools
    threshold: float


def fit_all(observations: Sequence[Observation]) -> tuple[dict[str, object], str]:
    """Fit both sets of weights; return them as they are stored, and a report."""
    stored: dict[str, object] = {"about": "fitted by python -m bot.training fit"}
    reports = []
    rows = rows_of(observations)
    for kind, without in (("reading", frozenset[str]()), ("words", OF_MODELS)):
        fitted = fit(rows, without, _weights(rows))
        reports.append(f"{kind}\n{report(rows, fitted)}")
        stored[kind] = {
            "score": as_json(fitted.score, EVIDENCE_NAMES),
            "confidence": as_json(fitted.confidence, CONFIDENCE_NAMES),
        }
        if kind == "reading":
            stored["threshold"] = fitted.threshold
    return stored, "\n".join(reports)


def _weights(rows: Sequence[Row]) -> Callable[[Row], float]:
    """Every corpus and way of asking counts as ``CORPORA`` and ``SHARES`` say, whatever its number of questions."""
    counts = Counter((row.of.corpus, row.of.way) for row in rows)
    return lambda row: CORPORA[row.of.corpus] * SHARES[row.of.way] / counts[row.of.corpus, row.of.way]


def rows_of(observations: Sequence[Observation]) -> list[Row]:
    """Collect the evidence of all observations, and of those whose answer is taken away."""
    removed = [gone for one in observations if one.way == "asked" and (gone := without_answer(one))]
    rows = []
    for one in (*observations, *removed):
        sentences = one.sentences()
        if len(sentences) > 1:
            rows.append(Row(one, sentences, matrix(sentences), one.right(sentences)))
    return rows


def fit(rows: Sequence[Row], without: frozenset[str], weight: Callable[[Row], float]) -> Fitted:
    """Fit on all rows, without some of the evidence; judge every fold by a fit on the others."""
    columns = np.array([name not in without for name in EVIDENCE_NAMES])
    known_of_best = np.array([name not in without for name in CONFIDENCE_NAMES])
    confidences, first, third = np.zeros(len(rows)), np.zeros(len(rows), bool), np.zeros(len(rows), bool)
    for fold in range(FOLDS):
        theirs = [row for row in rows if row.fold != fold]
        score, confidence = _pair(theirs, columns, known_of_best, weight)
        for i, row in enumerate(rows):
            if row.fold == fold:
                order, known = _best(row, score)
                confidences[i] = logistic(confidence(known[None]))[0]
                first[i], third[i] = row.right[order[0]], row.right[order[:3]].any()
    score, confidence = _pair(rows, columns, known_of_best, weight)
    foreign = np.array([row.of.way == "foreign" for row in rows])
    return Fitted(score, confidence, confidences, first, third, threshold_of(confidences[foreign]))


def threshold_of(foreign: Floats) -> float:
    """Return the confidence from which an answer is worth its risk, and that few foreign questions reach."""
    worth = WRONG_COSTS / (1 + WRONG_COSTS)
    return float(np.ceil(1000 * max(worth, np.quantile(foreign, 1 - FALSE_ANSWERS))) / 1000)


def _pair(
    rows: Sequence[Row], columns: Bools, known_of_best: Bools, weight: Callable[[Row], float]
) -> tuple[Linear, Linear]:
    answered = [row for row in rows if row.of.way == "asked" and row.right.any()]
    score = _fit_score(answered, columns, [weight(row) for row in answered])
    known, labels = [], []
    for row in rows:
        order, numbers = _best(row, score)
        known.append(numbers)
        labels.append(float(row.right[order[0]]))
    weights = np.array([weight(row) for row in rows])
    return score, _fit_confidence(np.array(known), np.array(labels), known_of_best, weights)


def _best(row: Row, score: Linear) -> tuple[npt.NDArray[np.intp], Floats]:
    scores = score(row.evidence)
    order = np.argsort(-scores, kind="stable")
    return order, confidence_evidence(row.sentences, scores, order, row.of.candidates)


def _fit_score(rows: Sequence[Row], columns: Bools, weights: Sequence[float]) -> Linear:
    evidence = np.concatenate([row.evidence for row in rows])
    mean, scale = evidence.mean(0), _spread(evidence)
    lengths = np.array([len(row.evidence) for row in rows])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    right = np.concatenate([row.right for row in rows])
    owner = np.repeat(np.arange(len(rows)), lengths)
    standard = (evidence - mean) / scale * columns
    share = np.asarray(weights) / np.sum(weights)

    def loss(beta: Floats) -> tuple[float, Floats]:
        scores = standard @ beta
        top = np.maximum.reduceat(scores, starts)
        exponentials = np.exp(scores - top[owner])
        everything = np.add.reduceat(exponentials, starts)
        answering = np.add.reduceat(exponentials * right, starts)
        slope = exponentials / everything[owner] - exponentials * right / answering[owner]
        value = float(share @ (np.log(everything) - np.log(answering))) + RIDGE * float(beta @ beta)
        return value, standard.T @ (slope * share[owner]) + 2 * RIDGE * beta

    best = minimize(loss, np.zeros(evidence.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return Linear(mean, scale, best * columns, 0.0)


def _fit_confidence(rows: Floats, labels: Floats, columns: Bools, weights: Floats) -> Linear:
    mean, scale = rows.mean(0), _spread(rows)
    standard = np.hstack([(rows - mean) / scale * columns, np.ones((len(rows), 1))])

    def loss(beta: Floats) -> tuple[float, Floats]:
        logits = standard @ beta
        value = weights @ (np.logaddexp(0, logits) - labels * logits) / weights.sum()
        slope = standard.T @ (weights * (logistic(logits) - labels)) / weights.sum()
        ridge = np.append(beta[:-1], 0.0)
        return float(value + RIDGE * ridge @ ridge), slope + 2 * RIDGE * ridge

    best = minimize(loss, np.zeros(standard.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return Linear(mean, scale, best[:-1] * columns, float(best[-1]))


def _spread(rows: Floats) -> Floats:
    """Return the standard deviations (d,); 1 where a column never varies, so that it says nothing."""
    spread = rows.std(0)
    return np.where(spread > 1e-6, spread, 1.0)


def report(rows: Sequence[Row], fitted: Fitted) -> str:
    """Return the cross-validated figures as text."""
    ways, corpora = (np.array([getattr(row.of, name) for row in rows]) for name in ("way", "corpus"))
    found = np.array([row.right.any() for row in rows])
    lines = [
        _ranking_line(name, fitted, found, (corpora == name) & (ways == "asked"))
        for name in np.unique(corpora).tolist()
    ]
    right = (ways == "asked") & fitted.first_right
    for other in OTHER_WAYS:
        against = ways == other
        own = (ways == "asked") & np.isin(corpora, np.unique(corpora[against]))
        lines.append(
            f"{other}: {against.sum()} questions, area under ROC {_area(fitted, own, against):.3f},"
            f" of the right ones {_area(fitted, right, against):.3f}"
        )
    judged = [Judged(float(c), bool(r)) for c, r in zip(fitted.confidences, fitted.first_right, strict=True)]
    lines.append(f"calibration error of all {len(rows)}: {calibration_error(reliability(judged)):.3f}")
    lines.append(f"threshold: answered of right, {', '.join(OTHER_WAYS)}")
    masks = [right, *(ways == name for name in OTHER_WAYS)]
    for threshold in (*np.arange(0.05, 0.95, 0.1), fitted.threshold):
        shares = " ".join(f"{np.mean(fitted.confidences[mask] >= threshold):.3f}" for mask in masks)
        lines.append(f"{threshold:.3f}: {shares}")
    return "\n".join(lines)


def _ranking_line(corpus: str, fitted: Fitted, found: Bools, mine: Bools) -> str:
    return (
        f"{corpus}: {mine.sum()} questions, found {found[mine].mean():.3f}, first sentence right"
        f" {fitted.first_right[mine].mean():.3f}, one of three {fitted.third_right[mine].mean():.3f}"
    )


def _area(fitted: Fitted, own: Bools, against: Bools) -> float:
    area = auroc(fitted.confidences[own].tolist(), fitted.confidences[against].tolist())
    return math.nan if area is None else area


def as_json(linear: Linear, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return fitted weights as ``bot.answering.scoring.load_weights`` reads them."""
    columns = {"mean": linear.mean, "scale": linear.scale, "weights": linear.weights}
    return {
        **{key: {n: round(float(v), 6) for n, v in zip(names, values, strict=True)} for key, values in columns.items()},
        "bias": {"bias": round(linear.bias, 6)},
    }
