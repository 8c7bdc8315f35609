"""What the buttons under an answer do. They work on whatever the database remembers, restarts or not."""

import sqlite3
import time

from telegram import CallbackQuery, Message, Update
from telegram.ext import ContextTypes

from bot.chat import texts
from bot.chat.conversation import today
from bot.chat.database import StoredAnswer, Vote
from bot.chat.delivery import Delivery, Letter, letter_to
from bot.chat.desk import Desk
from bot.chat.keyboards import Action, Press, keyboard, unpacked
from bot.chat.limits import Admission, Limiter
from bot.chat.pool import PoolFull
from bot.chat.rendering import render
from bot.settings import TelegramSection

_PRESSES_PER_QUESTION = 6
_TOASTS = {
    Vote.STORED: texts.THANKS,
    Vote.CHANGED: texts.CHANGED_VOTE,
    Vote.WITHDRAWN: texts.WITHDRAWN,
}


class Buttons:
    """The handler of callback queries. Each is acknowledged before any slow work."""

    def __init__(self, desk: Desk, delivery: Delivery, settings: TelegramSection) -> None:
        self._desk, self._delivery = desk, delivery
        self._limiter = Limiter(settings.questions_per_minute * _PRESSES_PER_QUESTION, time.monotonic)

    async def on_button(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Show another page, widen or narrow the quotes, or store a vote."""
        query = update.callback_query
        if query is None:
            return
        if self._limiter.admit(query.from_user.id) is not Admission.ADMITTED:
            await self._delivery.acknowledge(query, texts.TOO_FAST)
            return
        try:
            await self._obey(query)
        except (sqlite3.Error, TimeoutError):
            await self._delivery.acknowledge(query, texts.TROUBLE)
            raise

    async def _obey(self, query: CallbackQuery) -> None:
        press = unpacked(query.data or "")
        stored = await self._desk.recall(press.token) if press else None
        message = _editable(query)
        if press is None or stored is None or message is None:
            await self._delivery.acknowledge(query, texts.TOO_OLD, alert=True)
        elif press.action is Action.SHOW:
            await self._delivery.acknowledge(query)
            await self._show(message, press, stored)
        else:
            await self._vote(query, press, stored)

    async def _vote(self, query: CallbackQuery, press: Press, stored: StoredAnswer) -> None:
        """The acknowledgement says what became of the vote; storing it takes about a millisecond."""
        up = press.action is Action.UP
        vote = await self._desk.vote(press.token, query.from_user.id, up, stored, press.page)
        await self._delivery.acknowledge(query, _TOASTS[vote])

    async def _show(self, message: Message, press: Press, stored: StoredAnswer) -> None:
        try:
            view = await self._desk.view(stored, press.page, press.wide)
        except (PoolFull, TimeoutError):
            await self._delivery.send(letter_to(message, texts.BUSY))
            return
        if not view.quotes and view.missing:
            await self._delivery.send(letter_to(message, texts.ARTICLE_CHANGED))
            return
        page = render(view, today())
        buttons = keyboard(press, len(stored.pages), page.shown)
        await self._delivery.send(Letter(message.chat_id, page.text, page.entities, buttons, edits=message.message_id))


def _editable(query: CallbackQuery) -> Message | None:
    """The message with the button; of one that it no longer shows, Telegram sends no more than the place."""
    message = query.message
    return message if isinstance(message, Message) and message.is_accessible else None
