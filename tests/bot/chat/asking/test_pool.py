"""Blocking calls beside the event loop."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from bot.chat.asking.pool import CallPanicked, Pool, PoolFull


class Panic(BaseException):
    """What native code raises."""


async def _idle(pool: Pool) -> None:
    """Wait until nothing is running and nothing waits."""
    for _ in range(1000):
        if not (pool.load().running or pool.load().waiting):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the pool is still at work")


def _raising(error: BaseException) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call


def test_results_and_errors_come_back() -> None:
    """As if the call had been made here; even a panic is an ordinary error to who awaits it."""

    async def scenario() -> None:
        pool = Pool("test", 1, 1)
        assert await pool.run(lambda: threading.current_thread().name) == "test-0"
        with pytest.raises(KeyError):
            await pool.run(_raising(KeyError()))
        with pytest.raises(CallPanicked, match="Panic"):
            await pool.run(_raising(Panic()))
        assert await pool.run(lambda: 7) == 7

    asyncio.run(scenario())


def test_no_more_than_it_has_room_for() -> None:
    """Two at work and one waiting; there is room again when one is done."""

    async def scenario() -> None:
        pool, gate = Pool("test", 2, 1), threading.Event()
        calls = [asyncio.create_task(pool.run(gate.wait)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(PoolFull):
            await pool.run(lambda: None)
        gate.set()
        assert await asyncio.gather(*calls) == [True] * 3
        await asyncio.sleep(0.05)
        assert await pool.run(lambda: 1) == 1

    asyncio.run(scenario())


def test_a_late_call_is_given_up_and_one_that_waited_too_long_is_never_made() -> None:
    """The time includes the wait; the room of a call that still runs is not free."""

    async def scenario() -> None:
        pool, made, gate = Pool("test", 1, 1), list[int](), threading.Event()
        slow = asyncio.create_task(pool.run(lambda: gate.wait(10), 0.05))
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            await pool.run(lambda: made.append(1), 0.1)
        with pytest.raises(TimeoutError):
            await slow
        with pytest.raises(PoolFull):
            await pool.run(lambda: None)
        gate.set()
        await _idle(pool)
        assert made == [] and await pool.run(lambda: 2) == 2

    asyncio.run(scenario())


def test_cancelling_frees_everybody_at_once() -> None:
    """Whoever awaits a call hears so, as a cancellation, which no handler mistakes for an error."""

    async def scenario() -> None:
        pool, gate = Pool("test", 1, 3), threading.Event()
        calls = [asyncio.create_task(pool.run(gate.wait, 5)) for _ in range(3)]
        await asyncio.sleep(0.01)
        pool.cancel()
        await asyncio.wait(calls, timeout=1)
        assert all(call.cancelled() for call in calls)
        gate.set()

    asyncio.run(scenario())
