"""What updates look like when they have come in at the door."""

import pytest
from faults.strange import huge
from telegram_server.people import newcomer
from telegram_server.rules import Json
from telegram_server.server import TelegramServer

from bot.chat.updates.parsing import LONGEST_TEXT, MOST_ITEMS, parsable

CHAT = {"id": 1, "type": "private"}


def test_what_is_too_long_is_cut_at_the_door() -> None:
    """Nothing behind it has to bear more than Telegram takes from people."""
    with TelegramServer() as server:
        for name, update in huge(server, newcomer(server)).items():
            cut = parsable({"update_id": 1, **update})
            assert cut is not None and longest(cut) <= max(LONGEST_TEXT, MOST_ITEMS), name


def longest(value: object) -> int:
    """The length of the longest string or list."""
    match value:
        case str():
            return len(value)
        case list():
            return max(len(value), *map(longest, value), 0)
        case dict():
            return max(map(longest, value.values()), default=0)
        case _:
            return 0


@pytest.mark.parametrize("number", [None, "5", 0, -5, 2**60, 1.5, [], {}])
def test_an_update_without_a_number_is_none(number: object) -> None:
    """A negative offset would throw others away, and so would one beyond all that come."""
    assert parsable({"update_id": number, "message": {}}) is None


def test_half_a_character_is_no_character() -> None:
    """Nothing behind the door has to encode it; places in the text stay where they are."""
    update: Json = {"update_id": 1, "message": {"text": "\ud83d warm 🐝 \udc1d?"}}
    cut = parsable({**update, "message": {**update["message"], "message_id": 1, "date": 1, "chat": CHAT}})
    assert cut is not None and cut["message"]["text"] == "� warm 🐝 �?"
