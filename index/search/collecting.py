"""The candidates of one question, by vectors and by words, each with both scores. They are ranked elsewhere."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from index.encoder import Encoder
from index.errors import VectorsUnavailable
from index.records import Hit, ScoreParts
from index.search.fusing import TYPICAL_COSINE, Floats, ranking
from index.snapshot import Snapshot
from index.timing import Laps, Part
from index.vectors import VectorIndex

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of the candidates of one question, in no order: (n,) each."""

    ids: npt.NDArray[np.int64]
    cosines: Floats
    words: Floats


class Collector:
    """Collects the candidates of both rankings with both scores; the retrievers rank them."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder, *, words_suffice: bool = False) -> None:
        """``words_suffice``: while the vectors cannot be had, go by words alone, with ``TYPICAL_COSINE`` for all.

        Where the words lie in the same engine, nothing can be found meanwhile: that raises ``VectorsUnavailable``.
        """
        self._snapshot = snapshot
        self._encoder = encoder
        self._words_suffice = words_suffice
        self.words = snapshot.words

    def candidates(self, question: str, depth: int, laps: Laps | None = None) -> Scores:
        """Return the best ``depth`` of both rankings, at most twice as many; none for a question without words."""
        laps = laps or Laps()
        with laps.of(Part.WORDS):
            terms = self.words.terms(question)
        if not terms.words:
            empty = np.empty(0, np.float32)
            return Scores(np.empty(0, np.int64), empty, empty)
        with laps.of(Part.ENCODE):
            (vector,) = self._encoder.encode([question])
        with laps.of(Part.VECTORS):
            near = self.of_vectors(lambda vectors: vectors.search(vector, depth).ids, np.empty(0, np.int64))
        with laps.of(Part.WORDS):
            scored = self.words.scored(terms)
            shared = [hit.passage_id for hit in scored.best(depth)]
        ids = np.array(list(dict.fromkeys([*near.tolist(), *shared])), np.int64)
        with laps.of(Part.VECTORS):
            cosines = self._cosines(vector, ids)
        return Scores(ids, cosines, scored.of(ids).astype(np.float32))

    def scored(self, question: str, passage_ids: Iterable[int]) -> Scores:
        """Return both scores of given passages; none for a question without words."""
        terms = self.words.terms(question)
        ids = np.array(list(dict.fromkeys(passage_ids)) if terms.words else [], np.int64)
        if not len(ids):
            return Scores(ids, np.empty(0, np.float32), np.empty(0, np.float32))
        (vector,) = self._encoder.encode([question])
        words = self.words.scored(terms).of(ids).astype(np.float32)
        return Scores(ids, self._cosines(vector, ids), words)

    def of_vectors(self, ask: Callable[[VectorIndex], T], otherwise: T) -> T:
        """Return what is asked of the vectors; ``otherwise`` where they are away and words have to suffice."""
        try:
            return ask(self._snapshot.vectors)
        except VectorsUnavailable:  # logged where it fails, once and not for every question
            if not self._words_suffice:
                raise
            return otherwise

    def _cosines(self, vector: Floats, ids: npt.NDArray[np.int64]) -> Floats:
        unknown = np.full(len(ids), TYPICAL_COSINE, np.float32)
        return self.of_vectors(lambda vectors: vectors.scores(vector, ids), unknown)

    def hits(self, scores: Scores, fused: Floats, limit: int) -> list[Hit]:
        """Rank candidates by ``fused`` (n,); a candidate at minus infinity is none. Ties: by id."""
        order = ranking(scores.ids, fused)[:limit]
        passages = self._snapshot.passages(scores.ids[order].tolist())
        return [
            Hit(passage, float(fused[i]), ScoreParts(float(scores.cosines[i]), float(scores.words[i])))
            for i, passage in zip(order, passages, strict=True)
        ]
