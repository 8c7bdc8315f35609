"""Who runs the bot is told once what is wrong with the articles, and once that all is well again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from telegram_server.faults import BAD_GATEWAY, Fault
from telegram_server.people import Person, newcomer
from telegram_server.process import BotProcess
from telegram_server.server import TelegramServer

from bot.chat.admin.alarms import message
from bot.chat.showing import texts
from bot.languages.language import ENGLISH
from bot.records import Health, Trouble

FAILED, HELD = "failed: the disk is full", "held: by the gate"


class TestMessage:
    @pytest.mark.parametrize(
        ("now", "known", "said"),
        [
            ("", "", ""),
            ("a", "", "a"),
            ("a", "a", ""),
            ("ab", "a", "b"),
            ("a", "ab", ""),
            ("b", "a", "b"),
            ("", "ab", texts.WELL_AGAIN),
        ],
    )
    def test_only_what_is_new_is_told(self, now: str, known: str, said: str) -> None:
        """Each trouble once; well again once, when the last one is over."""
        health = Health(tuple(Trouble(key, f"trouble {key}") for key in now))
        told = message(health, frozenset(known), ENGLISH)
        assert told == (texts.troubles([f"trouble {said}"], ENGLISH) if len(said) == 1 else said)


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    """A fake Telegram of one test's own."""
    with TelegramServer() as server:
        yield server


@pytest.fixture
def ada(server: TelegramServer) -> Person:
    return newcomer(server)


def running(server: TelegramServer, folder: Path, *admins: Person) -> BotProcess:
    """A bot that looks how the articles are about twice a second."""
    return BotProcess(server, folder, admins=[admin.id for admin in admins], refresh_seconds=0.05)


def troubled(folder: Path, *lines: str) -> None:
    (folder / "troubles.new").write_text("\n".join(lines))
    (folder / "troubles.new").replace(folder / "troubles")


def told(server: TelegramServer, admin: Person) -> list[str]:
    return [message["text"] for message in server.sent(admin.chat_id)]


@pytest.mark.process
class TestProcess:
    def test_each_trouble_is_told_once_and_well_again_once(
        self, server: TelegramServer, tmp_path: Path, ada: Person
    ) -> None:
        """While the bot runs; each message reaches every admin, and nobody else."""
        bob, reader = newcomer(server), newcomer(server)
        with running(server, tmp_path, ada, bob) as bot:
            troubled(tmp_path, FAILED)
            server.wait_sent(ada.chat_id)
            troubled(tmp_path, FAILED, HELD)
            server.wait_sent(ada.chat_id, 2)
            troubled(tmp_path)
            server.wait_sent(ada.chat_id, 3)
            troubled(tmp_path, FAILED)
            for admin in (ada, bob):
                server.wait_sent(admin.chat_id, 4)
            assert "Traceback" not in bot.log
        expected = [
            texts.troubles([FAILED], ENGLISH),
            texts.troubles([HELD], ENGLISH),
            texts.WELL_AGAIN,
            texts.troubles([FAILED], ENGLISH),
        ]
        assert told(server, ada) == told(server, bob) == expected
        assert server.sent(reader.chat_id) == []

    def test_what_is_being_told_at_the_end_is_not_told_again(
        self, server: TelegramServer, tmp_path: Path, ada: Person
    ) -> None:
        """A message under way when the process has to end is remembered as told."""
        troubled(tmp_path, FAILED)
        server.fail("sendMessage", Fault(stall=0.5, delivered=True))
        with running(server, tmp_path, ada):
            server.wait_sent(ada.chat_id)
        bob = newcomer(server)
        with running(server, tmp_path, ada, bob):
            server.wait_sent(bob.chat_id)
        assert told(server, ada) == [texts.troubles([FAILED], ENGLISH)]

    def test_a_restart_repeats_nothing(self, server: TelegramServer, tmp_path: Path, ada: Person) -> None:
        """What was told is remembered; what is over by then is told by the next process."""
        troubled(tmp_path, FAILED)
        with running(server, tmp_path, ada):
            server.wait_sent(ada.chat_id)
        bob = newcomer(server)
        with running(server, tmp_path, ada, bob):
            server.wait_sent(bob.chat_id)
        assert told(server, ada) == told(server, bob) == [texts.troubles([FAILED], ENGLISH)]
        troubled(tmp_path)
        with running(server, tmp_path, ada, bob):
            server.wait_sent(bob.chat_id, 2)
        assert told(server, ada) == told(server, bob) == [texts.troubles([FAILED], ENGLISH), texts.WELL_AGAIN]

    def test_an_admin_who_blocked_the_bot_is_logged_once_and_keeps_nobody_from_being_told(
        self, server: TelegramServer, tmp_path: Path, ada: Person
    ) -> None:
        """Nor stops the task: when he lets the bot write again, he is told."""
        blocking, unknown = newcomer(server), newcomer(server)
        server.chats.blocked.add(blocking.chat_id)
        server.chats.moved[unknown.chat_id] = 5
        troubled(tmp_path, FAILED)
        with running(server, tmp_path, blocking, unknown, ada) as bot:
            server.wait_sent(ada.chat_id)
            server.wait_for("sendMessage", 9)
            log = bot.log
            assert log.count("number 1 in telegram.admins cannot be told") == 1
            assert log.count("number 2 in telegram.admins cannot be told") == 1
            server.chats.blocked.clear()
            server.wait_sent(blocking.chat_id)
            assert "Traceback" not in bot.log
        assert told(server, ada) == told(server, blocking) == [texts.troubles([FAILED], ENGLISH)]

    def test_a_bad_minute_of_telegrams_loses_no_warning(
        self, server: TelegramServer, tmp_path: Path, ada: Person
    ) -> None:
        """It is tried again."""
        server.fail("sendMessage", BAD_GATEWAY, Fault(429, "Too Many Requests: retry after 1", (("retry_after", 1),)))
        troubled(tmp_path, FAILED)
        with running(server, tmp_path, ada):
            server.wait_sent(ada.chat_id)
        assert told(server, ada) == [texts.troubles([FAILED], ENGLISH)]
