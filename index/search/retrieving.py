"""The ways of searching: by vectors, by words, and by both. Each has one shape, :class:`Retriever`."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.encoder import Encoder
from index.lexical import NearWord, QuestionTerms
from index.records import Days, Hit, Passage
from index.search.collecting import Collector, Scores
from index.search.fusing import Floats, fuse, with_timely, without_copies
from index.snapshot import Snapshot
from index.timing import Laps, Note, Part, unnoted

DEPTH = 50
"""Passages that each ranking brings into the fusion, at least."""

TIMELY_DEPTH = 150
"""The same where the question's days are known: what is new may stand behind many years of the like."""


class Retriever(Protocol):
    """A way of searching."""

    def search(self, question: str, limit: int, days: Days | None = None) -> list[Hit]:
        """Return at most ``limit`` hits, best first; none for a question without words.

        ``days`` are those that the question is about, where that is known.
        """
        ...


class DenseRetriever:
    """Ranks by the cosine of question and passage."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder) -> None:
        self._collector = Collector(snapshot, encoder)

    def search(self, question: str, limit: int, days: Days | None = None) -> list[Hit]:
        """Return the nearest passages, from whatever days."""
        scores = self._collector.candidates(question, limit)
        return self._collector.hits(scores, scores.cosines, limit)


class WordRetriever:
    """Ranks by bm25; finds only passages that share a word with the question."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder) -> None:
        self._collector = Collector(snapshot, encoder)

    def search(self, question: str, limit: int, days: Days | None = None) -> list[Hit]:
        """Return the passages that share the most telling words, from whatever days."""
        scores = self._collector.candidates(question, limit)
        found = np.where(scores.words > 0, scores.words, -np.inf).astype(np.float32)
        return self._collector.hits(scores, found, limit)


class FusedRetriever:
    """Ranks by a weighted sum of cosine and bm25, each known for every candidate.

    Where the question's days are known, some of the last places go to passages from about those days, in the place of
    others that are found a little better.
    """

    def __init__(
        self, snapshot: Snapshot, encoder: Encoder, note: Note = unnoted, *, words_suffice: bool = False
    ) -> None:
        """``note`` is told how long the parts of each ``search`` took; ``words_suffice``: see ``Collector``."""
        self._snapshot = snapshot
        self._collector = Collector(snapshot, encoder, words_suffice=words_suffice)
        self._note = note

    def search(self, question: str, limit: int, days: Days | None = None) -> list[Hit]:
        """Return the best of the candidates of both rankings."""
        laps = Laps()
        scores, fused = self._fused(question, max(limit, DEPTH if days is None else TIMELY_DEPTH), laps)
        if np.isfinite(fused).sum() < limit <= len(fused):  # copies took the places of what else there is
            scores, fused = self._fused(question, max(limit, TIMELY_DEPTH), laps)
        with laps.of(Part.FUSE):
            if days is not None:
                fused = with_timely(scores.ids, fused, self._distances(scores.ids, days), limit)
            hits = self._collector.hits(scores, fused, limit)
        laps.tell(self._note)
        return hits

    def inside(self, question: str, article_ids: Iterable[str], limit: int) -> list[Hit]:
        """Return the best passages of given articles, scored as ``search`` does; an unknown article has none."""
        ids = [passage.id for article_id in article_ids for passage in self._snapshot.passages_of(article_id)]
        scores = self._collector.scored(question, ids)
        return self._collector.hits(scores, fuse(scores.cosines, scores.words, self._trust(scores.ids)), limit)

    def nearest_word(self, word: str) -> NearWord | None:
        """Return the stem of this snapshot that is spelt nearly like a word that none of its articles has."""
        return self._collector.words.nearest_word(word)

    def holder(self, stem: str) -> Passage | None:
        """Return a passage in which a stem stands; ``None``: there is none."""
        found = self._collector.words.holder(stem)
        return self._snapshot.passage(found) if found is not None else None

    def _fused(self, question: str, depth: int, laps: Laps) -> tuple[Scores, Floats]:
        """Return the candidates of both rankings with their fused scores, minus infinity for copies."""
        scores = self._collector.candidates(question, depth, laps)
        with laps.of(Part.FUSE):
            fused = fuse(scores.cosines, scores.words, self._trust(scores.ids))
            stories = self._snapshot.stories(scores.ids.tolist())
            return scores, without_copies(scores.ids, fused, stories, self._vectors)

    def _vectors(self, ids: npt.NDArray[np.int64]) -> Floats:
        # rows of nothing are like no other: copies keep their places then
        nothing = np.zeros((len(ids), 1), np.float32)
        return self._collector.of_vectors(lambda vectors: vectors.vectors(ids), nothing)

    def terms(self, question: str) -> QuestionTerms:
        """Return the question's words with their weights in this snapshot, for who reads what was found."""
        return self._collector.words.terms(question)

    def _trust(self, ids: npt.NDArray[np.int64]) -> Floats:
        """How far the cosine is trusted in the languages of these passages (n,): (n,), 0 to 1."""
        known = self._snapshot.manifest.trust
        if not known:
            return np.ones(len(ids), np.float32)
        return np.array([known.get(one, 1.0) for one in self._snapshot.languages(ids.tolist())], np.float32)

    def _distances(self, ids: npt.NDArray[np.int64], days: Days) -> Floats:
        """By how many days the articles of these passages (n,) miss the question's: (n,), NaN without a day."""
        published = self._snapshot.published(ids.tolist())
        return np.array([np.nan if day is None else days.distance(day) for day in published], np.float32)


def retrievers(snapshot: Snapshot, encoder: Encoder) -> Sequence[tuple[str, Retriever]]:
    """Return every way of searching a snapshot with its name, for evaluation and the command line."""
    return (
        ("dense", DenseRetriever(snapshot, encoder)),
        ("words", WordRetriever(snapshot, encoder)),
        ("fused", FusedRetriever(snapshot, encoder)),
    )
