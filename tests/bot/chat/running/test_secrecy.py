"""The token in logs: nowhere."""

import io
import logging

import pytest

from bot.chat.running.secrecy import hidden, masked

TOKEN = "4242:AAbbCCddEE-secret_half"


def printed(level: int, message: str, *args: object, error: Exception | None = None) -> str:
    stream = io.StringIO()
    logger, handler = logging.getLogger("test.secrecy"), logging.StreamHandler(stream)
    logger.addHandler(handler)
    try:
        with hidden(TOKEN):
            logger.log(level, message, *args, exc_info=error)
    finally:
        logger.removeHandler(handler)
    return stream.getvalue()


@pytest.mark.parametrize(
    "text",
    [TOKEN, "https://a.example/bot4242%3AAAbbCCddEE-secret_half/getMe", "AAbbCCddEE-secret_half", TOKEN.lower()],
)
def test_every_form_of_the_token_is_masked(text: str) -> None:
    """Whole, percent-encoded, in small letters, or only its secret half; in messages and in their arguments."""
    assert "secret_half" not in masked(text, TOKEN)
    assert "secret_half" not in printed(logging.ERROR, f"request to {text}")
    assert printed(logging.ERROR, "request to %s", text).startswith("request to ")
    assert "secret_half" not in printed(logging.ERROR, "request to %s", text)


def test_tracebacks_are_masked_too() -> None:
    """An exception's text is where a library puts the URL."""
    try:
        raise ValueError(f"The token `{TOKEN}` was rejected")
    except ValueError as error:
        text = printed(logging.ERROR, "failed", error=error)
    assert "ValueError: The token `[token]` was rejected" in text and "Traceback" in text


def test_a_careless_log_call_is_no_crash() -> None:
    """Arguments that do not fit are somebody's bug, not the end of the bot."""
    assert "do not fit" in printed(logging.ERROR, "%d %d", "one")


def test_everything_is_as_before_afterwards() -> None:
    """Nothing global is left behind."""
    factory, level = logging.getLogRecordFactory(), logging.getLogger("httpx").level
    with hidden(TOKEN):
        assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
    assert (logging.getLogRecordFactory(), logging.getLogger("httpx").level) == (factory, level)
