"""What Telegram refuses, and in which words. Pure; every check raises ``Refusal`` or says nothing.

Stricter than Telegram where it forgives in silence: unknown fields, links it would drop, white space it would
trim from an entity. The words are those of tdlib and of the published specification.
"""

import json
import re
from collections.abc import Sequence
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]

LONGEST_TEXT, LONGEST_BYTES, MOST_ENTITIES = 4096, 32768, 100
_SEND = "chat_id text entities reply_markup reply_parameters message_thread_id link_preview_options"
FIELDS = {
    "getMe": "",
    "deleteWebhook": "drop_pending_updates",
    "setWebhook": "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
    "getWebhookInfo": "",
    "getUpdates": "offset limit timeout allowed_updates",
    "sendMessage": _SEND + " parse_mode disable_notification protect_content",
    "editMessageText": "chat_id message_id text entities reply_markup link_preview_options parse_mode",
    "deleteMessage": "chat_id message_id",
    "setMessageReaction": "chat_id message_id reaction is_big",
    "sendChatAction": "chat_id action message_thread_id",
    "answerCallbackQuery": "callback_query_id text show_alert cache_time",
    "setMyCommands": "commands scope language_code",
    "answerInlineQuery": "inline_query_id results cache_time is_personal next_offset button",
}
_STRUCTURED = {
    "entities",
    "reply_markup",
    "reply_parameters",
    "link_preview_options",
    "allowed_updates",
    "commands",
    "scope",
    "results",
    "button",
    "reaction",
}
_TEXT_IDS = {"callback_query_id", "inline_query_id"}
_ENTITY_FIELDS = {"type", "offset", "length", "url"}
_ENTITY_TYPES = {"blockquote", "expandable_blockquote", "bold", "italic", "text_link", "code", "pre"}
_OPAQUE, _QUOTES = {"code", "pre"}, {"blockquote", "expandable_blockquote"}
"""What can hold no entity, and what can hold code; https://core.telegram.org/bots/api#formatting-options."""
_ACTIONS = {"typing", "upload_document"}


class Refusal(Exception):
    """An answer that is not ok."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    @property
    def body(self) -> Json:
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


def bad(description: str) -> Refusal:
    """400 Bad Request."""
    return Refusal(400, f"Bad Request: {description}")


def decoded(method: str, form: dict[str, str]) -> Json:
    """Read a form's fields; refuse unknown methods and fields."""
    if method not in FIELDS:
        raise Refusal(404, "Not Found")
    unknown = set(form) - set(FIELDS[method].split())
    if unknown:
        raise bad(f"unknown field {', '.join(sorted(unknown))} in {method}")
    return {name: _value(name, text) for name, text in form.items()}


def _value(name: str, text: str) -> Any:
    if name in _STRUCTURED:
        return json.loads(text)
    if (name.endswith("_id") and name not in _TEXT_IDS) or name in ("offset", "limit", "timeout"):
        return int(text)
    return text


def check_text(text: str, entities: Sequence[Json]) -> str:
    """Return the text as Telegram shows it: trimmed. Entities are checked against the untrimmed one."""
    if not text:
        raise bad("message text is empty")
    if len(text.encode()) > LONGEST_BYTES:
        raise bad("text is too long")
    _check_entities(text, entities)
    shown = text.lstrip(" \n").rstrip()
    if not shown:
        raise bad("text must be non-empty")
    if units(shown) > LONGEST_TEXT:
        raise bad("message is too long")
    return shown


def units(text: str) -> int:
    """UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _check_entities(text: str, entities: Sequence[Json]) -> None:
    if len(entities) > MOST_ENTITIES:
        raise bad(f"can't parse entities: {len(entities)} are more than {MOST_ENTITIES}")
    for entity in entities:
        _check_entity(text.encode("utf-16-le", "surrogatepass"), entity)
    for one, other in combinations(entities, 2):
        _check_pair(one, other)


def _check_entity(content: bytes, entity: Json) -> None:
    if set(entity) - _ENTITY_FIELDS or entity.get("type") not in _ENTITY_TYPES:
        raise bad(f"can't parse entities: strange entity {entity}")
    start, length = entity["offset"], entity["length"]
    if start < 0 or length <= 0 or (start + length) * 2 > len(content):
        raise bad(f"can't parse entities: entity {start}+{length} is out of range")
    try:
        inner = content[start * 2 : (start + length) * 2].decode("utf-16-le")
        content[: start * 2].decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise bad(f"can't parse entities: entity {start}+{length} splits a character") from error
    if inner != inner.strip():
        raise bad(f"can't parse entities: entity {start}+{length} has white space at its ends")
    if entity["type"] == "text_link" and not is_link(entity.get("url", "")):
        raise bad("can't parse entities: wrong HTTP URL")


def _check_pair(one: Json, other: Json) -> None:
    first, second = sorted((one, other), key=lambda e: (e["offset"], -e["length"]))
    end = first["offset"] + first["length"]
    if second["offset"] >= end:
        return
    if second["offset"] + second["length"] > end:
        raise bad("can't parse entities: entities overlap")
    around, inside = {first["type"]} & _OPAQUE, {second["type"]} & _OPAQUE
    if around or (inside and first["type"] not in _QUOTES):
        raise bad(f"can't parse entities: {second['type']} in {first['type']}, of which Telegram keeps one")
    if first["type"] == second["type"]:
        raise bad(f"can't parse entities: nested {first['type']}")


def is_link(url: str) -> bool:
    """Whether Telegram keeps a link: http or https, a host with a dot."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "") and " " not in url


