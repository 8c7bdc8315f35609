"""How long something may go on, and how it is told to stop. It starts no clock and no thread.

Invariant: what is called back at a stop is called once, also when the stop came first.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class Stop:
    """A wish to stop that wakes whoever waits."""

    def __init__(self) -> None:
        self._wished = False
        self._lock = threading.Lock()
        self._wakers: dict[int, Callable[[], None]] = {}

    @property
    def is_set(self) -> bool:
        """Whether it was wished."""
        return self._wished

    def set(self) -> None:
        """Wish it, and wake everybody."""
        with self._lock:
            self._wished = True
            wakers, self._wakers = list(self._wakers.values()), {}
        for wake in wakers:
            wake()

    @contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Within it, a stop calls ``wake`` from another thread, at once if it was wished already."""
        key = id(wake)
        with self._lock:
            late = self._wished
            if not late:
                self._wakers[key] = wake
        if late:
            wake()
        try:
            yield
        finally:
            with self._lock:
                self._wakers.pop(key, None)


@dataclass(frozen=True, slots=True)
class Limit:
    """Until when (monotonic seconds), unless stopped before."""

    ends: float
    stop: Stop

    @property
    def left(self) -> float:
        """Seconds left; 0 when there are none, or it was stopped."""
        return 0.0 if self.stop.is_set else max(0.0, self.ends - time.monotonic())
