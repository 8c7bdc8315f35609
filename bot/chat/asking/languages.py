"""In which language each person is spoken to: the one chosen with /language, else Telegram's, else English.

Choices lie in the chat's database. Invariant: for a minute after it was looked up, nobody waits for the disk; in that
time a choice made at another replica is not known here.
"""

import logging
import sqlite3
import time
from collections.abc import Callable
from functools import partial

from telegram import User

from bot.chat.asking.memory import Recent
from bot.chat.asking.register import Disk
from bot.chat.storage.people import People
from bot.languages.language import CODES, ENGLISH, Language, best, language

_log = logging.getLogger(__name__)

LASTING_SECONDS = 60.0


class Languages:
    """Over ``people``. ``clock`` counts seconds."""

    def __init__(self, people: People, on_disk: Disk, clock: Callable[[], float] = time.monotonic) -> None:
        self._people, self._on_disk = people, on_disk
        self._known: Recent[int, str] = Recent(clock)

    async def of(self, number: int, user: User | None) -> Language:
        """Return the language for somebody, by the number that stands for him; ``user`` is what Telegram tells."""
        return await self.chosen(number) or best(user.language_code if user else None)

    async def chosen(self, number: int) -> Language | None:
        """Return the language that somebody chose; ``None``: none, or it cannot be looked up now."""
        code = self._known.get(number, LASTING_SECONDS)
        if code is None:
            try:
                code = await self._on_disk(partial(self._people.language, number))
            except (sqlite3.Error, TimeoutError) as error:
                _log.error("somebody's language is not looked up: the chat's database: %r", error)
                return None
            self._known.put(number, code)
        return language(code) if code in CODES else None

    async def choose(self, number: int, chosen: Language | None) -> None:
        """Speak a language with somebody from now on; ``None``: go by Telegram's again."""
        code = chosen.code if chosen else ""
        await self._on_disk(partial(self._people.choose_language, number, code))
        self._known.put(number, code)

    def forget(self, number: int) -> None:
        """Forget what was looked up about somebody."""
        self._known.drop(lambda one, _: one == number)


def menu_code(language: Language) -> str | None:
    """Return by which code Telegram knows a language's menu; the one without a code is for everybody else."""
    return None if language == ENGLISH else language.code
