"""Updates as they arrive: one that the library cannot parse must not stop those after it.

Telegram's own are within bounds that it publishes. What is not was made by somebody else: it is cut to them, or, where
it has the wrong form, skipped, so that nothing behind this door has to deal with it.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from telegram import Update

_log = logging.getLogger(__name__)

LONGEST_TEXT = 4096
"""Characters of a text, which is the longest string that is read here; https://core.telegram.org/bots/api#message."""
MOST_ITEMS = 4096
"""Items of a list: a text has an entity for each of its characters at most."""
LARGEST_NUMBER = 2**52
"""Telegram's numbers of chats have at most 52 significant bits; https://core.telegram.org/bots/api#chat."""


@dataclass(frozen=True, slots=True)
class _Form:
    """An object of JSON: the ``needed`` fields are there; the others, where they are there, are of these types."""

    needed: Mapping[str, "_Type"]
    others: Mapping[str, "_Type"] = field(default_factory=dict)


_Type = type | _Form | list["_Type"]
"""A type of Python's, an object, or a list of one of them."""

_USER = _Form({"id": int}, {"is_bot": bool, "language_code": str})
_CHAT = _Form({"id": int, "type": str})
_ENTITIES: _Type = [_Form({"type": str, "offset": int, "length": int}, {"user": _USER})]
_REACTIONS: _Type = [_Form({"type": str}, {"emoji": str})]
_PLACE: Mapping[str, _Type] = {"message_id": int, "chat": _CHAT, "date": int}
_CONTENT: Mapping[str, _Type] = {
    "from": _USER, "sender_chat": _CHAT, "via_bot": _USER, "message_thread_id": int,
    "text": str, "entities": _ENTITIES, "caption": str, "caption_entities": _ENTITIES,
    "migrate_to_chat_id": int, "migrate_from_chat_id": int,
}  # fmt: skip
_MESSAGE = _Form(_PLACE, {**_CONTENT, "reply_to_message": _Form(_PLACE, _CONTENT)})
_REACTION = {"old_reaction": _REACTIONS, "new_reaction": _REACTIONS}
_UPDATE = _Form(
    {"update_id": int},
    {
        "message": _MESSAGE,
        "callback_query": _Form({"id": str, "from": _USER}, {"data": str, "message": _MESSAGE}),
        "inline_query": _Form({"id": str, "from": _USER, "query": str}),
        "message_reaction": _Form({**_PLACE, **_REACTION}, {"user": _USER, "actor_chat": _CHAT}),
    },
)
"""What is read of an update: the library takes fields as they come, and misses none."""


def parsable(update: Any) -> dict[str, Any] | None:
    """Return what of an update is within bounds; an empty one of the same number where it cannot be parsed; ``None``
    where it has no number."""
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int) or not 0 < number < LARGEST_NUMBER:
        _log.error("Telegram sent an update without a number: it is skipped")
        return None
    try:
        bounded: dict[str, Any] = _bounded(update)
        _check(bounded, _UPDATE)
        Update.de_json(bounded, None)
    except Exception as error:  # noqa: BLE001 - whatever a strange update makes the parser raise
        _log.error("update %d cannot be parsed (%s): it is skipped", number, type(error).__name__)
        return {"update_id": number}
    return bounded


def _bounded(value: Any) -> Any:
    """Cut a value of JSON to what Telegram's can be, null being as good as missing. Raises ``ValueError``."""
    match value:
        case str():
            # half of a surrogate pair is no character; what stands for it takes as much room in UTF-16
            cut = value[:LONGEST_TEXT]
            return cut if cut.isascii() else cut.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case int() if abs(value) >= LARGEST_NUMBER:
            raise ValueError("a number is too large")
        case list():
            return [_bounded(item) for item in value[:MOST_ITEMS]]
        case dict():
            return {name: _bounded(item) for name, item in value.items() if item is not None}
        case _:
            return value


def _check(value: Any, form: _Type) -> None:
    """Raise ``TypeError`` or ``KeyError`` where a value is not of its form."""
    if isinstance(form, _Form) and isinstance(value, dict):
        for name, inner in form.needed.items():
            _check(value[name], inner)
        for name, inner in form.others.items():
            if name in value:
                _check(value[name], inner)
    elif isinstance(form, list) and isinstance(value, list):
        for item in value:
            _check(item, form[0])
    elif type(value) is not form:  # not isinstance: to Python, a truth is a number
        raise TypeError(f"{type(value).__name__} stands where none can")
