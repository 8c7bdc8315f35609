"""When Telegram was last heard, and whether somebody else takes its updates. Asks nobody itself.

Both ways of receiving updates tell it what they hear; the watchdog, the admins and the health endpoint read it.
"""

import time
from collections.abc import Callable

from telegram.error import Conflict, TelegramError

from bot.chat.running.counting import count_error
from bot.chat.showing import texts
from bot.meter import Meter, NoMeter
from bot.records import Trouble

QUIET_SECONDS = 120.0
"""So long after the last conflict the other process counts as gone: of two pollers, each gets its turn now and then."""

CONFLICT = "conflict"
"""The key of the trouble with another process."""


class Hearing:
    """What is known of the line to Telegram. ``clock`` counts seconds."""

    def __init__(
        self,
        quiet_seconds: float = QUIET_SECONDS,
        meter: Meter | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock, self._quiet_seconds, self._meter = clock, quiet_seconds, meter or NoMeter()
        self._heard = clock()
        self._conflict: float | None = None
        self.ready = False

    def begin(self) -> None:
        """Listen from now on: silence before counts for nothing."""
        self._heard = self._clock()

    def heard(self) -> None:
        """Note a good answer of Telegram's, or an update from it."""
        self._heard = self._clock()
        self.ready = True

    def failed(self, error: TelegramError) -> None:
        """Note that Telegram could not be asked for updates."""
        count_error(self._meter, error)
        if isinstance(error, Conflict):
            self.conflicted()

    def conflicted(self) -> None:
        """Note that somebody else takes the updates, or took the webhook away."""
        self._conflict = self._clock()

    @property
    def silence(self) -> float:
        """Seconds since Telegram was heard last, or since the start."""
        return self._clock() - self._heard

    def troubles(self) -> tuple[Trouble, ...]:
        """Tell what the admins have to know."""
        recent = self._conflict is not None and self._clock() - self._conflict < self._quiet_seconds
        return (Trouble(CONFLICT, texts.CONFLICT),) if recent else ()
