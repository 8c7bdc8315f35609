"""Tell those who run the bot, once, what is wrong with the articles or the bot, and once that all is well again.

It remembers in the chat's database whom it told of what, so that a restart repeats nothing; what cannot be stored there
it remembers until it ends. An admin who cannot be written to is named in the log once, and never keeps the others from
being told.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Coroutine, Iterable

from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError
from telegram.ext import ExtBot

from bot.chat.desk import Desk
from bot.chat.showing import texts
from bot.chat.showing.inert import inert
from bot.chat.showing.letters import telegram_entities
from bot.chat.updates.hearing import CONFLICT, Hearing
from bot.languages.language import ENGLISH, Language
from bot.records import Health
from bot.settings import BotSettings

_log = logging.getLogger(__name__)


class Admins:
    """The people, or groups, to be told, by their Telegram numbers."""

    def __init__(self, bot: ExtBot[int], desk: Desk, hearing: Hearing, numbers: Iterable[int]) -> None:
        self._bot, self._desk, self._hearing, self._numbers = bot, desk, hearing, tuple(dict.fromkeys(numbers))
        self._unreachable: set[int] = set()
        self._unstored: dict[int, frozenset[str]] = {}

    async def check(self) -> None:
        """Look how the articles and the line to Telegram are, and tell each admin what he does not know yet."""
        if not self._numbers:
            return
        articles = await self._desk.health()
        health = Health((*articles.troubles, *self._hearing.troubles()))
        told = await self._desk.archive.told()
        for number in self._numbers:
            known = self._unstored.get(number, told.get(number, frozenset()))
            await _to_its_end(self._bring_up_to_date(number, known, health))

    def adjust(self, settings: BotSettings) -> None:
        """Go by these settings from now on."""
        self._numbers = tuple(dict.fromkeys(settings.telegram.admins))

    async def _bring_up_to_date(self, number: int, known: frozenset[str], health: Health) -> None:
        language = await self._desk.archive.languages.chosen(number) or ENGLISH
        if await self._tell(number, message(health, known, language)):
            knows = frozenset(trouble.key for trouble in health.troubles)
            try:
                await self._desk.archive.mark_told(number, knows)
            except (sqlite3.Error, TimeoutError) as error:
                _log.error("an admin may be told twice how the articles are: the chat's database: %r", error)
                self._unstored[number] = knows
            else:
                self._unstored.pop(number, None)

    async def _tell(self, number: int, text: str) -> bool:
        """Return whether the admin knows now; who does not is told with the next check."""
        if not text:
            return True
        try:
            said = inert(text)  # a site's error, say, is its own words
            await self._bot.send_message(number, said.text, entities=telegram_entities(said.entities))
        except (BadRequest, ChatMigrated, Forbidden) as error:
            self._complain_once(number, error)
            return False
        except TelegramError as error:  # a time-out, too: better a warning twice than none
            _log.warning("an admin was not told how the articles are, it is tried again: %s", type(error).__name__)
            return False
        self._unreachable.discard(number)
        return True

    def _complain_once(self, number: int, error: TelegramError) -> None:
        if number not in self._unreachable:
            words = "number %d in telegram.admins cannot be told how the articles are: %s; has he pressed Start?"
            _log.warning(words, self._numbers.index(number) + 1, error)
        self._unreachable.add(number)


async def _to_its_end(work: Coroutine[None, None, None]) -> None:
    """Await what is not to be left half done: where this is cancelled, it is when the work is over."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


def message(health: Health, known: frozenset[str], language: Language) -> str:
    """Return what to tell somebody who was told of the troubles ``known``; "" where there is nothing new."""
    now = {trouble.key for trouble in health.troubles}
    new = [trouble.text for trouble in health.troubles if trouble.key not in known]
    over = known - now
    said = [texts.troubles(new, language)] if new else []
    if CONFLICT in over:
        said.append(language.say(texts.ALONE_AGAIN))
    if over - {CONFLICT} and not now - {CONFLICT}:
        said.append(language.say(texts.WELL_AGAIN))
    return "\n\n".join(said)
