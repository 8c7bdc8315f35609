"""What to do about each way in which Telegram can refuse a letter. Pure.

Invariant: a message is sent again only when it was certainly not delivered; what may be repeated, an edit, is repeated.
"""

from dataclasses import dataclass, replace

from telegram import InlineKeyboardMarkup
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.chat.running.backoff import backoff, flood_seconds
from bot.chat.showing.letters import Letter, Unsent
from bot.chat.showing.refusals import may_have_arrived, pause

ATTEMPTS = 4
LONGEST_WAIT = 60.0
"""A flood limit longer than this, in seconds, is not waited for: the answer would come too late."""
_NO_PLACE = ("thread not found", "replied not found", "replied message not found", "reply message not found")
_REFUSED_FORMAT = ("entit", "parse", "url", "button")


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to send instead, and after how many seconds."""

    letter: Letter
    seconds: float = 0.0


def remedy(error: TelegramError, letter: Letter, attempt: int) -> Remedy | None:
    """Decide what to do after ``error`` on attempt number ``attempt``, from 1; ``None``: give up."""
    match error:
        case RetryAfter():
            seconds = flood_seconds(error)
            return Remedy(letter, seconds) if seconds <= LONGEST_WAIT else None
        case ChatMigrated():
            lost = letter.moved or letter.edits is not None
            return None if lost else Remedy(_moved(letter, error.new_chat_id))
        case BadRequest():
            return _accepted(letter, error.message.casefold())
        case InvalidToken() | Conflict():
            # no more than a hiccup of something between, or who fetches updates ends the process
            return Remedy(letter, backoff(attempt))
        case NetworkError():
            return Remedy(letter, backoff(attempt)) if _may_repeat(error, letter) else None
        case _ if letter.edits is not None and may_have_arrived(error):
            return Remedy(letter, backoff(attempt))
        case _:
            return None


def unsent(error: TelegramError) -> Unsent:
    """Tell what a letter is that certainly did not arrive, after its last attempt."""
    if isinstance(error, Forbidden):
        return Unsent.UNWANTED
    return Unsent.REFUSED if pause(error, ATTEMPTS) is None else Unsent.UNREACHED


def _may_repeat(error: NetworkError, letter: Letter) -> bool:
    """Whether nothing was delivered: no connection, or a server's error. An edit can be repeated anyway."""
    return letter.edits is not None or not may_have_arrived(error)


def _accepted(letter: Letter, complaint: str) -> Remedy | None:
    """The letter without what Telegram complains about."""
    if "thread not found" in complaint and letter.thread is not None:
        return Remedy(replace(letter, thread=None))
    if letter.reply_to is not None and any(one in complaint for one in _NO_PLACE):
        return Remedy(replace(letter, reply_to=None))
    if letter.entities and any(word in complaint for word in _REFUSED_FORMAT):
        return Remedy(_plainer(letter))
    return None


def _plainer(letter: Letter) -> Letter:
    """First without links, which come from articles: without its other formatting a quote is not marked as one."""
    kept = tuple(entity for entity in letter.entities if entity.url is None)
    keyboard = _without_links(letter.keyboard)
    nothing_left = kept == letter.entities and keyboard == letter.keyboard
    return replace(letter, entities=() if nothing_left else kept, keyboard=keyboard)


def _without_links(keyboard: InlineKeyboardMarkup | None) -> InlineKeyboardMarkup | None:
    if keyboard is None:
        return None
    rows = [[button for button in row if not button.url] for row in keyboard.inline_keyboard]
    return InlineKeyboardMarkup([row for row in rows if row])


def _moved(letter: Letter, chat_id: int) -> Letter:
    """The group became another chat, with other message numbers and no topics yet."""
    return replace(letter, chat_id=chat_id, reply_to=None, thread=None, moved=True)
