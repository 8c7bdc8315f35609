"""Between the event loop and what blocks: the answer service and the chat's database, each on its threads.

Knows nothing of Telegram. The event loop never waits for a model or a disk.
"""

import asyncio
import logging
import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from bot.answering.service import AnswerService
from bot.chat.asking.memory import Memory
from bot.chat.asking.pool import Load, Pool, PoolFull, Wait
from bot.chat.asking.register import Register
from bot.chat.running.counting import count_answer, counted_failures
from bot.chat.running.tally import Latencies
from bot.chat.showing.rendering import View
from bot.chat.storage.database import Database, StoredAnswer, Vote
from bot.chat.storage.declines import Declined
from bot.chat.storage.placements import Placed
from bot.chat.updates.claims import Claim
from bot.meter import Event, Meter, NoMeter
from bot.records import Answer, Corpus, Earlier, Health, Question, Quote, QuoteReference
from bot.settings import AnswersSection, BotSettings, TelegramSection

_log = logging.getLogger(__name__)
T = TypeVar("T")

PAGE = 3
"""Quotes on each further page, as many as on the first."""
_UNLIMITED = 100_000
_PATIENCE_SECONDS = 0.2
_DISK_SECONDS = 3.0
_REWRITING_SECONDS = 30.0


class Desk:
    """Questions, pages of remembered answers, votes: all awaitable.

    ``asking`` makes the calls of readers and is bounded; ``disk`` is one thread, since SQLite takes one
    writer and its calls take about a millisecond; ``renewing`` opens new snapshots, and looks how the articles are
    kept, without a worker's help.
    """

    def __init__(
        self, service: AnswerService, settings: TelegramSection, database: Database, meter: Meter | None = None
    ) -> None:
        self._service = service
        self._meter = meter or NoMeter()
        self._snapshot: Corpus | None = None
        self._settings = settings
        self._database = database
        self.latencies = Latencies()
        self.register = Register(database.people, self.on_disk)
        self.memory = Memory(time.monotonic, AnswersSection().followup_minutes)
        self._asking = Pool("answers", settings.workers, settings.queue)
        self._disk = Pool("chat-database", 1, _UNLIMITED)
        self._renewing = Pool("refresh", 1, 1)
        self._after_swap: list[Callable[[], None]] = []
        self._on_interrupt: list[Callable[[], None]] = []

    async def ask(
        self,
        question: Question,
        patient: bool = False,
        asker: int | None = None,
        queued: Callable[[Wait], None] | None = None,
    ) -> Answer:
        """Answer a question; ``patient``: wait for room in the queue. ``queued`` is told for how long it waits there.

        Raises:
            PoolFull: the queue is full.
            TimeoutError: after ``answer_timeout_seconds``.
        """
        started = time.monotonic()
        with counted_failures(self._meter):
            answer = await self._asked(question, patient, asker, queued)
        self.latencies.note(time.monotonic() - started)
        count_answer(self._meter, answer)
        return answer

    async def _asked(
        self, question: Question, patient: bool, asker: int | None, queued: Callable[[Wait], None] | None
    ) -> Answer:
        call = partial(self._service.answer, question)
        while True:
            try:
                return await self._asking.run(call, self._settings.answer_timeout_seconds, asker, queued)
            except PoolFull:
                if not patient:
                    raise
            await asyncio.sleep(_PATIENCE_SECONDS)

    async def corpus(self) -> Corpus:
        """Describe what is indexed. Raises as ``ask`` does."""
        return await self._asking.run(self._service.corpus, self._settings.answer_timeout_seconds)

    async def view(self, stored: StoredAnswer, page: int, wide: bool) -> View:
        """Cut the quotes of a page again. Raises as ``ask`` does."""
        references = stored.pages[page] if page < len(stored.pages) else ()
        cut = partial(self._cut, references, wide)
        quotes = await self._asking.run(cut, self._settings.answer_timeout_seconds)
        return View(quotes, stored.answered, len(references) - len(quotes))

    def _cut(self, references: Sequence[QuoteReference], wide: bool) -> tuple[Quote, ...]:
        quotes = [quote for quote in map(self._service.restore, references) if quote is not None]
        return tuple(self._service.widen(quote) if wide else quote for quote in quotes)

    async def earlier_in(self, chat: int, message: int) -> Earlier | None:
        """Return what a reply to a message of the bot is about; ``None`` where that is no answer, or an old one."""
        placed = await self.on_disk(partial(self._database.placements.at, chat, message))
        stored = await self.recall(placed.token) if placed else None
        if placed is None or stored is None or not stored.pages or not stored.pages[0]:
            return None
        kept = self.memory.kept(placed.token)
        articles = dict.fromkeys(quote.article_id for quote in stored.pages[min(placed.page, len(stored.pages) - 1)])
        asked = (kept.understood.text or kept.question.text) if kept else ""
        return Earlier(asked, tuple(articles), replied=True)

    async def more_inside(self, question: Question, stored: StoredAnswer, asker: int) -> StoredAnswer | None:
        """Return an answer with further pages from its first quote's article; ``None``: there is nothing more.

        Raises as ``ask`` does.
        """
        call = partial(self._service.answer_inside, question, stored.pages[0][0].article_id)
        found = await self._asking.run(call, self._settings.answer_timeout_seconds, asker)
        return stored.continued([quote.reference for quote in found], PAGE)

    async def elsewhere(self, stored: StoredAnswer, asker: int) -> StoredAnswer | None:
        """Return an answer with further pages of what other articles say; ``None``: none does. Raises as ``ask``."""
        found: list[QuoteReference] = []
        for reference in stored.pages[0]:
            call = partial(self._service.elsewhere, reference)
            told = await self._asking.run(call, self._settings.answer_timeout_seconds, asker)
            found += [quote.reference for quote in told]
        return stored.continued(found, PAGE)

    async def remember(self, answer: Answer) -> tuple[str, StoredAnswer] | None:
        """Store an answer for its buttons; ``None`` where it cannot be: it is then sent without them."""
        return await self.store(stored_answer(answer))

    async def store(self, stored: StoredAnswer) -> tuple[str, StoredAnswer] | None:
        """Store what buttons are about; ``None`` where it cannot be."""
        token = secrets.token_urlsafe(9)
        try:
            await self.on_disk(partial(self._database.remember, token, stored, time.time()))
        except (sqlite3.Error, TimeoutError) as error:
            _log.error("an answer goes out without its buttons: the chat's database: %r", error)
            return None
        return token, stored

    async def note(self, answer: Answer) -> None:
        """Count a question, and keep the words of one that was declined for as long as the settings say."""
        nearest = answer.nearest[0].reference if answer.nearest else None
        declined = None if answer.answered else Declined(answer.question.text, nearest)
        try:
            await self.on_disk(partial(self._note, declined))
        except (sqlite3.Error, TimeoutError) as error:
            _log.error("a question is not counted: the chat's database: %r", error)

    def _note(self, declined: Declined | None) -> None:
        self._database.declines.count(time.time(), answered=declined is None)
        if declined and self._settings.question_days:
            self._database.declines.keep(declined, time.time())

    async def recall(self, token: str) -> StoredAnswer | None:
        """Return a remembered answer, or ``None``."""
        return await self.on_disk(partial(self._database.recall, token))

    async def vote(self, token: str, user: int, up: bool, stored: StoredAnswer, page: int) -> Vote:
        """Store a vote on one page of an answer."""
        quotes = stored.pages[page] if page < len(stored.pages) else ()
        vote = partial(self._database.vote, token, user, up, stored.snapshot, quotes, time.time())
        self._meter.count(Event.FEEDBACK, "up" if up else "down")
        return await self.on_disk(vote)

    async def place(self, chat: int, message: int, token: str, page: int) -> None:
        """Remember that a message shows a page of an answer; where that fails, reactions to it are not counted."""
        put = partial(self._database.placements.put, chat, message, Placed(token, page), time.time())
        try:
            await self.on_disk(put)
        except (sqlite3.Error, TimeoutError) as error:
            _log.error("reactions to a message will not be counted: the chat's database: %r", error)

    async def react(self, chat: int, message: int, user: int, up: bool | None) -> None:
        """Store what a reaction to a message says of the answer in it, if there is one."""
        await self.on_disk(partial(self._react, chat, message, user, up))

    def _react(self, chat: int, message: int, user: int, up: bool | None) -> None:
        placed = self._database.placements.at(chat, message)
        stored = self._database.recall(placed.token) if placed else None
        if placed is not None and stored is not None:
            quotes = stored.pages[placed.page] if placed.page < len(stored.pages) else ()
            self._database.react(placed.token, user, up, stored.snapshot, quotes, time.time())

    async def move(self, chat: int, new: int) -> int:
        """Go on in the chat that a chat became, whose messages are numbered anew: return how many were left behind."""
        self.memory.move(chat, new)
        return await self.on_disk(partial(self._database.placements.drop, chat))

    async def forget(self, user: int) -> int:
        """Delete what is stored about a user; return how many entries that was. Tables are written anew."""
        in_memory = self.memory.forget(user)
        return in_memory + await self._disk.run(partial(self._database.forget, user), _REWRITING_SECONDS)

    async def handled(self) -> frozenset[int]:
        """Return the updates that an earlier process dealt with."""
        return await self.on_disk(self._database.handled)

    async def claim(self, update_id: int, holder: str) -> Claim:
        """Claim an update for one of the replicas that share the database."""
        return await self.on_disk(partial(self._database.claims.claim, update_id, holder, time.time()))

    async def release(self, holder: str) -> None:
        """Let go of what a replica claimed and did not deal with."""
        await self.on_disk(partial(self._database.claims.release, holder))

    async def mark_handled(self, update_id: int) -> None:
        """Remember that an update was dealt with."""
        await self.on_disk(partial(self._database.mark_handled, update_id, time.time()))

    async def health(self) -> Health:
        """Tell what is wrong with how the articles are kept up to date."""
        return await self._renewing.run(self._service.health)

    async def told(self) -> dict[int, frozenset[str]]:
        """Return which admin was told of which troubles."""
        return await self.on_disk(self._database.told)

    async def mark_told(self, admin: int, troubles: frozenset[str]) -> None:
        """Remember of which troubles an admin knows now, and of no others."""
        await self.on_disk(partial(self._database.mark_told, admin, troubles))

    async def prune(self) -> None:
        """Delete what has been stored for long enough."""
        limits = self._settings
        await self.on_disk(
            partial(
                self._database.prune,
                time.time(),
                limits.answer_days,
                limits.answers_kept,
                limits.feedback_days,
                limits.question_days,
            )
        )

    async def refresh(self) -> bool:
        """Swap in a newer snapshot if there is one."""
        swapped = await self._renewing.run(self._refresh)
        for call in self._after_swap if swapped else ():
            call()
        return swapped

    def on_interrupt(self, call: Callable[[], None]) -> None:
        """Have something called when the answers that are not there yet are cancelled."""
        self._on_interrupt.append(call)

    def after_swap(self, call: Callable[[], None]) -> None:
        """Have something called whenever another snapshot was swapped in."""
        self._after_swap.append(call)

    def _refresh(self) -> bool:
        swapped = self._service.refresh()
        if swapped or self._snapshot is None:
            self._snapshot = self._service.corpus()
        return swapped

    @property
    def snapshot(self) -> Corpus | None:
        """What was indexed at the last look; ``None`` before the first."""
        return self._snapshot

    def load(self) -> Load:
        """Tell how many questions are being answered, and how many wait."""
        return self._asking.load()

    def adjust(self, settings: BotSettings) -> None:
        """Go by these settings from now on."""
        self._settings = settings.telegram
        self.memory.adjust(settings.answers)

    def interrupt(self) -> None:
        """Cancel the answers that are not there yet; their questions stay with Telegram."""
        self._asking.cancel()
        for call in self._on_interrupt:
            call()

    async def close(self) -> None:
        """Close the database."""
        self._renewing.cancel()
        await self.on_disk(self._database.close)

    async def on_disk(self, call: Callable[[], T]) -> T:
        """Make a call on the database's thread."""
        return await self._disk.run(call, _DISK_SECONDS)


def stored_answer(answer: Answer) -> StoredAnswer:
    """What is remembered of an answer: its pages, without words."""
    first = answer.quotes or answer.nearest
    rest = answer.further if answer.answered else ()
    further = [rest[start : start + PAGE] for start in range(0, len(rest), PAGE)]
    pages = tuple(tuple(quote.reference for quote in page) for page in (first, *further))
    return StoredAnswer(answer.snapshot, answer.answered, pages)
