"""The answer policy: search, read, quote, or say that the articles do not say.

It is the ``AnswerService`` of the product. It neither searches nor reads nor cuts itself. Invariant: every
quote that leaves it was compared with the stored article just before, and that with its digest, and is of none that was
taken down.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from bot.answering.asking import Asking
from bot.answering.generation import Generation, Generations
from bot.answering.glancing import glanced
from bot.answering.operations import NoOperations
from bot.answering.quotes import cut, cut_quotes, told_elsewhere, widened
from bot.answering.reader import ReaderResult
from bot.answering.service import Operations
from bot.answering.upkeep import UNUSABLE, NoUpkeep, Upkeep
from bot.meter import Stage, timed
from bot.records import Answer, Corpus, Explanation, Health, Place, Question, Quote, QuoteReference, Trouble, Weighed
from bot.settings import AnswersSection, BotSettings
from index import Article

_log = logging.getLogger(__name__)

FURTHER = 6
"""Quotes kept for who asks for more."""

WORTH_SHOWING = 0.02
"""A second or third quote this much less likely than the first waits behind "More quotes": on the training questions
three in ten are, and one in 75 of those answers what the quotes before it do not."""

EXPLAINED = 10
"""Sentences that an explanation shows."""

ELSEWHERE = 6
"""Other articles whose words for the same are shown."""

NEAREST = 2
"""Passages offered where the articles do not say."""

NEAR_ENOUGH = 0.03
"""The confidence below which not even those are offered: of held-back questions that no article is about two in three
stay below it, of those that the articles answer one in a hundred."""


class Answerer:
    """Answers questions over the published snapshot; safe from many threads at once."""

    def __init__(
        self,
        generations: Generations,
        settings: AnswersSection,
        threshold: float,
        upkeep: Upkeep | None = None,
        operations: Operations | None = None,
    ) -> None:
        self._generations = generations
        self._settings = settings
        self._fitted_threshold = threshold
        self._upkeep = upkeep or NoUpkeep()
        self.operations = operations or NoOperations()
        self.mismatches = 0

    def adjust(self, settings: BotSettings) -> None:
        """Go by these settings from now on; questions in flight may go by either."""
        self._settings = settings.answers

    @property
    def _threshold(self) -> float:
        own = self._settings.threshold
        return self._fitted_threshold if own is None else own

    def answer(self, question: Question, effort: float = 1.0) -> Answer:
        """Answer a question; an answer without quotes means that the articles do not say.

        ``effort`` is the share of the usual passages that is read; never fewer than the settings say.
        """
        started = time.perf_counter()
        with self._generations.use() as generation, timed(generation.meter, Stage.ANSWER):
            found = self._asking(generation, effort).find(question)
            result = found.result
            sure = result.confidence >= self._threshold
            near = NEAREST if result.confidence >= NEAR_ENOUGH else 0
            quotes = self._quotes(generation, result, None if sure else near)
            name = generation.snapshot.name
        answered = sure and bool(quotes)
        shown = sum(quote.score >= WORTH_SHOWING * quotes[0].score for quote in quotes[: self._settings.quotes])
        return Answer(
            question,
            quotes=tuple(quotes[:shown]) if answered else (),
            further=tuple(quotes[shown:]) if answered else (),
            # what does not answer has no answering words
            nearest=tuple(replace(quote, answer=None) for quote in quotes[: 0 if answered else near]),
            confidence=result.confidence,
            snapshot=name,
            milliseconds=1000 * (time.perf_counter() - started),
            understood=found.understood,
        )

    def explain(self, question: Question) -> Explanation:
        """Return the sentences that were weighed, best first, with what speaks for each, and how sure the first is."""
        with self._generations.use() as generation:
            result = self._asking(generation).find(question).result
        weighed = tuple(
            Weighed(Place(r.candidate.article, r.sentence.start, r.sentence.end), r.answer, r.score, dict(r.parts))
            for r in result.readings[:EXPLAINED]
        )
        return Explanation(question, weighed, result.confidence, self._threshold)

    def answer_inside(self, question: Question, article_id: str) -> tuple[Quote, ...]:
        """Return what comes nearest to a question in one article, the best first, whether it answers or not."""
        with self._generations.use() as generation:
            if generation.snapshot.article(article_id) is None:
                return ()
            return tuple(self._quotes(generation, self._asking(generation).inside(question, article_id).result))

    def elsewhere(self, reference: QuoteReference) -> tuple[Quote, ...]:
        """Return what other articles that tell the same story say in the place of a quote."""
        quote = self.restore(reference)
        if quote is None:
            return ()
        with self._generations.use() as generation:
            quotes = (self._cut_place(place, quote) for place in told_elsewhere(quote, generation, ELSEWHERE))
            return tuple(self._verbatim(generation, quotes))

    def glance(self, question: Question, limit: int) -> tuple[Quote, ...]:
        """Return at most ``limit`` quotes that come nearest to a question, unread: it may be half typed."""
        with self._generations.use() as generation:
            found = generation.candidates(question, self._settings.passages)
            readings = glanced(question.text, [one for one in found if not self._upkeep.is_taken_down(one.article)])
            return tuple(self._verbatim(generation, cut_quotes(readings, generation, limit)))

    def widen(self, quote: Quote) -> Quote:
        """Return the quote with the sentences before and after it; itself where there are none."""
        with self._generations.use() as generation:
            article = generation.snapshot.article(quote.article.id)
            if article is None or article.revision != quote.article.revision:
                return quote
            wide = widened(quote, generation.sentences(article))
            return wide if self._is_verbatim(generation, wide) else quote

    def restore(self, reference: QuoteReference) -> Quote | None:
        """Cut a remembered quote again; ``None`` where its article is gone, taken down, or has changed since."""
        with self._generations.use() as generation:
            article = generation.snapshot.article(reference.article_id)
            if article is None or article.revision != reference.revision or self._upkeep.is_taken_down(article):
                return None
            if not self._is_intact(generation, article):
                return None
            return cut(article, reference.start, reference.end, reference.answer, reference.score)

    def corpus(self) -> Corpus:
        """Describe what is indexed now."""
        with self._generations.use() as generation:
            snapshot, manifest = generation.snapshot, generation.snapshot.manifest
            return Corpus(
                snapshot.name,
                manifest.created,
                manifest.articles,
                manifest.passages,
                tuple(snapshot.sources()),
                self._upkeep.looked(),
            )

    def health(self) -> Health:
        """Tell what is wrong with how the articles are kept up to date, or with what is published."""
        health = self._upkeep.health()
        unused = self._generations.unused()
        if unused is None or any(trouble.key == UNUSABLE for trouble in health.troubles):
            return health
        return Health((Trouble(UNUSABLE, unused), *health.troubles))

    def refresh(self) -> bool:
        """Open a newer snapshot if one was published; ``True`` if it was swapped in."""
        return self._generations.refresh()

    @staticmethod
    def _cut_place(place: Place, quote: Quote) -> Quote:
        return cut(place.article, place.start, place.end, None, quote.score)

    def _quotes(self, generation: Generation, result: ReaderResult, kept: int | None = None) -> list[Quote]:
        """Return the first ``kept`` quotes; all of them where nothing is said."""
        with timed(generation.meter, Stage.QUOTE):
            quotes = cut_quotes(result.readings, generation, self._settings.quotes + FURTHER)
            return list(islice(self._verbatim(generation, quotes), kept))

    def _asking(self, generation: Generation, effort: float = 1.0) -> Asking:
        """What was taken down is not even read: the answer is the one that the other articles give."""
        most, least = self._settings.passages, self._settings.least_passages
        limit = min(most, max(least, round(effort * most)))
        return Asking(generation, limit, lambda article: not self._upkeep.is_taken_down(article))

    def _verbatim(self, generation: Generation, quotes: Iterable[Quote]) -> Iterator[Quote]:
        """Check once more what is about to be sent: reading took its time."""
        for quote in quotes:
            if not self._upkeep.is_taken_down(quote.article) and self._is_verbatim(generation, quote):
                left = tuple(place for place in quote.also if not self._upkeep.is_taken_down(place.article))
                yield quote if left == quote.also else replace(quote, also=left)

    def _is_verbatim(self, generation: Generation, quote: Quote) -> bool:
        """Compare a quote with the article as it is stored now; a mismatch is a bug, counted and not shown."""
        article = generation.snapshot.article(quote.article.id)
        if article is not None and not self._is_intact(generation, article):
            return False
        if (
            article is not None
            and article.revision == quote.article.revision
            and article.text[quote.start : quote.end] == quote.text
        ):
            return True
        self.mismatches += 1
        _log.error(
            "the quote %d:%d of article %s is not in snapshot %s: not shown; please report this",
            quote.start,
            quote.end,
            quote.article.id,
            generation.snapshot.name,
        )
        return False

    def _is_intact(self, generation: Generation, article: Article) -> bool:
        """Compare an article with its digest: the file was sound when it was opened, and may have changed since."""
        if article.is_intact:
            return True
        self.mismatches += 1
        _log.error(
            "article %s of snapshot %s is not as it was stored: not shown; the disk is failing, or somebody changed the"
            ' file: run "verbatim-index verify"',
            article.id,
            generation.snapshot.name,
        )
        return False
