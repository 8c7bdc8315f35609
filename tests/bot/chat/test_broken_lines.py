"""Where nobody knows whether a reply arrived: nothing is sent twice, and nobody is left without a word."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from fakes import SENTENCES
from telegram_server.faults import (
    BAD_GATEWAY,
    DELIVERED_DROPPED,
    DELIVERED_LATE,
    DELIVERED_UNREADABLE,
    DROPPED,
    INTERNAL,
    Fault,
    flood,
)
from telegram_server.people import Person, group_member, newcomer
from telegram_server.process import BotProcess
from telegram_server.rules import Json
from telegram_server.server import Call, TelegramServer
from telegram_server.world import wait_until

from bot.chat.showing import texts
from bot.chat.showing.replying import MARK

pytestmark = pytest.mark.process

STALLED = Fault(stall=4.0, drop=True)
"""The line is busy for so long that the process can be killed meanwhile; nothing arrived."""


def sends(server: TelegramServer, person: Person) -> list[Call]:
    return [call for call in server.of("sendMessage") if call.parameters["chat_id"] == person.chat_id]


def ask(server: TelegramServer, *faults: Fault, text: str = "How warm?") -> tuple[Person, Json]:
    ada = newcomer(server)
    server.fail("sendMessage", *faults)
    return ada, ada.say(text)


def marks(server: TelegramServer, message: Json) -> list[str]:
    return server.chats.reactions.get((message["chat"]["id"], message["message_id"]), [])


def wait_marked(server: TelegramServer, message: Json, seconds: float = 10) -> None:
    wait_until(lambda: marks(server, message) == [MARK], seconds, "the question is marked")


def labels(message: Json) -> list[str]:
    return [button["text"] for row in message["reply_markup"]["inline_keyboard"] for button in row]


def is_notice(message: Json) -> bool:
    return bool(message["text"] == texts.LINE_BROKE and labels(message) == [texts.SEND_AGAIN])


def test_a_mark_is_explained() -> None:
    """Who sees it can find out what it means."""
    assert MARK in texts.HELP


@pytest.mark.parametrize(
    "fault", [DELIVERED_LATE, DELIVERED_DROPPED, DELIVERED_UNREADABLE], ids=["late", "dropped", "unreadable"]
)
@pytest.mark.usefixtures("bot")
def test_what_may_have_arrived_is_not_sent_again(server: TelegramServer, fault: Fault) -> None:
    """A time-out, a torn connection, or an answer that is none: one notice tells, under the question."""
    ada, asked = ask(server, fault)
    server.wait_confirmed(asked["update_id"])
    answer, notice = server.sent(ada.chat_id)
    assert is_notice(notice) and not is_notice(answer)
    assert notice["reply_to_message"]["message_id"] == asked["message_id"]
    assert len(server.of("setMessageReaction")) == 0


@pytest.mark.usefixtures("bot")
def test_the_notice_turns_into_the_answer_once(server: TelegramServer) -> None:
    """In its place: two presses at once, or later, and still one message."""
    ada, _ = ask(server, DROPPED)
    (notice,) = server.wait_sent(ada.chat_id)
    assert is_notice(notice)
    for _ in range(2):
        ada.press(notice, texts.SEND_AGAIN)
    wait_until(lambda: texts.MORE_CONTEXT in labels(server.sent(ada.chat_id)[0]), 5, "the answer is there")
    (answer,) = server.sent(ada.chat_id)
    ada.press(notice, texts.SEND_AGAIN)
    server.wait_confirmed(ada.say("/about")["update_id"])
    assert server.sent(ada.chat_id)[0] == answer and answer["message_id"] == notice["message_id"]
    bob, _ = ask(server)
    (plain,) = server.wait_sent(bob.chat_id)
    assert labels(answer) == labels(plain)
    assert all(sentence in answer["text"] for sentence in SENTENCES[:3])


@pytest.mark.usefixtures("bot")
def test_a_decline_can_be_sent_again_too(server: TelegramServer) -> None:
    """That the articles do not say is an answer."""
    bob, _ = ask(server, text="unknown?")
    (declined,) = server.wait_sent(bob.chat_id)
    ada, _ = ask(server, DROPPED, text="unknown?")
    (notice,) = server.wait_sent(ada.chat_id)
    ada.press(notice, texts.SEND_AGAIN)
    wait_until(lambda: not is_notice(server.sent(ada.chat_id)[0]), 5, "the answer is there")
    assert server.sent(ada.chat_id)[0]["text"] == declined["text"]


@pytest.mark.usefixtures("bot")
def test_where_the_notice_may_not_have_arrived_the_question_is_marked(server: TelegramServer) -> None:
    """Until Telegram has taken the mark: marking twice is marking once."""
    server.fail("setMessageReaction", INTERNAL, flood(1), DROPPED, DELIVERED_DROPPED, BAD_GATEWAY)
    ada, asked = ask(server, DROPPED, DELIVERED_DROPPED)
    wait_until(lambda: len(server.of("setMessageReaction")) >= 6, 40, "the mark was taken")
    server.wait_confirmed(asked["update_id"])
    assert marks(server, asked) == [MARK] and server.of("setMessageReaction")[-1].status == 200
    assert [is_notice(message) for message in server.sent(ada.chat_id)] == [True] and len(sends(server, ada)) == 2


@pytest.mark.parametrize("text", ["/about", "?", "slow 9 question", "fail"])
@pytest.mark.usefixtures("bot")
def test_where_words_may_not_have_arrived_the_message_is_marked(server: TelegramServer, text: str) -> None:
    """Nothing can be sent again there, but nobody waits for nothing; also where it is told that there is no answer."""
    ada, asked = ask(server, DROPPED, text=text)
    wait_marked(server, asked)
    server.wait_confirmed(asked["update_id"])
    assert len(sends(server, ada)) == 1


@pytest.mark.usefixtures("bot")
def test_where_telegram_takes_nothing_for_long_the_question_is_marked(server: TelegramServer) -> None:
    """An answer that was tried often enough has certainly not arrived."""
    ada, asked = ask(server, *[INTERNAL] * 4)
    wait_marked(server, asked, 30)
    assert server.sent(ada.chat_id) == [] and len(sends(server, ada)) == 4


@pytest.mark.usefixtures("bot")
def test_a_group_that_wants_no_reactions_gets_none(server: TelegramServer) -> None:
    """It is tried once; the update does not stay in work for ever."""
    ada = group_member(server)
    server.chats.without_reactions.add(ada.chat_id)
    server.fail("sendMessage", DROPPED, DROPPED)
    asked = ada.say("/ask How warm?")
    server.wait_confirmed(asked["update_id"])
    tried = [c.status for c in server.of("setMessageReaction") if c.parameters["chat_id"] == ada.chat_id]
    assert tried == [400]


@pytest.mark.parametrize("delivered", [True, False], ids=["arrived", "lost"])
def test_an_answer_under_way_when_the_process_is_killed_is_not_sent_by_the_next(
    tmp_path: Path, delivered: bool
) -> None:
    """The next process cannot know: it tells, and the answer can be had from there."""
    with TelegramServer() as server:
        with BotProcess(server, tmp_path) as bot:
            ada, asked = ask(server, Fault(stall=4.0, delivered=delivered, drop=True))
            server.wait_failed("sendMessage")
            assert noted(tmp_path) == [1]
            bot.kill()
        with BotProcess(server, tmp_path):
            notice = server.wait_sent(ada.chat_id, 1 + delivered)[-1]
            server.wait_confirmed(asked["update_id"])
            assert is_notice(notice)
            ada.press(notice, texts.SEND_AGAIN)
            wait_until(lambda: not is_notice(server.sent(ada.chat_id)[-1]), 5, "the answer is there")
        assert len(server.sent(ada.chat_id)) == 1 + delivered
        assert noted(tmp_path) == []


def test_a_notice_under_way_when_the_process_is_killed_becomes_a_mark(tmp_path: Path) -> None:
    """Nor is the notice sent twice."""
    with TelegramServer() as server:
        with BotProcess(server, tmp_path) as bot:
            ada, asked = ask(server, DROPPED, STALLED)
            server.wait_failed("sendMessage")
            assert noted(tmp_path) == [2]
            bot.kill()
        with BotProcess(server, tmp_path):
            wait_marked(server, asked)
            server.wait_confirmed(asked["update_id"])
        assert server.sent(ada.chat_id) == []


def test_a_reply_that_arrived_before_the_process_was_killed_is_the_last_word(tmp_path: Path) -> None:
    """Telegram took it, and the process died before it could confirm the question."""
    with TelegramServer() as server:
        with BotProcess(server, tmp_path) as bot:
            ada, asked = ask(server)
            server.wait_sent(ada.chat_id)
            bot.kill()
        unconfirmed(tmp_path, asked["update_id"])
        with BotProcess(server, tmp_path):
            server.wait_confirmed(asked["update_id"])
        assert len(server.sent(ada.chat_id)) == 1 and marks(server, asked) == []


def test_an_answer_that_waits_when_the_process_is_killed_is_sent_by_the_next(tmp_path: Path) -> None:
    """A flood limit is certain: nothing arrived, so the next process answers as if it were the first."""
    with TelegramServer() as server:
        with BotProcess(server, tmp_path) as bot:
            ada, _ = ask(server, flood(30))
            server.wait_for("sendMessage")
            time.sleep(0.3)
            bot.kill()
        with BotProcess(server, tmp_path):
            (answer,) = server.wait_sent(ada.chat_id)
        assert not is_notice(answer)


def noted(folder: Path) -> list[int]:
    """How far the replies came that are noted."""
    with closing(sqlite3.connect(folder / "chat.sqlite")) as connection:
        return [row[0] for row in connection.execute("SELECT stage FROM replies")]


def unconfirmed(folder: Path, update_id: int) -> None:
    """Have the file say what it says between a reply's arrival and the end of its update."""
    with closing(sqlite3.connect(folder / "chat.sqlite")) as connection:
        connection.execute("DELETE FROM handled WHERE update_id = ?", (update_id,))
        connection.execute("INSERT OR REPLACE INTO replies VALUES (?, 3, '', ?)", (update_id, time.time()))
        connection.commit()
