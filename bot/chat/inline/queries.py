"""Inline queries: ``@bot question``, typed in any chat, with an update for every few keys.

Whole questions wait a moment, in case that somebody types on, and are then read; everything shorter gets a glance at
once. Of one person only the newest query is at work. Invariants: a query is answered at most once; its update counts
as dealt with at once, for it holds back all after it until then, and nobody waits for its answer after a restart.
"""

import asyncio
import logging
import re
import time
from functools import partial

from telegram import InlineQuery, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.chat.asking.access import Access
from bot.chat.asking.languages import Languages
from bot.chat.asking.limits import Admission, Limiter
from bot.chat.asking.pool import PoolFull
from bot.chat.conversation import today
from bot.chat.inline.finding import InlineSearch, Search
from bot.chat.inline.results import Found, ask_in_private, results
from bot.chat.running.complaints import log_error
from bot.records import Question
from bot.settings import BotSettings, TelegramSection
from index import VectorsUnavailable

_log = logging.getLogger(__name__)

SHORTEST = 3
"""Characters of a query that is searched for."""
WHOLE_WORDS = 3
PAUSE_SECONDS = 0.7
"""Nothing was typed for so long: the words are meant as they are."""
LASTING_SECONDS, BRIEF_SECONDS = 300, 5
"""For which Telegram may keep an answer; https://core.telegram.org/bots/api#answerinlinequery."""
_QUERIES_PER_QUESTION = 12
_ENDED = re.compile(r"\w(?=\W*[?!.…。？！])\W*$")


class Inline:
    """The handler of inline queries. Answers are personal: they are in the language of who asks.

    Telegram does not tell in which chat somebody types: where not everybody may ask, it goes by the person alone.
    """

    def __init__(self, search: InlineSearch, settings: TelegramSection, access: Access, languages: Languages) -> None:
        self._search, self._access, self._wanted = search, access, settings.inline
        self._languages = languages
        self._queries = Limiter(settings.questions_per_minute * _QUERIES_PER_QUESTION, time.monotonic)
        self._readings = Limiter(settings.questions_per_minute, time.monotonic)
        self._at_work: dict[int, asyncio.Task[None]] = {}

    def adjust(self, settings: BotSettings) -> None:
        """Go by these settings from now on."""
        self._wanted = settings.telegram.inline
        self._queries.adjust(settings.telegram.questions_per_minute * _QUERIES_PER_QUESTION)
        self._readings.adjust(settings.telegram.questions_per_minute)

    async def on_query(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Begin to answer a query; it is given up when its sender types on before that."""
        query = update.inline_query
        if query is None:
            return
        person = query.from_user.id
        if (earlier := self._at_work.get(person)) is not None:
            earlier.cancel()
        task = self._at_work[person] = asyncio.create_task(self._answer(query))
        task.add_done_callback(partial(self._ended, person))

    def stop(self) -> None:
        """Give up the queries at work."""
        for task in tuple(self._at_work.values()):
            task.cancel()

    def _ended(self, person: int, task: "asyncio.Task[None]") -> None:
        if self._at_work.get(person) is task:
            del self._at_work[person]
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            log_error("an inline query was not answered", error)

    async def _answer(self, query: InlineQuery) -> None:
        try:
            found = await self._found(query.from_user.id, " ".join(query.query.split()))
        except (PoolFull, TimeoutError, VectorsUnavailable):
            found = Found(lasting=False)
        language = await self._languages.of(query.from_user.id, query.from_user)
        listed = results(found, today(), language)
        try:
            await query.answer(
                listed,
                cache_time=LASTING_SECONDS if found.lasting and self._access.is_open else BRIEF_SECONDS,
                is_personal=True,
                button=None if listed else ask_in_private(language),
            )
        except TelegramError as error:  # too late, mostly: somebody typed on, or the network is slow
            _log.info("an inline query was not answered: %s", error)

    async def _found(self, person: int, words: str) -> Found:
        if not self._wanted or len(words) < SHORTEST:
            return Found()
        if not await self._access.may_ask(person, person):
            return Found()
        if self._queries.admit(person) is not Admission.ADMITTED:
            return Found(lasting=False)
        if (known := await self._search.recall(words.casefold(), person)) is not None:
            return _shown(known)
        found = await self._sought(person, words)
        if found.lasting:
            self._search.remember(words.casefold(), Search(found.quotes, found.answered))
        return found

    async def _sought(self, person: int, words: str) -> Found:
        started = time.monotonic()
        question = Question(words, today())
        glance = await self._search.glance(question, person)
        if not is_whole(words):
            return _shown(glance)
        await asyncio.sleep(started + PAUSE_SECONDS - time.monotonic())
        admitted = self._readings.admit(person) is Admission.ADMITTED
        read = await self._search.read(question, person) if admitted else None
        return _shown(glance, lasting=False) if read is None else _shown(read)


def is_whole(words: str) -> bool:
    """Tell whether these may be all the words of a question, so that reading is worth its while."""
    return len(words.split()) >= WHOLE_WORDS or bool(_ENDED.search(words))


def _shown(search: Search, *, lasting: bool = True) -> Found:
    return Found(search.quotes, search.answered, lasting)
