"""Starting, stopping and dying: nothing lost, nothing twice, nothing told that is secret."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from telegram_server.faults import BAD_GATEWAY, DELIVERED_LATE, UNAUTHORIZED, Fault, flood
from telegram_server.people import newcomer
from telegram_server.process import BotProcess
from telegram_server.server import TelegramServer

from bot.chat.showing import texts

pytestmark = pytest.mark.process


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TelegramServer]:
    """A fake Telegram of one test's own."""
    with TelegramServer() as server:
        yield server


def test_sigterm_lets_the_running_answers_finish(server: TelegramServer, tmp_path: Path) -> None:
    """They are sent and confirmed; the process ends with status 0."""
    with BotProcess(server, tmp_path) as bot:
        people = [newcomer(server) for _ in range(3)]
        asked = [person.say("slow 0.6 question") for person in people]
        time.sleep(0.3)
        bot.terminate()
        assert bot.wait(10) == 0
        assert [len(server.sent(person.chat_id)) for person in people] == [1, 1, 1]
        assert {message["update_id"] for message in asked} <= set(server.updates.confirmed)


def test_what_sigterm_leaves_unanswered_is_answered_by_the_next_process(server: TelegramServer, tmp_path: Path) -> None:
    """Within ten seconds, whatever hangs; the unanswered stay with Telegram, the answered are not repeated."""
    with BotProcess(server, tmp_path, workers=1, answer_timeout_seconds=60) as bot:
        ada, bob, eve = newcomer(server), newcomer(server), newcomer(server)
        ada.say("slow 30 question")
        eve.say("/help")
        bob.say("How warm?")
        server.wait_sent(eve.chat_id)
        started = time.monotonic()
        bot.terminate()
        assert bot.wait(10) == 0 and time.monotonic() - started < 6
    assert server.sent(ada.chat_id) == server.sent(bob.chat_id) == []
    with BotProcess(server, tmp_path, workers=2, answer_timeout_seconds=0.5):
        server.wait_sent(bob.chat_id)
        assert server.wait_sent(ada.chat_id)[0]["text"] == texts.TOO_SLOW
    assert [len(server.sent(person.chat_id)) for person in (ada, bob, eve)] == [1, 1, 1]


def test_a_killed_process_loses_nothing(server: TelegramServer, tmp_path: Path) -> None:
    """SIGKILL in the midst of work: the next process answers, and only what was not answered."""
    with BotProcess(server, tmp_path, workers=1) as bot:
        people = [newcomer(server) for _ in range(4)]
        people[0].say("slow 1.5 question")
        people[1].say("/help")
        people[2].say("How warm?")
        people[3].say("How cold?")
        server.wait_sent(people[1].chat_id)
        time.sleep(0.2)
        bot.kill()
        with BotProcess(server, tmp_path):
            for person in people:
                server.wait_sent(person.chat_id)
            time.sleep(0.5)
    assert [len(server.sent(person.chat_id)) for person in people] == [1, 1, 1, 1]


def test_sigterm_while_a_message_is_under_way_does_not_send_it_twice(server: TelegramServer, tmp_path: Path) -> None:
    """Telegram took it and did not say so in time: it counts as sent, and a notice tells that it may not have been."""
    with BotProcess(server, tmp_path) as bot:
        ada = newcomer(server)
        server.fail("sendMessage", DELIVERED_LATE)
        ada.say("How warm?")
        server.wait_sent(ada.chat_id)
        bot.terminate()
        assert bot.wait(10) == 0
    with BotProcess(server, tmp_path):
        server.wait_sent(ada.chat_id, 2)
        time.sleep(0.5)
    assert [message["text"] == texts.LINE_BROKE for message in server.sent(ada.chat_id)] == [False, True]


def test_nothing_begins_to_be_sent_when_the_time_left_is_too_short_for_it(
    server: TelegramServer, tmp_path: Path
) -> None:
    """What waits out a flood limit at SIGTERM is left to the next process: delivered late, it would come twice."""
    with BotProcess(server, tmp_path) as bot:
        ada = newcomer(server)
        server.fail("sendMessage", flood(4), DELIVERED_LATE)
        ada.say("How warm?")
        server.wait_for("sendMessage")
        bot.terminate()
        assert bot.wait(10) == 0
    with BotProcess(server, tmp_path):
        server.wait_sent(ada.chat_id)
        time.sleep(6)
    assert [message["text"] for message in server.sent(ada.chat_id)].count(texts.LINE_BROKE) <= 1
    assert len([one for one in server.sent(ada.chat_id) if one["text"] != texts.LINE_BROKE]) == 1


