"""Finding quotes for who types ``@bot question`` in any chat: at a glance while typing, read when the words are whole.

Knows nothing of Telegram. Two threads of its own, so that typing neither waits for questions in chats nor keeps them
waiting. Invariant: what comes out was compared with the stored articles by that very call; what is remembered of
earlier searches are places, cut again before they are shown.
"""

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.answering.service import AnswerService
from bot.chat.asking.pool import Pool, PoolFull
from bot.records import Question, Quote, QuoteReference

MOST_QUOTES = 10
WAITING = 16
"""Searches that may wait for the one at work; a glance takes about a tenth of a second."""
GLANCE_SECONDS, READ_SECONDS = 3.0, 3.0
"""An inline query has to be answered within some seconds (10 were too many: eternnoir/pyTelegramBotAPI 270)."""
REMEMBERED = 256
REMEMBERED_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Search:
    """What was found. ``answered``: ``False`` where the reader says that these are only the nearest."""

    quotes: tuple[Quote, ...]
    answered: bool = True


@dataclass(frozen=True, slots=True)
class _Remembered:
    places: tuple[QuoteReference, ...]
    answered: bool
    at: float


class InlineSearch:
    """Glances and readings, both remembered for some minutes, until another snapshot is swapped in."""

    def __init__(self, service: AnswerService) -> None:
        self._service = service
        self._glances = Pool("inline-glances", 1, WAITING)
        self._readings = Pool("inline-readings", 1, 0)
        self._remembered: OrderedDict[str, _Remembered] = OrderedDict()

    def forget(self) -> None:
        """Forget earlier searches: the articles are others now."""
        self._remembered.clear()

    async def glance(self, question: Question, asker: int) -> Search:
        """Return the nearest quotes, unread.

        Raises:
            PoolFull: too many are searching.
            TimeoutError: after ``GLANCE_SECONDS``.
        """
        call = partial(self._service.glance, question, MOST_QUOTES)
        return Search(await self._glances.run(call, GLANCE_SECONDS, asker))

    async def read(self, question: Question, asker: int) -> Search | None:
        """Return the quotes that answer, else the nearest; ``None`` where the reader has no time for it now."""
        try:
            answer = await self._readings.run(partial(self._service.answer, question), READ_SECONDS, asker)
        except (PoolFull, TimeoutError):
            return None
        quotes = (*answer.quotes, *answer.further) or answer.nearest
        return Search(quotes[:MOST_QUOTES], answer.answered)

    def remember(self, words: str, search: Search) -> None:
        """Remember where the quotes for some words stand."""
        places = tuple(quote.reference for quote in search.quotes)
        self._remembered[words] = _Remembered(places, search.answered, time.monotonic())
        self._remembered.move_to_end(words)
        while len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)

    async def recall(self, words: str, asker: int) -> Search | None:
        """Cut what was found for the same words again; ``None`` where nothing is remembered, or not all stands."""
        known = self._remembered.get(words)
        if known is None or time.monotonic() - known.at > REMEMBERED_SECONDS:
            return None
        quotes = await self._glances.run(partial(self._cut, known.places), GLANCE_SECONDS, asker)
        return Search(quotes, known.answered) if len(quotes) == len(known.places) else None

    def _cut(self, places: Sequence[QuoteReference]) -> tuple[Quote, ...]:
        return tuple(quote for quote in map(self._service.restore, places) if quote is not None)
