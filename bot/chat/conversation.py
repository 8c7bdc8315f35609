"""What is said to a message: questions, commands, hints. Buttons are handled in ``buttons``."""

import logging
import time
from datetime import UTC, date, datetime, timedelta

from telegram import Message, Update
from telegram.ext import ContextTypes

from bot.chat import texts
from bot.chat.complaints import log_error
from bot.chat.delivery import Delivery, Letter, letter_to
from bot.chat.desk import Desk
from bot.chat.intents import Ask, Command, Hint, understand
from bot.chat.keyboards import Press, keyboard, links_only
from bot.chat.limits import Admission, Limiter
from bot.chat.pool import PoolFull
from bot.chat.rendering import first_view, render
from bot.records import Answer, Question
from bot.settings import TelegramSection

_log = logging.getLogger(__name__)
_HINTS = {
    Hint.UNREADABLE: texts.UNREADABLE,
    Hint.NO_QUESTION: texts.NO_QUESTION,
    Hint.UNKNOWN_COMMAND: texts.UNKNOWN_COMMAND,
}


class Conversation:
    """The handlers of messages, and of what goes wrong with them."""

    def __init__(self, desk: Desk, delivery: Delivery, settings: TelegramSection) -> None:
        self._desk, self._delivery, self._settings = desk, delivery, settings
        self._limiter = Limiter(settings.questions_per_minute, time.monotonic)
        self._away = Limiter(1, time.monotonic)
        self._started = datetime.now(UTC)

    async def on_message(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a message, give a hint, or keep silent."""
        message = update.message
        intent = understand(message, context.bot.bot) if message else None
        if message is None or intent is None:
            return
        if self._is_stale(message):
            await self._apologise(message)
        elif (admission := self._limiter.admit(_who(message))) is not Admission.ADMITTED:
            if admission is Admission.REFUSED:
                await self._say(message, texts.slow_down(self._settings.questions_per_minute))
        elif isinstance(intent, Ask):
            await self._answer(message, intent.text)
        elif isinstance(intent, Command):
            await self._obey(message, intent.name)
        else:
            await self._say(message, _HINTS[intent])

    async def on_error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Log what went wrong, without a word of the question, and say that it did."""
        log_error("an update was not answered", context.error)
        message = update.effective_message if isinstance(update, Update) else None
        if message is not None:
            await self._say(message, texts.TROUBLE)

    async def _answer(self, message: Message, text: str) -> None:
        question = Question(text, message.date.astimezone().date())
        try:
            async with self._delivery.typing(message):
                answer = await self._desk.ask(question, patient=message.date < self._started)
        except PoolFull:
            await self._say(message, texts.BUSY)
        except TimeoutError:
            _log.warning("an answer took longer than %.1f s", self._settings.answer_timeout_seconds)
            await self._say(message, texts.TOO_SLOW)
        else:
            _log.info("%d quotes in %.0f ms from %s", len(answer.quotes), answer.milliseconds, answer.snapshot)
            await self._delivery.send(await self._letter(message, answer))

    async def _letter(self, message: Message, answer: Answer) -> Letter:
        page = render(first_view(answer), today())
        remembered = await self._desk.remember(answer)
        if remembered is None:
            buttons = links_only(page.shown)
        else:
            token, stored = remembered
            buttons = keyboard(Press(token), len(stored.pages), page.shown)
        return letter_to(message, page.text, page.entities, buttons)

    async def _obey(self, message: Message, command: str) -> None:
        try:
            await self._say(message, await self._reply(message, command))
        except (PoolFull, TimeoutError):
            await self._say(message, texts.BUSY)

    async def _reply(self, message: Message, command: str) -> str:
        match command:
            case "start":
                return texts.START
            case "sources":
                return texts.sources(await self._desk.corpus(), datetime.now().astimezone())
            case "about":
                return texts.about(self._settings)
            case "privacy":
                return texts.privacy(self._settings)
            case "forget":
                return texts.forgotten(await self._desk.forget(_who(message)))
            case _:
                return texts.HELP

    async def _say(self, message: Message, text: str) -> None:
        await self._delivery.send(letter_to(message, text))

    def _is_stale(self, message: Message) -> bool:
        oldest = timedelta(minutes=self._settings.oldest_question_minutes)
        return datetime.now(UTC) - message.date > oldest

    async def _apologise(self, message: Message) -> None:
        """Once in a while, and only to somebody who is waiting for an answer: groups have moved on."""
        if message.chat.type == message.chat.PRIVATE and self._away.admit(message.chat_id) is Admission.ADMITTED:
            await self._say(message, texts.AWAY)


def today() -> date:
    """Return the day where the bot runs."""
    return datetime.now().astimezone().date()


def _who(message: Message) -> int:
    """Whose limit counts: the sender's, or the chat's where there is no real one (anonymous admins)."""
    if message.from_user is None or message.sender_chat is not None:
        return message.chat_id
    return message.from_user.id
