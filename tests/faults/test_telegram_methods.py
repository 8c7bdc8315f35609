"""Every method of the Bot API that the bot calls, ending in every way in which a call may end.

A matrix from lists: what the methods are is read from the product's source (``calling``), the ends stand in
``telegram_server.faults``. After each end somebody new asks, and gets his answer from the same process.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from faults.calling import called, calls_in
from faults.driving import (
    ANSWER,
    QUESTION,
    Cell,
    acknowledging,
    listing,
    marking,
    sending,
    table,
    turning,
    typing,
    withdrawing,
)
from telegram_server.faults import ANSWERS, EVERY, SILENCES, flood
from telegram_server.inside import inside, until
from telegram_server.people import Person, newcomer
from telegram_server.process import BotProcess
from telegram_server.rules import FIELDS
from telegram_server.server import TelegramServer
from telegram_server.world import wait_until

from bot.chat.updates.polling import BATCH
from bot.errors import TokenError

Drive = Callable[[TelegramServer], list[Cell]]

READERS: dict[str, Drive] = {
    "sendMessage": sending,
    "sendChatAction": typing,
    "setMessageReaction": marking,
    "editMessageText": turning,
    "answerCallbackQuery": acknowledging,
    "answerInlineQuery": listing,
    "deleteMessage": withdrawing,
}
"""Methods that are called for a reader, and what makes the bot call them."""

OWN = ("getMe", "deleteWebhook", "getUpdates", "setWebhook", "getWebhookInfo")
"""Methods that the bot calls for itself: it asks again until it is answered."""

MENUS = "setMyCommands"

GROUPS = {
    ("sendMessage", "setMessageReaction"): 1,
    ("editMessageText", "answerCallbackQuery", "answerInlineQuery"): 1,
    ("deleteMessage",): 1,
    ("sendChatAction",): 32,
}
"""What one process goes through at once, each of them sending 30 messages a second; with so many workers."""

ADMINS = [700_000 + number for number in range(len(EVERY))]
"""Each has a menu of his own, and so a call that may fail."""

AGAIN = {name for name in ANSWERS if name[:3] in ("401", "404", "409", "500", "502")} | {
    "429 for a second", "429 of a gateway", "429 without a number",
}  # fmt: skip
"""Certainly not done, for no reason that lies in the message: it is sent again."""
PLAINLY = {"strange tag", "unclosed tag", "crossed tags", "bad button"}
ELSEWHERE = {"no thread", "nothing to reply to"}
DELIVERED = {name for name in SILENCES if "after delivery" in name}


def expected(method: str, fault: str) -> str:
    """What a reader has when a call for him ended so."""
    match method:
        case "sendMessage":
            return after_sending(fault)
        case "setMessageReaction":
            again = fault in AGAIN and fault[:3] in ("429", "500", "502")
            return "mark" if again or fault in SILENCES else ""
        case "editMessageText":
            return "next page" if fault in AGAIN | PLAINLY | set(SILENCES) else "answer"
        case "answerCallbackQuery":
            return "next page"
        case "answerInlineQuery":
            return ""
        case _:
            return "answer"


def after_sending(fault: str) -> str:
    """An answer that is not taken is marked, unless nothing can be said there at all."""
    if fault in SILENCES:
        return "answer, notice" if fault in DELIVERED else "notice"
    if fault in AGAIN | PLAINLY | ELSEWHERE:
        return "answer"
    return {"moved": "elsewhere", "403": ""}.get(fault, "mark")


def test_the_matrix_knows_every_method_that_the_bot_calls() -> None:
    """Who calls another one has to say here what makes the bot call it, and what then becomes of whom."""
    assert called() == {*READERS, *OWN, MENUS} == set(FIELDS)
    assert sorted(READERS) == sorted(method for group in GROUPS for method in group)


@pytest.mark.parametrize(
    ("source", "methods"),
    [
        ("await self._bot.get_chat_member(1, 2)", {"getChatMember"}),
        ("call = bot.send_photo", {"sendPhoto"}),
        ("await message.reply_text('x')", {"sendMessage"}),
        ("await update.callback_query.answer()", {"answerCallbackQuery"}),
        ("async def f(query: InlineQuery):\n    await query.answer([])", {"answerInlineQuery"}),
        ("await chat.bot.log_out()", {"logOut"}),
        ("await database.close()\nservice.answer(question)\nquote.answer", set()),
    ],
)
def test_a_call_is_seen_in_the_source(source: str, methods: set[str]) -> None:
    """Else nothing would be missing from the matrix, whatever the bot calls."""
    assert calls_in(source) == methods


def ask_after(server: TelegramServer, cell: Cell) -> Person:
    """Ask a fresh question as soon as a call has ended as it was to."""
    wait_until(lambda: not server.is_aimed(cell.method, cell.at), 60, f"{cell.method} ended with: {cell.fault}")
    person = newcomer(server)
    person.say(QUESTION)
    return person


def answers(server: TelegramServer, people: Sequence[Person]) -> list[str]:
    """How each one's first message begins."""
    return [server.wait_sent(person.chat_id, seconds=60)[0]["text"][: len(ANSWER)] for person in people]


