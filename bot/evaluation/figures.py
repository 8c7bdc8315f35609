"""The figures of a run: outcomes, added up.

Shares of right quotes, of recall and of marked words are over the answerable questions; calibration is over all, where
only a first quote that holds an answer is right; latency is over the set's own questions.
"""

import resource
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.evaluation.asking import RECALL_AT, Measured, Outcome, ask
from bot.evaluation.calibration import (
    Judged,
    ReliabilityBin,
    RiskPoint,
    calibration_error,
    reliability,
    risk_area,
    risk_coverage,
)
from bot.evaluation.cases import Case
from bot.evaluation.separation import Foreign, auroc, separated

QUOTES_AT = (1, 3)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How fast the index of the set was encoded; zero passages where nothing had to be."""

    passages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of a run; shares are 0 to 1, ``None`` where there is nothing to take a share of.

    ``dated``: questions whose day of asking was told. ``marked``: shares of first quotes that mark any words, and the
    right ones (``exact``), and the words' mean ``f1``; what marks none has 0. ``aurc``: area under risk over coverage.
    ``ece``: expected calibration error. ``foreign``: where another set's questions were asked too.
    """

    questions: int
    answerable: int
    dated: int
    recall: Mapping[str, Mapping[str, float | None]]
    quote: Mapping[str, float | None]
    shown: Mapping[str, float | None]
    marked: Mapping[str, float | None]
    declined: Mapping[str, float | None]
    auroc: float | None
    risk_coverage: tuple[RiskPoint, ...]
    aurc: float | None
    reliability: tuple[ReliabilityBin, ...]
    ece: float | None
    foreign: Foreign | None
    verbatim: float | None
    quote_words: float | None
    latency_ms: Mapping[str, float]
    encode: Mapping[str, float | None]
    peak_mb: float
    threshold: float
    snapshot: str


def evaluate(
    cases: Iterable[Case],
    measured: Measured,
    encoding: Encoding,
    foreign: Iterable[Case] | None = None,
    *,
    tell: Callable[[Outcome], object] = lambda outcome: None,
) -> Evaluation:
    """Ask every question, then every foreign one, and add up; ``tell`` is told what came of each."""
    names = [name for name, _ in measured.retrievers]
    outcomes = _told(ask(cases, measured), tell)
    others = None if foreign is None else _told(ask(foreign, replace(measured, retrievers=())), tell)
    return summary(outcomes, names, measured.threshold, encoding, measured.service.corpus().snapshot, others)


def _told(outcomes: Iterable[Outcome], tell: Callable[[Outcome], object]) -> list[Outcome]:
    kept = []
    for outcome in outcomes:
        tell(outcome)
        kept.append(outcome)
    return kept


def summary(
    outcomes: Sequence[Outcome],
    retrievers: Sequence[str],
    threshold: float,
    encoding: Encoding,
    snapshot: str,
    foreign: Sequence[Outcome] | None = None,
) -> Evaluation:
    """Add up outcomes; ``foreign`` are those of another set's questions."""
    answerable = [o for o in outcomes if o.case.answerable]
    others = [o for o in outcomes if not o.case.answerable]
    judged = [Judged(o.confidence, o.right) for o in outcomes]
    bins = reliability(judged)
    times = sorted(o.milliseconds for o in outcomes)
    return Evaluation(
        questions=len(outcomes),
        answerable=len(answerable),
        dated=sum(o.case.question.asked is not None for o in outcomes),
        recall={
            name: {str(k): _mean(_within(o.recall_ranks[name], k) for o in answerable) for k in RECALL_AT}
            for name in retrievers
        },
        quote={str(k): _mean(_within(o.quote_rank, k) for o in answerable) for k in QUOTES_AT},
        shown={str(k): _mean(not o.declined and _within(o.quote_rank, k) for o in answerable) for k in QUOTES_AT},
        marked={
            "any": _mean(o.marked is not None for o in answerable),
            "exact": _mean(o.marked is not None and o.marked.exact for o in answerable),
            "f1": _mean(o.marked.f1 if o.marked else 0.0 for o in answerable),
        },
        declined={
            "answerable": _mean(o.declined for o in answerable),
            "unanswerable": _mean(o.declined for o in others),
        },
        auroc=auroc(_confidences(answerable), _confidences(others)),
        risk_coverage=risk_coverage(judged),
        aurc=risk_area(judged),
        reliability=bins,
        ece=calibration_error(bins),
        foreign=None if foreign is None else _foreign(answerable, foreign, threshold),
        verbatim=sum(o.verbatim for o in outcomes) / quotes if (quotes := sum(o.quotes for o in outcomes)) else None,
        quote_words=_mean(o.words for o in outcomes),
        latency_ms={"p50": _percentile(times, 0.50), "p95": _percentile(times, 0.95)},
        encode={
            "passages": encoding.passages,
            "per_second": encoding.passages / encoding.seconds if encoding.seconds else None,
        },
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        threshold=threshold,
        snapshot=snapshot,
    )


def _foreign(answerable: Sequence[Outcome], foreign: Sequence[Outcome], threshold: float) -> Foreign:
    right = [o for o in answerable if o.right]
    return separated(_confidences(right), _confidences(answerable), _confidences(foreign), threshold)


def _confidences(outcomes: Iterable[Outcome]) -> list[float]:
    return [outcome.confidence for outcome in outcomes]


def _within(rank: int | None, limit: int) -> bool:
    return rank is not None and rank < limit


def _mean(values: Iterator[float]) -> float | None:
    numbers = list(values)
    return statistics.fmean(numbers) if numbers else None


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
