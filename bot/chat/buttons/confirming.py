"""What is done only after a button was pressed: forgetting somebody, and going back to an earlier snapshot.

The button's data say what was asked, so that nothing else is done, and of whom: others' presses count for nothing, and
so do those on messages without that button.
"""

import logging
import re
import sqlite3

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.chat.admin import texts as admin_texts
from bot.chat.admin.office import Office
from bot.chat.asking.access import Access
from bot.chat.asking.pool import PoolFull
from bot.chat.buttons.acknowledging import Acknowledgement
from bot.chat.buttons.sealing import is_elsewhere, place_of
from bot.chat.desk import Desk
from bot.chat.showing import texts
from bot.chat.showing.delivery import Delivery
from bot.chat.showing.letters import Letter
from bot.languages.language import Language
from bot.records import Rollback
from index import VerbatimError

_log = logging.getLogger(__name__)

PATTERN = re.compile(r"(?:keep|forget):-?\d{1,20}|r:[\w-]{1,24}:[\w-]{1,24}", re.ASCII)
"""A snapshot's name has 24 characters."""


def rollback_buttons(rollback: Rollback, number: int, language: Language) -> InlineKeyboardMarkup:
    """The buttons under the question whether to go back, which was put to the admin with this number."""
    data = f"r:{rollback.published}:{rollback.earlier}"
    yes = InlineKeyboardButton(language.say(admin_texts.ROLL_BACK), callback_data=data)
    return InlineKeyboardMarkup([[yes, _keep(number, language)]])


def forget_buttons(number: int, language: Language) -> InlineKeyboardMarkup:
    """The buttons under the question whether somebody is to be forgotten."""
    yes = InlineKeyboardButton(language.say(texts.FORGET), callback_data=f"forget:{number}")
    return InlineKeyboardMarkup([[yes, _keep(number, language)]])


def _keep(number: int, language: Language) -> InlineKeyboardButton:
    return InlineKeyboardButton(language.say(texts.KEEP), callback_data=f"keep:{number}")


class Confirmations:
    """The handler of these presses."""

    def __init__(self, access: Access, office: Office, desk: Desk, delivery: Delivery) -> None:
        self._access, self._office, self._desk, self._delivery = access, office, desk, delivery

    async def on_button(self, query: CallbackQuery, data: str) -> None:
        """Do what was confirmed, and say so in the place of the question."""
        if is_elsewhere(query):
            await self._delivery.acknowledge(query)
            return
        async with Acknowledgement(self._delivery, query) as acknowledgement:
            language = await self._desk.archive.languages.of(query.from_user.id, query.from_user)
            said = await self._done(query, data, language)
            await acknowledgement.give(None if said else language.say(texts.NOT_YOURS))
            if said and isinstance(query.message, Message):
                await self._delivery.send(Letter(query.message.chat_id, said, edits=query.message.message_id))

    async def _done(self, query: CallbackQuery, data: str, language: Language) -> str | None:
        """Return what is to be said; ``None``: it is not for this person to press."""
        presser = query.from_user.id
        match data.split(":"):
            case ["forget", number] if int(number) == presser:
                return await self._forgotten(presser, language)
            case ["r", published, earlier] if self._access.is_admin(presser) and place_of(query) == presser:
                return await self._rolled_back(presser, Rollback(published, earlier), language)
            case ["keep", number] if int(number) == presser:
                return language.say(texts.KEPT)
            case _:
                return None

    async def _forgotten(self, number: int, language: Language) -> str:
        try:
            return texts.forgotten(await self._desk.forget(number), language)
        except (sqlite3.Error, TimeoutError) as error:
            _log.error("not everything about somebody was removed: %r", error)
            return language.say(texts.NOT_FORGOTTEN)

    async def _rolled_back(self, presser: int, rollback: Rollback, language: Language) -> str:
        _log.warning(
            "the admin %s goes back from snapshot %s to %s",
            self._desk.archive.register.pseudonyms.of(presser),
            rollback.published,
            rollback.earlier,
        )
        try:
            await self._office.roll_back(rollback)
        except PoolFull:
            return language.say(admin_texts.TOO_BUSY)
        except VerbatimError as error:
            return admin_texts.refused(str(error), language)
        return language.say(admin_texts.ROLLED_BACK)
