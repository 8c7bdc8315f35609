"""Answers that the library would stumble over."""

import pytest
from telegram.error import TelegramError

from bot.chat.running.legible import LONGEST_FLOOD_SECONDS, LegibleRequest, known_parameters


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"5", b'"ok"', b"null", b"\xff", b"[" * 100_000])
def test_what_is_no_object_is_an_error_of_telegrams(payload: bytes) -> None:
    """Nothing else is caught by those who ask."""
    with pytest.raises(TelegramError):
        LegibleRequest.parse_json_payload(payload)


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ({"retry_after": 5}, {"retry_after": 5}),
        ({"retry_after": 0}, {"retry_after": 1}),
        ({"retry_after": 10**18}, {"retry_after": LONGEST_FLOOD_SECONDS}),
        ({"retry_after": "soon", "more": 5}, {}),
        ({"migrate_to_chat_id": -1_000_777}, {"migrate_to_chat_id": -1_000_777}),
        ([], {}),
        (None, {}),
    ],
)
def test_of_an_errors_parameters_only_numbers_are_kept(given: object, known: dict[str, int]) -> None:
    """A wait of any length fits into what the library makes of it."""
    assert known_parameters(given) == known
