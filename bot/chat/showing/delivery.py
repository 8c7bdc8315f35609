"""Sending: letters out, each as often as its remedies say. Knows nothing of answers.

Invariant: a failure to send never raises.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from telegram import CallbackQuery, Message, ReplyParameters
from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.chat.buttons.sealing import Seal
from bot.chat.showing.journal import UNNOTED, Journal
from bot.chat.showing.letters import Letter, Sent, Unsent, telegram_entities
from bot.chat.showing.outgoing import before_leaving
from bot.chat.showing.refusals import is_not_modified, may_have_arrived, pause, report
from bot.chat.showing.remedies import ATTEMPTS, LONGEST_WAIT, remedy, unsent

_log = logging.getLogger(__name__)

TYPING_SECONDS = 4.0
"""Telegram shows "typing…" for five seconds at most; https://core.telegram.org/bots/api#sendchataction."""


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
