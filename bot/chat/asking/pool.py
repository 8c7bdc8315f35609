"""Blocking calls on a bounded number of threads, away from the event loop, fair between those who ask for them.

Not ``ThreadPoolExecutor``: the interpreter waits for its threads at exit, so one stuck call would keep
SIGTERM from ending the process. These threads are daemons.
Invariant: never more than ``threads`` calls at once, nor more than ``waiting`` behind them. Where all the room is
taken, who has most calls waiting gives way to who has fewer.
"""

import asyncio
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Condition, Thread
from typing import TypeVar

from bot.chat.asking.fairness import FairQueue

T = TypeVar("T")

_NEWEST = 0.2
"""What the last call counts for in the mean length of a call."""


class PoolFull(Exception):
    """As many calls are waiting as may wait."""


class CallPanicked(Exception):
    """A call ended with something that is no ``Exception``, such as a panic of native code."""


@dataclass(frozen=True, slots=True)
class Wait:
    """``before``: the calls that are made first, or being made; ``seconds``: how long they are expected to take."""

    before: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Load:
    """How many calls are being made, and how many wait."""

    running: int
    waiting: int


@dataclass(frozen=True, slots=True)
class _Job:
    """``give_way`` is called instead of ``make`` where the call loses its place."""

    make: Callable[[], None]
    give_way: Callable[[], None]


class Pool:
    """Threads that make calls, started with the first. ``waiting``: how many may queue up behind the running."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._threads, self._waiting = threads, waiting
        self._jobs: FairQueue[_Job] = FairQueue()
        self._running = 0
        self._mean_seconds = 0.0
        self._changed = Condition()
        self._awaited: set[asyncio.Future[object]] = set()
        self._unstarted = [Thread(target=self._work, name=f"{name}-{number}", daemon=True) for number in range(threads)]

    async def run(
        self,
        call: Callable[[], T],
        seconds: float | None = None,
        asker: Hashable = None,
        queued: Callable[[Wait], None] | None = None,
    ) -> T:
        """Make the call on a thread and return what it returns, or raise what it raises.

        ``asker``: who waits for it. ``queued`` is told for how long, before it is waited for.

        Raises:
            PoolFull: nothing was queued, or somebody who has fewer calls waiting took the place.
            TimeoutError: after ``seconds``, waiting included; a call not begun by then is never made.
        """
        future: Future[T] = Future()
        job = _Job(lambda: self._make(call, future), lambda: _give_way(future))
        wait = self._put(asker, job)
        while self._unstarted:
            self._unstarted.pop().start()
        awaited = asyncio.wrap_future(future)
        self._awaited.add(awaited)  # type: ignore[arg-type]  # only ever cancelled, whatever it returns
        try:
            if queued:
                queued(wait)
            async with asyncio.timeout(seconds):
                return await awaited
        finally:
            self._awaited.discard(awaited)

    def load(self) -> Load:
        """Tell how much there is to do."""
        with self._changed:
            return Load(self._running, len(self._jobs))

    def cancel(self) -> None:
        """Cancel every call: those waiting are never made, of those running nobody hears."""
        for future in tuple(self._awaited):
            future.cancel()

    def _put(self, asker: Hashable, job: _Job) -> Wait:
        with self._changed:
            if self._running + len(self._jobs) >= self._threads + self._waiting:
                displaced = self._jobs.displace(asker)
                if displaced is None:
                    raise PoolFull
                displaced.give_way()
            self._jobs.put(asker, job)
            self._changed.notify()
            before = self._running + self._jobs.before(asker)
            rounds = max(0, before + 1 - self._threads) / self._threads  # a thread that is free takes it at once
            return Wait(before, rounds * self._mean_seconds)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: len(self._jobs))
                job = self._jobs.take()
                self._running += 1
            started = time.monotonic()
            try:
                job.make()
            finally:
                self._end(time.monotonic() - started)

    def _end(self, seconds: float) -> None:
        with self._changed:
            self._running -= 1
            known = self._mean_seconds or seconds
            self._mean_seconds = known + _NEWEST * (seconds - known)

    def _make(self, call: Callable[[], T], future: Future[T]) -> None:
        if future.set_running_or_notify_cancel():
            _settle(call, future)


def _give_way(future: "Future[T]") -> None:
    if future.set_running_or_notify_cancel():
        future.set_exception(PoolFull())


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
