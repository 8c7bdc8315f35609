"""The fake Telegram refuses what Telegram refuses: else the other tests prove nothing."""

from typing import Any

import pytest
from telegram_server.rules import Json, Refusal, check_keyboard, check_reaction, check_results, check_text, decoded
from telegram_server.world import Chats


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


RESULT: Json = {"type": "article", "id": "1", "title": "t", "input_message_content": {"message_text": "words"}}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": ""}, "RESULT_ID_INVALID"),
        ({"id": "я" * 33}, "RESULT_ID_INVALID"),
        ({"title": " "}, "ARTICLE_TITLE_EMPTY"),
        ({"type": "photo"}, "strange result"),
        ({"colour": "red"}, "strange result"),
        ({"input_message_content": {}}, "empty"),
        ({"input_message_content": {"message_text": "x", "parse_mode": "HTML"}}, "strange content"),
        ({"input_message_content": {"message_text": "x", "entities": [entity(0, 2)]}}, "out of range"),
        ({"reply_markup": {"inline_keyboard": [[{"text": "x", "url": "http://localhost"}]]}}, "URL"),
    ],
)
def test_bad_inline_results_are_refused(changes: Json, words: str) -> None:
    """Each for itself."""
    check_results([RESULT], None)
    with pytest.raises(Refusal, match=words):
        check_results([{**RESULT, **changes}], None)


@pytest.mark.parametrize(
    ("results", "button", "words"),
    [
        ([RESULT, RESULT], None, "DUPLICATE"),
        ([{**RESULT, "id": str(n)} for n in range(51)], None, "TOO_MUCH"),
        ([], {"text": "x", "start_parameter": "a b"}, "START_PARAM"),
        ([], {"text": "", "start_parameter": "a"}, "button"),
        ([], {"text": "x"}, "button"),
    ],
)
def test_bad_inline_answers_are_refused(results: list[Json], button: Json | None, words: str) -> None:
    """All together."""
    check_results([], {"text": "x", "start_parameter": "a-b_9"})
    with pytest.raises(Refusal, match=words):
        check_results(results, button)


@pytest.mark.parametrize(("method", "field"), [("sendMessage", "txt"), ("getMe", "x"), ("sendMassage", "text")])
def test_unknown_fields_and_methods_are_refused(method: str, field: str) -> None:
    """A misspelt field would be ignored by Telegram, and never noticed by us."""
    with pytest.raises(Refusal):
        decoded(method, {field: "x"})


def emoji(*written: str) -> list[Json]:
    return [{"type": "emoji", "emoji": one} for one in written]


@pytest.mark.parametrize(
    "reaction",
    [emoji("⚡", "👍"), emoji("🐝"), emoji(""), [{"type": "paid"}], [{"type": "custom_emoji", "custom_emoji_id": "5"}]],
)
def test_bad_reactions_are_refused(reaction: list[Json]) -> None:
    """One, of those that every chat has; a bot can send no paid one, and needs leave for its own."""
    with pytest.raises(Refusal, match="REACTION"):
        check_reaction(reaction)


def test_a_reaction_takes_the_place_of_the_one_before() -> None:
    """Setting it twice is setting it once; an empty one takes it away; there is none to a message that is gone."""
    chats = Chats()
    chats.messages[1, 2] = {"message_id": 2}
    for reaction in (emoji("⚡"), emoji("⚡"), emoji("👍"), []):
        chats.react(1, 2, check_reaction(reaction))
        assert chats.reactions[1, 2] == [one["emoji"] for one in reaction]
    with pytest.raises(Refusal, match="message to react not found"):
        chats.react(1, 3, ["⚡"])
    chats.without_reactions.add(1)
    with pytest.raises(Refusal, match="REACTION_INVALID"):
        chats.react(1, 2, ["⚡"])
