"""Sending: what to do about each way in which Telegram can refuse. Knows nothing of answers.

Invariant: a message is sent again only when it was certainly not delivered; a failure to send never raises. What may
be repeated, an edit or a reaction, is repeated.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from enum import Enum, auto

from telegram import (
    CallbackQuery,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    ReplyParameters,
)
from telegram.constants import ChatAction
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
from telegram.ext import ExtBot

from bot.chat.buttons.sealing import Seal
from bot.chat.running.backoff import backoff, flood_seconds
from bot.chat.showing.journal import UNNOTED, Journal
from bot.chat.showing.outgoing import before_leaving
from bot.chat.showing.refusals import is_not_modified, may_have_arrived, pause, report
from bot.chat.showing.styled import Entity

_log = logging.getLogger(__name__)

TYPING_SECONDS = 4.0
"""Telegram shows "typing…" for five seconds at most; https://core.telegram.org/bots/api#sendchataction."""
ATTEMPTS = 4
LONGEST_WAIT = 60.0
"""A flood limit longer than this, in seconds, is not waited for: the answer would come too late."""
_NO_PLACE = ("thread not found", "replied not found", "replied message not found", "reply message not found")
_REFUSED_FORMAT = ("entit", "parse", "url", "button")


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


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to send instead, and after how many seconds."""

    letter: Letter
    seconds: float = 0.0


def letter_to(
    message: Message,
    text: str,
    entities: Sequence[Entity] = (),
    keyboard: InlineKeyboardMarkup | None = None,
) -> Letter:
    """Address a reply: to the message, in its forum topic if it has one."""
    thread = message.message_thread_id if message.is_topic_message else None
    return Letter(message.chat_id, text, tuple(entities), keyboard, message.message_id, thread)


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


class Delivery:
    """Sends letters with one bot, their buttons sealed for the chat that they go to."""

    def __init__(self, bot: ExtBot[int], seal: Seal) -> None:
        self._bot, self._seal = bot, seal

    async def send(self, letter: Letter) -> Sent | None:
        """Send, or edit; return where it stands, ``None`` where Telegram did not take it, or nobody knows."""
        outcome = await self.post(letter)
        return outcome if isinstance(outcome, Sent) else None

    async def post(self, letter: Letter, journal: Journal = UNNOTED) -> Sent | Unsent:
        """Send, or edit; return where it stands, or what is known of it."""
        attempt = 0
        while True:
            attempt += 1
            try:
                with before_leaving(journal.leaves):
                    return await self._put(letter)
            except TelegramError as error:
                if letter.edits is not None and is_not_modified(error):
                    return Sent(letter.chat_id, letter.edits)
                if letter.edits is None and may_have_arrived(error):
                    report(error)
                    return Unsent.UNKNOWN
                await journal.stays()
                cure = remedy(error, letter, attempt)
                if cure is None or attempt == ATTEMPTS:
                    report(error)
                    return unsent(error)
                _log.info("sending failed (%s), trying again in %.1f s", type(error).__name__, cure.seconds)
                await asyncio.sleep(cure.seconds)
                letter = cure.letter

    async def mark(self, chat_id: int, message_id: int, emoji: str) -> bool:
        """React to a message, again and again until Telegram has taken it.

        ``False``: it refuses, or wants a longer pause than anybody waits for: the update would be in work meanwhile.
        """
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._bot.set_message_reaction(chat_id, message_id, emoji)
            except TelegramError as error:
                if (seconds := pause(error, attempt)) is None or seconds > LONGEST_WAIT:
                    report(error)
                    return False
                await asyncio.sleep(seconds)

    async def delete(self, sent: Sent) -> None:
        """Take a message away; that it stays is no matter."""
        try:
            await self._bot.delete_message(sent.chat_id, sent.message_id)
        except TelegramError as error:
            _log.info("a message was not taken away: %s", error)

    async def acknowledge(self, query: CallbackQuery, text: str | None = None, alert: bool = False) -> None:
        """Answer a callback, so that the reader's button stops spinning; too late is no matter."""
        try:
            await query.answer(text, show_alert=alert)
        except TelegramError as error:
            _log.info("a callback was not acknowledged: %s", error)

    @asynccontextmanager
    async def typing(self, message: Message) -> AsyncIterator[None]:
        """Show "typing…" for as long as this lasts. Never fails."""
        task = asyncio.create_task(self._type(message))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _type(self, message: Message) -> None:
        thread = message.message_thread_id if message.is_topic_message else None
        while True:
            try:
                await self._bot.send_chat_action(message.chat_id, ChatAction.TYPING, message_thread_id=thread)
            except TelegramError as error:
                _log.debug("typing was not shown: %s", error)
            await asyncio.sleep(TYPING_SECONDS)

    async def _put(self, letter: Letter) -> Sent:
        entities = telegram_entities(letter.entities)
        keyboard = self._seal.keyboard(letter.keyboard, letter.chat_id) if letter.keyboard else None
        if letter.edits is not None:
            await self._bot.edit_message_text(
                letter.text,
                letter.chat_id,
                letter.edits,
                entities=entities,
                reply_markup=keyboard,
            )
            return Sent(letter.chat_id, letter.edits)
        reply = ReplyParameters(letter.reply_to, allow_sending_without_reply=True) if letter.reply_to else None
        message = await self._bot.send_message(
            letter.chat_id,
            letter.text,
            entities=entities,
            reply_markup=keyboard,
            reply_parameters=reply,
            message_thread_id=letter.thread,
        )
        return Sent(message.chat_id, message.message_id)


def telegram_entities(entities: Sequence[Entity]) -> list[MessageEntity]:
    """Return formatting in the form that the library sends."""
    return [MessageEntity(e.kind, e.offset, e.length, url=e.url) for e in entities]
