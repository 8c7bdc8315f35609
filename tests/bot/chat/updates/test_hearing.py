"""What is known of the line to Telegram."""

from dataclasses import dataclass

import pytest
from telegram.error import Conflict, TimedOut

from bot.chat.showing import texts
from bot.chat.updates.hearing import CONFLICT, Hearing
from bot.meter import Event, Stage
from bot.records import Trouble


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


class Counts:
    """A meter that remembers."""

    def __init__(self) -> None:
        self.counted: list[tuple[Event, str]] = []

    def took(self, stage: Stage, seconds: float) -> None:
        """Not of interest."""

    def count(self, event: Event, kind: str) -> None:
        self.counted.append((event, kind))


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_silence_counts_from_the_last_sign_of_life(clock: Clock) -> None:
    """Or from the moment that the bot began to listen; it is ready with the first sign."""
    hearing = Hearing(clock=clock)
    clock.now += 500
    hearing.begin()
    clock.now += 5
    assert (hearing.silence, hearing.ready) == (5, False)
    hearing.heard()
    assert (hearing.silence, hearing.ready) == (0, True)


def test_a_conflict_is_a_trouble_until_it_has_been_quiet_for_long_enough(clock: Clock) -> None:
    """Other failures are none: they are counted, and silence tells of them."""
    meter = Counts()
    hearing = Hearing(120, meter, clock)
    hearing.failed(TimedOut())
    assert hearing.troubles() == ()
    hearing.failed(Conflict("terminated by other getUpdates request"))
    clock.now += 100
    hearing.failed(Conflict("terminated by other getUpdates request"))
    clock.now += 119
    hearing.heard()
    assert hearing.troubles() == (Trouble(CONFLICT, texts.CONFLICT),)
    clock.now += 1
    assert hearing.troubles() == ()
    assert meter.counted == [(Event.TELEGRAM_ERROR, kind) for kind in ("TimedOut", "Conflict", "Conflict")]
