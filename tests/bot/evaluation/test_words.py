"""Answers are compared word by word."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.words import Marked, compared, f1, folded

WORDS = st.lists(st.sampled_from(["bee", "Hive", "the", "1889", "–", "élan"]), max_size=6).map(" ".join)


def test_folding_leaves_single_spaces() -> None:
    """So that word borders are spaces."""
    assert folded("  The\tBees, an_d  A hive! ") == " bees d hive "


@pytest.mark.parametrize(
    ("marked", "accepted", "expected"),
    [
        ("March 1889", ["in March 1889", "the March, 1889"], Marked(exact=True, f1=1.0)),
        ("March 1889", ["31 March 1889"], Marked(exact=False, f1=4 / 5)),
        ("March 1889", ["1890", "1889"], Marked(exact=False, f1=2 / 3)),
        ("bees bees", ["bees"], Marked(exact=False, f1=2 / 3)),
        ("1889 March", ["March 1889"], Marked(exact=False, f1=1.0)),
        ("bees", ["moons"], Marked(exact=False, f1=0.0)),
        ("the", ["a"], Marked(exact=True, f1=1.0)),
        ("the", ["bees"], Marked(exact=False, f1=0.0)),
        ("bees", [], Marked(exact=False, f1=0.0)),
    ],
)
def test_the_nearest_accepted_answer_counts(marked: str, accepted: list[str], expected: Marked) -> None:
    """Case, punctuation and articles apart; F1 counts each word as often as it stands there."""
    assert compared(marked, accepted) == expected


@given(WORDS, WORDS)
def test_f1_is_the_harmonic_mean_of_precision_and_recall(left: str, right: str) -> None:
    """The same from either side, and 1 for the same words in any order."""
    value = f1(left, right)
    words, others = Counter(folded(left).split()), Counter(folded(right).split())
    shared = sum(min(count, others[word]) for word, count in words.items())
    if shared:
        precision, recall = shared / words.total(), shared / others.total()
        assert value == pytest.approx(2 * precision * recall / (precision + recall))
    else:
        assert value == float(not words and not others)
    assert value == f1(right, left)
    assert f1(left, " ".join(reversed(left.split()))) == 1.0
