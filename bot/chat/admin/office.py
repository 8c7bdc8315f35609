"""What those who run the bot ask for, away from the event loop: figures, declined questions, votes, snapshots.

Knows nothing of Telegram. Readers do not wait for it: it has a thread of its own.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.answering.service import AnswerService
from bot.chat.asking.pool import Load, Pool
from bot.chat.desk import Desk
from bot.chat.running.tally import Latency, Tally
from bot.chat.storage.database import Database
from bot.chat.storage.declines import MOST, Declined
from bot.records import Corpus, Quote, QuoteReference, Rollback, Trouble

GROUPS, VOTES = 12, 10
"""How many groups of declined questions, and how many votes, are shown."""


@dataclass(frozen=True, slots=True)
class Report:
    """How the bot is. ``asked`` and ``declined``: questions of this day (UTC); ``errors`` by kind, since the start."""

    corpus: Corpus
    troubles: tuple[Trouble, ...]
    asked: int
    declined: int
    latency: Latency | None
    load: Load
    errors: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Declined questions of one meaning: the last one's words, how many, and what came nearest."""

    words: str
    count: int
    nearest: Quote | None


@dataclass(frozen=True, slots=True)
class GivenVote:
    """A vote, when it was given, and the first quote of the answer; ``None`` where that is gone or has changed."""

    up: bool
    given: datetime
    quote: Quote | None


@dataclass(frozen=True, slots=True)
class Votes:
    """How many there are, and the last ones."""

    up: int
    down: int
    latest: tuple[GivenVote, ...]


class Office:
    """All awaitable. Raises ``VerbatimError`` where something cannot be done, ``PoolFull`` where too much is asked."""

    def __init__(self, service: AnswerService, desk: Desk, database: Database, tally: Tally) -> None:
        self._service, self._desk, self._tally = service, desk, tally
        self._database = database
        self._pool = Pool("operations", 1, 4)

    async def report(self) -> Report:
        """Tell how the bot is."""
        corpus = await self._pool.run(self._service.corpus)
        health = await self._pool.run(self._service.health)
        asked, declined = await self._desk.archive.on_disk(partial(self._database.declines.counted, time.time()))
        load, latency, errors = self._desk.load(), self._desk.latencies.summary(), self._tally.errors()
        return Report(corpus, health.troubles, asked, declined, latency, load, errors)

    async def unanswered(self) -> tuple[Unanswered, ...]:
        """Return the declined questions by meaning, the most frequent first."""
        questions = await self._desk.archive.on_disk(partial(self._database.declines.latest, MOST))
        return await self._pool.run(partial(self._grouped, questions))

    def _grouped(self, questions: tuple[Declined, ...]) -> tuple[Unanswered, ...]:
        groups = self._service.operations.group([question.words for question in questions])
        return tuple(self._unanswered([questions[number] for number in group]) for group in groups[:GROUPS])

    def _unanswered(self, alike: list[Declined]) -> Unanswered:
        nearest = (self._restored(question.nearest) for question in alike)
        return Unanswered(alike[0].words, len(alike), next((quote for quote in nearest if quote), None))

    def _restored(self, reference: QuoteReference | None) -> Quote | None:
        return self._service.restore(reference) if reference else None

    async def votes(self) -> Votes:
        """Return the votes."""
        up, down = await self._desk.archive.on_disk(self._database.count_votes)
        rows = await self._desk.archive.on_disk(partial(self._database.votes, VOTES))
        return await self._pool.run(lambda: Votes(up, down, tuple(self._vote(*row) for row in rows)))

    def _vote(self, up: bool, given: float, quotes: tuple[QuoteReference, ...]) -> GivenVote:
        moment = datetime.fromtimestamp(given).astimezone()
        return GivenVote(up, moment, self._restored(quotes[0] if quotes else None))

    async def rollback(self) -> Rollback | None:
        """Tell which snapshot would be published in the place of which."""
        return await self._pool.run(self._service.operations.rollback)

    async def roll_back(self, rollback: Rollback) -> None:
        """Publish the earlier snapshot, and answer from it."""
        await self._pool.run(partial(self._service.operations.roll_back, rollback))
        await self._desk.refresh()

    async def take_down(self, given: str) -> bool:
        """Quote an article no more, from now on."""
        return await self._pool.run(partial(self._service.operations.take_down, given))

    async def undo_take_down(self, given: str) -> bool:
        """Let an article be quoted again."""
        return await self._pool.run(partial(self._service.operations.undo_take_down, given))
