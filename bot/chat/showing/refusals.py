"""What an error of Telegram's, or of the line to it, says about the call that failed. Sends nothing.

Two errors are not alike: after the one the call had certainly no effect, after the other nobody can tell.
"""

import logging

import httpx
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

from bot.chat.running.backoff import backoff, flood_seconds

_log = logging.getLogger(__name__)

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_ANSWERS = (BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter)
"""Errors that Telegram itself sent: it did not do what was asked. 5xx are ``NetworkError`` with no cause."""
_NOT_MODIFIED = "message is not modified:"


def may_have_arrived(error: TelegramError) -> bool:
    """Tell whether Telegram may have done what was asked all the same."""
    if isinstance(error, _ANSWERS) or isinstance(error.__cause__, _NEVER_LEFT):
        return False
    if isinstance(error, NetworkError):
        return isinstance(error, TimedOut) or isinstance(error.__cause__, httpx.HTTPError)
    return True  # an answer that nobody can read


def pause(error: TelegramError, attempt: int) -> float | None:
    """Return after how many seconds a call that may be repeated is repeated; ``None``: Telegram refuses it for good."""
    if isinstance(error, RetryAfter):
        return flood_seconds(error)
    return None if isinstance(error, _ANSWERS) else backoff(attempt)


def is_not_modified(error: TelegramError) -> bool:
    """Tell whether a message says already what it is to say: somebody pressed a button twice."""
    return isinstance(error, BadRequest) and error.message.casefold().startswith(_NOT_MODIFIED)


def report(error: TelegramError) -> None:
    """Log it: being blocked is everyday life; the rest an operator may want to know."""
    if isinstance(error, Forbidden):
        _log.info("a message was not wanted: %s", error)
    elif isinstance(error, InvalidToken):
        _log.error("Telegram refused the token, or the method, of a message")
    elif may_have_arrived(error):
        _log.warning("nobody knows whether a message arrived: %s: %s", type(error).__name__, error)
    else:
        _log.warning("a message was not delivered: %s: %s", type(error).__name__, error)
