"""The fake Telegram refuses what Telegram refuses: else the other tests prove nothing."""

from typing import Any

import pytest
from telegram_server.rules import Json, Refusal, check_keyboard, check_text, decoded


def entity(offset: int, length: int, kind: str = "bold", **fields: Any) -> Json:
    return {"type": kind, "offset": offset, "length": length, **fields}


@pytest.mark.parametrize(
    ("text", "entities", "words"),
    [
        ("", [], "empty"),
        (" \n ", [], "non-empty"),
        ("x" * 4097, [], "too long"),
        ("🐝" * 2049, [], "too long"),
        ("x" * 33000, [], "text is too long"),
        ("words", [entity(0, 6)], "out of range"),
        ("words", [entity(-1, 2)], "out of range"),
        ("words", [entity(0, 0)], "out of range"),
        ("🐝🐝", [entity(1, 2)], "splits"),
        ("a word", [entity(1, 3)], "white space"),
        ("words", [entity(0, 3), entity(2, 3, "italic")], "overlap"),
        ("words", [entity(0, 5, "blockquote"), entity(1, 2, "blockquote")], "nested"),
        ("words", [entity(0, 5, "text_link", url="http://localhost/")], "URL"),
        ("words", [entity(0, 5, "shout")], "strange"),
        ("words", [entity(0, 5, colour="red")], "strange"),
        ("x" * 101, [entity(n, 1) for n in range(101)], "more than 100"),
    ],
)
def test_bad_texts_are_refused(text: str, entities: list[Json], words: str) -> None:
    """Telegram would too, or would drop something in silence."""
    with pytest.raises(Refusal, match=words):
        check_text(text, entities)


def test_the_limit_is_counted_after_trimming() -> None:
    """4096 units are accepted, white space around them is not counted."""
    assert check_text(f"\n {'🐝' * 2048} ", [entity(2, 4096)]) == "🐝" * 2048


@pytest.mark.parametrize(
    "button",
    [
        {"text": "x", "callback_data": "я" * 33},
        {"text": "x", "callback_data": ""},
        {"text": " ", "callback_data": "x"},
        {"text": "x"},
        {"text": "x", "callback_data": "x", "url": "https://a.example"},
        {"text": "x", "url": "http://localhost"},
        {"text": "x", "shape": "round"},
    ],
)
def test_bad_buttons_are_refused(button: Json) -> None:
    """One action each, 64 bytes, a real link."""
    with pytest.raises(Refusal):
        check_keyboard({"inline_keyboard": [[button]]})


@pytest.mark.parametrize(("method", "field"), [("sendMessage", "txt"), ("getMe", "x"), ("sendMassage", "text")])
def test_unknown_fields_and_methods_are_refused(method: str, field: str) -> None:
    """A misspelt field would be ignored by Telegram, and never noticed by us."""
    with pytest.raises(Refusal):
        decoded(method, {field: "x"})
