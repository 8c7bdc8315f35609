"""Which methods of the Bot API the product calls, read from its source."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import telegram
from telegram import Bot

ROOT = Path(__file__).parents[2]
_EVERYDAY = {"close", "initialize", "shutdown"}
"""Methods of the library's bot that other things have, too: they count where a bot is asked."""
_BY_NAME = {
    "callback_query": telegram.CallbackQuery,
    "inline_query": telegram.InlineQuery,
    "message": telegram.Message,
    "effective_message": telegram.Message,
    "reply_to_message": telegram.Message,
    "chat": telegram.Chat,
    "effective_chat": telegram.Chat,
    "from_user": telegram.User,
    "effective_user": telegram.User,
}
"""What the library's objects are called where no annotation tells."""


def coroutines(kind: type) -> dict[str, str]:
    """The coroutines of a class, with the methods of the bot that each of an object's calls."""
    found = {name: one for name, one in inspect.getmembers(kind, inspect.iscoroutinefunction) if name[0] != "_"}
    return {name: _bots_method(name, inspect.getsource(one)) for name, one in found.items()}


def _bots_method(name: str, source: str) -> str:
    called = re.search(r"get_bot\(\)\.(\w+)\(", source)
    return called[1] if called else name


def published(name: str) -> str:
    """The Bot API's name of a method of the library's bot: ``sendMessage`` for ``send_message``."""
    if name in ("initialize", "shutdown"):
        return {"initialize": "getMe", "shutdown": ""}[name]
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def calls_in(source: str) -> set[str]:
    """Every method of the Bot API that a module's source names."""
    return {published(name) for name in _named(ast.parse(source))} - {""}


def _named(tree: ast.AST) -> Iterator[str]:
    kinds = dict(_annotated(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        owner = ast.unparse(node.value).rpartition(".")[2]
        if node.attr in _API and (node.attr not in _EVERYDAY or owner.endswith(("bot", "application"))):
            yield node.attr
        kind = kinds.get(ast.unparse(node.value)) or _BY_NAME.get(owner)
        if kind is not None and node.attr in _SHORTCUTS[kind]:
            yield _SHORTCUTS[kind][node.attr]


def _annotated(tree: ast.AST) -> Iterator[tuple[str, type]]:
    """Names that are annotated with a class of the library's; each is used for one class in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation is not None:
            kind = getattr(telegram, ast.unparse(node.annotation).split(" ")[0], None)
            if kind in _SHORTCUTS:
                yield node.arg, kind


_API = coroutines(Bot)
_SHORTCUTS = {kind: coroutines(kind) for kind in set(_BY_NAME.values())}


def called() -> set[str]:
    """Every method of the Bot API that the product calls."""
    return {name for path in (ROOT / "bot").rglob("*.py") for name in calls_in(path.read_text(encoding="utf-8"))}