def test_a_backlog_waits_its_turn_and_what_is_stale_is_not_answered(server: TelegramServer, tmp_path: Path) -> None:
    """Questions asked while the bot was down are answered, however many; very old ones get one kind word."""
    people = [newcomer(server) for _ in range(8)]
    for person in people:
        person.say("slow 0.05 question", date=int(time.time()) - 60)
    late = newcomer(server)
    for _ in range(3):
        late.say("How warm?", date=int(time.time()) - 7200)
    with BotProcess(server, tmp_path, workers=1, queue=1):
        answers = [server.wait_sent(person.chat_id)[0]["text"] for person in people]
        assert texts.BUSY not in answers
        assert server.wait_sent(late.chat_id)[0]["text"] == texts.AWAY
    assert len(server.sent(late.chat_id)) == 1


def test_a_start_survives_a_bad_minute_of_telegrams(server: TelegramServer, tmp_path: Path) -> None:
    """5xx, 429 and a refused menu at the start: the bot comes up."""
    server.fail("getMe", BAD_GATEWAY, flood(1))
    server.fail("deleteWebhook", BAD_GATEWAY)
    server.fail("setMyCommands", flood(600), Fault(400, "Bad Request: BOT_COMMAND_INVALID"))
    with BotProcess(server, tmp_path):
        ada = newcomer(server)
        ada.say("How warm?")
        server.wait_sent(ada.chat_id)


def test_a_refused_token_ends_the_process_and_stays_secret(server: TelegramServer, tmp_path: Path) -> None:
    """At the start or later: a status that a supervisor sees, and not a trace of the token."""
    wrong = BotProcess(server, tmp_path, token="1234:wrong-TOKEN-that-nobody-may-see").start(wait=False)
    with wrong.ending():
        assert wrong.wait(10) == 1
        assert "@BotFather" in wrong.log and "nobody-may-see" not in wrong.log
    with BotProcess(server, tmp_path) as bot:
        server.fail("getUpdates", *[UNAUTHORIZED] * 5)
        server.updates.interrupt()
        assert bot.wait(15) == 1
        assert "AAbbCCdd" not in bot.log


def test_the_token_is_not_logged_whatever_fails(server: TelegramServer, tmp_path: Path) -> None:
    """No server at all, torn connections, errors of every kind: the log holds no token, nor any question."""
    with BotProcess(server, tmp_path) as bot:
        ada = newcomer(server)
        server.fail("sendMessage", Fault(404, "Not Found"), Fault(drop=True), Fault(400, "Bad Request: no"))
        for _ in range(4):
            ada.say("fail, my secret question")
        server.fail("getUpdates", Fault(404, "Not Found"), BAD_GATEWAY)
        server.updates.interrupt()
        server.wait_sent(ada.chat_id, 1, seconds=15)
    alone = BotProcess(server, tmp_path).start(wait=False)
    with alone.ending():
        time.sleep(1)
    assert "ERROR" in bot.log
    assert "AAbbCCdd" not in bot.log and "secret question" not in bot.log


def test_a_database_that_is_none_is_a_clear_error(server: TelegramServer, tmp_path: Path) -> None:
    """The log names the file and the way out."""
    (tmp_path / "chat.sqlite").write_bytes(b"no database" * 1000)
    bot = BotProcess(server, tmp_path).start(wait=False)
    with bot.ending():
        assert bot.wait(10) == 1
        assert "chat.sqlite cannot be used" in bot.log and "move it away" in bot.log
        assert "Traceback" not in bot.log


def test_sigterm_before_the_start_is_done_ends_it(server: TelegramServer, tmp_path: Path) -> None:
    """A bot that waits for its network can be stopped."""
    server.fail("getMe", *[BAD_GATEWAY] * 20)
    bot = BotProcess(server, tmp_path).start(wait=False)
    with bot.ending():
        server.wait_for("getMe", 2)
        bot.terminate()
        assert bot.wait(5) == 0
