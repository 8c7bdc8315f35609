"""Own questions against foreign ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.separation import auroc, operating_point, separated

SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), max_size=12)
RATES = st.sampled_from([0.0, 0.01, 0.1, 0.25, 0.5, 1.0])


@given(SCORES, SCORES)
def test_auroc_is_the_share_of_pairs_in_the_right_order(positives: list[float], negatives: list[float]) -> None:
    """Every positive against every negative; ties count half."""
    pairs = [(p > n) + (p == n) / 2 for p in positives for n in negatives]
    expected = sum(pairs) / len(pairs) if pairs else None
    assert auroc(positives, negatives) == (pytest.approx(expected) if pairs else None)


def test_foreign_questions_are_to_be_declined() -> None:
    """By hand: four right answers and one wrong one against five foreign questions, threshold 0.5."""
    figures = separated([0.9, 0.8, 0.6, 0.3], [0.9, 0.8, 0.6, 0.3, 0.2], [0.7, 0.5, 0.25, 0.1, 0.0], 0.5)
    assert figures.questions == 5
    assert figures.auroc_right == pytest.approx((5 + 5 + 4 + 3) / 20)
    assert figures.auroc_answerable == pytest.approx((5 + 5 + 4 + 3 + 2) / 25)
    assert figures.falsely_answered == 2 / 5
    assert figures.kept == 3 / 4
    assert [point.false_answers for point in figures.operating] == [0.01, 0.02, 0.05, 0.1]
    assert {point.kept for point in figures.operating} == {0.5}


def test_an_operating_point_answers_no_more_than_its_share() -> None:
    """One of ten: down to the second surest, which is refused, and whoever is as sure."""
    foreign = [0.9, 0.6, 0.5, 0.4, 0.3, 0.2, 0.2, 0.1, 0.1, 0.0]
    point = operating_point(0.1, [0.95, 0.61, 0.6, 0.5], foreign)
    assert (point.false_answers, point.kept) == (0.1, 0.5)
    assert 0.6 < point.threshold < 0.61


@given(RATES, SCORES, SCORES)
def test_an_operating_point_is_the_best_one(rate: float, right: list[float], foreign: list[float]) -> None:
    """Among all thresholds that answer at most that share, none keeps more right ones."""
    point = operating_point(rate, right, foreign)

    def allowed(threshold: float) -> bool:
        return sum(score >= threshold for score in foreign) <= rate * len(foreign)

    assert allowed(point.threshold)
    kept = [sum(score >= t for score in right) for t in {0.0, 2.0, point.threshold, *right} if allowed(t)]
    assert point.kept == (max(kept) / len(right) if right else None)


def test_nothing_to_compare_with_is_none() -> None:
    """No foreign questions, or none of the own right."""
    nothing = separated([0.5], [0.5], [], 0.3)
    assert (nothing.questions, nothing.auroc_right, nothing.falsely_answered, nothing.operating) == (0, None, None, ())
    unright = separated([], [0.5], [0.1], 0.3)
    assert (unright.auroc_right, unright.auroc_answerable, unright.kept) == (None, 1.0, None)
    assert all(point.kept is None for point in unright.operating)