def check_keyboard(markup: Json | None) -> None:
    """Refuse a keyboard that Telegram refuses, or shows other than it was meant."""
    rows = (markup or {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    if len(buttons) > 100 or any(not 1 <= len(row) <= 8 for row in rows):
        raise bad("reply markup is too long, or has an empty row")
    for button in buttons:
        _check_button(button)


def _check_button(button: Json) -> None:
    actions = set(button) - {"text"}
    if not button.get("text", "").strip() or len(actions) != 1:
        raise bad("can't parse inline keyboard button: text buttons are unallowed in the inline keyboard")
    match actions.pop():
        case "url":
            if not is_link(button["url"]):
                raise bad(f"Inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
        case "callback_data":
            if not 1 <= len(button["callback_data"].encode()) <= 64:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        case other:
            raise bad(f"can't parse inline keyboard button: unknown action {other}")


MOST_RESULTS, LONGEST_RESULT_ID = 50, 64
_RESULT_FIELDS = {"type", "id", "title", "input_message_content", "reply_markup", "description", "url"}
_CONTENT_FIELDS = {"message_text", "entities", "link_preview_options"}
_START_PARAMETER = re.compile(r"[\w-]{1,64}", re.ASCII)


def check_results(results: Sequence[Json], button: Json | None) -> None:
    """Refuse results of an inline query that Telegram refuses, or that could not be posted."""
    ids = [result.get("id", "") for result in results]
    if len(ids) > MOST_RESULTS:
        raise bad("RESULTS_TOO_MUCH")
    if any(not 1 <= len(one.encode()) <= LONGEST_RESULT_ID for one in ids):
        raise bad("RESULT_ID_INVALID")
    if len(set(ids)) < len(ids):
        raise bad("RESULT_ID_DUPLICATE")
    for result in results:
        _check_result(result)
    if button is not None:
        if not button.get("text", "").strip() or set(button) != {"text", "start_parameter"}:
            raise bad("can't parse inline query results button")
        if not _START_PARAMETER.fullmatch(button["start_parameter"]):
            raise bad("START_PARAM_INVALID")


def _check_result(result: Json) -> None:
    if result.get("type") != "article" or set(result) - _RESULT_FIELDS:
        raise bad(f"can't parse inline query result: strange result {sorted(result)}")
    if not result.get("title", "").strip():
        raise bad("ARTICLE_TITLE_EMPTY")
    content = result.get("input_message_content", {})
    if set(content) - _CONTENT_FIELDS:
        raise bad(f"can't parse input message content: strange content {sorted(content)}")
    check_text(content.get("message_text", ""), content.get("entities", []))
    check_keyboard(result.get("reply_markup"))


def check_commands(commands: Sequence[Json]) -> None:
    """Refuse command menus that are too long or oddly named."""
    for command in commands:
        name, words = command["command"], command["description"]
        if not (1 <= len(name) <= 32 and name.isascii() and name.islower() and 1 <= len(words) <= 256):
            raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")


REACTIONS = (
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤️‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔"
    " 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇"
    " 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"
).split()
"""https://core.telegram.org/bots/api#reactiontypeemoji."""


def check_reaction(reaction: Sequence[Json]) -> list[str]:
    """Return the emoji of a bot's reaction; it may set one, of those that Telegram knows."""
    if len(reaction) > 1:
        raise Refusal(400, "Bad Request: REACTIONS_TOO_MANY")
    for one in reaction:
        if one.get("type") != "emoji" or set(one) != {"type", "emoji"} or one["emoji"] not in REACTIONS:
            raise Refusal(400, "Bad Request: REACTION_INVALID")
    return [one["emoji"] for one in reaction]


def check_action(action: str) -> None:
    """Refuse an unknown chat action."""
    if action not in _ACTIONS:
        raise bad("wrong parameter action in request")
