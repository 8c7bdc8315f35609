"""How long Telegram is left alone."""

import pytest
from telegram.error import NetworkError, RetryAfter

from bot.chat.running.backoff import LONGEST_PAUSE, backoff, pause_seconds


@pytest.fixture(autouse=True)
def timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the process does: PTB warns of every flood limit otherwise."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.mark.parametrize(("wanted", "least", "most"), [(7, 7, 8), (14_400, LONGEST_PAUSE, LONGEST_PAUSE)])
def test_a_flood_limit_of_the_bots_own_calls_is_waited_out_unless_it_is_long(
    wanted: int, least: float, most: float
) -> None:
    """Nobody would hear the bot, or be heard, meanwhile."""
    assert least <= pause_seconds(RetryAfter(wanted), 1) <= most


def test_a_pause_grows_with_each_failure_up_to_half_a_minute() -> None:
    """Neither a storm of calls nor a bot that has fallen asleep."""
    assert max(backoff(1) for _ in range(50)) <= 1.5 < min(backoff(6) for _ in range(50))
    assert max(pause_seconds(NetworkError("gone"), failures) for failures in range(1, 10_000, 97)) <= 30
