"""One snapshot with everything that answers from it, kept open while questions are in flight on it."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

from bot.answering.reader import Candidate, Reader
from bot.answering.times import days_of
from bot.meter import Meter, NoMeter, Stage, timed
from bot.records import Question
from index import Article, FusedRetriever, Hit, Sentence, Snapshot, SnapshotError, VectorsUnavailable, stems

_WARMING, _WARMED = "What has happened there, and when was it?", 20
_WORD = re.compile(r"\w[\w’'-]*\w|\w")


@dataclass(frozen=True, slots=True)
class Generation:
    """A snapshot, the retriever and the reader over it."""

    snapshot: Snapshot
    retriever: FusedRetriever
    reader: Reader
    meter: Meter = field(default_factory=NoMeter)

    def warm(self) -> None:
        """Touch what the first question would have to wait for: pages of the vectors and of the words, the models.

        Where an engine that does not answer now has the words, too, the first question after that waits.
        """
        question = Question(_WARMING)
        try:
            found = self.candidates(question, _WARMED)
        except VectorsUnavailable:  # that was logged; who asks is told
            return
        self.reader.read(question, found)

    def candidates(self, question: Question, limit: int) -> list[Candidate]:
        """Search, and fetch each hit's article."""
        with timed(self.meter, Stage.SEARCH):
            return self._fetched(self.retriever.search(question.text, limit, days_of(question)))

    def candidates_inside(self, question: Question, article_ids: Sequence[str], limit: int) -> list[Candidate]:
        """Search in given articles only; those that this snapshot does not have are passed over."""
        return self._fetched(self.retriever.inside(question.text, article_ids, limit))

    def spelling_of(self, word: str) -> str | None:
        """Return the word of an article that is spelt nearly like one that no article has."""
        near = self.retriever.nearest_word(word)
        passage = self.retriever.holder(near.stem) if near else None
        if near is None or passage is None:
            return None
        article = self.article(passage.article_id)
        words = _WORD.findall(article.text[passage.start : passage.end])
        return next((found for found in words if near.stem in stems(found, article.language)), None)

    def _fetched(self, hits: Sequence[Hit]) -> list[Candidate]:
        article = lru_cache(maxsize=None)(self.article)
        return [Candidate(hit, article(hit.passage.article_id)) for hit in hits]

    def sentences(self, article: Article) -> tuple[Sentence, ...]:
        """Return all sentences and headings of an article, in order."""
        passages = self.snapshot.passages_of(article.id)
        found = {s.start: s for passage in passages for s in passage.sentences}
        return tuple(found[start] for start in sorted(found))

    def copies(self, article: Article) -> tuple[str, ...]:
        """Return the ids of the other articles that tell the same story, the first published first."""
        return self.snapshot.copies(article.id)

    def article(self, article_id: str) -> Article:
        """Return an article that a passage of this snapshot names."""
        article = self.snapshot.article(article_id)
        if article is None:
            raise LookupError(f"snapshot {self.snapshot.name} has a passage of {article_id}, but not the article")
        return article


class Generations:
    """The generation in use. A newer one is swapped in; the old one closes when the last question has left it."""

    def __init__(self, open_current: Callable[[], Generation], current_name: Callable[[], str]) -> None:
        self._open_current = open_current
        self._current_name = current_name
        self._lock = threading.Lock()
        self._users: Counter[int] = Counter()  # by identity: one snapshot may have been opened twice
        self._published = current_name()
        self._current = open_current()
        self._refused = self._refused_for(self._current)

    @contextmanager
    def use(self) -> Iterator[Generation]:
        """Give the generation in use now; it stays open inside the block."""
        with self._lock:
            generation = self._current
            self._users[id(generation)] += 1
        try:
            yield generation
        finally:
            with self._lock:
                self._users[id(generation)] -= 1
                self._close_unused(generation)

    def unused(self) -> str | None:
        """Tell that what is published cannot be used; ``None`` where it is in use."""
        with self._lock:
            refused, used = self._refused, self._current.snapshot.name
        if refused is None:
            return None
        what = f"snapshot {refused}" if refused else "what is published"
        return f'{what} cannot be used, {used} is until the next build: "verbatim-index verify" says what is wrong'

    def refresh(self) -> bool:
        """Open what is published now, if that is another generation; ``True`` if it was swapped in.

        Where the new one cannot be used and the one in use is the newest that can, that one stays.

        Raises:
            SnapshotError: something new is published that cannot be used, and no other snapshot can.
        """
        published = self._current_name()
        if published == self._published:
            return False
        try:
            fresh = self._open_current()
        except SnapshotError:
            self._refused = published
            raise
        with self._lock:
            self._published = published
            self._refused = self._refused_for(fresh)
            unused = fresh if fresh.snapshot.name == self._current.snapshot.name else self._current
            swapped = unused is not fresh
            self._current = fresh if swapped else self._current
            self._close_unused(unused)
        return swapped

    def _refused_for(self, opened: Generation) -> str | None:
        """Return what is published where that could not be opened, and something else was."""
        return None if opened.snapshot.name == self._published else self._published

    def _close_unused(self, generation: Generation) -> None:
        if generation is not self._current and not self._users[id(generation)]:
            del self._users[id(generation)]
            generation.snapshot.close()
