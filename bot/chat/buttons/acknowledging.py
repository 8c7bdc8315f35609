"""Answering a press on a button in time: with what there is to say, or, where the work takes longer, without words.

Invariant: within ``PATIENCE_SECONDS`` of the start, and once, whatever happens to the work.
"""

import asyncio
from types import TracebackType
from typing import Self

from telegram import CallbackQuery

from bot.chat.showing.delivery import Delivery

PATIENCE_SECONDS = 0.25
"""A reader's button spins until the press is answered, and fetching the press may have taken most of a second."""


class Acknowledgement:
    """Use around the work that a press asks for."""

    def __init__(self, delivery: Delivery, query: CallbackQuery) -> None:
        self._delivery, self._query = delivery, query
        self._given = False

    async def __aenter__(self) -> Self:
        self._timer = asyncio.create_task(self._in_time())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        await self.give()

    async def give(self, text: str | None = None, *, alert: bool = False) -> bool:
        """Answer the press now; ``False``: it was answered already, and nobody sees these words."""
        if self._given:
            return False
        self._given = True
        await self._delivery.acknowledge(self._query, text, alert)
        return True

    async def _in_time(self) -> None:
        await asyncio.sleep(PATIENCE_SECONDS)
        await self.give()
