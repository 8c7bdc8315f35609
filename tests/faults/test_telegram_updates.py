"""Updates out of order, repeated, numbered anew, old, from the future, of strange forms and sizes.

After each somebody new asks, and gets his answer from the same process.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.strange import huge, mutants, queue_after, samples
from telegram_server.faults import INTERNAL
from telegram_server.people import Person, group_member, message, newcomer
from telegram_server.process import BotProcess
from telegram_server.server import TelegramServer
from telegram_server.world import wait_until

from bot.chat.showing import texts

pytestmark = pytest.mark.process

DAY = 86_400
ANSWER = "Bee number 0"


@pytest.fixture(scope="module")
def server() -> Iterator[TelegramServer]:
    """A fake Telegram."""
    with TelegramServer() as server:
        yield server


@pytest.fixture(scope="module")
def bot(server: TelegramServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    """A bot that lives through all of it; a traceback or the token in its log fails the module."""
    folder = tmp_path_factory.mktemp("bot")
    with BotProcess(server, folder, poll_seconds=2, refresh_seconds=60, queue=500) as bot:
        yield bot
        assert "Traceback" not in bot.log and "AAbbCCdd" not in bot.log


def asks(server: TelegramServer) -> Person:
    person = newcomer(server)
    person.say("How warm?")
    return person


def said(server: TelegramServer, person: Person, count: int = 1) -> list[str]:
    """How each of the bot's messages to somebody begins."""
    return [one["text"][: len(ANSWER)] for one in server.wait_sent(person.chat_id, count, seconds=30)]


def is_answered(server: TelegramServer) -> bool:
    """Whether a fresh question gets its answer."""
    return said(server, asks(server)) == [ANSWER]


# --- numbers ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("bot")
def test_updates_out_of_order_are_answered_once_each(server: TelegramServer) -> None:
    """The newest first, in one batch."""
    server.updates.backwards = True
    server.fail("getUpdates", INTERNAL)
    server.updates.interrupt()
    server.wait_failed("getUpdates")
    people = [asks(server) for _ in range(8)]
    assert [said(server, person) for person in people] == [[ANSWER]] * 8
    assert is_answered(server)
    wait_until(lambda: not server.updates.pending, 10, "all is confirmed")
    assert [len(server.sent(person.chat_id)) for person in people] == [1] * 8
    server.updates.backwards = False


@pytest.mark.usefixtures("bot")
def test_a_repeated_update_is_dealt_with_once(server: TelegramServer) -> None:
    """A question is answered once; a vote that came twice is not a vote taken back; also after others came."""
    ada = newcomer(server)
    asked = ada.post(message(ada, "How warm?"))
    (answer,) = server.wait_sent(ada.chat_id)
    press = ada.press(answer, "👍")
    wait_until(lambda: acknowledged(server, press) == 1, 10, "the vote is stored")
    vote = next(one for one in server.updates.seen if one.get("callback_query", {}).get("id") == press)
    question = {"update_id": asked["update_id"], "message": server.chats.messages[ada.chat_id, asked["message_id"]]}
    for _ in range(2):
        for update in (question, vote):
            server.updates.repeat(update)
            assert is_answered(server)
    assert len(server.sent(ada.chat_id)) == acknowledged(server, press) == 1


def acknowledged(server: TelegramServer, press: str) -> int:
    """How often a press was answered."""
    return sum(call.parameters["callback_query_id"] == press for call in server.of("answerCallbackQuery"))


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("first", [5, 2_000_000])
def test_updates_that_are_numbered_anew_are_dealt_with_once(server: TelegramServer, first: int) -> None:
    """After a week without updates Telegram takes another number at random, which may be a smaller one."""
    assert is_answered(server)
    wait_until(lambda: not server.updates.pending, 10, "all is confirmed, for a week")
    server.updates.number_anew(first)
    ada = asks(server)
    (answer,) = server.wait_sent(ada.chat_id)
    press = ada.press(answer, "👍")
    assert is_answered(server)
    wait_until(lambda: not server.updates.pending, 10, "all is confirmed")
    polls = server.updates.polls
    time.sleep(1)
    assert server.updates.polls - polls <= 3
    assert len(server.sent(ada.chat_id)) == acknowledged(server, press) == 1


