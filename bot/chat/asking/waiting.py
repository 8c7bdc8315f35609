"""Who has to wait is told once how many are before him; the line is taken away when his answer comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Message

from bot.chat.asking.pool import Wait
from bot.chat.showing import texts
from bot.chat.showing.delivery import Delivery
from bot.chat.showing.letters import Sent, letter_to
from bot.languages.language import Language

LONG_SECONDS = 3.0
"""An expected wait that is longer is worth a message."""


class Notice:
    """The line for one message; it is sent at most once."""

    def __init__(self, message: Message, delivery: Delivery, language: Language) -> None:
        self._message, self._delivery, self._language = message, delivery, language
        self._sending: asyncio.Task[Sent | None] | None = None

    def queued(self, wait: Wait) -> None:
        """Say how long it takes, where it takes long; the answer does not wait for that to be sent."""
        if wait.seconds > LONG_SECONDS and self._sending is None:
            letter = letter_to(self._message, texts.queued(wait.before, round(wait.seconds), self._language))
            self._sending = asyncio.create_task(self._delivery.send(letter))

    async def withdraw(self) -> None:
        """Take the line away, if it was sent."""
        sent = await self._sending if self._sending else None
        if sent is not None:
            await self._delivery.delete(sent)


@asynccontextmanager
async def noticed(message: Message, delivery: Delivery, language: Language) -> AsyncIterator[Notice]:
    """Give a notice that is withdrawn at the end of the block, whatever the end is like."""
    notice = Notice(message, delivery, language)
    try:
        yield notice
    finally:
        await notice.withdraw()
