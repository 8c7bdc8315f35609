"""From a question to ranked passages: by vectors, by words, and by both.

Every way of searching has one shape, :class:`Retriever`. Nothing here knows articles' texts, languages or
dates. Invariant: hits come best first, no passage twice, and every hit carries both parts of its score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.encoder import Encoder
from index.lexical import QuestionTerms, WordIndex
from index.records import Hit, ScoreParts
from index.snapshot import Snapshot

DEPTH = 50
"""Passages that each ranking brings into the fusion, at least."""

WORDS_DEPTH = 1000
"""Passages whose bm25 is read: who is found by vector alone then still has the score of its words."""

COSINE_WEIGHT = 15.0
WORDS_WEIGHT = 0.5
"""fused = 15 cosine + 0.5 bm25: the table that chose it is in DECISIONS, "Fusion"."""


class Retriever(Protocol):
    """A way of searching."""

    def search(self, question: str, limit: int) -> list[Hit]:
        """Return at most ``limit`` hits, best first; none for a question without words."""
        ...


@dataclass(frozen=True, slots=True)
class _Scores:
    """Scores of the candidates of one question, in no order: (n,) each."""

    ids: npt.NDArray[np.int64]
    cosines: npt.NDArray[np.float32]
    words: npt.NDArray[np.float32]


class _Searcher:
    """Collects the candidates of both rankings with both scores; the three retrievers rank them."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder) -> None:
        self._snapshot = snapshot
        self._encoder = encoder
        self.words = WordIndex(lambda: snapshot.connection)

    def candidates(self, question: str, depth: int) -> _Scores:
        terms = self.words.terms(question)
        if not terms.words:
            empty = np.empty(0, np.float32)
            return _Scores(np.empty(0, np.int64), empty, empty)
        (vector,) = self._encoder.encode([question])
        near = self._snapshot.vectors.search(vector, depth).ids
        found = {hit.passage_id: hit.score for hit in self.words.search(terms, max(depth, WORDS_DEPTH))}
        ids = np.array(list(dict.fromkeys([*near.tolist(), *list(found)[:depth]])), np.int64)
        return _Scores(
            ids,
            self._snapshot.vectors.scores(vector, ids),
            np.array([found.get(passage_id, 0.0) for passage_id in ids.tolist()], np.float32),
        )

    def hits(self, scores: _Scores, fused: npt.NDArray[np.float32], limit: int) -> list[Hit]:
        """Rank candidates by ``fused`` (n,); a candidate at minus infinity is none. Ties: by id."""
        order = [i for i in np.lexsort((scores.ids, -fused)) if np.isfinite(fused[i])][:limit]
        passages = self._snapshot.passages(scores.ids[order].tolist())
        return [
            Hit(passage, float(fused[i]), ScoreParts(float(scores.cosines[i]), float(scores.words[i])))
            for i, passage in zip(order, passages, strict=True)
        ]


class DenseRetriever:
    """Ranks by the cosine of question and passage."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder) -> None:
        self._searcher = _Searcher(snapshot, encoder)

    def search(self, question: str, limit: int) -> list[Hit]:
        """Return the nearest passages."""
        scores = self._searcher.candidates(question, limit)
        return self._searcher.hits(scores, scores.cosines, limit)


class WordRetriever:
    """Ranks by bm25; finds only passages that share a word with the question."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder) -> None:
        self._searcher = _Searcher(snapshot, encoder)

    def search(self, question: str, limit: int) -> list[Hit]:
        """Return the passages that share the most telling words."""
        scores = self._searcher.candidates(question, limit)
        found = np.where(scores.words > 0, scores.words, -np.inf).astype(np.float32)
        return self._searcher.hits(scores, found, limit)


class FusedRetriever:
    """Ranks by a weighted sum of cosine and bm25, each known for every candidate."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder) -> None:
        self._searcher = _Searcher(snapshot, encoder)

    def search(self, question: str, limit: int) -> list[Hit]:
        """Return the best of the candidates of both rankings."""
        scores = self._searcher.candidates(question, max(limit, DEPTH))
        return self._searcher.hits(scores, fuse(scores.cosines, scores.words), limit)

    def terms(self, question: str) -> QuestionTerms:
        """Return the question's words with their weights in this snapshot, for who reads what was found."""
        return self._searcher.words.terms(question)


def fuse(cosines: npt.NDArray[np.float32], words: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the fused scores (n,) of cosines (n,) and bm25 (n,)."""
    return (COSINE_WEIGHT * cosines + WORDS_WEIGHT * words).astype(np.float32)


def retrievers(snapshot: Snapshot, encoder: Encoder) -> Sequence[tuple[str, Retriever]]:
    """Return every way of searching a snapshot with its name, for evaluation and the command line."""
    return (
        ("dense", DenseRetriever(snapshot, encoder)),
        ("words", WordRetriever(snapshot, encoder)),
        ("fused", FusedRetriever(snapshot, encoder)),
    )
