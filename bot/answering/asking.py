"""What is searched for and read to answer a question: after the question before, within its days, rightly spelt.

The rules are elsewhere (``followups``, ``ranges``, ``spelling``); here they are carried out, one after another, and
where a rule is not sure both ways are read and the surer one is kept. Invariant: what was read differently from how
it was asked stands in the ``Understanding``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.answering.followups import Leaning, joined, leaning
from bot.answering.generation import Generation
from bot.answering.ranges import NamedDays, named_days
from bot.answering.reader import Candidate, ReaderResult
from bot.answering.spelling import respelt, spellings
from bot.answering.times import REPORTED_LATER
from bot.records import Earlier, Question, Understanding
from index import Article, Days

INSIDE = 6
"""Passages of the articles last quoted that are read, whether the search finds them or not."""

BONUS = 1.0
"""What they gain, as much as two of bm25; those of a message that is replied to twice as much."""

AS_SURE = 0.5
"""Days leave articles out only where the answer from the others is at least so sure beside the one from all: an article
that was printed later tells of them too ("between 1967 and 1975", "the election last Sunday"). Of eight news questions
that count their days from the day of asking, leaving out all others lost the first quote of three."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was read, and how the question was."""

    result: ReaderResult
    understood: Understanding


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to read a question. ``search``: what is searched for, where that is more than what is read."""

    question: Question
    understood: Understanding
    earlier: Earlier | None = None
    search: str = ""

    @property
    def searched(self) -> Question:
        return replace(self.question, text=self.search or self.question.text)


class Asking:
    """Reads one question in one generation. ``allowed``: the articles that may be quoted."""

    def __init__(self, generation: Generation, limit: int, allowed: Callable[[Article], bool]) -> None:
        self._generation = generation
        self._limit = limit
        self._allowed = allowed

    def find(self, question: Question) -> Found:
        """Read a question in the ways in which it may be meant, and return the surest."""
        named = None if question.any_day else named_days(question.text, question.asked)
        found = [self._within_days(way, named) for way in self._ways(question)]
        return max(found, key=lambda one: one.result.confidence)

    def inside(self, question: Question, article_id: str) -> Found:
        """Read a question in one article only."""
        way = next(self._ways(question))
        candidates = self._only_allowed(self._generation.candidates_inside(way.searched, [article_id], self._limit))
        return Found(self._generation.reader.read(way.question, candidates), way.understood)

    def _ways(self, question: Question) -> Iterator[_Way]:
        """Yield how a question may be meant: together with the one before, alone, or, where that is open, both."""
        corrections = spellings(question.text, self._generation.spelling_of)
        text = respelt(question.text, corrections)
        read = text if corrections else ""
        alone = _Way(replace(question, text=text), Understanding(text=read, spellings=corrections))
        earlier, leans = question.earlier, leaning(text)
        if earlier is None:
            yield alone
            return
        titles = self._titles(earlier)
        if leans is not Leaning.NO:
            both = joined(text, earlier.text, titles)
            understood = Understanding(both.text, both.added, _inside(earlier, titles), spellings=corrections)
            yield _Way(replace(question, text=both.text), understood, earlier, both.search)
        if earlier.replied and leans is not Leaning.SURELY:
            yield replace(alone, understood=replace(alone.understood, inside=_inside(earlier, titles)), earlier=earlier)
        elif leans is not Leaning.SURELY:
            yield alone

    def _titles(self, earlier: Earlier) -> list[str]:
        articles = (self._generation.snapshot.article(one) for one in earlier.articles)
        return [article.title for article in articles if article is not None]

    def _within_days(self, way: _Way, named: NamedDays | None) -> Found:
        candidates = self._candidates(way, self._limit)
        wide = Found(self._read(way, candidates), way.understood)
        if named is None or not named.narrows:
            return wide
        # a quarter of what was searched is from about those days; no passage is read a second time
        left = [one for one in candidates if _is_of(one.article, named.days)]
        if not any(one.article.published for one in left):
            return wide
        narrow = Found(self._read(way, left), replace(way.understood, days=named.days))
        return narrow if narrow.result.confidence >= AS_SURE * wide.result.confidence else wide

    def _read(self, way: _Way, candidates: Sequence[Candidate]) -> ReaderResult:
        return self._generation.reader.read(way.question, candidates)

    def _candidates(self, way: _Way, limit: int) -> list[Candidate]:
        """Search everywhere, and in the articles last quoted; what was taken down is not even read."""
        found = self._generation.candidates(way.searched, limit)
        if way.earlier is not None:
            bonus = BONUS * (2 if way.earlier.replied else 1)
            inside = self._generation.candidates_inside(way.searched, way.earlier.articles, INSIDE)
            found = _merged(found, [_lifted(one, bonus) for one in inside])[:limit]
        return self._only_allowed(found)

    def _only_allowed(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        return [candidate for candidate in candidates if self._allowed(candidate.article)]


def _inside(earlier: Earlier, titles: Sequence[str]) -> str | None:
    return titles[0] if earlier.replied and titles else None


def _lifted(candidate: Candidate, bonus: float) -> Candidate:
    return replace(candidate, hit=replace(candidate.hit, score=candidate.hit.score + bonus))


def _merged(found: Sequence[Candidate], inside: Sequence[Candidate]) -> list[Candidate]:
    """Return both, each passage once with its better score, best first."""
    best = {one.hit.passage.id: one for one in sorted((*found, *inside), key=lambda one: one.hit.score)}
    return sorted(best.values(), key=lambda one: (-one.hit.score, one.hit.passage.id))


def _is_of(article: Article, days: Days) -> bool:
    """Tell whether an article may tell of some days: it has no day, or one of them, or one of a few days after."""
    if article.published is None:
        return True
    last = days.last if days.last >= date.max - timedelta(REPORTED_LATER) else days.last + timedelta(REPORTED_LATER)
    return days.first <= article.published <= last
