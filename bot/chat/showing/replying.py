"""The reply to a message, so that nobody is left without a word where the line to Telegram breaks.

Where a reply may have arrived and may not, it is not sent again. A reader who asked gets a notice instead, with a
button that turns the notice into the answer, in its place and however often it is pressed. Where the notice, too, may
not have arrived, or there is no answer to show again, or Telegram takes neither, his message is marked, again and again
until Telegram has taken the mark: that does no harm twice. Who blocked the bot gets nothing.
Invariant: neither reply nor notice is sent twice, over restarts of the process as well.
"""

import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from telegram import Message
from telegram.constants import ReactionEmoji

from bot.chat.asking.register import Disk
from bot.chat.buttons.keyboards import send_again
from bot.chat.showing import texts
from bot.chat.showing.delivery import Delivery
from bot.chat.showing.journal import Journal
from bot.chat.showing.letters import Letter, Sent, Unsent, letter_to
from bot.chat.storage.replies import Begun, Replies, Stage
from bot.languages.language import Language

_log = logging.getLogger(__name__)

MARK = ReactionEmoji.HIGH_VOLTAGE_SIGN.value
"""What a message is marked with; /help says what it means. https://core.telegram.org/bots/api#reactiontypeemoji."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A message, with the number of the update that brought it, and the language of the reply."""

    message: Message
    number: int
    language: Language


class Replying:
    """Sends replies with ``delivery``, and keeps in ``replies`` how far each came."""

    def __init__(self, delivery: Delivery, replies: Replies, on_disk: Disk) -> None:
        self._delivery, self._replies, self._on_disk = delivery, replies, on_disk

    async def goes_on(self, asked: Asked) -> bool:
        """Do what is left where a reply may have arrived already; ``False``: none can have, the message is due one."""
        begun = await self._on_disk(partial(self._replies.at, asked.number))
        if begun is None:
            return False
        _log.info("update %d was replied to before: %s", asked.number, begun.stage.name)
        if begun.stage is Stage.REPLY:
            await self._tell(asked, begun.token)
        elif begun.stage is Stage.NOTICE:
            await self._mark(asked)
        return True

    async def answer(self, asked: Asked, letter: Letter, token: str) -> Sent | None:
        """Send the answer with a token, "" where it is not stored; return where it stands, if that is known."""
        outcome = await self._post(asked, letter, None, Begun(Stage.REPLY, token))
        if isinstance(outcome, Sent):
            return outcome
        if outcome is Unsent.UNKNOWN:
            await self._tell(asked, token)
        elif outcome is not Unsent.UNWANTED:
            await self._mark(asked)
        return None

    async def say(self, asked: Asked, text: str) -> None:
        """Reply with words that are no answer."""
        await self.answer(asked, letter_to(asked.message, text), "")

    async def _tell(self, asked: Asked, token: str) -> None:
        """Say that the answer may not have arrived."""
        outcome: Sent | Unsent = Unsent.UNREACHED
        if token:
            notice = letter_to(
                asked.message, asked.language.say(texts.LINE_BROKE), keyboard=send_again(token, asked.language)
            )
            outcome = await self._post(asked, notice, Begun(Stage.REPLY, token), Begun(Stage.NOTICE, token))
        if not isinstance(outcome, Sent) and outcome is not Unsent.UNWANTED:
            await self._mark(asked)

    async def _mark(self, asked: Asked) -> None:
        await self._delivery.mark(asked.message.chat_id, asked.message.message_id, MARK)
        await self._note(asked, Begun(Stage.OVER))

    async def _post(self, asked: Asked, letter: Letter, before: Begun | None, begun: Begun) -> Sent | Unsent:
        """Send, with a note of it for as long as it may have arrived; ``before``: what is to be noted otherwise."""
        journal = Journal(self._noting(asked, begun), self._noting(asked, before))
        outcome = await self._delivery.post(letter, journal)
        if isinstance(outcome, Sent):
            await self._note(asked, Begun(Stage.OVER))
        return outcome

    def _noting(self, asked: Asked, begun: Begun | None) -> Callable[[], Awaitable[None]]:
        return partial(self._note, asked, begun)

    async def _note(self, asked: Asked, begun: Begun | None) -> None:
        call = partial(self._replies.drop, asked.number)
        if begun is not None:
            call = partial(self._replies.put, asked.number, begun, time.time())
        try:
            await self._on_disk(call)
        except (sqlite3.Error, TimeoutError) as error:
            _log.error("update %d may be replied to twice: the chat's database: %r", asked.number, error)
