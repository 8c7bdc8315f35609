"""The more people ask at once, the less is read for each."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fakes import FakeAnswers

from bot.chat.archive import Archive
from bot.chat.asking.effort import MOMENT_SECONDS, Crowd, effort
from bot.chat.desk import Desk
from bot.chat.storage.database import Database
from bot.records import Answer, Question
from bot.settings import TelegramSection


@dataclass
class Watched(FakeAnswers):
    """Answers when ``gate`` is open, and keeps with how much effort."""

    gate: threading.Event = field(default_factory=threading.Event)
    efforts: list[float] = field(default_factory=list)

    def answer(self, question: Question, effort: float = 1.0) -> Answer:
        self.efforts.append(effort)
        self.gate.wait(10)
        return super().answer(question, effort)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "chat.sqlite")
    yield database
    database.close()


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_who_asks_alone_gets_all_and_each_who_waits_takes_some(workers: int) -> None:
    """More workers bear more that wait."""
    efforts = [effort(waiting, workers) for waiting in range(40)]
    assert efforts[0] == 1.0 and efforts == sorted(efforts, reverse=True) and efforts[-1] > 0
    assert effort(3, workers) < effort(3, workers + 1)


def test_who_came_a_moment_ago_counts_as_much_as_who_waits() -> None:
    """A question that nobody waits behind is not read in full while one after the other comes."""
    now = [0.0]
    crowd = Crowd(lambda: now[0])
    seen = []
    for moment in (0.0, 0.1, 0.2, 1.15, 9.0):
        now[0] = moment * MOMENT_SECONDS
        crowd.join()
        seen.append(crowd.others(waiting=0))
    assert seen == [0, 1, 2, 1, 0]
    assert crowd.others(waiting=7) == 7


def test_who_asks_meanwhile_counts_when_a_question_has_its_turn(database: Database) -> None:
    """Not when it was asked: the first had its turn before the others came."""

    async def scenario() -> list[float]:
        service = Watched()
        desk = Desk(service, TelegramSection(workers=1), Archive(TelegramSection(workers=1), database))
        asked = [asyncio.create_task(desk.ask(Question(f"question {number}"))) for number in range(4)]
        await asyncio.sleep(0.2)
        service.gate.set()
        await asyncio.gather(*asked)
        return service.efforts

    first, *others = asyncio.run(scenario())
    assert others == [effort(3, 1)] * 3
    assert first == 1.0
