"""What a confidence is worth: how much is wrong above a threshold, and how often a confidence comes true.

Arithmetic only; who is right was judged before. Invariant: answers that are equally sure are taken together, so no
figure depends on the order in which questions were asked.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from statistics import fmean

STEPS = 10
"""Rows of the risk-coverage table."""

BINS = 10
"""Bins of the reliability table."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How sure an answer was, 0 to 1, and whether it was right."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """With this threshold a share ``coverage`` of the questions is answered, and ``risk`` of those answers is wrong."""

    coverage: float
    threshold: float
    risk: float


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """``count`` answers that are about equally sure: their mean confidence, and the share that is right."""

    confidence: float
    right: float
    count: int


def risk_coverage(judged: Sequence[Judged]) -> tuple[RiskPoint, ...]:
    """Return the highest threshold at which a tenth, two tenths, … all of the questions are answered.

    ``coverage`` is what is answered in fact: more than asked for where several are equally sure, or few there are.
    """
    curve = list(_curve(judged))
    return tuple(
        next(point for point in curve if point.coverage >= step / STEPS) for step in range(1, STEPS + 1) if curve
    )


def risk_area(judged: Sequence[Judged]) -> float | None:
    """Return the area under risk over coverage: the mean risk of answering the surest 1, 2, … n questions.

    Those who are equally sure come in a chance order, so where all are it is the share of wrong ones.
    Area under the risk-coverage curve as in https://arxiv.org/abs/1805.08206, section 2.
    """
    risks, answered, wrong = 0.0, 0, 0
    for group in _surest_first(judged):
        errors = sum(not one.right for one in group)
        risks += sum((wrong + errors * i / len(group)) / (answered + i) for i in range(1, len(group) + 1))
        answered, wrong = answered + len(group), wrong + errors
    return risks / answered if answered else None


def reliability(judged: Sequence[Judged]) -> tuple[ReliabilityBin, ...]:
    """Sort answers into at most ten bins, least sure first, of as nearly the same size as equal confidences allow."""
    bins: dict[int, list[Judged]] = {}
    before = 0
    for group in reversed(list(_surest_first(judged))):
        middle = before + len(group) / 2
        bins.setdefault(int(BINS * middle / len(judged)), []).extend(group)
        before += len(group)
    return tuple(_bin(members) for members in bins.values())


def calibration_error(bins: Sequence[ReliabilityBin]) -> float | None:
    """Return the expected calibration error: how far confidence is from what comes true, mean over the answers."""
    count = sum(one.count for one in bins)
    return sum(one.count * abs(one.confidence - one.right) for one in bins) / count if count else None


def _bin(members: Sequence[Judged]) -> ReliabilityBin:
    return ReliabilityBin(
        fmean(one.confidence for one in members), sum(one.right for one in members) / len(members), len(members)
    )


def _curve(judged: Sequence[Judged]) -> Iterator[RiskPoint]:
    """Yield every threshold that makes a difference, highest first."""
    answered = wrong = 0
    for group in _surest_first(judged):
        answered += len(group)
        wrong += sum(not one.right for one in group)
        yield RiskPoint(answered / len(judged), group[0].confidence, wrong / answered)


def _surest_first(judged: Iterable[Judged]) -> Iterator[list[Judged]]:
    """Yield those that are equally sure together."""
    confidence = attrgetter("confidence")
    for _, group in groupby(sorted(judged, key=confidence, reverse=True), key=confidence):
        yield list(group)
