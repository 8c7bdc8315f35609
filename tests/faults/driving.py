"""Making the bot call a method of the Bot API that ends in a certain way, and seeing what became of who waited for it.

Each ending has a person of its own, at whose call it is aimed, so that all of them can be under way at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from telegram_server.faults import DROPPED, EVERY, SUPERGROUP
from telegram_server.people import Person, newcomer
from telegram_server.rules import Json
from telegram_server.server import TelegramServer
from telegram_server.world import wait_until

from bot.chat.showing import texts
from bot.chat.showing.replying import MARK

QUESTION, ANSWER, NEXT_PAGE = "How warm?", "Bee number 0", "Bee number 3"
AT_ONCE = 8
LONG_SECONDS = 3.5
"""Longer than what is worth a line to who waits behind it (``waiting.LONG_SECONDS``)."""


@dataclass(frozen=True)
class Cell:
    """A method, how a call of it ends, by the name that ``faults.EVERY`` gives, and which call (``at``), whose."""

    method: str
    fault: str
    person: Person
    at: Json


def sending(server: TelegramServer) -> list[Cell]:
    """An answer is sent."""
    return [_asked(server, "sendMessage", fault) for fault in EVERY]


def typing(server: TelegramServer) -> list[Cell]:
    """An answer is on its way, and takes so long that this can be shown: to a few at a time."""
    cells: list[Cell] = []
    for number, fault in enumerate(EVERY):
        cells.append(_asked(server, "sendChatAction", fault, f"slow {LONG_SECONDS} question"))
        if number % AT_ONCE == AT_ONCE - 1:
            wait_until(lambda: not any(server.is_aimed(cell.method, cell.at) for cell in cells), 30, "it is shown")
    return cells


def marking(server: TelegramServer) -> list[Cell]:
    """A reply that is no answer may not have arrived."""
    return [_asked(server, "setMessageReaction", fault, "?", lost=True) for fault in EVERY]


def _asked(server: TelegramServer, method: str, fault: str, text: str = QUESTION, *, lost: bool = False) -> Cell:
    ada = newcomer(server)
    at = {"chat_id": ada.chat_id}
    if lost:
        server.aim("sendMessage", at, DROPPED)
    server.aim(method, at, EVERY[fault])
    ada.say(text)
    return Cell(method, fault, ada, at)


def turning(server: TelegramServer) -> list[Cell]:
    """A message is changed in its place."""
    return _pressed(server, "editMessageText", lambda person, press: {"chat_id": person.chat_id})


def acknowledging(server: TelegramServer) -> list[Cell]:
    """A press is answered."""
    return _pressed(server, "answerCallbackQuery", lambda person, press: {"callback_query_id": press})


def _pressed(server: TelegramServer, method: str, at: Callable[[Person, str], Json]) -> list[Cell]:
    people = {fault: newcomer(server) for fault in EVERY}
    for person in people.values():
        person.say(QUESTION)
    cells = []
    for fault, person in people.items():
        (answer,) = server.wait_sent(person.chat_id, seconds=30)
        number = f"press-of-{person.id}"
        cells.append(Cell(method, fault, person, at(person, number)))
        server.aim(method, cells[-1].at, EVERY[fault])
        person.press(answer, texts.MORE_QUOTES, number)
    return cells


def listing(server: TelegramServer) -> list[Cell]:
    """An inline query is answered."""
    cells = []
    for fault in EVERY:
        ada = newcomer(server)
        at = {"inline_query_id": f"query-of-{ada.id}"}
        server.aim("answerInlineQuery", at, EVERY[fault])
        server.chats.inline_queries.add(at["inline_query_id"])
        ada.type("bees", id=at["inline_query_id"])
        cells.append(Cell("answerInlineQuery", fault, ada, at))
    return cells


def withdrawing(server: TelegramServer) -> list[Cell]:
    """The line that somebody has to wait is taken away; needs a bot with one worker, which others leave alone."""
    first, second = newcomer(server), newcomer(server)
    first.say(f"slow {LONG_SECONDS} question")
    server.wait_sent(first.chat_id)  # from now on this is how long questions are expected to take
    second.say(f"slow {LONG_SECONDS} question")
    server.wait_for("sendChatAction", 2)
    return [_asked(server, "deleteMessage", fault) for fault in EVERY]


def outcome(server: TelegramServer, cell: Cell) -> str:
    """What the person of a cell has: words for each, in this order."""
    chat = cell.person.chat_id
    said = [message["text"] for message in server.sent(chat)]
    marks = [emoji for (place, _), emoji in tuple(server.chats.reactions.items()) if place == chat]
    seen = {
        "answer": any(text.startswith(ANSWER) for text in said),
        "next page": any(text.startswith(NEXT_PAGE) for text in said),
        "notice": texts.LINE_BROKE in said,
        "mark": [MARK] in marks,
        "elsewhere": (cell.method, cell.fault) == ("sendMessage", "moved") and bool(server.sent(SUPERGROUP)),
    }
    return ", ".join(name for name, is_so in seen.items() if is_so)


def table(server: TelegramServer, cells: Sequence[Cell]) -> dict[tuple[str, str], str]:
    """The outcome of each cell."""
    return {(cell.method, cell.fault): outcome(server, cell) for cell in cells}
