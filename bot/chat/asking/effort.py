"""How much is read for a question while others ask: so much less that nobody waits for long.

Reading fewer passages costs a good answer now and then; a queue that grows costs everybody's time, and in the end the
answer (DECISIONS, "Pace").
"""

import threading
from collections import deque
from collections.abc import Callable

MOMENT_SECONDS = 2.0
"""Some times as long as a question that is read in full keeps a worker: who comes within it would have to wait."""

PRESSURE = 1.0
"""How much another question takes off, beside one that is being answered (measured: DECISIONS, "Pace")."""


def effort(others: int, workers: int) -> float:
    """Return the share of the passages that is read for a question beside so many others, 0 to 1."""
    return workers / (workers + PRESSURE * others)


class Crowd:
    """How many questions come together. ``clock`` counts seconds. Safe from threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._came = deque[float]()
        self._lock = threading.Lock()

    def join(self) -> None:
        """Take note of a question that comes."""
        with self._lock:
            self._came.append(self._clock())
            self._leave()

    def others(self, waiting: int) -> int:
        """Return how many others there are for a question whose turn it is: those who wait, or came a moment ago.

        Who waits is not enough: a question that is read in full since nobody waits makes all of the next ones wait.
        """
        with self._lock:
            self._leave()
            return max(waiting, len(self._came) - 1)

    def _leave(self) -> None:
        while self._came and self._clock() - self._came[0] > MOMENT_SECONDS:
            self._came.popleft()
