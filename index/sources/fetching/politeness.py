"""Whose turn it is: so many requests at a site at a time, so long after one another, and none where nobody answers.

Invariant: between two starts at a site lie at least its delay, and at no time more than ``at_once`` go on there.
"""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from index.errors import OutOfTime, Unreachable
from index.sources.fetching.limits import Limit

PATIENCE = 3
"""Failures in a row after which a site is left until the next run."""


@dataclass(slots=True)
class _Site:
    delay: float
    running: int = 0
    next_start: float = -math.inf
    failures: int = 0
    left_because: str = ""


class Turns:
    """What goes on at each site. Threads share it."""

    def __init__(self, at_once: int, delay: float) -> None:
        self.at_once, self._delay = at_once, delay
        self._sites: dict[str, _Site] = {}
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, site: str, limit: Limit) -> Iterator[None]:
        """Wait until a request may start, and count it as going on within.

        Raises:
            OutOfTime: the limit comes first.
            Unreachable: the site is left alone.
        """
        self._enter(site, limit)
        try:
            yield
        finally:
            with self._changed:
                self._site(site).running -= 1
                self._changed.notify_all()

    def seconds_until_free(self, site: str) -> float:
        """Return how long a request would wait now; infinite behind others, and 0 where it fails at once."""
        with self._changed:
            state = self._site(site)
            return 0.0 if state.left_because else self._wait(state)

    def check(self, site: str) -> None:
        """Let pass a site that is not left alone.

        Raises:
            Unreachable: it is.
        """
        if reason := self._site(site).left_because:
            raise Unreachable(reason)

    def slow_down(self, site: str, delay: float) -> None:
        """Keep at least such a delay from now on, in seconds."""
        with self._changed:
            state = self._site(site)
            state.delay = max(state.delay, delay)

    def pause(self, site: str, seconds: float) -> None:
        """Start nothing for a while."""
        with self._changed:
            state = self._site(site)
            state.next_start = max(state.next_start, time.monotonic() + seconds)

    def answered(self, site: str) -> None:
        """Note that somebody is there."""
        with self._changed:
            self._site(site).failures = 0

    def failed(self, site: str, reason: str) -> None:
        """Note that nobody was; after three times in a row nobody is asked again."""
        with self._changed:
            state = self._site(site)
            state.failures += 1
            if state.failures >= PATIENCE:
                self._leave(
                    state, f"{site} could not be reached three times in a row ({reason}); left until the next run"
                )

    def leave(self, site: str, reason: str) -> None:
        """Ask nothing more of a site in this run."""
        with self._changed:
            self._leave(self._site(site), reason)

    def _enter(self, site: str, limit: Limit) -> None:
        with limit.stop.waking(self._wake), self._changed:
            state = self._site(site)
            while not state.left_because and limit.left and (wait := self._wait(state)) > 0:
                self._changed.wait(min(wait, limit.left, threading.TIMEOUT_MAX))
            self.check(site)
            if not limit.left:
                raise OutOfTime(f"the time of the run was over before it was the turn of {site}")
            state.running += 1
            state.next_start = time.monotonic() + state.delay

    def _wait(self, state: _Site) -> float:
        return math.inf if state.running >= self.at_once else max(0.0, state.next_start - time.monotonic())

    def _site(self, site: str) -> _Site:
        return self._sites.setdefault(site, _Site(self._delay))

    def _leave(self, state: _Site, reason: str) -> None:
        state.left_because = state.left_because or reason
        self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
