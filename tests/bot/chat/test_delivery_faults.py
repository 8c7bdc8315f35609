"""What Telegram and the network can do to a message, over real HTTP with the bot as a real process."""

import time

import pytest
from telegram_server.faults import (
    BAD_GATEWAY,
    INTERNAL,
    UNPARSABLE,
    Fault,
    flood,
)
from telegram_server.people import Person, group_member, newcomer
from telegram_server.process import BotProcess
from telegram_server.rules import Json
from telegram_server.server import Call, TelegramServer

pytestmark = [pytest.mark.process, pytest.mark.usefixtures("bot")]


def sends(server: TelegramServer, person: Person) -> list[Call]:
    return [call for call in server.of("sendMessage") if call.parameters["chat_id"] == person.chat_id]


def ask(server: TelegramServer, *faults: Fault) -> tuple[Person, Json]:
    ada = newcomer(server)
    server.fail("sendMessage", *faults)
    return ada, ada.say("How warm?")


def test_a_flood_limit_is_waited_for(server: TelegramServer) -> None:
    """429: the answer comes after as many seconds as Telegram asks for, once."""
    ada, _ = ask(server, flood(1))
    server.wait_sent(ada.chat_id)
    first, second = sends(server, ada)
    assert second.at - first.at >= 1.0


def test_a_flood_limit_of_one_chat_does_not_stop_others(server: TelegramServer) -> None:
    """The pause is the message's, not the bot's."""
    ada, _ = ask(server, flood(2))
    time.sleep(0.2)
    bob, _ = ask(server)
    server.wait_sent(bob.chat_id, seconds=1)
    server.wait_sent(ada.chat_id)


@pytest.mark.parametrize("fault", [BAD_GATEWAY, INTERNAL, Fault(503, html=True)])
def test_a_server_error_is_tried_again(server: TelegramServer, fault: Fault) -> None:
    """5xx, with JSON or a gateway's HTML: nothing was delivered, so it is sent again."""
    ada, _ = ask(server, fault)
    server.wait_sent(ada.chat_id)
    assert len(sends(server, ada)) == 2


def test_refused_formatting_falls_back_step_by_step(server: TelegramServer) -> None:
    """First without links, which come from articles; then without any: better no bold words than no answer."""
    ada, _ = ask(server, UNPARSABLE)
    (answer,) = server.wait_sent(ada.chat_id)
    assert "blockquote" in [entity["type"] for entity in answer["entities"]]
    assert not any("url" in entity for entity in answer["entities"])
    buttons = [button for row in answer["reply_markup"]["inline_keyboard"] for button in row]
    assert buttons and not any("url" in button for button in buttons)
    bob, _ = ask(server, UNPARSABLE, UNPARSABLE)
    (answer,) = server.wait_sent(bob.chat_id)
    assert answer["entities"] == []
    eve, asked = ask(server, *[UNPARSABLE] * 3)
    server.wait_confirmed(asked["update_id"])
    assert len(sends(server, eve)) == 3


def test_a_blocked_bot_falls_silent(server: TelegramServer, bot: BotProcess) -> None:
    """403 is everyday life: not tried again, and nothing to wake an operator for."""
    ada = newcomer(server)
    server.chats.blocked.add(ada.chat_id)
    asked = ada.say("How warm?")
    server.wait_confirmed(asked["update_id"])
    assert [call.status for call in sends(server, ada)] == [403]
    assert not [line for line in bot.log.splitlines() if "blocked" in line and " INFO " not in line]


def test_a_group_that_became_a_supergroup_is_followed_once(server: TelegramServer) -> None:
    """The answer goes to the new chat, without the old one's message numbers."""
    ada = group_member(server)
    server.chats.moved[ada.chat_id] = -987654
    ada.say("/ask How warm?")
    server.wait_sent(-987654)
    moved = [c.parameters for c in server.of("sendMessage") if c.parameters["chat_id"] == -987654]
    assert len(moved) == 1 and "reply_parameters" not in moved[0]


def test_a_topic_that_is_gone_is_answered_in_the_group(server: TelegramServer) -> None:
    """The message thread is not found: the reply itself leads to the question."""
    ada = group_member(server)
    ada.say("/ask How warm?", message_thread_id=99, is_topic_message=True)
    assert "message_thread_id" not in server.wait_sent(ada.chat_id)[0]


def test_a_question_that_was_deleted_is_still_answered(server: TelegramServer) -> None:
    """allow_sending_without_reply."""
    ada = newcomer(server)
    asked = ada.say("slow 0.3 question")
    del server.chats.messages[ada.chat_id, asked["message_id"]]
    server.wait_sent(ada.chat_id)


def test_typing_that_fails_costs_nothing(server: TelegramServer) -> None:
    """429 or 5xx for an ornament: the answer comes all the same, at once."""
    ada = newcomer(server)
    server.fail("sendChatAction", flood(30))
    ada.say("slow 0.2 question")
    server.wait_sent(ada.chat_id, seconds=2)


def test_fetching_goes_on_after_errors(server: TelegramServer, bot: BotProcess) -> None:
    """409, 502 with HTML, 429: it comes back, and the conflict is an alarm."""
    server.fail("getUpdates", BAD_GATEWAY, flood(1))
    server.updates.interrupt()
    ada = newcomer(server)
    ada.say("How warm?")
    server.wait_sent(ada.chat_id, seconds=15)
    assert [line for line in bot.log.splitlines() if " ERROR " in line and "another process polls" in line]


def test_one_401_does_not_end_the_bot(server: TelegramServer) -> None:
    """A hiccup of a proxy, or a torn connection, is not the end of the token."""
    server.fail("getUpdates", Fault(401, "Unauthorized"), Fault(drop=True))
    server.updates.interrupt()
    ada = newcomer(server)
    ada.say("How warm?")
    server.wait_sent(ada.chat_id, seconds=15)


@pytest.mark.parametrize(
    "content",
    [{"message": {"message_id": "x"}}, {"message": {"date": 1}}, {"callback_query": 5}],
    ids=["wrong type", "missing fields", "not an object"],
)
def test_a_poisonous_update_is_skipped(server: TelegramServer, bot: BotProcess, content: Json) -> None:
    """One update that cannot be parsed must not stop those after it, nor come again for ever."""
    number = server.updates.put(content)
    ada = newcomer(server)
    ada.say("How warm?")
    server.wait_sent(ada.chat_id)
    server.wait_confirmed(number)
    skipped = bot.log.count(f"update {number} cannot be parsed")
    last = ada.say("And in winter?")
    server.wait_confirmed(last["update_id"])
    assert bot.log.count(f"update {number} cannot be parsed") == skipped >= 1
