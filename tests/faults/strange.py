"""Updates such as Telegram does not send, or not yet: every field missing, or of every other type; too much of it."""

import time
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from telegram_server.people import Person, message, newcomer, user
from telegram_server.rules import Json
from telegram_server.server import TelegramServer

WRONG: tuple[Any, ...] = (None, "\ud83d", 7, -(10**30), True, [None], {})
"""What stands in the place of a field; half of a surrogate pair is JSON, and no text."""
TEN_MEGABYTES = 10_000_000


def samples(server: TelegramServer, person: Person) -> dict[str, Json]:
    """An update of each kind that the bot asks for, with the fields that it reads."""
    mention: Json = {"type": "text_mention", "offset": 0, "length": 3, "user": user(4242)}
    replied = message(person, "before")
    asked = message(person, "How warm?", reply_to_message=replied)
    asked["entities"] = [mention, {"type": "bold", "offset": 4, "length": 4}]
    emoji = [{"type": "emoji", "emoji": "👍"}]
    return {
        "message": asked,
        "callback_query": {
            "id": "1", "from": user(person.id), "message": replied, "chat_instance": "1", "data": "1:abc:s0",
        },
        "inline_query": {"id": "1", "from": user(person.id), "query": "How warm?", "offset": ""},
        "message_reaction": {
            "chat": asked["chat"], "message_id": replied["message_id"], "date": int(time.time()),
            "user": user(person.id), "old_reaction": [], "new_reaction": emoji,
        },
    }  # fmt: skip


def mutants(sample: Any) -> Iterator[Any]:
    """Yield the sample with each of its parts left out, and with each wrong thing in the place of each part."""
    for path in _paths(sample):
        for wrong in WRONG:
            yield _changed(sample, path, wrong)
        yield _changed(sample, path, None, leave_out=True)


def _paths(value: Any) -> Iterator[tuple[Any, ...]]:
    """Yield where each part stands, the outermost first; the whole is none."""
    places = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in places:
        yield (name,)
        yield from ((name, *deeper) for deeper in _paths(part))


def _changed(value: Any, path: tuple[Any, ...], wrong: Any, *, leave_out: bool = False) -> Any:
    changed = deepcopy(value)
    holder = changed
    for name in path[:-1]:
        holder = holder[name]
    if leave_out:
        del holder[path[-1]]
    else:
        holder[path[-1]] = wrong
    return changed


def huge(server: TelegramServer, person: Person) -> dict[str, Json]:
    """Updates of ten megabytes, by where they have them."""
    words = "how warm are bees " * (TEN_MEGABYTES // 18)
    ask = samples(server, person)
    text = ask["message"]
    bold = {"type": "bold", "offset": 4, "length": 4}
    return {
        "text": {"message": {**text, "text": words}},
        "text of one word": {"message": {**text, "text": "x" * TEN_MEGABYTES}},
        "text of emoji": {"message": {**text, "text": "🐝" * (TEN_MEGABYTES // 4)}},
        "text of spaces": {"message": {**text, "text": " " * TEN_MEGABYTES}},
        "caption": {"message": {**{k: v for k, v in text.items() if k != "text"}, "photo": [], "caption": words}},
        "entities": {"message": {**text, "entities": [bold] * (TEN_MEGABYTES // 50)}},
        "name": {"message": {**text, "from": {**user(person.id), "first_name": words}}},
        "unknown": {"message": {**text, "hologram": [words]}},
        "nested": {"message": {**text, "hologram": _nested(900)}},
        "replied": {"message": {**text, "reply_to_message": {**text["reply_to_message"], "text": words}}},
        "data": {"callback_query": {**ask["callback_query"], "data": words}},
        "query": {"inline_query": {**ask["inline_query"], "query": words}},
        "reactions": {
            "message_reaction": {
                **ask["message_reaction"], "new_reaction": [{"type": "emoji", "emoji": "👍"}] * 200_000,
            }
        },
    }  # fmt: skip


def _nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


def queue_after(server: TelegramServer, update: Json) -> Person:
    """Queue an update, and a question of somebody new right behind it."""
    server.updates.put(update)
    person = newcomer(server)
    person.say("How warm?")
    return person
