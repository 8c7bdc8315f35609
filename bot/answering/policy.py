"""The answer policy: search, read, quote, or say that the articles do not say.

It is the ``AnswerService`` of the product. It neither searches nor reads nor cuts itself. Invariant: every
quote that leaves it was compared with the stored article just before, and is of none that was taken down.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.answering.generation import Generation, Generations
from bot.answering.quotes import cut, cut_quotes, widened
from bot.answering.reader import Candidate, ReaderResult
from bot.answering.upkeep import NoUpkeep, Upkeep
from bot.records import Answer, Corpus, Explanation, Health, Place, Question, Quote, QuoteReference, Weighed
from bot.settings import AnswersSection

_log = logging.getLogger(__name__)

FURTHER = 6
"""Quotes kept for who asks for more."""

WORTH_SHOWING = 0.02
"""A second or third quote this much less likely than the first waits behind "More quotes": on the training questions
three in ten are, and one in 75 of those answers what the quotes before it do not."""

EXPLAINED = 10
"""Sentences that an explanation shows."""

NEAREST = 2
"""Passages offered where the articles do not say."""

NEAR_ENOUGH = 0.03
"""The confidence below which not even those are offered: of held-back questions that no article is about two in three
stay below it, of those that the articles answer one in a hundred."""


class Answerer:
    """Answers questions over the published snapshot; safe from many threads at once."""

    def __init__(
        self, generations: Generations, settings: AnswersSection, threshold: float, upkeep: Upkeep | None = None
    ) -> None:
        self._generations = generations
        self._settings = settings
        self._threshold = threshold
        self._upkeep = upkeep or NoUpkeep()
        self.mismatches = 0

    def answer(self, question: Question) -> Answer:
        """Answer a question; an answer without quotes means that the articles do not say."""
        started = time.perf_counter()
        with self._generations.use() as generation:
            result = generation.reader.read(question, self._candidates(generation, question))
            quotes = self._quotes(generation, result)
            name = generation.snapshot.name
        answered = bool(quotes) and result.confidence >= self._threshold
        near = NEAREST if result.confidence >= NEAR_ENOUGH else 0
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
        )

    def explain(self, question: Question) -> Explanation:
        """Return the sentences that were weighed, best first, with what speaks for each, and how sure the first is."""
        with self._generations.use() as generation:
            result = generation.reader.read(question, self._candidates(generation, question))
        weighed = tuple(
            Weighed(Place(r.candidate.article, r.sentence.start, r.sentence.end), r.answer, r.score, dict(r.parts))
            for r in result.readings[:EXPLAINED]
        )
        return Explanation(question, weighed, result.confidence, self._threshold)

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
        """Tell what is wrong with how the articles are kept up to date."""
        return self._upkeep.health()

    def refresh(self) -> bool:
        """Open a newer snapshot if one was published; ``True`` if it was swapped in."""
        return self._generations.refresh()

    def _quotes(self, generation: Generation, result: ReaderResult) -> list[Quote]:
        quotes = cut_quotes(result.readings, generation, self._settings.quotes + FURTHER)
        return list(self._verbatim(generation, quotes))

    def _candidates(self, generation: Generation, question: Question) -> list[Candidate]:
        """What was taken down is not even read: the answer is the one that the other articles give."""
        found = generation.candidates(question, self._settings.passages)
        return [candidate for candidate in found if not self._upkeep.is_taken_down(candidate.article)]

    def _verbatim(self, generation: Generation, quotes: Iterable[Quote]) -> Iterator[Quote]:
        """Check once more what is about to be sent: reading took its time."""
        for quote in quotes:
            if not self._upkeep.is_taken_down(quote.article) and self._is_verbatim(generation, quote):
                left = tuple(place for place in quote.also if not self._upkeep.is_taken_down(place.article))
                yield quote if left == quote.also else replace(quote, also=left)

    def _is_verbatim(self, generation: Generation, quote: Quote) -> bool:
        """Compare a quote with the article as it is stored now; a mismatch is a bug, counted and not shown."""
        article = generation.snapshot.article(quote.article.id)
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
