"""What time it is at Telegram, whatever this machine's clock says."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.running.telegram_time import TelegramTime

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Ticks:
    """A clock that nobody sets, moved by hand."""

    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Answer:
    headers: dict[str, str] = field(default_factory=dict)


def heard(time: TelegramTime, date: str) -> datetime:
    asyncio.run(time.hear(Answer({"date": date})))
    return time.now()


def test_the_machine_is_believed_until_an_answer_came() -> None:
    """From then on seconds are counted from what the answer said, and the machine's clock may jump."""
    ticks, machine = Ticks(), [NOON]
    time = TelegramTime(ticks, lambda: machine[0])
    assert time.now() == time.began == NOON
    ticks.seconds += 60
    assert heard(time, "Thu, 19 Nov 2026 09:00:00 GMT") == datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
    machine[0] += timedelta(days=400)
    ticks.seconds += 5
    assert time.now() == datetime(2026, 11, 19, 9, 0, 5, tzinfo=UTC)
    assert time.began == datetime(2026, 11, 19, 8, 59, 0, tzinfo=UTC)


@pytest.mark.parametrize("date", ["", "tomorrow", "Thu, 99 Nov 2026 09:00:00 GMT", "0", "\x00"])
def test_an_answer_that_tells_no_time_changes_nothing(date: str) -> None:
    """A server of one's own may leave it out, and a proxy may write nonsense."""
    time = TelegramTime(Ticks(), lambda: NOON)
    assert heard(time, date) == NOON
    heard(time, "Thu, 19 Nov 2026 09:00:00 -0000")
    assert heard(time, date) == datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
