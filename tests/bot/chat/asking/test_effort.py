"""The more people wait, the less is read for each."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fakes import FakeAnswers

from bot.chat.archive import Archive
from bot.chat.asking.effort import effort
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


def test_what_waits_behind_a_question_counts_when_its_turn_comes(database: Database) -> None:
    """Not when it was asked; the last one has all the time again."""

    async def scenario() -> list[float]:
        service = Watched()
        desk = Desk(service, TelegramSection(workers=1), Archive(TelegramSection(workers=1), database))
        asked = [asyncio.create_task(desk.ask(Question(f"question {number}"))) for number in range(4)]
        await asyncio.sleep(0.2)
        service.gate.set()
        await asyncio.gather(*asked)
        return service.efforts

    first, *others = asyncio.run(scenario())
    assert others == [effort(waiting, 1) for waiting in (2, 1, 0)]
    assert first == 1.0