@pytest.mark.process
def test_whatever_a_call_ends_with_the_bot_goes_on(tmp_path: Path) -> None:
    """A process bears every end of every method, answers a fresh question after each, and ends in good order."""
    with ThreadPoolExecutor(len(GROUPS)) as at_once:
        found = list(at_once.map(lambda group: endured(tmp_path / group[0], group), GROUPS))
    outcomes = {cell: said for group in found for cell, said in group.items()}
    assert outcomes == {(method, fault): expected(method, fault) for method in READERS for fault in EVERY}


def patient(server: TelegramServer, folder: Path, workers: int) -> BotProcess:
    """A bot that turns nobody away."""
    return BotProcess(
        server, folder, workers=workers, queue=500, answer_timeout_seconds=60, poll_seconds=2, refresh_seconds=60,
        admins=ADMINS,
    )  # fmt: skip


def endured(folder: Path, methods: tuple[str, ...]) -> dict[tuple[str, str], str]:
    """What became of those for whom a process called these methods, in vain; its menus are not taken either."""
    folder.mkdir()
    with TelegramServer() as server:
        server.fail(MENUS, *EVERY.values())
        with patient(server, folder, GROUPS[methods]) as bot:
            cells = [cell for method in methods for cell in READERS[method](server)]
            fresh = [ask_after(server, cell) for cell in cells]
            assert answers(server, fresh) == [ANSWER] * len(fresh) and len(fresh) == len(methods) * len(EVERY)
            wait_until(lambda: not server.updates.pending and server.has_failed(MENUS), 60, "all is dealt with")
            found = table(server, cells)
            bot.terminate()
            assert bot.wait(12) == 0
    assert "Traceback" not in bot.log and "AAbbCCdd" not in bot.log
    return found


@pytest.mark.process
def test_a_flood_limit_of_hours_holds_up_nobody_else(tmp_path: Path) -> None:
    """However many messages wait for it: they are more than the updates that may be in work."""
    with TelegramServer() as server, BotProcess(server, tmp_path, refresh_seconds=60) as bot:
        people = [newcomer(server) for _ in range(BATCH + 10)]
        for person in people:
            for method in ("sendMessage", "setMessageReaction"):
                server.aim(method, {"chat_id": person.chat_id}, *[flood(4 * 3600)] * 5)
            person.say("?")
        assert answers(server, [ask(server)]) == [ANSWER], bot.log


def ask(server: TelegramServer) -> Person:
    person = newcomer(server)
    person.say(QUESTION)
    return person


# --- what the bot asks for itself -------------------------------------------------------------------------------

AT_START = ("getMe", "deleteWebhook", "setWebhook")
LIFE_SECONDS = 90.0
REFUSED = {name for name in EVERY if name[:3] in ("401", "404")}
"""The token is refused: at the start that ends the process, later at the third time in a row."""


def test_what_the_bot_needs_itself_it_asks_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is answered, until it is answered well; then, and after each bad answer later, it answers."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    lives = [(method, faults) for method in OWN for faults in shares(method)]
    folders = [tmp_path / str(number) for number in range(len(lives))]
    for folder in folders:
        folder.mkdir()

    async def scenario() -> list[str | BaseException]:
        return await asyncio.gather(
            *(live(folder, *one) for folder, one in zip(folders, lives, strict=True)), return_exceptions=True
        )

    ended = asyncio.run(scenario())
    wrong = {one: repr(end) for one, end in zip(lives, ended, strict=True) if end != ANSWER}
    assert wrong == {}


def shares(method: str) -> list[tuple[str, ...]]:
    """What one life after the other goes through: few of them, for each bad answer costs a pause."""
    fatal = REFUSED if method in ("getMe", "deleteWebhook") else set()
    names = [name for name in EVERY if name not in fatal]
    lives = len(names) // 3
    return [tuple(names[start::lives]) for start in range(lives)]


async def live(folder: Path, method: str, faults: tuple[str, ...]) -> str:
    """Start a bot whose calls of a method end so; return how the last answer begins that it gave."""
    listen = free_address() if method in ("setWebhook", "getWebhookInfo") else ""
    with TelegramServer() as server:
        if method in AT_START:
            server.fail(method, *(EVERY[fault] for fault in faults))
            faults = ()
        async with asyncio.timeout(LIFE_SECONDS), inside(server, folder, listen):
            said = await answered(server)
            for fault in faults:
                server.fail(method, EVERY[fault])
                server.updates.end()
                await until(lambda: server.has_failed(method), 60, f"{method} ended with: {fault}")
                said = await answered(server)
    return said


async def answered(server: TelegramServer) -> str:
    person = ask(server)
    await until(lambda: bool(server.sent(person.chat_id)), 60, "a question is answered")
    text: str = server.sent(person.chat_id)[0]["text"]
    return text[: len(ANSWER)]


def free_address() -> str:
    """Of a loopback address of its own: on the other one ports are taken all the time, by all those servers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.2", 0))
        return f"127.0.0.2:{probe.getsockname()[1]}"


@pytest.mark.parametrize("method", ["getMe", "deleteWebhook"])
@pytest.mark.parametrize("fault", sorted(REFUSED))
def test_a_token_that_is_refused_at_the_start_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, fault: str
) -> None:
    """For a supervisor to see; that this is status 1, and so at the third refusal later, shows ``test_restarts``."""
    monkeypatch.setenv("NO_PROXY", "*")

    async def scenario() -> None:
        with TelegramServer() as server:
            server.fail(method, EVERY[fault])
            async with inside(server, tmp_path):
                pass

    with pytest.raises(TokenError, match="@BotFather"):
        asyncio.run(scenario())
