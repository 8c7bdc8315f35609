"""Voice notes, photos, stickers, polls, places: one kind line, once an hour."""

from collections.abc import Iterator
from typing import Any

import pytest
from telegram import Message
from telegram_server.people import Person, group_member, message, newcomer
from telegram_server.process import BotProcess
from telegram_server.rules import Json
from telegram_server.server import TelegramServer

from bot.chat.other_media import TOLD_SECONDS, Medium, Told, medium_of
from bot.chat.showing import texts

FILE = {"file_id": "f", "file_unique_id": "u"}
PHOTO: Json = {"photo": [{**FILE, "width": 5, "height": 5}]}
STICKER = {**FILE, "width": 5, "height": 5, "is_animated": False, "is_video": False, "type": "regular"}
PLACE = {"latitude": 1.0, "longitude": 2.0}
POLL = {
    "id": "1", "question": "Tea?", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True,
    "type": "regular", "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
}  # fmt: skip
MEDIA: list[tuple[Json, Medium | None, str | None]] = [
    ({"voice": {**FILE, "duration": 3}}, Medium.VOICE, texts.NO_EARS),
    ({"audio": {**FILE, "duration": 3}}, Medium.VOICE, texts.NO_EARS),
    ({"video_note": {**FILE, "duration": 3, "length": 240}}, Medium.VOICE, texts.NO_EARS),
    (PHOTO, Medium.PICTURE, texts.NO_EYES),
    ({**PHOTO, "caption": "How warm are bees?"}, Medium.PICTURE, texts.NO_EYES),
    ({"sticker": STICKER}, Medium.PICTURE, texts.NO_EYES),
    ({"video": {**FILE, "width": 5, "height": 5, "duration": 3}}, Medium.PICTURE, texts.NO_EYES),
    (
        {"animation": {**FILE, "width": 5, "height": 5, "duration": 3}, "document": FILE},
        Medium.PICTURE,
        texts.NO_EYES,
    ),
    ({"document": FILE}, Medium.FILE, texts.NO_FILES),
    ({"poll": POLL}, Medium.POLL, texts.NO_GAMES),
    ({"dice": {"emoji": "🎲", "value": 3}}, Medium.POLL, texts.NO_GAMES),
    ({"location": PLACE}, Medium.PLACE, texts.NO_PLACES),
    ({"location": PLACE, "venue": {"location": PLACE, "title": "t", "address": "a"}}, Medium.PLACE, texts.NO_PLACES),
    ({"contact": {"phone_number": "1", "first_name": "B"}}, Medium.PLACE, texts.NO_PLACES),
    (
        {"invoice": {"title": "t", "description": "d", "start_parameter": "s", "currency": "EUR", "total_amount": 1}},
        Medium.OTHER,
        texts.UNREADABLE,
    ),
    ({"new_chat_title": "x"}, None, None),
    ({"new_chat_photo": PHOTO["photo"]}, None, None),
    ({}, None, None),
]


@pytest.fixture(scope="module")
def nowhere() -> Iterator[TelegramServer]:
    """A server that nobody polls: it only numbers messages."""
    with TelegramServer() as server:
        yield server


def parsed(person: Person, **fields: Any) -> Message:
    found = Message.de_json(message(person, "", **fields), None)
    assert found is not None
    return found


@pytest.mark.parametrize(("fields", "medium", "_"), MEDIA, ids=[", ".join(fields) for fields, _, _ in MEDIA])
def test_what_a_message_brings(nowhere: TelegramServer, fields: Json, medium: Medium | None, _: str | None) -> None:
    """Each kind of message is of one kind to us; what Telegram itself says is none."""
    assert medium_of(parsed(newcomer(nowhere), **fields)) is medium


@pytest.mark.process
@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(("fields", "_", "words"), MEDIA, ids=[", ".join(fields) for fields, _, _ in MEDIA])
def test_who_sends_no_words_is_told_what_works(
    server: TelegramServer, fields: Json, _: Medium | None, words: str | None
) -> None:
    """One line, fitting what came; silence for what Telegram itself says; and nothing crashes."""
    ada = newcomer(server)
    posted = ada.say("", **fields)
    server.wait_confirmed(posted["update_id"])
    assert [m["text"] for m in server.sent(ada.chat_id)] == ([words] if words else [])


@pytest.mark.process
@pytest.mark.usefixtures("bot")
def test_nobody_is_told_twice_within_the_hour(server: TelegramServer) -> None:
    """An album is many messages; a question in between is answered, and its limit is not used up by them."""
    ada = newcomer(server)
    for _ in range(20):
        ada.say("", **PHOTO)
    last = ada.say("How warm?")
    server.wait_confirmed(last["update_id"])
    first, second = (m["text"] for m in server.wait_sent(ada.chat_id, 2))
    assert first == texts.NO_EYES and second.startswith("Bee number 0")


@pytest.mark.process
def test_groups_are_told_only_where_the_bot_is_meant(server: TelegramServer, bot: BotProcess) -> None:
    """A photo among people is theirs; a reply to the bot, or its name in the caption, is for it."""
    ada = group_member(server)
    ada.say("", **PHOTO)
    ada.say("", **PHOTO, caption="for @another_bot", caption_entities=[{"type": "mention", "offset": 4, "length": 12}])
    last = ada.say("/ask How warm?")
    server.wait_confirmed(last["update_id"])
    (answer,) = server.wait_sent(ada.chat_id)
    ada.say("", voice={**FILE, "duration": 3}, reply_to_message=answer)
    assert server.wait_sent(ada.chat_id, 2)[1]["text"] == texts.NO_EARS
    bob = Person(server, newcomer(server).id, ada.chat_id)
    named = [{"type": "mention", "offset": 0, "length": 18}]
    bob.say("", **PHOTO, caption="@verbatim_test_bot what is this?", caption_entities=named)
    assert server.wait_sent(ada.chat_id, 3)[2]["text"] == texts.NO_EYES
    assert "Traceback" not in bot.log


def test_after_an_hour_a_word_is_due_again() -> None:
    """To each person by himself; and who was told long ago is forgotten."""
    now = [1000.0]
    told = Told(lambda: now[0])
    assert [told.is_due(7), told.is_due(7), told.is_due(8)] == [True, False, True]
    now[0] += TOLD_SECONDS - 1
    assert not told.is_due(7)
    now[0] += 1
    assert told.is_due(7)


@pytest.mark.parametrize("words", [texts.NO_EARS, texts.NO_EYES, texts.NO_FILES, texts.NO_GAMES, texts.NO_PLACES])
def test_the_line_is_short_and_says_what_works(words: str) -> None:
    """One line on a phone or two, with the way out."""
    assert len(words) < 130 and "\n" not in words and "Please write" in words
