"""Which language somebody chose, and how often the disk is asked for it."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from telegram import User

from bot.chat.asking.languages import LASTING_SECONDS, Languages, menu_code
from bot.chat.storage.database import Database
from bot.languages.language import ENGLISH, language, languages

T = TypeVar("T")
SPANIARD = User(7, "Ada", is_bot=False, language_code="es-ES")


class Thread:
    """The database's thread: it counts its calls, and may be out of order."""

    def __init__(self) -> None:
        self.calls, self.works = 0, True

    async def __call__(self, call: Callable[[], T]) -> T:
        self.calls += 1
        if not self.works:
            raise TimeoutError
        return call()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "chat.sqlite")
    yield database
    database.close()


def test_nobody_waits_for_the_disk_twice_within_a_minute(database: Database) -> None:
    """Whether he chose a language or not; after that minute a choice made at another replica counts."""
    now, disk = [0.0], Thread()
    here = Languages(database.people, disk, lambda: now[0])

    async def ask() -> tuple[str, str]:
        return (await here.of(7, SPANIARD)).code, (await here.of(8, None)).code

    assert [asyncio.run(ask()) for _ in range(3)] == [("es", "en")] * 3
    assert disk.calls == 2
    database.people.choose_language(7, "fr")
    now[0] = LASTING_SECONDS - 1
    assert asyncio.run(ask()) == ("es", "en")
    now[0] = LASTING_SECONDS + 1
    assert asyncio.run(ask()) == ("fr", "en")


def test_a_choice_counts_at_once(database: Database) -> None:
    """And until it is taken back, or its owner is forgotten."""
    here = Languages(database.people, Thread())

    async def live() -> list[str]:
        spoken = []
        for chosen in (language("uk"), language("de"), None):
            await here.choose(7, chosen)
            spoken.append((await here.of(7, SPANIARD)).code)
        await here.choose(7, language("de"))
        database.forget(7)
        here.forget(7)
        return [*spoken, (await here.of(7, SPANIARD)).code]

    assert asyncio.run(live()) == ["uk", "de", "es", "es"]


def test_a_disk_that_does_not_answer_keeps_nobody_waiting_for_his_answer(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """He is spoken to as Telegram says; that is not remembered, and the log has no number of his."""
    database.people.choose_language(7, "fr")
    disk = Thread()
    here = Languages(database.people, disk)
    disk.works = False
    assert asyncio.run(here.of(7, SPANIARD)).code == "es"
    assert "somebody's language" in caplog.text and "7" not in caplog.text
    disk.works = True
    assert asyncio.run(here.of(7, SPANIARD)).code == "fr"


def test_a_language_of_a_newer_version_counts_as_none(database: Database) -> None:
    """The file may have been written by a program that speaks more."""
    database.people.choose_language(7, "pt")
    assert asyncio.run(Languages(database.people, Thread()).of(7, SPANIARD)).code == "es"


def test_english_menus_are_for_everybody_else() -> None:
    """Telegram shows the menu without a code where there is none with the reader's."""
    assert [menu_code(one) for one in languages()] == [None, "es", "de", "fr", "uk", "ru"]
    assert menu_code(ENGLISH) is None
