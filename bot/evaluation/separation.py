"""How well confidence tells what the articles answer from what they do not.

Foreign questions are those of another set, asked over these articles: no article is about them, so every answer to
one is false. What the articles merely do not say is in the set itself.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

RATES = (0.01, 0.02, 0.05, 0.1)
"""False answers that an operator may accept."""


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """With this threshold at most ``false_answers`` of the foreign questions are answered, and ``kept`` right ones."""

    false_answers: float
    threshold: float
    kept: float | None


@dataclass(frozen=True, slots=True)
class Foreign:
    """Own questions against foreign ones; shares are 0 to 1, ``None`` where there is nothing to take a share of.

    ``right``: own answerable ones whose first quote holds the answer. ``auroc_…``: area under ROC of those, and of all
    answerable ones, against the foreign. At the threshold in use ``falsely_answered`` of the foreign are answered,
    and ``kept`` of the right ones.
    """

    questions: int
    auroc_right: float | None
    auroc_answerable: float | None
    falsely_answered: float | None
    kept: float | None
    operating: tuple[OperatingPoint, ...]


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


def separated(
    right: Sequence[float], answerable: Sequence[float], foreign: Sequence[float], threshold: float
) -> Foreign:
    """Add up from confidences; who has no quote has confidence 0."""
    return Foreign(
        len(foreign),
        auroc(right, foreign),
        auroc(answerable, foreign),
        share_answered(foreign, threshold),
        share_answered(right, threshold),
        tuple(operating_point(rate, right, foreign) for rate in RATES if foreign),
    )


def operating_point(false_answers: float, right: Sequence[float], foreign: Sequence[float]) -> OperatingPoint:
    """Return the lowest threshold at which at most this share of the foreign questions is answered."""
    allowed = math.floor(false_answers * len(foreign))
    first_refused = sorted(foreign, reverse=True)[allowed:][:1]
    # what is exactly as sure as the threshold is answered
    threshold = math.nextafter(first_refused[0], math.inf) if first_refused else 0.0
    return OperatingPoint(false_answers, threshold, share_answered(right, threshold))


def share_answered(confidences: Sequence[float], threshold: float) -> float | None:
    """Return the share of questions that are answered with this threshold."""
    return sum(confidence >= threshold for confidence in confidences) / len(confidences) if confidences else None
