"""The updates in work, each in a task of its own, and what becomes of each.

Invariant: an update whose task was cancelled was not dealt with, and stays ``open``; every other one is noted in the
ledger when it has been dealt with. No update is in work for longer than ``LONGEST_SECONDS``.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from telegram import Update

from bot.chat.running.complaints import log_error

_log = logging.getLogger(__name__)

LONGEST_SECONDS = 300.0
"""Longer than an answer and all its flood waits may take: what lasts longer hangs, and would be fetched for ever."""


class Ledger(Protocol):
    """Remembers, over restarts, which updates were dealt with."""

    async def handled(self) -> frozenset[int]:
        """Return the numbers of the updates dealt with lately."""
        ...

    async def mark_handled(self, update_id: int) -> None:
        """Remember one more."""
        ...


class Work:
    """Updates in the hands of ``handle``; ``ended`` is told the number of each the moment that it was dealt with."""

    def __init__(
        self,
        handle: Callable[[Update], Awaitable[None]],
        ledger: Ledger,
        ended: Callable[[int], None] = lambda number: None,
        longest_seconds: float = LONGEST_SECONDS,
    ) -> None:
        self._handle, self._ledger, self._ended, self._longest_seconds = handle, ledger, ended, longest_seconds
        self._open: dict[int, asyncio.Task[None]] = {}

    def begin(self, update: Update) -> "asyncio.Task[None]":
        """Start to deal with an update; return its task, which is cancelled where it was not dealt with."""
        task = asyncio.create_task(self._deal_with(update))
        self._open[update.update_id] = task
        return task

    def task(self, number: int) -> "asyncio.Task[None] | None":
        """Return the task of an update in work."""
        return self._open.get(number)

    @property
    def oldest(self) -> int | None:
        """The smallest of them."""
        return min(self._open, default=None)

    def running(self) -> "list[asyncio.Task[None]]":
        """Return the tasks that have not ended."""
        return [task for task in self._open.values() if not task.done()]

    async def settle(self, seconds: float) -> None:
        """Wait for what is in work."""
        if running := self.running():
            await asyncio.wait(running, timeout=seconds)

    async def finish(self, seconds: float) -> None:
        """Wait for what is in work, then cancel it."""
        await self.settle(seconds)
        late = self.running()
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=0.5)
        if self._open:
            _log.warning("%d updates were not dealt with: Telegram keeps them", len(self._open))

    async def _deal_with(self, update: Update) -> None:
        number = update.update_id
        try:
            async with asyncio.timeout(self._longest_seconds):
                await self._handle(update)
        except Exception as error:  # noqa: BLE001 - what no handler caught must not come again for ever
            log_error(f"update {number}", error)
        try:
            await self._ledger.mark_handled(number)
        except Exception as error:  # noqa: BLE001 - a full disk must not keep the bot from answering
            _log.error("update %d may be answered again after a restart: %s", number, type(error).__name__)
        self._ended(number)
        del self._open[number]
