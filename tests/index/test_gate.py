"""The gate's verdicts, from facts alone."""

import pytest

from index.gate import Facts, Verdict, judge
from index.golden import GoldenResult
from index.settings import GateSection

SECTION = GateSection()


def facts(*ranks: int | None, articles: int = 100) -> Facts:
    """A snapshot that finds the golden questions q0, q1, … at these places."""
    return Facts(articles, tuple(GoldenResult(f"q{n}", rank) for n, rank in enumerate(ranks)))


@pytest.mark.parametrize(
    ("before", "now", "max_fall", "passed"),
    [
        (100, 100, 0.3, True),
        (100, 70, 0.3, True),
        (10, 7, 0.3, True),
        (100, 71, 0.29, True),
        (100, 69, 0.3, False),
        (100, 500, 0.0, True),
        (100, 99, 0.0, False),
        (100, 1, 1.0, True),
        (0, 5, 0.0, True),
    ],
)
def test_a_fall_of_the_articles_beyond_what_is_allowed_fails(
    before: int, now: int, max_fall: float, passed: bool
) -> None:
    """Exactly the share allowed still passes; growth always does."""
    verdict = judge(facts(articles=before), facts(articles=now), GateSection(max_fall=max_fall))
    assert verdict.passed == passed


def test_a_fall_is_told_with_both_numbers_and_the_setting() -> None:
    """Who reads the mail knows what happened and which setting it hit."""
    verdict = judge(facts(articles=20_000), facts(articles=1000), SECTION)
    assert verdict.reasons == ("there are 1000 articles, 20 000 before: 95.0% fewer, and gate.max_fall allows 30.0%",)
    assert str(verdict) == f"it does not pass the gate: {verdict.reasons[0]}"


@pytest.mark.parametrize(
    ("before", "now", "lost"),
    [
        ((1, 2), (1, 2), []),
        ((1, 2), (5, 5), []),
        ((1, None), (1, None), []),
        ((1, None), (1, 3), []),
        ((1, 2), (1, None), ["q1"]),
        ((1, None), (None, 1), ["q0"]),
        ((1, None, None), (None, 1, 1), ["q0"]),
        ((1, 2), (None, None), ["q0", "q1"]),
    ],
)
def test_a_golden_question_that_was_found_has_to_be_found(
    before: tuple[int | None, ...], now: tuple[int | None, ...], lost: list[str]
) -> None:
    """However many others are found instead; a lower place is still found, and what never was found is no loss."""
    verdict = judge(facts(*before), facts(*now), SECTION)
    assert verdict.passed == (not lost)
    assert [reason.split('"')[1] for reason in verdict.reasons] == lost


def test_a_lost_question_is_told_with_the_place_it_had() -> None:
    """The reason names the question and where it was."""
    (reason,) = judge(facts(1, 4), facts(1, None), SECTION).reasons
    assert reason == 'golden question "q1" does not find what it found at place 4'


def test_all_reasons_are_told_but_no_endless_list() -> None:
    """A fall and lost questions come together; of many questions the first ten, and how many more."""
    verdict = judge(facts(*[1] * 25), facts(*[None] * 25, articles=5), SECTION)
    assert len(verdict.reasons) == 12
    assert verdict.reasons[0].startswith("there are 5 articles")
    assert verdict.reasons[-1] == "and 15 more golden questions"


def test_a_first_snapshot_passes() -> None:
    """Where nothing is published, everything is better than nothing."""
    assert judge(None, facts(articles=1), SECTION) == Verdict()
    assert judge(None, facts(1, None), SECTION) == Verdict()
    assert str(Verdict()) == "it passes the gate"


def test_a_first_snapshot_that_finds_nothing_passes_with_a_warning() -> None:
    """Most likely the golden questions are of other articles: somebody should look."""
    verdict = judge(None, facts(None, None), SECTION)
    assert verdict.passed
    (warning,) = verdict.warnings
    assert warning.startswith("not one of 2 golden questions finds what is expected")
    assert str(verdict) == f"it passes the gate: {warning}"


def test_where_the_published_one_could_not_be_asked_only_the_articles_count() -> None:
    """After a change of the encoder there is nothing to compare with, but a fall is still a fall."""
    assert judge(facts(), facts(1, None), SECTION) == Verdict()
    assert judge(facts(), facts(None), SECTION).warnings
    assert not judge(facts(), facts(1, articles=3), SECTION).passed
