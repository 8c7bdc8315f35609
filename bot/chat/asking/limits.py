"""How often one person, or one chat, may ask. In memory only; the clock is handed in.

Invariant: a key not used for a minute is forgotten with the next use of any.
"""

from collections import deque
from collections.abc import Callable
from enum import Enum, auto

WINDOW_SECONDS = 60.0


class Admission(Enum):
    """``REFUSED_AGAIN``: refused already within this minute, so no further word is due."""

    ADMITTED = auto()
    REFUSED = auto()
    REFUSED_AGAIN = auto()


class Limiter:
    """At most ``per_minute`` admissions of one key within any minute. ``clock`` counts seconds."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._admitted: dict[int, deque[float]] = {}
        self._refused: dict[int, float] = {}
        self._tidied = clock()

    def adjust(self, per_minute: int) -> None:
        """Admit so many a minute from now on."""
        self._per_minute = per_minute

    def admit(self, key: int) -> Admission:
        """Count one use by ``key``, unless there were too many."""
        now = self._clock()
        if now - self._tidied >= WINDOW_SECONDS:
            self._tidy(now)
        times = self._admitted.setdefault(key, deque())
        while times and times[0] <= now - WINDOW_SECONDS:
            times.popleft()
        if len(times) < self._per_minute:
            times.append(now)
            return Admission.ADMITTED
        return self._refuse(key, now)

    def _refuse(self, key: int, now: float) -> Admission:
        told = self._refused.get(key)
        if told is not None and told > now - WINDOW_SECONDS:
            return Admission.REFUSED_AGAIN
        self._refused[key] = now
        return Admission.REFUSED

    def _tidy(self, now: float) -> None:
        recent, self._tidied = now - WINDOW_SECONDS, now
        self._admitted = {key: times for key, times in self._admitted.items() if times and times[-1] > recent}
        self._refused = {key: told for key, told in self._refused.items() if told > recent}
