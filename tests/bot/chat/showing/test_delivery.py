"""What to do about each way in which Telegram can refuse a message."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.chat.buttons.keyboards import Press, keyboard
from bot.chat.buttons.sealing import Seal
from bot.chat.showing.delivery import Delivery
from bot.chat.showing.letters import Letter, Sent
from bot.chat.showing.remedies import remedy
from bot.chat.showing.styled import Entity

LETTER = Letter(-5, "words", (Entity("bold", 0, 5),), keyboard(Press("t"), 1, []), reply_to=3, thread=9)
EDIT = replace(LETTER, edits=4)


@pytest.fixture(autouse=True)
def timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the process does: PTB warns of every flood limit otherwise."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "letter", "again"),
    [
        (lambda: TimedOut(), LETTER, False),
        (lambda: caused(TimedOut(), httpx.ReadTimeout("")), LETTER, False),
        (lambda: caused(TimedOut(), httpx.ConnectTimeout("")), LETTER, True),
        (lambda: caused(TimedOut(), httpx.PoolTimeout("")), LETTER, True),
        (lambda: caused(NetworkError("torn"), httpx.ReadError("")), LETTER, False),
        (lambda: caused(NetworkError("torn"), httpx.RemoteProtocolError("")), LETTER, False),
        (lambda: caused(NetworkError("refused"), httpx.ConnectError("")), LETTER, True),
        (lambda: NetworkError("Bad Gateway (502)"), LETTER, True),
        (lambda: TimedOut(), EDIT, True),
        (lambda: Forbidden("bot was blocked"), LETTER, False),
        (lambda: InvalidToken(), LETTER, True),
        (lambda: Conflict("?"), LETTER, True),
        (lambda: TelegramError("Invalid server response"), LETTER, False),
        (lambda: TelegramError("Invalid server response"), EDIT, True),
        (lambda: BadRequest("chat not found"), LETTER, False),
        (lambda: RetryAfter(30), LETTER, True),
        (lambda: RetryAfter(600), LETTER, False),
    ],
)
def test_a_message_is_repeated_only_when_it_was_not_delivered(
    error: Callable[[], TelegramError], letter: Letter, again: bool
) -> None:
    """Sending is not idempotent, editing is."""
    cure = remedy(error(), letter, 1)
    assert (cure is not None) == again
    assert cure is None or cure.letter == letter


def test_a_flood_limit_is_waited_out_in_full() -> None:
    """And a little longer."""
    cure = remedy(RetryAfter(7), LETTER, 1)
    assert cure is not None and 7 < cure.seconds < 8


def test_a_moved_chat_is_followed_once() -> None:
    """Numbers of the old chat mean nothing in the new one."""
    cure = remedy(ChatMigrated(-99), LETTER, 1)
    assert cure is not None
    assert (cure.letter.chat_id, cure.letter.reply_to, cure.letter.thread) == (-99, None, None)
    assert remedy(ChatMigrated(-100), cure.letter, 2) is None
    assert remedy(ChatMigrated(-99), EDIT, 1) is None


NOT_MODIFIED = "Message is not modified: specified new message content and reply markup are exactly the same"


@pytest.mark.parametrize(
    ("error", "letter", "taken"),
    [
        (BadRequest(NOT_MODIFIED), EDIT, True),
        (BadRequest(NOT_MODIFIED), LETTER, False),
        (BadRequest("Message to edit not found"), EDIT, False),
        (BadRequest("Chat not found: message is not modified: x"), EDIT, False),
        (Forbidden(NOT_MODIFIED), EDIT, False),
    ],
)
def test_only_an_edit_that_changes_nothing_is_swallowed(error: TelegramError, letter: Letter, taken: bool) -> None:
    """Exactly this complaint, of exactly this kind of call; everything else is a failure."""

    class Refusing:
        async def send_message(self, *args: object, **kwargs: object) -> None:
            raise error

        edit_message_text = send_message

    sent = asyncio.run(Delivery(Refusing(), Seal(b"key")).send(letter))  # type: ignore[arg-type]
    assert sent == (Sent(letter.chat_id, 4) if taken else None)


@pytest.mark.parametrize(
    "complaint",
    [
        "Can't parse entities: unsupported",
        "Wrong HTTP URL",
        "Inline keyboard button URL 'x' is invalid",
        "ENTITY_BOUNDS_INVALID",
    ],
)
def test_refused_formatting_becomes_plain_text_once(complaint: str) -> None:
    """Then it is given up."""
    cure = remedy(BadRequest(complaint), LETTER, 1)
    assert cure is not None and cure.letter.entities == ()
    assert remedy(BadRequest(complaint), cure.letter, 2) is None


def test_a_topic_that_is_gone_is_left_out() -> None:
    """The reply leads there anyway; where it does not either, it is left out, too."""
    cure = remedy(BadRequest("Message thread not found"), LETTER, 1)
    assert cure is not None and (cure.letter.thread, cure.letter.reply_to) == (None, 3)
    last = remedy(BadRequest("Message thread not found"), cure.letter, 2)
    assert last is not None and last.letter.reply_to is None
    assert remedy(BadRequest("Message thread not found"), last.letter, 3) is None


@pytest.mark.parametrize("words", ["to be replied not found", "replied message not found", "reply message not found"])
def test_a_message_that_cannot_be_replied_to_is_not(words: str) -> None:
    """The answer is worth more than its place under the question."""
    cure = remedy(BadRequest(f"Message {words}"), LETTER, 1)
    assert cure is not None and (cure.letter.thread, cure.letter.reply_to) == (9, None)
    assert remedy(BadRequest(f"Message {words}"), cure.letter, 2) is None


def test_what_telegram_cannot_parse_goes_without_links_first() -> None:
    """An article's bad link does not cost its quote the marks of a quotation; only then does the rest go, too."""
    marks = (Entity("blockquote", 0, 5), Entity("text_link", 1, 3, "https://a.example/"))
    first = remedy(BadRequest("Can't parse entities: wrong HTTP URL"), replace(LETTER, entities=marks), 1)
    assert first is not None and first.letter.entities == marks[:1] and first.letter.keyboard == LETTER.keyboard
    second = remedy(BadRequest("Can't parse entities"), first.letter, 2)
    assert second is not None and second.letter.entities == ()
