"""The settings are read again while the bot runs, at SIGHUP: what can change does, the rest is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from telegram_server.people import newcomer
from telegram_server.process import BotProcess
from telegram_server.server import TelegramServer
from telegram_server.world import wait_until

from bot.chat.showing import texts
from bot.languages.language import ENGLISH

pytestmark = pytest.mark.process


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    """A fake Telegram of one test's own."""
    with TelegramServer() as server:
        yield server


def said_to(server: TelegramServer, text: str) -> str:
    """What somebody new is answered."""
    person = newcomer(server)
    person.say(text)
    answer: str = server.wait_sent(person.chat_id)[0]["text"]
    return answer


def test_new_settings_count_from_the_next_message_on(server: TelegramServer, tmp_path: Path) -> None:
    """What /about says, how often one may ask, how long an answer may take, who is told of troubles."""
    admin = newcomer(server)
    with BotProcess(server, tmp_path, about="The old one.", refresh_seconds=0.05) as bot:
        assert "The old one." in said_to(server, "/about")
        bot.write_settings(
            about="The new one.", questions_per_minute=2, answer_timeout_seconds=0.3, admins=[admin.id], workers=5
        )
        bot.hang_up()
        wait_until(lambda: "settings read again" in bot.log, 5, "read")
        assert "The new one." in said_to(server, "/about")
        assert said_to(server, "slow 1 question") == texts.TOO_SLOW
        eager = newcomer(server)
        for _ in range(3):
            eager.say("/help")
        assert [one["text"] for one in server.wait_sent(eager.chat_id, 3)].count(texts.slow_down(2, ENGLISH)) == 1
        (tmp_path / "troubles").write_text("failed: the disk is full")
        server.wait_sent(admin.chat_id)
        assert "a restart is needed for the new telegram.workers" in bot.log
        for name in ("about", "questions_per_minute", "answer_timeout_seconds", "admins"):
            assert f"telegram.{name}" in bot.log


def test_settings_that_cannot_be_used_change_nothing(server: TelegramServer, tmp_path: Path) -> None:
    """The log says why, and the bot goes on; the next good ones are taken."""
    with BotProcess(server, tmp_path, about="The old one.") as bot:
        bot.write_settings(about="The new one.", workers=-1)
        bot.hang_up()
        wait_until(lambda: "the settings stay as they were" in bot.log, 5, "refused")
        assert "The old one." in said_to(server, "/about")
        bot.write_settings(about="The new one.")
        bot.hang_up()
        wait_until(lambda: "settings read again; changed: telegram.about" in bot.log, 5, "read")
        assert "The new one." in said_to(server, "/about")
        assert "Traceback" not in bot.log


def test_a_new_snapshot_is_looked_for_as_well(server: TelegramServer, tmp_path: Path) -> None:
    """Without waiting for the next look."""
    with BotProcess(server, tmp_path, refresh_seconds=60) as bot:
        said_to(server, "How warm?")
        (tmp_path / "published").write_text("second")
        bot.hang_up()
        wait_until(lambda: "settings read again" in bot.log, 5, "read")
        wait_until(lambda: bool(said_to(server, "How warm?")) and "from second" in bot.log, 5, "the new snapshot")
