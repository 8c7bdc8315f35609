"""Keep the token out of every log line, whoever writes it and whichever handler prints it; and out of core dumps.

A record factory, not a filter on each handler: it also covers handlers that are added later, and the last
resort that Python prints to when there is none.
"""

import logging
import re
import resource
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

MASK = "[token]"
# httpx logs every URL, which holds the token, at INFO. PTB logs whole updates, which hold questions, at DEBUG
# and a server's unreadable answer at ERROR; what it says of rate limits, delivery says in one line.
_LEVELS = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.WARNING,
    "telegram.request.BaseRequest": logging.CRITICAL,
    "telegram.ext.AIORateLimiter": logging.CRITICAL,
}


def leave_no_core() -> None:
    """Let this process leave no image of its memory when it crashes: the token is in it."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def masked(text: str, token: str) -> str:
    """Return the text without the token, its secret half, or its percent-encoded form, in capitals or not."""
    secret = token.partition(":")[2]
    for form in (token, quote(token, safe=""), secret):
        if len(form) > 4:
            text = re.sub(re.escape(form), MASK, text, flags=re.IGNORECASE)
    return text


@contextmanager
def hidden(token: str) -> Iterator[None]:
    """Hide the token from all logs, and quieten libraries that would print it, for as long as this lasts."""
    before = logging.getLogRecordFactory()
    levels = {name: logging.getLogger(name).level for name in _LEVELS}

    def make(*args: object, **kwargs: object) -> logging.LogRecord:
        return _redacted(before(*args, **kwargs), token)

    logging.setLogRecordFactory(make)
    for name, level in _LEVELS.items():
        logging.getLogger(name).setLevel(level)
    try:
        yield
    finally:
        logging.setLogRecordFactory(before)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _redacted(record: logging.LogRecord, token: str) -> logging.LogRecord:
    """Format the message and the traceback now, so that no handler can do it with the token inside."""
    try:
        message = record.getMessage()
    except (TypeError, ValueError):
        message = f"{record.msg} (its arguments do not fit)"
    record.msg, record.args = masked(message, token), None
    if record.exc_info and record.exc_info[0]:
        record.exc_text = masked("".join(traceback.format_exception(*record.exc_info)).rstrip(), token)
        record.exc_info = None
    return record
