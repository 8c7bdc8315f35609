"""What the buttons under an answer do. They work on whatever the database remembers, restarts or not."""

import sqlite3
import time
from dataclasses import replace

from telegram import CallbackQuery, InlineKeyboardMarkup, Message

from bot.chat.asking.access import Access
from bot.chat.asking.limits import Admission, Limiter
from bot.chat.asking.pool import PoolFull
from bot.chat.buttons.acknowledging import Acknowledgement
from bot.chat.buttons.keyboards import Action, Press, keyboard, unpacked
from bot.chat.buttons.offering import Offering, Pressed
from bot.chat.buttons.offers import offers_of
from bot.chat.buttons.sealing import Seal, place_of, written_under
from bot.chat.conversation import today
from bot.chat.desk import Desk
from bot.chat.showing import texts
from bot.chat.showing.delivery import Delivery
from bot.chat.showing.letters import Letter, letter_to
from bot.chat.showing.rendering import reading_lines, render
from bot.chat.storage.database import StoredAnswer, Vote
from bot.languages.language import Language
from bot.settings import BotSettings, TelegramSection

_PRESSES_PER_QUESTION = 6
_TOASTS = {
    Vote.STORED: texts.THANKS,
    Vote.CHANGED: texts.CHANGED_VOTE,
    Vote.WITHDRAWN: texts.WITHDRAWN,
}


class Buttons:
    """The handler of callback queries. Each is acknowledged before any slow work."""

    def __init__(self, desk: Desk, delivery: Delivery, settings: TelegramSection, access: Access, seal: Seal) -> None:
        self._desk, self._delivery, self._access = desk, delivery, access
        self._seal = seal
        self._offering = Offering(desk, delivery)
        self._limiter = Limiter(settings.questions_per_minute * _PRESSES_PER_QUESTION, time.monotonic)

    def adjust(self, settings: BotSettings) -> None:
        """Go by these settings from now on."""
        self._limiter.adjust(settings.telegram.questions_per_minute * _PRESSES_PER_QUESTION)

    async def on_button(self, query: CallbackQuery, data: str) -> None:
        """Show another page, widen or narrow the quotes, or store a vote."""
        async with Acknowledgement(self._delivery, query) as acknowledgement:
            admission = self._limiter.admit(query.from_user.id)
            language = await self._desk.archive.languages.of(query.from_user.id, query.from_user)
            if admission is not Admission.ADMITTED:
                await acknowledgement.give(language.say(texts.TOO_FAST))
                return
            try:
                if await self._access.may_ask(query.from_user.id, place_of(query)):
                    await self._obey(query, data, acknowledgement, language)
                else:
                    await acknowledgement.give(language.say(texts.STRANGER))
            except (sqlite3.Error, TimeoutError):
                await acknowledgement.give(language.say(texts.TROUBLE))
                raise

    async def _obey(
        self, query: CallbackQuery, data: str, acknowledgement: Acknowledgement, language: Language
    ) -> None:
        """``language`` is the presser's; what is changed in place keeps that of the message."""
        press = unpacked(data)
        stored = await self._desk.archive.recall(press.token) if press else None
        message = _editable(query)
        if press is None or stored is None or message is None:
            await acknowledgement.give(language.say(texts.TOO_OLD), alert=True)
            return
        if not any(sealed.startswith(f"1:{press.token}:") for sealed in written_under(message)):
            return  # an old press sent again under another answer, or one tap too many: it shows another one by now
        press = press if press.language else replace(press, language=language)
        if press.action is Action.SHOW:
            await acknowledgement.give()
            await self._show(message, press, stored, language)
        elif press.action in (Action.UP, Action.DOWN):
            toast = _TOASTS[await self._vote(query, press, stored)]
            await acknowledgement.give(language.say(toast))
        else:
            await self._offering.obey(Pressed(query, message, press, stored, acknowledgement, language))

    async def _vote(self, query: CallbackQuery, press: Press, stored: StoredAnswer) -> Vote:
        """Storing it takes about a millisecond."""
        return await self._desk.archive.vote(
            press.token, query.from_user.id, press.action is Action.UP, stored, press.page, query.id
        )

    async def _show(self, message: Message, press: Press, stored: StoredAnswer, language: Language) -> None:
        try:
            view = await self._desk.view(stored, press.page, press.wide)
        except (PoolFull, TimeoutError):
            await self._delivery.send(letter_to(message, language.say(texts.BUSY)))
            return
        if not view.quotes and view.missing:
            await self._delivery.send(letter_to(message, language.say(texts.ARTICLE_CHANGED)))
            return
        kept = self._desk.memory.kept(press.token) if press.page == 0 else None
        shown_in = press.language or language
        lines = reading_lines(kept.understood, shown_in) if kept else ()
        page = render(replace(view, lines=lines), today(), shown_in)
        buttons = keyboard(press, len(stored.pages), page.shown, offers_of(kept, stored) if kept else ())
        if not _shows(message, page.text, self._seal.keyboard(buttons, message.chat_id)):
            letter = Letter(message.chat_id, page.text, page.entities, buttons, edits=message.message_id)
            if await self._delivery.send(letter) is None:
                return
        await self._desk.archive.place(message.chat_id, message.message_id, press.token, press.page)


def _shows(message: Message, text: str, buttons: InlineKeyboardMarkup) -> bool:
    """Whether the message says this already; what the buttons do tells the page, too."""
    return message.text == text.strip() and message.reply_markup == buttons


def _editable(query: CallbackQuery) -> Message | None:
    """The message with the button; of one that it no longer shows, Telegram sends no more than the place."""
    message = query.message
    return message if isinstance(message, Message) and message.is_accessible else None
