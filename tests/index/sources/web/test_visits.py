"""When a page is looked at again."""

from datetime import UTC, datetime, timedelta

import pytest

from index.sources.web.visits import next_check, next_try, patience, shares

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
MONTH = timedelta(days=30)


@pytest.mark.parametrize(
    ("age", "wait"),
    [(0, 1), (0.5, 1), (1, 1), (2, 2), (4, 4), (29, 29), (30, 30), (3000, 30)],
)
def test_the_older_a_page_is_the_longer_it_is_left_alone(age: float, wait: float) -> None:
    """At least a day, at most as the settings say; each time about twice as long as the time before."""
    assert next_check(NOW - timedelta(days=age), NOW, MONTH) == NOW + timedelta(days=wait)


def test_no_patience_is_never_again() -> None:
    """``recheck_days = 0`` switches looking again off."""
    assert next_check(NOW, NOW, timedelta()) is None


def test_a_day_is_the_least() -> None:
    """Whatever the settings say, no page that was read is asked for twice a day."""
    assert next_check(NOW - MONTH, NOW, timedelta(hours=1)) == NOW + timedelta(days=1)


def test_failures_are_tried_again_soon_and_then_ever_later() -> None:
    """A server that is down for minutes costs minutes, one that is down for ever costs next to nothing."""
    waits = [next_try(failures, NOW, MONTH) - NOW for failures in range(1, 12)]
    assert waits[0] <= timedelta(minutes=15)
    assert waits == sorted(waits)
    assert waits[-1] == MONTH
    assert next_try(10_000, NOW, MONTH) == NOW + MONTH


def test_lists_that_say_that_everything_changed_are_believed_less_each_time() -> None:
    """An hour, two, four: and a list that is wrong for ever makes no request a day."""
    assert [patience(futile) for futile in range(4)] == [timedelta(hours=1 << n) for n in range(4)]
    assert patience(10_000) == timedelta(hours=1024)


@pytest.mark.parametrize(
    ("unread", "changed", "expected"),
    [
        (0, 0, (0, 0)),
        (3, 4, (3, 4)),
        (99, 0, (10, 0)),
        (0, 99, (0, 10)),
        (99, 99, (5, 5)),
        (8, 99, (5, 5)),
        (2, 99, (2, 8)),
    ],
)
def test_neither_new_pages_nor_changed_ones_keep_the_others_waiting(
    unread: int, changed: int, expected: tuple[int, int]
) -> None:
    """Of ten visits each kind has five, and what the other leaves."""
    assert shares(unread, changed, 10) == expected


def test_pages_that_are_never_looked_at_again_are_not_tried_daily_for_ever() -> None:
    """What cannot be fetched is tried ever later also where ``recheck_days = 0``."""
    assert next_try(50, NOW, timedelta()) == NOW + MONTH
