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
from bot.chat.database import Database, StoredAnswer, Vote
from bot.chat.pool import Pool, PoolFull
from bot.chat.rendering import View
from bot.records import Answer, Corpus, Health, Question, Quote, QuoteReference
from bot.settings import TelegramSection

_log = logging.getLogger(__name__)
T = TypeVar("T")

PAGE = 3
"""Quotes on each further page, as many as on the first."""
_UNLIMITED = 100_000
_PATIENCE_SECONDS = 0.2
_DISK_SECONDS = 3.0


class Desk:
    """Questions, pages of remembered answers, votes: all awaitable.

    ``asking`` makes the calls of readers and is bounded; ``disk`` is one thread, since SQLite takes one
    writer and its calls take about a millisecond; ``renewing`` opens new snapshots, and looks how the articles are
    kept, without a worker's help.
    """

    def __init__(self, service: AnswerService, settings: TelegramSection, database: Database) -> None:
        self._service = service
        self._settings = settings
        self._database = database
        self._asking = Pool("answers", settings.workers, settings.queue)
        self._disk = Pool("chat-database", 1, _UNLIMITED)
        self._renewing = Pool("refresh", 1, 1)

    async def ask(self, question: Question, patient: bool = False) -> Answer:
        """Answer a question; ``patient``: wait for room in the queue.

        Raises:
            PoolFull: the queue is full.
            TimeoutError: after ``answer_timeout_seconds``.
        """
        call = partial(self._service.answer, question)
        while True:
            try:
                return await self._asking.run(call, self._settings.answer_timeout_seconds)
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

    async def remember(self, answer: Answer) -> tuple[str, StoredAnswer] | None:
        """Store an answer for its buttons; ``None`` where it cannot be: it is then sent without them."""
        token, stored = secrets.token_urlsafe(9), stored_answer(answer)
        try:
            await self._on_disk(partial(self._database.remember, token, stored, time.time()))
        except (sqlite3.Error, TimeoutError) as error:
            _log.error("an answer goes out without its buttons: the chat's database: %r", error)
            return None
        return token, stored

    async def recall(self, token: str) -> StoredAnswer | None:
        """Return a remembered answer, or ``None``."""
        return await self._on_disk(partial(self._database.recall, token))

    async def vote(self, token: str, user: int, up: bool, stored: StoredAnswer, page: int) -> Vote:
        """Store a vote on one page of an answer."""
        quotes = stored.pages[page] if page < len(stored.pages) else ()
        return await self._on_disk(partial(self._database.vote, token, user, up, stored.snapshot, quotes, time.time()))

    async def forget(self, user: int) -> int:
        """Delete what is stored about a user; return how many votes that was."""
        return await self._on_disk(partial(self._database.forget, user))

    async def handled(self) -> frozenset[int]:
        """Return the updates that an earlier process dealt with."""
        return await self._on_disk(self._database.handled)

    async def mark_handled(self, update_id: int) -> None:
        """Remember that an update was dealt with."""
        await self._on_disk(partial(self._database.mark_handled, update_id, time.time()))

    async def health(self) -> Health:
        """Tell what is wrong with how the articles are kept up to date."""
        return await self._renewing.run(self._service.health)

    async def told(self) -> dict[int, frozenset[str]]:
        """Return which admin was told of which troubles."""
        return await self._on_disk(self._database.told)

    async def mark_told(self, admin: int, troubles: frozenset[str]) -> None:
        """Remember of which troubles an admin knows now, and of no others."""
        await self._on_disk(partial(self._database.mark_told, admin, troubles))

    async def prune(self) -> None:
        """Delete what has been stored for long enough."""
        limits = self._settings
        await self._on_disk(
            partial(
                self._database.prune,
                time.time(),
                limits.answer_days,
                limits.answers_kept,
                limits.feedback_days,
            )
        )

    async def refresh(self) -> bool:
        """Swap in a newer snapshot if there is one."""
        return await self._renewing.run(self._service.refresh)

    def interrupt(self) -> None:
        """Cancel the answers that are not there yet; their questions stay with Telegram."""
        self._asking.cancel()

    async def close(self) -> None:
        """Close the database."""
        self._renewing.cancel()
        await self._on_disk(self._database.close)

    async def _on_disk(self, call: Callable[[], T]) -> T:
        return await self._disk.run(call, _DISK_SECONDS)


def stored_answer(answer: Answer) -> StoredAnswer:
    """What is remembered of an answer: its pages, without words."""
    first = answer.quotes or answer.nearest
    rest = answer.further if answer.answered else ()
    further = [rest[start : start + PAGE] for start in range(0, len(rest), PAGE)]
    pages = tuple(tuple(quote.reference for quote in page) for page in (first, *further))
    return StoredAnswer(answer.snapshot, answer.answered, pages)
