"""Updates in work: none hangs for ever, none is noted that was not dealt with."""

import asyncio

from telegram import Update

from bot.chat.updates.work import Work


class Ledger:
    def __init__(self) -> None:
        self.known: list[int] = []

    async def handled(self) -> frozenset[int]:
        return frozenset(self.known)

    async def mark_handled(self, update_id: int) -> None:
        self.known.append(update_id)


def test_what_hangs_is_given_up_and_noted() -> None:
    """Or it would be fetched for ever, and keep a place from others."""
    ledger = Ledger()
    ended: list[int] = []

    async def hang(update: Update) -> None:
        await asyncio.sleep(60)

    async def scenario() -> None:
        work = Work(hang, ledger, ended.append, longest_seconds=0.05)
        work.begin(Update(5))
        assert work.oldest == 5
        await work.settle(5)
        assert work.oldest is None

    asyncio.run(scenario())
    assert ledger.known == ended == [5]


def test_what_is_cancelled_was_not_dealt_with() -> None:
    """It stays the oldest, so that nobody confirms it."""
    ledger = Ledger()

    async def hang(update: Update) -> None:
        await asyncio.sleep(60)

    async def scenario() -> None:
        work = Work(hang, ledger)
        task = work.begin(Update(5))
        await work.finish(0.05)
        assert task.cancelled() and work.oldest == 5 and work.running() == []

    asyncio.run(scenario())
    assert ledger.known == []
