"""/language: the buttons with the languages, and what becomes of a press on one.

The button's data say whose language it is, so that others' presses count for nothing; so do those on messages without
that button.
"""

import re
import sqlite3

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, User

from bot.chat.asking.languages import Languages
from bot.chat.buttons.acknowledging import Acknowledgement
from bot.chat.buttons.sealing import is_elsewhere
from bot.chat.showing import texts
from bot.chat.showing.delivery import Delivery
from bot.chat.showing.letters import Letter
from bot.languages.language import CODES, Language, language, languages

_TELEGRAMS = "telegram"
"""Stands for the language that Telegram tells, in buttons' data and behind /language."""
PATTERN = re.compile(rf"language:-?\d{{1,20}}:({'|'.join((*CODES, _TELEGRAMS))})", re.ASCII)


class Choosing:
    """Stores what somebody chooses, and says so in that language."""

    def __init__(self, known: Languages, delivery: Delivery) -> None:
        self._known, self._delivery = known, delivery

    async def choose(self, number: int, user: User | None, code: str) -> str:
        """Speak another language with somebody from now on; return what to say to that."""
        if code == _TELEGRAMS:
            await self._known.choose(number, None)
            return (await self._known.of(number, user)).say(texts.LANGUAGE_OF_TELEGRAM)
        await self._known.choose(number, language(code))
        return language(code).say(texts.LANGUAGE_CHOSEN)

    async def buttons(self, number: int, spoken: Language) -> InlineKeyboardMarkup:
        """Return the buttons for somebody."""
        return language_buttons(number, await self._known.chosen(number), spoken)

    async def on_button(self, query: CallbackQuery, data: str) -> None:
        """Choose a language, and say so in the place of the question."""
        if is_elsewhere(query):
            await self._delivery.acknowledge(query)
            return
        async with Acknowledgement(self._delivery, query) as acknowledgement:
            presser = query.from_user
            _, number, code = data.split(":")
            if int(number) != presser.id:
                spoken = await self._known.of(presser.id, presser)
                await acknowledgement.give(spoken.say(texts.NOT_YOURS))
                return
            try:
                said = await self.choose(presser.id, presser, code)
            except (sqlite3.Error, TimeoutError):
                spoken = await self._known.of(presser.id, presser)
                await acknowledgement.give(spoken.say(texts.TROUBLE))
                raise
            await acknowledgement.give()
            if isinstance(query.message, Message):
                await self._delivery.send(Letter(query.message.chat_id, said, edits=query.message.message_id))


def code_of(words: str) -> str | None:
    """Read what stands behind /language: a code (``de``, ``de-AT``), a language's own name, or "telegram"."""
    wanted = words.strip().casefold()
    code = wanted.replace("_", "-").partition("-")[0]
    if wanted == _TELEGRAMS or code in CODES:
        return _TELEGRAMS if wanted == _TELEGRAMS else code
    return next((one.code for one in languages() if one.name.casefold() == wanted), None)


def language_buttons(number: int, chosen: Language | None, spoken: Language) -> InlineKeyboardMarkup:
    """Each language under its own name, two in a row, and that of Telegram; what was chosen is marked."""
    every = [_button(number, one.code, one.name, is_chosen=chosen == one) for one in languages()]
    rows = [every[start : start + 2] for start in range(0, len(every), 2)]
    telegrams = _button(number, _TELEGRAMS, spoken.say(texts.AS_IN_TELEGRAM), is_chosen=chosen is None)
    return InlineKeyboardMarkup([*rows, [telegrams]])


def _button(number: int, code: str, label: str, *, is_chosen: bool) -> InlineKeyboardButton:
    return InlineKeyboardButton(f"✓ {label}" if is_chosen else label, callback_data=f"language:{number}:{code}")
