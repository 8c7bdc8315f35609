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
from bot.chat.buttons.choosing import Choosing, code_of
from bot.chat.buttons.confirming import forget_buttons
from bot.chat.buttons.keyboards import Press, keyboard, links_only
from bot.chat.buttons.offers import offers_of
from bot.chat.desk import Desk
from bot.chat.intents import Ask, Command, Hint, understand
from bot.chat.other_media import Medium, Told, words_for
from bot.chat.running.complaints import log_error
from bot.chat.running.telegram_time import TelegramTime
from bot.chat.showing import texts
from bot.chat.showing.delivery import Delivery
from bot.chat.showing.letters import letter_to
from bot.chat.showing.privacy import privacy
from bot.chat.showing.rendering import first_view, render
from bot.chat.showing.replying import Asked, Replying
from bot.chat.showing.sources import sources
from bot.languages.language import Language
from bot.meter import Stage, timed
from bot.records import Answer, Earlier, Question
from bot.settings import BotSettings, TelegramSection
from bot.wording import CANNOT_SEARCH
from index import VectorsUnavailable

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
        replying: Replying,
        settings: TelegramSection,
        entrance: Entrance,
        administration: Administration,
        choosing: Choosing,
        clock: TelegramTime,
    ) -> None:
        self._desk, self._delivery, self._settings = desk, delivery, settings
        self._replying = replying
        self._entrance, self._administration, self._choosing = entrance, administration, choosing
        self._limiter = Limiter(settings.questions_per_minute, time.monotonic)
        self._groups = Limiter(settings.questions_per_minute_in_chat, time.monotonic)
        self._away = Limiter(1, time.monotonic)
        self._told = Told(time.monotonic)
        self._clock = clock

    def adjust(self, settings: BotSettings) -> None:
        """Go by these settings from now on."""
        self._settings = settings.telegram
        self._limiter.adjust(self._settings.questions_per_minute)
        self._groups.adjust(self._settings.questions_per_minute_in_chat)

    async def on_message(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a message, give a hint, or keep silent."""
        message = update.message
        intent = understand(message, context.bot.bot) if message else None
        if message is None or intent is None:
            return
        language = await self._desk.archive.languages.of(_who(message), message.from_user)
        if not await self._entrance.lets_in(message, intent, _who(message), language):
            return
        asked = Asked(message, update.update_id, language)
        if await self._replying.goes_on(asked):
            return
        if self._is_stale(message):
            await self._apologise(asked)
        elif isinstance(intent, Medium):
            if self._told.is_due(_who(message)):
                await self._replying.say(asked, words_for(intent, language))
        elif (refusal := self._refusal(message, language)) is not None:
            if refusal:
                await self._replying.say(asked, refusal)
        elif isinstance(intent, Ask):
            await self._answer(asked, intent.text)
        elif isinstance(intent, Command):
            await self._obey(asked, intent)
        else:
            await self._replying.say(asked, language.say(_HINTS[intent]))

    def _refusal(self, message: Message, language: Language) -> str | None:
        """What to say to who asks too much, "" where that was said already; ``None``: he does not."""
        limits = self._settings
        if (admission := self._limiter.admit(_who(message))) is not Admission.ADMITTED:
            return texts.slow_down(limits.questions_per_minute, language) if admission is Admission.REFUSED else ""
        if message.chat.type == message.chat.PRIVATE:
            return None
        if (admission := self._groups.admit(message.chat_id)) is not Admission.ADMITTED:
            per_minute = limits.questions_per_minute_in_chat
            return texts.slow_down_here(per_minute, language) if admission is Admission.REFUSED else ""
        return None

    async def on_error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Log what went wrong, without a word of the question, and say that it did."""
        log_error("an update was not answered", context.error)
        message = update.effective_message if isinstance(update, Update) else None
        if not isinstance(update, Update) or message is None:
            return
        user = update.effective_user
        language = await self._desk.archive.languages.of(user.id if user else message.chat_id, user)
        asked = Asked(message, update.update_id, language)
        if not await self._replying.goes_on(asked):
            away = isinstance(context.error, VectorsUnavailable)
            await self._replying.say(asked, language.say(CANNOT_SEARCH if away else texts.TROUBLE))

    async def _answer(self, asked: Asked, text: str) -> None:
        message = asked.message
        # Telegram tells nobody's time zone, so the asker's day is that of UTC
        day = message.date.astimezone(UTC).date()
        question = Question(text, day, await self._earlier(message))
        try:
            async with self._delivery.typing(message), noticed(message, self._delivery, asked.language) as notice:
                patient = message.date < self._clock.began
                answer = await self._desk.ask(question, patient, _who(message), notice.queued)
        except PoolFull:
            await self._replying.say(asked, asked.language.say(texts.BUSY))
        except TimeoutError:
            _log.warning("an answer took longer than %.1f s", self._settings.answer_timeout_seconds)
            await self._replying.say(asked, asked.language.say(texts.TOO_SLOW))
        else:
            _log.info("%d quotes in %.0f ms from %s", len(answer.quotes), answer.milliseconds, answer.snapshot)
            await self._reply_with(asked, answer)
            await self._desk.archive.note(answer)

    async def _earlier(self, message: Message) -> Earlier | None:
        """What a question may follow up: the answer that it replies to, else what the same person asked last here."""
        replied = message.reply_to_message
        if replied is not None and (about := await self._desk.earlier_in(message.chat_id, replied.message_id)):
            return about
        return self._desk.memory.earlier(_who(message), message.chat_id)

    async def _reply_with(self, asked: Asked, answer: Answer) -> None:
        """Send an answer, and remember where it stands: reactions tell of a message, not of what it says."""
        message = asked.message
        language = asked.language
        with timed(self._desk.meter, Stage.RENDER):
            page = render(first_view(answer, language), today(), language)
        remembered = await self._desk.archive.remember(answer)
        self._desk.memory.note(_who(message), message.chat_id, answer)
        if remembered is None:
            letter = letter_to(message, page.text, page.entities, links_only(page.shown, language))
            await self._replying.answer(asked, letter, "")
            return
        token, stored = remembered
        kept = Kept.of(answer, _who(message))
        self._desk.memory.keep(token, kept)
        buttons = keyboard(Press(token, language=language), len(stored.pages), page.shown, offers_of(kept, stored))
        sent = await self._replying.answer(asked, letter_to(message, page.text, page.entities, buttons), token)
        if sent is not None:
            await self._desk.archive.place(sent.chat_id, sent.message_id, token, 0)

    async def _obey(self, asked: Asked, command: Command) -> None:
        message = asked.message
        if self._administration.is_for(message, command):
            await self._administration.obey(message, command, asked.language)
            return
        try:
            if command.name in ("forget", "forget_me"):
                buttons = forget_buttons(_who(message), asked.language)
                await self._delivery.send(letter_to(message, asked.language.say(texts.FORGET_WHAT), keyboard=buttons))
            elif command.name == "language":
                await self._choose_language(asked, command.rest)
            else:
                await self._replying.say(asked, await self._reply(command.name, asked.language))
        except (PoolFull, TimeoutError):
            await self._replying.say(asked, asked.language.say(texts.BUSY))

    async def _choose_language(self, asked: Asked, words: str) -> None:
        message, number = asked.message, _who(asked.message)
        if code := code_of(words):
            await self._replying.say(asked, await self._choosing.choose(number, message.from_user, code))
            return
        buttons = await self._choosing.buttons(number, asked.language)
        await self._delivery.send(letter_to(message, asked.language.say(texts.CHOOSE_LANGUAGE), keyboard=buttons))

    async def _reply(self, command: str, language: Language) -> str:
        match command:
            case "start":
                return language.say(texts.START)
            case "sources":
                return sources(await self._desk.corpus(), datetime.now().astimezone(), language)
            case "about":
                return texts.about(self._settings, language)
            case "privacy":
                return privacy(self._settings, language)
            case "help":
                return language.say(texts.HELP)
            case _:
                return language.say(texts.UNKNOWN_COMMAND)

    def _is_stale(self, message: Message) -> bool:
        oldest = timedelta(minutes=self._settings.oldest_question_minutes)
        return self._clock.now() - message.date > oldest

    async def _apologise(self, asked: Asked) -> None:
        """Once in a while, and only to somebody who is waiting for an answer: groups have moved on."""
        chat = asked.message.chat
        if chat.type == chat.PRIVATE and self._away.admit(chat.id) is Admission.ADMITTED:
            await self._replying.say(asked, asked.language.say(texts.AWAY))


def today() -> date:
    """Return the day where the bot runs."""
    return datetime.now().astimezone().date()


def _who(message: Message) -> int:
    """Whose limit counts: the sender's, or the chat's where there is no real one (anonymous admins)."""
    if message.from_user is None or message.sender_chat is not None:
        return message.chat_id
    return message.from_user.id
