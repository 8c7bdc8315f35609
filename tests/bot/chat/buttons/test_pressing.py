"""The buttons under an answer, with the bot as a real process."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from fakes import SENTENCES
from telegram_server.people import Person, newcomer
from telegram_server.process import BotProcess
from telegram_server.rules import Json
from telegram_server.server import TelegramServer
from telegram_server.world import wait_until

from bot.chat.buttons.sealing import Seal
from bot.chat.showing import texts
from bot.chat.storage.people import People

T = TypeVar("T")

pytestmark = [pytest.mark.process, pytest.mark.usefixtures("bot")]


def ask(server: TelegramServer, question: str = "How warm?") -> tuple[Person, Json]:
    ada = newcomer(server)
    ada.say(question)
    return ada, server.wait_sent(ada.chat_id)[0]


def labels(message: Json) -> list[str]:
    return [button["text"] for row in message["reply_markup"]["inline_keyboard"] for button in row]


def acknowledged(server: TelegramServer, number: str) -> Json:
    def found() -> list[Json]:
        calls = server.of("answerCallbackQuery")
        return [c.parameters for c in calls if c.parameters["callback_query_id"] == number]

    wait_until(lambda: bool(found()), 5, f"{number} is acknowledged")
    return found()[0]


def votes(bot: BotProcess, user: int) -> list[tuple[int, str, str]]:
    connection = sqlite3.connect(bot.folder / "chat.sqlite")
    rows = connection.execute("SELECT up, snapshot, quotes FROM feedback WHERE user = ?", (user,)).fetchall()
    connection.close()
    return rows


def press_and_wait(server: TelegramServer, ada: Person, message: Json, label: str) -> Json:
    edits = len(server.of("editMessageText"))
    acknowledged(server, ada.press(message, label))
    server.wait_for("editMessageText", edits + 1)
    return server.sent(ada.chat_id)[0]


def test_an_answer_has_its_buttons(server: TelegramServer) -> None:
    """A link for each quote, then context, more quotes, and the votes."""
    _, answer = ask(server)
    assert labels(answer) == [
        *(f"Open at quote {n} · news.example" for n in (1, 2, 3)),
        texts.MORE_CONTEXT,
        texts.MORE_QUOTES,
        texts.MORE_INSIDE,
        texts.SAME_ELSEWHERE,
        "👍",
        "👎",
    ]


def test_more_context_widens_the_quotes_in_place_and_back(server: TelegramServer) -> None:
    """The same message grows, and shrinks again."""
    ada, answer = ask(server)
    wide = press_and_wait(server, ada, answer, texts.MORE_CONTEXT)
    assert wide["text"].startswith(f"{SENTENCES[0]} {SENTENCES[1]}\n")
    assert texts.LESS_CONTEXT in labels(wide)
    narrow = press_and_wait(server, ada, wide, texts.LESS_CONTEXT)
    assert narrow["text"].startswith(f"{SENTENCES[0]}\n")


def test_more_quotes_turns_the_page_and_back(server: TelegramServer) -> None:
    """Page two has the further quotes and no third page."""
    ada, answer = ask(server)
    second = press_and_wait(server, ada, answer, texts.MORE_QUOTES)
    assert second["text"].startswith(SENTENCES[3]) and texts.MORE_QUOTES not in labels(second)
    first = press_and_wait(server, ada, second, texts.PREVIOUS_QUOTES)
    assert first["text"].startswith(SENTENCES[0])


def test_a_vote_is_stored_with_what_it_was_about(server: TelegramServer, bot: BotProcess) -> None:
    """A second press withdraws it, another one changes it, /forget_me deletes it."""
    ada, answer = ask(server)
    assert acknowledged(server, ada.press(answer, "👍"))["text"] == texts.THANKS
    ((up, snapshot, quotes),) = votes(bot, ada.id)
    assert up == 1 and snapshot and quotes.count('"bees"') == 3
    assert acknowledged(server, ada.press(answer, "👎"))["text"] == texts.CHANGED_VOTE
    assert [row[0] for row in votes(bot, ada.id)] == [0]
    assert acknowledged(server, ada.press(answer, "👎"))["text"] == texts.WITHDRAWN
    assert votes(bot, ada.id) == []
    acknowledged(server, ada.press(answer, "👍"))
    ada.say("/forget_me")
    acknowledged(server, ada.press(server.wait_sent(ada.chat_id, 2)[1], texts.FORGET))
    wait_until(lambda: server.sent(ada.chat_id)[1]["text"].startswith("Deleted: "), 10, "it is deleted")
    assert votes(bot, ada.id) == []


@pytest.mark.parametrize("data", ["1:AAAAAAAAAAAA:s0", "nonsense", "1:x:z9", "1:AAAAAAAAAAAA:s0w "])
def test_a_button_that_nobody_knows_says_so(server: TelegramServer, data: str) -> None:
    """Pruned answers, other versions, forged data: a kind word and no crash."""
    ada, answer = ask(server)
    assert acknowledged(server, ada.press_data(answer, data)) == {
        "callback_query_id": server.of("answerCallbackQuery")[-1].parameters["callback_query_id"],
        "text": texts.TOO_OLD,
        "show_alert": "true",
    }


def test_a_button_of_a_message_that_telegram_no_longer_shows_says_so(server: TelegramServer) -> None:
    """Telegram then sends its place only: it cannot be edited."""
    ada, answer = ask(server)
    gone = {"message_id": answer["message_id"], "date": 0, "chat": answer["chat"]}
    data = answer["reply_markup"]["inline_keyboard"][3][0]["callback_data"]
    assert acknowledged(server, ada.press_data(gone, data))["text"] == texts.TOO_OLD


def test_pressing_twice_at_once_is_no_error(server: TelegramServer, bot: BotProcess) -> None:
    """The second edit changes nothing, which Telegram calls an error and we do not."""
    ada, answer = ask(server)
    for number in [ada.press(answer, texts.MORE_CONTEXT) for _ in range(2)]:
        acknowledged(server, number)
    wait_until(lambda: len([c for c in server.of("editMessageText") if c.status == 400]) == 1, 5, "a refusal")
    ask(server)
    assert "not modified" not in bot.log


def test_what_a_message_says_already_is_not_sent_again(server: TelegramServer, bot: BotProcess) -> None:
    """Where Telegram shows with the press that the page is there, nothing is edited."""
    ada, answer = ask(server)
    second = press_and_wait(server, ada, answer, texts.MORE_QUOTES)
    edits = len(server.of("editMessageText"))
    wide = next(data for data in datas(second) if ":s1w" in data)
    seal = Seal(people_of(bot.folder, People.seal_key))
    page = seal.sealed(str(seal.opened(wide, ada.chat_id)).replace(":s1w", ":s1"), ada.chat_id)
    acknowledged(server, ada.press_data(second, page))
    server.wait_confirmed(ada.say("/help")["update_id"])
    assert len(server.of("editMessageText")) == edits


def test_a_press_is_answered_within_a_second(server: TelegramServer, bot: BotProcess) -> None:
    """Also while all workers are busy for longer, and while the database is locked; the work is done all the same."""
    ada, answer = ask(server)
    for _ in range(2):
        newcomer(server).say("slow 1.8 question")
    time.sleep(0.2)
    started, edits = time.monotonic(), len(server.of("editMessageText"))
    acknowledged(server, ada.press(answer, texts.MORE_CONTEXT))
    assert time.monotonic() - started < 1
    server.wait_for("editMessageText", edits + 1)
    assert time.monotonic() - started > 1
    lock = sqlite3.connect(bot.folder / "chat.sqlite", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    assert acknowledged(server, ada.press(answer, "👍")).get("text", "") == ""
    assert time.monotonic() - started < 1
    time.sleep(0.5)
    lock.execute("ROLLBACK")
    lock.close()
    wait_until(lambda: len(votes(bot, ada.id)) == 1, 5, "the vote is stored")


def people_of(folder: Path, read: Callable[[People], T]) -> T:
    """Look into the database of a bot."""
    connection = sqlite3.connect(folder / "chat.sqlite", isolation_level=None)
    try:
        return read(People(connection))
    finally:
        connection.close()


def datas(message: Json) -> list[str]:
    return [b["callback_data"] for row in message["reply_markup"]["inline_keyboard"] for b in row if "url" not in b]


def test_a_press_that_is_too_old_to_acknowledge_still_works(server: TelegramServer) -> None:
    """After a restart Telegram may refuse the acknowledgement: the page is turned all the same."""
    ada, answer = ask(server)
    edits = len(server.of("editMessageText"))
    server.chats.callbacks.discard(ada.press(answer, texts.MORE_QUOTES))
    server.wait_for("editMessageText", edits + 1)
    wait_until(lambda: server.sent(ada.chat_id)[0]["text"].startswith(SENTENCES[3]), 5, "the page is turned")


def test_who_presses_without_end_is_slowed_down(server: TelegramServer) -> None:
    """Presses are limited too, and still acknowledged."""
    ada, answer = ask(server)
    numbers = [ada.press_data(answer, "nonsense") for _ in range(75)]
    assert acknowledged(server, numbers[-1])["text"] == texts.TOO_FAST


def test_buttons_survive_a_restart_and_tell_of_changed_articles(tmp_path: Path) -> None:
    """An old message's buttons work on; where its articles have changed they say so."""
    with TelegramServer() as server:
        with BotProcess(server, tmp_path):
            ada, answer = ask(server)
        (tmp_path / "published").write_text("second")
        with BotProcess(server, tmp_path, refresh_seconds=0.2):
            time.sleep(0.3)
            second = press_and_wait(server, ada, answer, texts.MORE_QUOTES)
            assert second["text"].startswith(SENTENCES[3])
            (tmp_path / "published").write_text("revised")
            time.sleep(0.5)
            acknowledged(server, ada.press(second, texts.PREVIOUS_QUOTES))
            assert server.wait_sent(ada.chat_id, 2)[1]["text"] == texts.ARTICLE_CHANGED
