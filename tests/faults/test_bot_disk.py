"""The bot's database on a disk that is full: it goes on answering, says what it could not keep, and recovers."""

import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from telegram_server.people import Person, newcomer
from telegram_server.process import BotProcess
from telegram_server.rules import Json
from telegram_server.server import TelegramServer

from bot.chat.showing import texts

pytestmark = pytest.mark.process


@contextmanager
def full_disk(bot: BotProcess) -> Iterator[None]:
    """Let no file of the bot's grow, nor any be written to: SQLite fails, and so does the log."""
    before = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, before)


def toast(server: TelegramServer, person: Person, under: Json, label: str) -> str:
    """Press a button; return what was said to that."""
    number = person.press(under, label)

    def said() -> list[str]:
        calls = server.of("answerCallbackQuery")
        return [call.parameters.get("text", "") for call in calls if call.parameters["callback_query_id"] == number]

    server.wait_for("answerCallbackQuery", len(server.of("answerCallbackQuery")) + (not said()))
    return said()[0]


def answers(server: TelegramServer, person: Person) -> int:
    """How many answers somebody was sent."""
    return sum("Bee number 0" in message["text"] for message in server.sent(person.chat_id))


def stored_votes(folder: Path) -> list[tuple[int, int]]:
    """Who voted how, by a file that is whole."""
    with closing(sqlite3.connect(folder / "chat.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return database.execute("SELECT user, up FROM feedback ORDER BY user").fetchall()


def test_on_a_full_disk_the_bot_answers_and_says_what_is_lost(tmp_path: Path) -> None:
    """Nobody waits for an answer in vain; who votes is told that it did not count; with room all is as before."""
    with TelegramServer() as server:
        admins = [newcomer(server), newcomer(server)]
        with BotProcess(server, tmp_path, admins=[admin.id for admin in admins], refresh_seconds=0.2) as bot:
            ada, bob, eve = newcomer(server), newcomer(server), newcomer(server)
            ada.say("How warm?")
            before = server.wait_sent(ada.chat_id)[0]
            with full_disk(bot):
                (tmp_path / "troubles").write_text("failed: the run failed, the disk is full\n")
                for round_ in range(1, 4):
                    bob.say(f"How warm is it, {round_}?")
                    assert "Bee number 0" in server.wait_sent(bob.chat_id, round_)[-1]["text"]
                    assert toast(server, ada, before, "👍") == texts.TROUBLE
                eve.say("/help")
                assert server.wait_sent(eve.chat_id)[0]["text"] == texts.HELP
                eve.say("/language de")
                assert server.wait_sent(eve.chat_id, 2)[1]["text"] == texts.TROUBLE
                server.wait_sent(admins[1].chat_id)
                time.sleep(4)  # two more looks at how the articles are
                assert [len(server.sent(admin.chat_id)) for admin in admins] == [1, 1]
            assert stored_votes(tmp_path) == []
            assert toast(server, ada, before, "👍") == texts.THANKS
            asked = bob.say("And now?")
            now = server.wait_sent(bob.chat_id, 4)[-1]
            assert toast(server, bob, now, "👎") == texts.THANKS
            server.wait_confirmed(asked["update_id"])
        assert stored_votes(tmp_path) == [(ada.id, 1), (bob.id, 0)]
        with BotProcess(server, tmp_path):
            once_more = ada.say("Once more?")
            server.wait_confirmed(once_more["update_id"])
        assert [answers(server, person) for person in (ada, bob, eve)] == [2, 4, 0]
