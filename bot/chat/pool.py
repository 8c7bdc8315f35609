"""Blocking calls on a bounded number of threads, away from the event loop.

Not ``ThreadPoolExecutor``: the interpreter waits for its threads at exit, so one stuck call would keep
SIGTERM from ending the process. These threads are daemons.
Invariant: never more than ``threads`` calls at once, nor more than ``waiting`` behind them.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import TypeVar

T = TypeVar("T")


class PoolFull(Exception):
    """As many calls are waiting as may wait."""


class CallPanicked(Exception):
    """A call ended with something that is no ``Exception``, such as a panic of native code."""


class Pool:
    """Threads that make calls, started with the first. ``waiting``: how many may queue up behind the running."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._room = BoundedSemaphore(threads + waiting)
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._awaited: set[asyncio.Future[object]] = set()
        self._unstarted = [Thread(target=self._work, name=f"{name}-{number}", daemon=True) for number in range(threads)]

    async def run(self, call: Callable[[], T], seconds: float | None = None) -> T:
        """Make the call on a thread and return what it returns, or raise what it raises.

        Raises:
            PoolFull: nothing was queued.
            TimeoutError: after ``seconds``, waiting included; a call not begun by then is never made.
        """
        if not self._room.acquire(blocking=False):
            raise PoolFull
        while self._unstarted:
            self._unstarted.pop().start()
        future: Future[T] = Future()
        self._jobs.put(lambda: self._make(call, future))
        awaited = asyncio.wrap_future(future)
        self._awaited.add(awaited)  # type: ignore[arg-type]  # only ever cancelled, whatever it returns
        try:
            async with asyncio.timeout(seconds):
                return await awaited
        finally:
            self._awaited.discard(awaited)

    def cancel(self) -> None:
        """Cancel every call: those waiting are never made, of those running nobody hears."""
        for future in tuple(self._awaited):
            future.cancel()

    def _work(self) -> None:
        while True:
            self._jobs.get()()

    def _make(self, call: Callable[[], T], future: Future[T]) -> None:
        try:
            if future.set_running_or_notify_cancel():
                _settle(call, future)
        finally:
            self._room.release()


def _settle(call: Callable[[], T], future: Future[T]) -> None:
    """Make the call; whatever it raises belongs to who awaits it, never to the thread."""
    try:
        result = call()
    except Exception as error:  # noqa: BLE001
        future.set_exception(error)
    except BaseException as error:  # noqa: BLE001
        panic = CallPanicked(type(error).__name__)
        panic.__cause__ = error
        future.set_exception(panic)
    else:
        future.set_result(result)
