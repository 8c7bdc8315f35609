"""What is said to a message: questions, commands, hints. Buttons are handled in ``buttons``."""

import logging
import time
from datetime import UTC, date, datetime, timedelta

from telegram import Message, Update
from telegram.ext import ContextTypes

from bot.chat.admin.commands import Administration
from bot.chat.asking.entrance import Entrance
from bot.chat.asking.limits import Admission, Limiter
from bot.chat.asking.memory import Kept
from bot.chat.asking.pool import PoolFull
from bot.chat.asking.waiting import noticed
from bot.chat.buttons.confirming import forget_buttons
from bot.chat.buttons.keyboards import Press, keyboard, links_only
from bot.chat.buttons.offers import offers_of
from bot.chat.desk import Desk
from bot.chat.intents import Ask, Command, Hint, understand
from bot.chat.other_media import Medium, Told, words_for
from bot.chat.running.complaints import log_error
from bot.chat.showing import texts
from bot.chat.showing.delivery import Delivery, letter_to
from bot.chat.showing.rendering import first_view, render
from bot.records import Answer, Earlier, Question
from bot.settings import BotSettings, TelegramSection

_log = logging.getLogger(__name__)
_HINTS = {
    Hint.NO_QUESTION: texts.NO_QUESTION,
    Hint.UNKNOWN_COMMAND: texts.UNKNOWN_COMMAND,
}


class Conversation:
    """The handlers of messages, and of what goes wrong with them."""

    def __init__(
        self,
        desk: Desk,
        delivery: Delivery,
        settings: TelegramSection,
        entrance: Entrance,
        administration: Administration,
    ) -> None:
        self._desk, self._delivery, self._settings = desk, delivery, settings
        self._entrance, self._administration = entrance, administration
        self._limiter = Limiter(settings.questions_per_minute, time.monotonic)
        self._groups = Limiter(settings.questions_per_minute_in_chat, time.monotonic)
        self._away = Limiter(1, time.monotonic)
        self._told = Told(time.monotonic)
        self._started = datetime.now(UTC)

    def adjust(self, settings: BotSettings) -> None:
        """Go by these settings from now on."""
        self._settings = settings.telegram
        self._limiter.adjust(self._settings.questions_per_minute)
        self._groups.adjust(self._settings.questions_per_minute_in_chat)

    async def on_message(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a message, give a hint, or keep silent."""
        message = update.message
        intent = understand(message, context.bot.bot) if message else None
        if message is None or intent is None or not await self._entrance.lets_in(message, intent, _who(message)):
            return
        if self._is_stale(message):
            await self._apologise(message)
        elif isinstance(intent, Medium):
            if self._told.is_due(_who(message)):
                await self._say(message, words_for(intent))
        elif (refusal := self._refusal(message)) is not None:
            if refusal:
                await self._say(message, refusal)
        elif isinstance(intent, Ask):
            await self._answer(message, intent.text)
        elif isinstance(intent, Command):
            await self._obey(message, intent)
        else:
            await self._say(message, _HINTS[intent])

    def _refusal(self, message: Message) -> str | None:
        """What to say to who asks too much, "" where that was said already; ``None``: he does not."""
        limits = self._settings
        if (admission := self._limiter.admit(_who(message))) is not Admission.ADMITTED:
            return texts.slow_down(limits.questions_per_minute) if admission is Admission.REFUSED else ""
        if message.chat.type == message.chat.PRIVATE:
            return None
        if (admission := self._groups.admit(message.chat_id)) is not Admission.ADMITTED:
            return texts.slow_down_here(limits.questions_per_minute_in_chat) if admission is Admission.REFUSED else ""
        return None

    async def on_error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Log what went wrong, without a word of the question, and say that it did."""
        log_error("an update was not answered", context.error)
        message = update.effective_message if isinstance(update, Update) else None
        if message is not None:
            await self._say(message, texts.TROUBLE)

    async def _answer(self, message: Message, text: str) -> None:
        # Telegram tells nobody's time zone, so the asker's day is that of UTC
        day = message.date.astimezone(UTC).date()
        question = Question(text, day, await self._earlier(message))
        try:
            async with self._delivery.typing(message), noticed(message, self._delivery) as notice:
                patient = message.date < self._started
                answer = await self._desk.ask(question, patient, _who(message), notice.queued)
        except PoolFull:
            await self._say(message, texts.BUSY)
        except TimeoutError:
            _log.warning("an answer took longer than %.1f s", self._settings.answer_timeout_seconds)
            await self._say(message, texts.TOO_SLOW)
        else:
            _log.info("%d quotes in %.0f ms from %s", len(answer.quotes), answer.milliseconds, answer.snapshot)
            await self._reply_with(message, answer)
            await self._desk.note(answer)

    async def _earlier(self, message: Message) -> Earlier | None:
        """What a question may follow up: the answer that it replies to, else what the same person asked last here."""
        replied = message.reply_to_message
        if replied is not None and (about := await self._desk.earlier_in(message.chat_id, replied.message_id)):
            return about
        return self._desk.memory.earlier(_who(message), message.chat_id)

    async def _reply_with(self, message: Message, answer: Answer) -> None:
        """Send an answer, and remember where it stands: reactions tell of a message, not of what it says."""
        page = render(first_view(answer), today())
        remembered = await self._desk.remember(answer)
        self._desk.memory.note(_who(message), message.chat_id, answer)
        if remembered is None:
            await self._delivery.send(letter_to(message, page.text, page.entities, links_only(page.shown)))
            return
        token, stored = remembered
        kept = Kept.of(answer, _who(message))
        self._desk.memory.keep(token, kept)
        buttons = keyboard(Press(token), len(stored.pages), page.shown, offers_of(kept, stored))
        sent = await self._delivery.send(letter_to(message, page.text, page.entities, buttons))
        if sent is not None:
            await self._desk.place(sent.chat_id, sent.message_id, token, 0)

    async def _obey(self, message: Message, command: Command) -> None:
        if self._administration.is_for(message, command):
            await self._administration.obey(message, command)
            return
        try:
            if command.name in ("forget", "forget_me"):
                await self._delivery.send(letter_to(message, texts.FORGET_WHAT, keyboard=forget_buttons(_who(message))))
            else:
                await self._say(message, await self._reply(command.name))
        except (PoolFull, TimeoutError):
            await self._say(message, texts.BUSY)

    async def _reply(self, command: str) -> str:
        match command:
            case "start":
                return texts.START
            case "sources":
                return texts.sources(await self._desk.corpus(), datetime.now().astimezone())
            case "about":
                return texts.about(self._settings)
            case "privacy":
                return texts.privacy(self._settings)
            case "help":
                return texts.HELP
            case _:
                return texts.UNKNOWN_COMMAND

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
