"""Those who write to the bot: they put messages and presses into the server's queue."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from telegram_server.rules import Json, units
from telegram_server.server import TelegramServer

_ENTITIES = (("bot_command", re.compile(r"^/\w+(@\w+)?")), ("mention", re.compile(r"@\w+")))
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """Somebody in a private chat (``chat_id`` positive) or in a group (negative).

    ``speaks`` is the language that Telegram tells of him, if it tells one.
    """

    server: TelegramServer
    id: int
    chat_id: int
    speaks: str = ""

    def say(self, text: str, **fields: Any) -> Json:
        """Write a message; ``fields`` are added to it as Telegram names them. Returns message and update."""
        return self.post(message(self, text, **fields))

    def post(self, content: Json, kind: str = "message") -> Json:
        """Queue a message as it is."""
        self.server.chats.messages[self.chat_id, content["message_id"]] = content
        return {**content, "update_id": self.server.updates.put({kind: content})}

    def press(self, under: Json, label: str, number: str = "") -> str:
        """Press the button that starts with ``label`` and return the callback query's number, a new one by default."""
        buttons = [b for row in under["reply_markup"]["inline_keyboard"] for b in row]
        data = next(b["callback_data"] for b in buttons if b["text"].startswith(label))
        return self.press_data(under, data, number)

    def press_data(self, under: Json, data: str, number: str = "") -> str:
        """Press a button with these data."""
        number = number or f"callback-{next(_numbers)}"
        self.server.chats.callbacks.add(number)
        self.server.updates.put(
            {
                "callback_query": {
                    "id": number,
                    "from": user(self.id, self.speaks),
                    "message": under,
                    "chat_instance": "1",
                    "data": data,
                }
            }
        )
        return number

    def type(self, query: str, **fields: Any) -> str:
        """Type an inline query in some chat, and return its number."""
        number = f"inline-{next(_numbers)}"
        self.server.chats.inline_queries.add(number)
        content = {
            "id": number,
            "from": user(self.id, self.speaks),
            "query": query,
            "offset": "",
            "chat_type": "sender",
        }
        self.server.updates.put({"inline_query": {**content, **fields}})
        return number

    def react(self, under: Json, *emoji: str, before: Sequence[str] = (), **fields: Any) -> int:
        """Change the reactions to a message from ``before`` to ``emoji``, and return the update's number."""
        content = {
            "chat": under["chat"],
            "message_id": under["message_id"],
            "date": int(time.time()),
            "user": user(self.id, self.speaks),
            "old_reaction": [{"type": "emoji", "emoji": one} for one in before],
            "new_reaction": [{"type": "emoji", "emoji": one} for one in emoji],
        }
        kept = {name: value for name, value in {**content, **fields}.items() if value is not None}
        return self.server.updates.put({"message_reaction": kept})


def user(number: int, speaks: str = "") -> Json:
    """Somebody as Telegram describes them."""
    described: Json = {"id": number, "is_bot": False, "first_name": "Ada"}
    return {**described, "language_code": speaks} if speaks else described


def newcomer(server: TelegramServer, speaks: str = "") -> Person:
    """Somebody new, in a private chat."""
    number = 100 + next(_numbers)
    return Person(server, number, number, speaks)


def group_member(server: TelegramServer) -> Person:
    """Somebody new, in a new group."""
    number = 100 + next(_numbers)
    return Person(server, number, -number)


def message(person: Person, text: str, **fields: Any) -> Json:
    """A message as Telegram describes it, commands and mentions marked."""
    private = person.chat_id > 0
    chat = {"id": person.chat_id, "type": "private" if private else "supergroup"}
    content: Json = {
        "message_id": person.server.chats.number(),
        "date": int(person.server.now()),
        "chat": {**chat, "first_name": "Ada"} if private else {**chat, "title": "A group"},
        "from": user(person.id, person.speaks),
    }
    if text:
        content |= {"text": text, "entities": _entities(text)}
    return {**content, **fields}


def _entities(text: str) -> list[Json]:
    return [
        {"type": kind, "offset": units(text[: match.start()]), "length": units(match.group())}
        for kind, pattern in _ENTITIES
        for match in pattern.finditer(text)
    ]
