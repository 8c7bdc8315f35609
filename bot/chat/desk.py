"""Between the event loop and the answer service, which blocks: it works on threads of a bounded pool.

Knows nothing of Telegram. The event loop never waits for a model.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from functools import partial

from bot.answering.service import AnswerService
from bot.chat.archive import Archive
from bot.chat.asking.effort import Crowd, effort
from bot.chat.asking.memory import Memory
from bot.chat.asking.pool import Load, Pool, PoolFull, Wait
from bot.chat.running.counting import count_answer, counted_failures
from bot.chat.running.tally import Latencies
from bot.chat.showing.rendering import View
from bot.chat.storage.database import StoredAnswer
from bot.meter import Meter, NoMeter
from bot.records import Answer, Corpus, Earlier, Health, Question, Quote, QuoteReference
from bot.settings import AnswersSection, BotSettings, TelegramSection

_log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 0.2


class Desk:
    """Questions and the pages of remembered answers, awaitable; ``archive`` is what is kept of them.

    ``asking`` makes the calls of readers and is bounded; ``renewing`` opens new snapshots, and looks how the articles
    are kept, without a worker's help.
    """

    def __init__(
        self, service: AnswerService, settings: TelegramSection, archive: Archive, meter: Meter | None = None
    ) -> None:
        self._service = service
        self.meter = meter or NoMeter()
        self._snapshot: Corpus | None = None
        self._settings = settings
        self.archive = archive
        self.latencies = Latencies()
        self._crowd = Crowd(time.monotonic)
        self.memory = Memory(time.monotonic, AnswersSection().followup_minutes)
        self._asking = Pool("answers", settings.workers, settings.queue)
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
        self._crowd.join()
        with counted_failures(self.meter):
            answer = await self._asked(question, patient, asker, queued)
        self.latencies.note(time.monotonic() - started)
        count_answer(self.meter, answer)
        return answer

    async def _asked(
        self, question: Question, patient: bool, asker: int | None, queued: Callable[[Wait], None] | None
    ) -> Answer:
        call = partial(self._answered, question)
        while True:
            try:
                return await self._asking.run(call, self._settings.answer_timeout_seconds, asker, queued)
            except PoolFull:
                if not patient:
                    raise
            await asyncio.sleep(_PATIENCE_SECONDS)

    def _answered(self, question: Question) -> Answer:
        """On a worker's thread, when the question's turn has come: the more others ask by then, the less is read."""
        others = self._crowd.others(self._asking.load().waiting)
        return self._service.answer(question, effort(others, self._settings.workers))

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
        found = await self.archive.placed(chat, message)
        if found is None or not found[1].pages or not found[1].pages[0]:
            return None
        placed, stored = found
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
        return stored.continued([quote.reference for quote in found])

    async def elsewhere(self, stored: StoredAnswer, asker: int) -> StoredAnswer | None:
        """Return an answer with further pages of what other articles say; ``None``: none does. Raises as ``ask``."""
        found: list[QuoteReference] = []
        for reference in stored.pages[0]:
            call = partial(self._service.elsewhere, reference)
            told = await self._asking.run(call, self._settings.answer_timeout_seconds, asker)
            found += [quote.reference for quote in told]
        return stored.continued(found)

    async def move(self, chat: int, new: int) -> int:
        """Go on in the chat that a chat became, whose messages are numbered anew: return how many were left behind."""
        self.memory.move(chat, new)
        return await self.archive.drop_places(chat)

    async def forget(self, user: int) -> int:
        """Delete what is stored about a user; return how many entries that was. Tables are written anew."""
        in_memory = self.memory.forget(user)
        return in_memory + await self.archive.forget(user)

    async def health(self) -> Health:
        """Tell what is wrong with how the articles are kept up to date."""
        return await self._renewing.run(self._service.health)

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
        """Close what is kept."""
        self._renewing.cancel()
        await self.archive.close()
