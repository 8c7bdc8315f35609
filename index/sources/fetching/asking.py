"""Asking a site until it answers: when it is its turn, again after a while, and not for ever.

Waits grow with each try and differ by chance, so that many clients that failed together do not come back together.
"""

import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeVar

from index.errors import OutOfTime, Unreachable, Unsuitable
from index.sources.fetching.addresses import Address
from index.sources.fetching.answers import Answer, Interrupted, refuse_failures
from index.sources.fetching.limits import Limit
from index.sources.fetching.network import Network
from index.sources.fetching.politeness import Turns

T = TypeVar("T")

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 60.0
"""Seconds. A site that asks for more is left until the next run."""


class Asker:
    """Exchanges that are polite and persistent. Threads share it."""

    def __init__(self, network: Network, turns: Turns, timeout: float, retries: int) -> None:
        self._network, self._turns = network, turns
        self._timeout, self._retries = timeout, retries

    def ask(self, address: Address, fields: Mapping[str, str], read: Callable[[Answer], T], limit: Limit) -> T:
        """Return what ``read`` makes of an answer that says something of the page.

        Raises:
            AddressRefused: its host leads to where it may not.
            Unreachable: no such answer came.
            OutOfTime: the limit of the run came first.
            Whatever else ``read`` raises.
        """
        for attempt in count():
            try:
                return self._once(address, fields, read, limit)
            except Interrupted as failure:
                if not limit.left:
                    raise OutOfTime(f"the time of the run was over before {address.url} had answered") from failure
                self._turns.pause(address.site, self._pause(failure, attempt, address))
        raise AssertionError("counting does not end")

    def _once(self, address: Address, fields: Mapping[str, str], read: Callable[[Answer], T], limit: Limit) -> T:
        with self._turns.turn(address.site, limit):
            own = Limit(min(limit.ends, time.monotonic() + self._timeout), limit.stop)
            try:
                with self._network.get(address, fields, own) as answer:
                    refuse_failures(answer, datetime.now(UTC))
                    found = read(answer)
            except (Unsuitable, Unreachable):
                self._turns.answered(address.site)
                raise
        self._turns.answered(address.site)
        return found

    def _pause(self, failure: Interrupted, attempt: int, address: Address) -> float:
        """Return the seconds to wait before the next try.

        Raises:
            Unreachable: there is to be none.
        """
        if failure.wait is not None and failure.wait > _LONGEST_WAIT:
            reason = f"{address.site} asks to be left alone until {_later(failure.wait)} ({failure})"
            self._turns.leave(address.site, reason)
            raise Unreachable(reason) from failure
        if not failure.again or attempt >= self._retries:
            self._turns.failed(address.site, str(failure))
            raise Unreachable(f"{address.url} could not be fetched: {failure}") from failure
        if failure.wait is not None:
            return failure.wait
        return min(_LONGEST_WAIT, _FIRST_WAIT * 2.0**attempt) * random.uniform(0.5, 1.0)


def _later(seconds: float) -> str:
    try:
        return f"{datetime.now(UTC) + timedelta(seconds=seconds):%Y-%m-%d %H:%M UTC}"
    except OverflowError:
        return "further notice"
