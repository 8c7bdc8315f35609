"""Risk over coverage and reliability, against figures made by hand and by plain definitions."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.calibration import (
    Judged,
    ReliabilityBin,
    RiskPoint,
    calibration_error,
    reliability,
    risk_area,
    risk_coverage,
)

JUDGED = st.lists(st.builds(Judged, st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), st.booleans()), max_size=40)
DISTINCT = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40, unique_by=lambda one: one[0])


def judged(*pairs: tuple[float, bool]) -> list[Judged]:
    return [Judged(confidence, right) for confidence, right in pairs]


TEN = judged(
    (0.95, True), (0.9, True), (0.8, False), (0.7, True), (0.6, True),
    (0.5, False), (0.4, False), (0.3, True), (0.2, False), (0.1, False),
)  # fmt: skip


def test_a_tenth_more_is_answered_in_each_row() -> None:
    """With the confidence of the least sure that is answered, and the share of wrong answers down to it."""
    assert risk_coverage(TEN) == (
        RiskPoint(0.1, 0.95, 0 / 1),
        RiskPoint(0.2, 0.9, 0 / 2),
        RiskPoint(0.3, 0.8, 1 / 3),
        RiskPoint(0.4, 0.7, 1 / 4),
        RiskPoint(0.5, 0.6, 1 / 5),
        RiskPoint(0.6, 0.5, 2 / 6),
        RiskPoint(0.7, 0.4, 3 / 7),
        RiskPoint(0.8, 0.3, 3 / 8),
        RiskPoint(0.9, 0.2, 4 / 9),
        RiskPoint(1.0, 0.1, 5 / 10),
    )


def test_the_area_is_the_mean_risk() -> None:
    """Over answering the surest one, two, … ten."""
    risks = [0, 0, 1 / 3, 1 / 4, 1 / 5, 2 / 6, 3 / 7, 3 / 8, 4 / 9, 5 / 10]
    assert risk_area(TEN) == pytest.approx(sum(risks) / 10)


def test_who_is_equally_sure_is_answered_together() -> None:
    """One threshold cannot tell them apart: the row says how many it lets through."""
    rows = risk_coverage(judged((0.9, True), (0.5, True), (0.5, False), (0.5, False)))
    assert rows[:2] == (RiskPoint(0.25, 0.9, 0.0), RiskPoint(0.25, 0.9, 0.0))
    assert rows[2:] == (RiskPoint(1.0, 0.5, 0.5),) * 8


@given(JUDGED)
def test_a_row_is_what_its_threshold_does(answers: list[Judged]) -> None:
    """Coverage and risk counted afresh; no higher threshold answers as many as the row has to."""
    for step, row in enumerate(risk_coverage(answers), 1):
        answered = [one for one in answers if one.confidence >= row.threshold]
        assert row.coverage == len(answered) / len(answers) >= step / 10
        assert row.risk == sum(not one.right for one in answered) / len(answered)
        assert sum(one.confidence > row.threshold for one in answers) / len(answers) < step / 10


@given(JUDGED, st.integers(0, 9))
def test_no_figure_depends_on_the_order(answers: list[Judged], seed: int) -> None:
    """Of the questions."""

    def figures(some: Sequence[Judged]) -> object:
        return risk_coverage(some), risk_area(some), reliability(some)

    shuffled = random.Random(seed).sample(answers, len(answers))
    assert figures(shuffled) == figures(answers)


@given(DISTINCT)
def test_the_area_is_that_of_the_curve(pairs: list[tuple[float, bool]]) -> None:
    """By its definition, where no two are equally sure."""
    ordered = [right for _, right in sorted(pairs, reverse=True)]
    risks = [ordered[:count].count(False) / count for count in range(1, len(ordered) + 1)]
    assert risk_area(judged(*pairs)) == (pytest.approx(sum(risks) / len(risks)) if risks else None)


def test_a_confidence_that_says_nothing_has_the_area_of_chance() -> None:
    """All equally sure: the share of wrong ones."""
    assert risk_area(judged((0.5, True), (0.5, False), (0.5, False), (0.5, True), (0.5, False))) == pytest.approx(0.6)


def test_bins_hold_equally_many() -> None:
    """Twenty answers in ten bins, least sure first."""
    answers = judged(*((i / 32, i % 4 == 3) for i in range(20)))
    bins = reliability(answers)
    assert [one.count for one in bins] == [2] * 10
    assert bins[0] == ReliabilityBin(1 / 64, 0.0, 2)
    assert bins[1] == ReliabilityBin(5 / 64, 0.5, 2)


def test_the_error_is_the_mean_distance() -> None:
    """By hand: 3 answers at 0.25 of which one is right, 1 at 0.9 that is."""
    bins = reliability(judged((0.25, True), (0.25, False), (0.25, False), (0.9, True)))
    assert bins == (ReliabilityBin(0.25, 1 / 3, 3), ReliabilityBin(0.9, 1.0, 1))
    assert calibration_error(bins) == pytest.approx((3 * (1 / 3 - 0.25) + 0.1) / 4)


@given(JUDGED)
def test_every_answer_is_in_one_bin(answers: list[Judged]) -> None:
    """At most ten, in order, those equally sure together; sizes differ by no more than these force."""
    bins = reliability(answers)
    assert len(bins) <= 10
    assert sum(one.count for one in bins) == len(answers)
    assert [one.confidence for one in bins] == sorted(one.confidence for one in bins)
    assert sum(one.count * one.right for one in bins) == pytest.approx(sum(one.right for one in answers))
    assert sum(one.count * one.confidence for one in bins) == pytest.approx(sum(one.confidence for one in answers))
    assert 0 <= (calibration_error(bins) or 0) <= 1


@given(DISTINCT)
def test_bins_of_different_confidences_differ_by_one_at_most(pairs: list[tuple[float, bool]]) -> None:
    """Equal mass."""
    counts = [one.count for one in reliability(judged(*pairs))]
    assert max(counts, default=0) - min(counts, default=0) <= 1
    assert len(counts) == min(10, len(pairs))


def test_nothing_asked_is_nothing_known() -> None:
    """No rows, no bins, no figures."""
    assert (risk_coverage([]), risk_area([]), reliability([]), calibration_error([])) == ((), None, (), None)
