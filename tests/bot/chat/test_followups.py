"""Questions that follow others, and the buttons that read a question otherwise, over real HTTP."""

import json
import sqlite3

import pytest
from telegram_server.people import Person, group_member, newcomer
from telegram_server.process import BotProcess
from telegram_server.rules import Json
from telegram_server.server import TelegramServer
from telegram_server.world import wait_until

from bot.chat.showing import texts

pytestmark = [pytest.mark.process, pytest.mark.usefixtures("bot")]

TOGETHER = "Read together with your question before:"


def answer(server: TelegramServer, person: Person, text: str, **fields: object) -> Json:
    """Ask, and return the message that answers."""
    before = len(server.sent(person.chat_id))
    person.say(text, **fields)
    return server.wait_sent(person.chat_id, before + 1)[-1]


def labels(message: Json) -> list[str]:
    """What is written on the buttons."""
    return [button["text"] for row in message["reply_markup"]["inline_keyboard"] for button in row]


def pressed(server: TelegramServer, person: Person, message: Json, label: str) -> Json:
    """Press a button, and return the message as it is shown then."""
    edits = len(server.of("editMessageText"))
    acknowledged(server, person.press(message, label))
    server.wait_for("editMessageText", edits + 1)
    return next(one for one in server.sent(person.chat_id) if one["message_id"] == message["message_id"])


def acknowledged(server: TelegramServer, number: str) -> str | None:
    """Wait for the answer to a press, and return its words."""

    def found() -> list[Json]:
        calls = server.of("answerCallbackQuery")
        return [call.parameters for call in calls if call.parameters["callback_query_id"] == number]

    wait_until(lambda: bool(found()), 5, f"{number} is acknowledged")
    words: str | None = found()[0].get("text")
    return words


def test_a_question_without_a_subject_is_read_with_the_one_before(server: TelegramServer) -> None:
    """The answer says with which words, and has a button that asks the question alone."""
    ada = newcomer(server)
    assert TOGETHER not in answer(server, ada, "How warm are honeybees?")["text"]
    followed = answer(server, ada, "When was it?")
    assert f"{TOGETHER} honeybees." in followed["text"]
    assert texts.ASK_ONLY_THIS in labels(followed)


def test_ask_only_this_answers_the_question_alone_in_place(server: TelegramServer) -> None:
    """The line and the button are gone then; the press is answered."""
    ada = newcomer(server)
    answer(server, ada, "How warm are honeybees?")
    followed = answer(server, ada, "When was it?")
    alone = pressed(server, ada, followed, texts.ASK_ONLY_THIS)
    assert TOGETHER not in alone["text"]
    assert texts.ASK_ONLY_THIS not in labels(alone)


def test_nobody_follows_up_what_another_person_asked(server: TelegramServer) -> None:
    """In a group each has a conversation of their own with the bot."""
    ada = group_member(server)
    bob = Person(server, ada.id + 100_000, ada.chat_id)
    answer(server, ada, "/ask How warm are honeybees?")
    assert TOGETHER not in answer(server, bob, "/ask When was it?")["text"]
    assert TOGETHER in answer(server, ada, "/ask When was it?")["text"]


def test_a_reply_to_an_answer_asks_inside_its_article(server: TelegramServer) -> None:
    """Whoever replies, and whatever was asked since."""
    ada = newcomer(server)
    first = answer(server, ada, "How warm are honeybees?")
    answer(server, ada, "Something else entirely")
    replied = answer(server, ada, "Who says so?", reply_to_message=first)
    assert "Looked first in “Bees in winter”." in replied["text"]


def test_any_day_drops_the_days_that_were_read(server: TelegramServer) -> None:
    """The days stand under the answer, and a button lets articles of other days in."""
    ada = newcomer(server)
    found = answer(server, ada, "How warm was yesterday?")
    assert "Only articles of these days: 21 November 2026." in found["text"]
    assert "these days" not in pressed(server, ada, found, texts.ANY_DAY)["text"]


def test_another_spelling_is_told(server: TelegramServer) -> None:
    """Who misspelt sees for what was looked."""
    ada = newcomer(server)
    assert "Looked for “bees”: no article has “baes”." in answer(server, ada, "How warm are baes?")["text"]


def test_more_from_this_article_turns_to_a_page_behind(server: TelegramServer) -> None:
    """It shows what the first page does not, and the way back."""
    ada = newcomer(server)
    found = answer(server, ada, "How warm are honeybees?")
    now = pressed(server, ada, found, texts.MORE_INSIDE)
    assert "Bee number 3 " in now["text"] and "Bee number 0 " not in now["text"]
    assert "Bee number 0 " in pressed(server, ada, now, texts.PREVIOUS_QUOTES)["text"]


def test_where_the_article_says_no_more_the_press_says_so(server: TelegramServer) -> None:
    """Nothing is changed then."""
    ada = newcomer(server)
    found = answer(server, ada, "How silent are they?")
    assert acknowledged(server, ada.press(found, texts.MORE_INSIDE)) == texts.NOTHING_MORE_INSIDE


def test_the_same_story_elsewhere_is_shown_where_copies_are(server: TelegramServer) -> None:
    """A page of what the other articles say."""
    ada = newcomer(server)
    found = answer(server, ada, "How warm are honeybees?")
    assert "Bee number 4 " in pressed(server, ada, found, texts.SAME_ELSEWHERE)["text"]


def test_no_question_is_on_the_disk(server: TelegramServer, bot: BotProcess) -> None:
    """What a follow-up needs is in memory only."""
    ada = newcomer(server)
    answer(server, ada, "How warm are xylophones?")
    answer(server, ada, "And when was it?")
    for path in bot.folder.glob("chat.sqlite*"):
        assert b"xylophone" not in path.read_bytes()
    with sqlite3.connect(bot.folder / "chat.sqlite") as connection:
        assert "xylophone" not in json.dumps([row[0] for row in connection.execute("SELECT pages FROM answers")])


def test_after_a_restart_the_question_is_forgotten_and_a_press_says_so(server: TelegramServer, bot: BotProcess) -> None:
    """What is in memory only is gone with it; what is stored still works."""
    ada = newcomer(server)
    found = answer(server, ada, "How warm are honeybees?")
    bot.terminate()
    bot.wait(10)
    bot.start()
    assert acknowledged(server, ada.press(found, texts.MORE_INSIDE)) == texts.QUESTION_FORGOTTEN
    assert "Bee number 4 " in pressed(server, ada, found, texts.SAME_ELSEWHERE)["text"]
    assert TOGETHER not in answer(server, ada, "When was it?")["text"]
