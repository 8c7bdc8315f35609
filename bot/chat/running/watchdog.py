"""No process that is up and deaf: it ends, with a status that a supervisor sees, when it hears nothing or hangs.

Silence ends it in good order. A hanging event loop cannot do that: a thread watches its heart, and ends the process
at once. What holds even that thread up (native code that keeps the interpreter's lock) is for the supervisor, which
then misses ``Supervisor.alive``.
"""

import asyncio
import faulthandler
import logging
import os
import sys
import threading
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from bot.chat.running.notify import Supervisor
from bot.chat.updates.hearing import QUIET_SECONDS, Hearing
from bot.errors import Deaf

_log = logging.getLogger(__name__)

HUNG = 70
"""The exit status of a process whose event loop hung (EX_SOFTWARE)."""
_SHORTEST_SILENCE, _MISSED = 180.0, 3


@dataclass(frozen=True, slots=True)
class Patience:
    """For how many seconds what is borne: silence, a hanging event loop; after how many a conflict counts as over."""

    silence_seconds: float
    hang_seconds: float = 60.0
    quiet_seconds: float = QUIET_SECONDS
    beat_seconds: float = 1.0


def patience(call_seconds: float) -> Patience:
    """Return what is borne where a good call lasts so long at most: three missed ones, and at least three minutes."""
    return Patience(max(_SHORTEST_SILENCE, _MISSED * call_seconds))


class Watchdog:
    """Watches one process."""

    def __init__(self, hearing: Hearing, borne: Patience, supervisor: Supervisor) -> None:
        self._hearing, self._borne, self._supervisor = hearing, borne, supervisor
        self._beat = time.monotonic()
        self._over = threading.Event()
        self._told_ready = False

    async def watch(self) -> None:
        """Watch until cancelled.

        Raises:
            Deaf: nothing was heard from Telegram for too long.
        """
        threading.Thread(target=self._guard, name="watchdog", daemon=True).start()
        try:
            while self._hearing.silence < self._borne.silence_seconds:
                self._beat = time.monotonic()
                self._tell()
                await asyncio.sleep(self._pause)
        finally:
            self._over.set()
        raise Deaf(f"nothing was heard from Telegram for {self._hearing.silence:.0f} s: ending, to be started anew")

    @property
    def _pause(self) -> float:
        """Seconds between two heartbeats; half of what systemd asks for at most, as it recommends."""
        return min(self._borne.beat_seconds, (self._supervisor.watchdog_seconds or 60.0) / 2)

    def _tell(self) -> None:
        if self._hearing.ready and not self._told_ready:
            self._supervisor.ready()
            self._told_ready = True
        self._supervisor.alive()

    def _guard(self) -> None:
        """Runs on a thread of its own."""
        while not self._over.wait(self._borne.beat_seconds):
            hung = time.monotonic() - self._beat
            if hung > self._borne.hang_seconds:
                # no lock of the logging's may be waited for: whatever hangs may hold it
                os.write(2, f"the event loop has hung for {hung:.0f} s: ending at once\n".encode())
                faulthandler.dump_traceback(sys.stderr)
                os._exit(HUNG)


async def until_one_ends(*calls: Coroutine[Any, Any, None]) -> None:
    """Run calls that are to run for ever; when one ends, cancel the others and raise what it raised.

    Raises:
        Deaf: it ended without a reason: then nobody receives, or nobody watches.
    """
    tasks = [asyncio.create_task(call) for call in calls]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                task.result()
        raise Deaf("a part of the bot ended by itself: ending, to be started anew")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
