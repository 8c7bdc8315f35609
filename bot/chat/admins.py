"""Tell those who run the bot, once, what is wrong with the articles, and once that all is well again.

It remembers in the chat's database whom it told of what, so that a restart repeats nothing. An admin who cannot be
written to is named in the log once, and never keeps the others from being told.
"""

import logging
from collections.abc import Iterable

from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError
from telegram.ext import ExtBot

from bot.chat import texts
from bot.chat.desk import Desk
from bot.records import Health

_log = logging.getLogger(__name__)


class Admins:
    """The people, or groups, to be told, by their Telegram numbers."""

    def __init__(self, bot: ExtBot[int], desk: Desk, numbers: Iterable[int]) -> None:
        self._bot, self._desk, self._numbers = bot, desk, tuple(dict.fromkeys(numbers))
        self._unreachable: set[int] = set()

    async def check(self) -> None:
        """Look how the articles are, and tell each admin what he does not know yet."""
        health = await self._desk.health()
        told = await self._desk.told()
        for number in self._numbers:
            known = told.get(number, frozenset())
            if await self._tell(number, message(health, known)):
                await self._desk.mark_told(number, frozenset(trouble.key for trouble in health.troubles))

    async def _tell(self, number: int, text: str) -> bool:
        """Return whether the admin knows now; who does not is told with the next check."""
        if not text:
            return True
        try:
            await self._bot.send_message(number, text)
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
            words = "the admin %d of telegram.admins cannot be told how the articles are: %s; has he pressed Start?"
            _log.warning(words, number, error)
        self._unreachable.add(number)


def message(health: Health, known: frozenset[str]) -> str:
    """Return what to tell somebody who was told of the troubles ``known``; "" where there is nothing new."""
    new = [trouble for trouble in health.troubles if trouble.key not in known]
    if new:
        return texts.troubles([trouble.text for trouble in new])
    return texts.WELL_AGAIN if known and not health.troubles else ""
