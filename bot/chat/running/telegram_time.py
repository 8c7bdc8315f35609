"""What time it is at Telegram, which dates the messages: how old one is must not hang on this machine's clock.

A clock that runs days ahead would make every question look too old to be answered. Each answer of Telegram's tells the
time in its header; from then on seconds are counted by a clock that nobody sets.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol


class Dated(Protocol):
    """An answer over HTTP."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Return its headers, whatever their case."""
        ...


def utc_now() -> datetime:
    """Return the time by the machine's clock."""
    return datetime.now(UTC)


class TelegramTime:
    """``ticks`` counts seconds; ``clock`` is believed until an answer came, and where none tells the time."""

    def __init__(self, ticks: Callable[[], float] = time.monotonic, clock: Callable[[], datetime] = utc_now) -> None:
        self._ticks, self._clock = ticks, clock
        self._began = ticks()
        self._heard: tuple[datetime, float] | None = None

    async def hear(self, answer: Dated) -> None:
        """Take the time from an answer, where it tells one."""
        try:
            told = parsedate_to_datetime(answer.headers.get("date", ""))
        except ValueError:
            return
        self._heard = (told if told.tzinfo else told.replace(tzinfo=UTC), self._ticks())

    def now(self) -> datetime:
        """Return the time at Telegram, to a second or two."""
        if self._heard is None:
            return self._clock()
        told, at = self._heard
        return told + timedelta(seconds=self._ticks() - at)

    @property
    def began(self) -> datetime:
        """What time it was there when this was made: what is older was asked before."""
        return self.now() - timedelta(seconds=self._ticks() - self._began)
