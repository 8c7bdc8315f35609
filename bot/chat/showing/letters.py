"""What is sent: a message on its way, where it stands then, and why nobody knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from telegram import InlineKeyboardMarkup, Message, MessageEntity

from bot.chat.showing.styled import Entity


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to be sent, or the new content of one that is there (``edits``: its number)."""

    chat_id: int
    text: str
    entities: tuple[Entity, ...] = ()
    keyboard: InlineKeyboardMarkup | None = None
    reply_to: int | None = None
    thread: int | None = None
    edits: int | None = None
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a letter stands."""

    chat_id: int
    message_id: int


class Unsent(Enum):
    """Why nobody can say where a letter stands."""

    REFUSED = auto()
    """Telegram does not take it."""
    UNWANTED = auto()
    """Nor anything else there: the bot was blocked, or thrown out."""
    UNREACHED = auto()
    """Telegram did not take it so far; it was tried often enough."""
    UNKNOWN = auto()
    """It may have arrived."""


def letter_to(
    message: Message,
    text: str,
    entities: Sequence[Entity] = (),
    keyboard: InlineKeyboardMarkup | None = None,
) -> Letter:
    """Address a reply: to the message, in its forum topic if it has one."""
    thread = message.message_thread_id if message.is_topic_message else None
    return Letter(message.chat_id, text, tuple(entities), keyboard, message.message_id, thread)


def telegram_entities(entities: Sequence[Entity]) -> list[MessageEntity]:
    """Return formatting in the form that the library sends."""
    return [MessageEntity(e.kind, e.offset, e.length, url=e.url) for e in entities]
