"""What a message asks of the bot."""

from collections.abc import Iterator
from typing import Any

import pytest
from telegram import Message, User
from telegram_server.people import Person, group_member, message, newcomer, user
from telegram_server.server import TelegramServer

from bot.chat.intents import Ask, Command, Hint, Intent, understand

ME = User(4242, "Verbatim", is_bot=True, username="verbatim_test_bot")
BOT = {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "supergroup"}, "from": ME.to_dict(), "text": "x"}


@pytest.fixture(scope="module")
def nowhere() -> Iterator[TelegramServer]:
    """A server that nobody polls: it only numbers messages."""
    with TelegramServer() as server:
        yield server


def meant(person: Person, text: str, **fields: Any) -> Intent:
    parsed = Message.de_json(message(person, text, **fields), None)
    assert parsed is not None
    return understand(parsed, ME)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("How warm are bees?", Ask("How warm are bees?")),
        ("/ask How warm?", Ask("How warm?")),
        ("/ASK@Verbatim_Test_Bot\nHow warm?", Ask("How warm?")),
        ("/ask@other_bot How warm?", None),
        ("/ask", Hint.NO_QUESTION),
        ("/start deep-link", Command("start", "deep-link")),
        ("/unheard of", Hint.UNKNOWN_COMMAND),
        ("🐝!", Hint.NO_QUESTION),
        ("蜂は何度?", Ask("蜂は何度?")),
        ("@verbatim_test_bot, how warm?", Ask("how warm?")),
        ("mail me@verbatim_test_bot.example how?", Ask("mail me@verbatim_test_bot.example how?")),
    ],
)
def test_private_chats(nowhere: TelegramServer, text: str, intent: Intent) -> None:
    """Any text is a question, commands are obeyed, commands for others are not."""
    fields: dict[str, Any] = {"entities": []} if text.startswith("mail") else {}
    assert meant(newcomer(nowhere), text, **fields) == intent


@pytest.mark.parametrize(
    ("text", "fields", "intent"),
    [
        ("How warm are bees?", {}, None),
        ("/ask How warm?", {}, Ask("How warm?")),
        ("/unheard", {}, None),
        ("/unheard@verbatim_test_bot", {}, Hint.UNKNOWN_COMMAND),
        ("🐝🐝 @VERBATIM_test_bot  how warm?", {}, Ask("🐝🐝 how warm?")),
        ("@verbatim_test_bot_2 how warm?", {}, None),
        ("And cold?", {"reply_to_message": BOT}, Ask("And cold?")),
        ("/ask@other_bot x", {"reply_to_message": BOT}, None),
        ("And cold?", {"reply_to_message": {**BOT, "from": user(7)}}, None),
        ("Hello", {"reply_to_message": {**BOT, "forum_topic_created": {"name": "x", "icon_color": 1}}}, None),
    ],
)
def test_groups(nowhere: TelegramServer, text: str, fields: dict[str, Any], intent: Intent) -> None:
    """Only what is for the bot; its name is no part of the question, wherever emoji stand before it."""
    assert meant(group_member(nowhere), text, **fields) == intent


@pytest.mark.parametrize(
    "fields",
    [
        {"from": {**user(7), "is_bot": True}},
        {"from": ME.to_dict()},
        {"via_bot": ME.to_dict()},
        {"via_bot": {**user(8), "is_bot": True}},
        {"is_automatic_forward": True, "sender_chat": {"id": -7, "type": "channel", "title": "C"}},
        {"chat": {"id": -7, "type": "channel", "title": "C"}},
    ],
    ids=["another bot", "itself", "via itself", "via another bot", "automatic forward", "channel post"],
)
@pytest.mark.parametrize("text", ["/ask How warm?", "@verbatim_test_bot how warm?", "How warm?"])
def test_nobody_but_people_is_answered(nowhere: TelegramServer, text: str, fields: dict[str, Any]) -> None:
    """Two bots that answer each other never end; a post of the channel in its group is no question."""
    assert meant(newcomer(nowhere), text, **fields) is None
    assert meant(group_member(nowhere), text, reply_to_message=BOT, **fields) is None


def test_anonymous_admins_and_channels_that_write_are_people(nowhere: TelegramServer) -> None:
    """Telegram shows both as bots, with the chat that they write as."""
    admin = {
        "sender_chat": {"id": -5, "type": "supergroup", "title": "G"},
        "from": {**user(1087968824), "is_bot": True},
    }
    channel = {"sender_chat": {"id": -7, "type": "channel", "title": "C"}, "from": {**user(136817688), "is_bot": True}}
    for fields in (admin, channel):
        assert meant(group_member(nowhere), "/ask How warm?", **fields) == Ask("How warm?")


def test_a_mention_without_a_user_name(nowhere: TelegramServer) -> None:
    """Some clients mention by number: a text mention."""
    entities = [{"type": "text_mention", "offset": 3, "length": 8, "user": ME.to_dict()}]
    assert meant(group_member(nowhere), "Hi Verbatim how warm?", entities=entities) == Ask("Hi how warm?")


@pytest.mark.parametrize(("offset", "length"), [(1, 1), (0, 1), (-4, 3), (2, 900), (4, -3), (0, 3)])
@pytest.mark.parametrize("kind", ["bot_command", "mention", "text_mention"])
def test_a_mark_within_a_character_is_no_trouble(nowhere: TelegramServer, kind: str, offset: int, length: int) -> None:
    """Entities count UTF-16 units, and one that begins or ends in the middle of an emoji marks no words of it."""
    entity = {
        "type": kind,
        "offset": offset,
        "length": length,
        **({"user": ME.to_dict()} if kind == "text_mention" else {}),
    }
    assert isinstance(meant(newcomer(nowhere), "🐝🐝 how warm?", entities=[entity]), Ask | Hint)
