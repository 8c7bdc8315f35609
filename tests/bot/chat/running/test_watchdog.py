"""A process that is up and deaf ends, within the time that is borne, with a status that a supervisor sees."""

import asyncio
import os
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from telegram_server.faults import BAD_GATEWAY, CONFLICTED, Fault
from telegram_server.people import newcomer
from telegram_server.process import BotProcess
from telegram_server.server import TelegramServer

from bot.chat.running.watchdog import HUNG, patience, until_one_ends
from bot.chat.showing import texts
from bot.errors import Deaf
from bot.languages.language import ENGLISH

pytestmark = pytest.mark.process


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    """A fake Telegram of one test's own."""
    with TelegramServer() as server:
        yield server


def impatient(server: TelegramServer, folder: Path, **borne: float) -> BotProcess:
    bears = {"silence_seconds": 60.0, "hang_seconds": 60.0, "quiet_seconds": 0.5, "beat_seconds": 0.1, **borne}
    return BotProcess(server, folder, sections={"patience": bears}, poll_seconds=1, refresh_seconds=0.05)


@pytest.mark.parametrize(("seconds", "borne"), [(16, 180), (40, 180), (65, 195)])
def test_three_missed_calls_are_borne(seconds: float, borne: float) -> None:
    """But never less than three minutes of silence: a network may go away for that long."""
    assert patience(seconds).silence_seconds == borne


def test_silence_ends_the_process(server: TelegramServer, tmp_path: Path) -> None:
    """Whatever Telegram answers, if it is nothing good for too long: exit status 1, in good order."""
    with impatient(server, tmp_path, silence_seconds=1.5) as bot:
        server.fail("getUpdates", *[BAD_GATEWAY] * 50)
        assert bot.wait(15) == 1
        assert "nothing was heard from Telegram" in bot.log and "Traceback" not in bot.log


def test_a_pause_that_is_short_enough_is_borne(server: TelegramServer, tmp_path: Path) -> None:
    """It recovers by itself."""
    with impatient(server, tmp_path, silence_seconds=20) as bot:
        server.fail("getUpdates", BAD_GATEWAY, Fault(drop=True), BAD_GATEWAY)
        ada = newcomer(server)
        ada.say("How warm?")
        server.wait_sent(ada.chat_id)
        assert "no update could be fetched" not in bot.log


def test_a_hanging_event_loop_ends_the_process(server: TelegramServer, tmp_path: Path) -> None:
    """At once, with the place where it hangs in the log; the question is answered by the next process."""
    with impatient(server, tmp_path, hang_seconds=1.0) as bot:
        ada = newcomer(server)
        (tmp_path / "hang").touch()
        bot.hang_up()
        ada.say("How warm?")
        assert bot.wait(15) == HUNG
        assert "the event loop has hung" in bot.log and "AAbbCCdd" not in bot.log
    (tmp_path / "hang").unlink()
    with impatient(server, tmp_path):
        server.wait_sent(ada.chat_id)
    assert len(server.sent(ada.chat_id)) == 1


def test_a_poisonous_update_stops_nobody(server: TelegramServer, tmp_path: Path) -> None:
    """It is skipped and confirmed; those after it are answered, and the log stays short."""
    with impatient(server, tmp_path) as bot:
        number = server.updates.put({"message": {"message_id": "no number", "chat": 5}})
        ada = newcomer(server)
        ada.say("How warm?")
        server.wait_sent(ada.chat_id)
        server.wait_confirmed(number)
        assert bot.log.count(f"update {number} cannot be parsed") <= 3


def test_a_second_process_says_so_and_ends(server: TelegramServer, tmp_path: Path) -> None:
    """Instead of fighting for the updates; the first one goes on undisturbed, and a third can begin after it."""
    with impatient(server, tmp_path) as bot:
        second = impatient(server, tmp_path)
        with second.start(wait=False).ending():
            assert second.wait(10) == 1
        assert "another process polls with this token already" in bot.log
        assert "AAbbCCdd" not in "".join(path.name for path in tmp_path.iterdir())
        assert {call.status for call in server.of("getUpdates")} <= {200}
        bot.kill()
        with impatient(server, tmp_path):
            pass


def test_a_conflict_with_a_process_elsewhere_is_told_once_and_once_when_it_is_over(
    server: TelegramServer, tmp_path: Path
) -> None:
    """To the admins; the bot goes on meanwhile."""
    admin, reader = newcomer(server), newcomer(server)
    bears = {"silence_seconds": 60.0, "quiet_seconds": 4.0}  # longer than the bot waits after a refusal
    with BotProcess(
        server, tmp_path, sections={"patience": bears}, admins=[admin.id], poll_seconds=1, refresh_seconds=0.05
    ):
        server.fail("getUpdates", *[CONFLICTED] * 2)
        server.wait_sent(admin.chat_id, 2, seconds=30)
        reader.say("How warm?")
        server.wait_sent(reader.chat_id)
        time.sleep(1)
    assert [message["text"] for message in server.sent(admin.chat_id)] == [
        texts.troubles([texts.CONFLICT], ENGLISH),
        texts.ALONE_AGAIN,
    ]


def test_systemd_is_told_when_the_bot_is_ready_alive_reloading_and_stopping(
    server: TelegramServer, tmp_path: Path
) -> None:
    """Ready only when Telegram is heard; alive for as long as the event loop turns."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(10)
        environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
        bot = BotProcess(server, tmp_path, environment=environment, poll_seconds=1)

        def hear(wanted: str) -> list[str]:
            heard = [""]
            while not heard[-1].startswith(wanted):
                heard.append(listening.recv(200).decode())
            return heard[1:]

        server.fail("getMe", BAD_GATEWAY)
        with bot:
            before = hear("READY=1")
            assert set(before[:-1]) <= {"WATCHDOG=1"} and server.updates.polls >= 1
            hear("WATCHDOG=1")
            hear("WATCHDOG=1")
            bot.hang_up()
            hear("RELOADING=1")
            hear("READY=1")
            bot.stop()
            time.sleep(0.5)
            listening.settimeout(0)
            with pytest.raises(BlockingIOError):
                hear("never")
            os.kill(bot.pid, signal.SIGCONT)
            listening.settimeout(10)
            bot.terminate()
            hear("STOPPING=1")
            assert bot.wait(10) == 0


def test_what_dies_in_the_background_ends_the_process(server: TelegramServer, tmp_path: Path) -> None:
    """The loop that fetches cannot begin: a status that a supervisor sees, not a process without it."""
    bot = impatient(server, tmp_path)
    with bot:
        bot.kill()
    with closing(sqlite3.connect(tmp_path / "chat.sqlite")) as database:
        database.execute("DROP TABLE handled")
    with bot.start(wait=False).ending():
        assert bot.wait(15) == 1
        assert "the chat ended unexpectedly" in bot.log


def test_a_part_that_ends_by_itself_ends_the_others() -> None:
    """With what it raised; a part that just returns leaves a bot without it, which is as bad."""
    ended: list[str] = []

    async def for_ever() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("cancelled")

    async def returns() -> None:
        """Nothing to do."""

    async def fails() -> None:
        raise ValueError

    with pytest.raises(Deaf):
        asyncio.run(until_one_ends(for_ever(), returns()))
    with pytest.raises(ValueError, match=r"^$"):
        asyncio.run(until_one_ends(fails(), for_ever()))
    assert ended == ["cancelled", "cancelled"]
