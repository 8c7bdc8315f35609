"""What an error says about the call that failed."""

from collections.abc import Callable

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.chat.showing.refusals import may_have_arrived, pause


@pytest.fixture(autouse=True)
def timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the process does: PTB warns of every flood limit otherwise."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "arrived", "repeatable"),
    [
        (lambda: TimedOut(), True, True),
        (lambda: caused(TimedOut(), httpx.ReadTimeout("")), True, True),
        (lambda: caused(TimedOut(), httpx.WriteTimeout("")), True, True),
        (lambda: caused(TimedOut(), httpx.ConnectTimeout("")), False, True),
        (lambda: caused(TimedOut(), httpx.PoolTimeout("")), False, True),
        (lambda: caused(NetworkError("torn"), httpx.ReadError("")), True, True),
        (lambda: caused(NetworkError("torn"), httpx.RemoteProtocolError("")), True, True),
        (lambda: caused(NetworkError("refused"), httpx.ConnectError("")), False, True),
        (lambda: NetworkError("Bad Gateway (502)"), False, True),
        (lambda: caused(NetworkError("Bad Gateway (502)"), TelegramError("no JSON")), False, True),
        (lambda: TelegramError("Invalid server response"), True, True),
        (lambda: RetryAfter(30), False, True),
        (lambda: Forbidden("bot was blocked"), False, False),
        (lambda: BadRequest("chat not found"), False, False),
        (lambda: ChatMigrated(-9), False, False),
        (lambda: InvalidToken(), False, False),
        (lambda: Conflict("?"), False, False),
    ],
)
def test_what_may_have_arrived_and_what_may_be_tried_again(
    error: Callable[[], TelegramError], arrived: bool, repeatable: bool
) -> None:
    """Where Telegram itself says no, nothing arrived; where the line breaks, nobody knows unless it was never open."""
    assert may_have_arrived(error()) == arrived
    assert (pause(error(), 1) is not None) == repeatable


def test_a_flood_limit_is_waited_out_in_full() -> None:
    """And a little longer."""
    seconds = pause(RetryAfter(7), 1)
    assert seconds is not None and 7 < seconds < 8
