"""Logging what went wrong without logging what was asked."""

import logging
import traceback

from telegram.error import TelegramError

from index import VerbatimError

_log = logging.getLogger(__name__)


def log_error(what: str, error: Exception | None) -> None:
    """Log a failure of ``what``.

    Of errors that are neither ours nor Telegram's the message is left out: it may hold a question.
    """
    if isinstance(error, VerbatimError | TelegramError):
        _log.error("%s: %s: %s", what, type(error).__name__, error)
    elif error is not None:
        frames = "".join(traceback.format_tb(error.__traceback__)).rstrip()
        _log.error("%s: %s at\n%s", what, type(error).__name__, frames)