# --- time -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("ahead", [3 * DAY, 400 * DAY, 40 * 365 * DAY], ids=["days", "a year", "forty years"])
def test_a_question_from_the_future_is_answered(server: TelegramServer, ahead: int) -> None:
    """The machine's clock may be behind."""
    ada = newcomer(server)
    ada.say("How warm?", date=int(time.time()) + ahead)
    assert said(server, ada) == [ANSWER] and is_answered(server)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("date", [-DAY, 1, 0, 10**14], ids=["yesterday", "1970", "none", "no date"])
def test_an_old_question_is_apologised_for_and_in_groups_passed_over(server: TelegramServer, date: int) -> None:
    """Whoever still waits is told once; a date that is none is no date of a message, and says nothing of it."""
    moment = int(time.time()) + date if date < 0 else date
    ada, eve = newcomer(server), group_member(server)
    for _ in range(2):
        ada.say("How warm?", date=moment)
    eve.say("/ask How warm?", date=moment)
    assert is_answered(server)
    wait_until(lambda: not server.updates.pending, 10, "all is confirmed")
    words = [one["text"] for one in server.sent(ada.chat_id)]
    assert words == ([] if date == 10**14 else [texts.AWAY]) and server.sent(eve.chat_id) == []


# --- forms ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("bot")
def test_unknown_fields_and_kinds_keep_nobody_from_his_answer(server: TelegramServer) -> None:
    """What Telegram adds tomorrow is not read, and what it says otherwise is."""
    ada = newcomer(server)
    new = {"hologram": {"id": 1, "depth": [1.5, None, {"text": ["not", {"a": "string"}]}]}, "flag": True}
    asked = message(ada, "How warm?", **new)
    asked["chat"] |= {"type": "private", **new}
    asked["from"] |= new
    asked["entities"] = [{"type": "glow", "offset": 0, "length": 3, **new}]
    fresh = [queue_after(server, {kind: {"id": "1", **new}}) for kind in ("message", "inline_query", "callback_query")]
    server.updates.allow("hologram")
    fresh.append(queue_after(server, {"hologram": new}))
    fresh.append(queue_after(server, {"message": {**message(ada, ""), **new}}))
    ada.post(asked)
    assert said(server, ada) == [ANSWER]
    assert [said(server, person) for person in fresh] == [[ANSWER]] * len(fresh)


@pytest.mark.usefixtures("bot")
def test_nobody_sends_and_is_answered_where_that_can_be(server: TelegramServer) -> None:
    """Without a sender a message belongs to its chat; a press, or a query, belongs to nobody."""
    ada, group = newcomer(server), group_member(server)
    for person, text in ((ada, "How warm?"), (group, "/ask How warm?")):
        asked = message(person, text)
        del asked["from"]
        person.post(asked)
    kinds = samples(server, ada)
    fresh = []
    for kind, field in (("callback_query", "from"), ("inline_query", "from"), ("message_reaction", "user")):
        del kinds[kind][field]
        fresh.append(queue_after(server, {kind: kinds[kind]}))
    assert said(server, ada) == said(server, group) == [ANSWER]
    assert [said(server, person) for person in fresh] == [[ANSWER]] * len(fresh)


def test_a_field_of_any_other_type_stops_nobody(server: TelegramServer, bot: BotProcess) -> None:
    """Each field of each kind of update missing, and with each wrong thing in its place: a query after each is
    answered. Queries, for the bot sends no more than thirty messages a second."""
    strange, number = [], 0
    for kind, sample in samples(server, newcomer(server)).items():
        for mutant in mutants({kind: sample}):
            server.updates.put(mutant)
            strange.append(mutant)
            number += 1
            Person(server, 10_000 + number, 10_000 + number).type(f"bees {number}")
    assert number > 300
    wait_until(lambda: not server.updates.pending, 60, "all is confirmed")
    wait_until(lambda: not server.chats.inline_queries, 20, "every query is answered")
    assert is_answered(server)
    assert " cannot be parsed" in bot.log and "uncaught error" not in bot.log


def test_ten_megabytes_are_borne(server: TelegramServer, bot: BotProcess) -> None:
    """Wherever they are, they cost neither much memory nor anybody's answer."""
    assert is_answered(server)
    before = peak_megabytes(bot)
    for update in huge(server, newcomer(server)).values():
        started = time.monotonic()
        person = queue_after(server, update)
        assert said(server, person) == [ANSWER] and time.monotonic() - started < 15
    assert peak_megabytes(bot) - before < 250


def peak_megabytes(bot: BotProcess) -> float:
    """The most memory that the process has had so far."""
    lines = Path(f"/proc/{bot.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
