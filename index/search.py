"""From a question to ranked passages: by vectors, by words, and by both.

Every way of searching has one shape, :class:`Retriever`. Nothing here knows articles' texts; of an article's language
only how far the cosine is to be trusted in it (``index.trust``). An article's day and its copies change no score: they
decide who gets a place. Invariant: hits come best first, no passage twice, every hit with both parts of its score.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from index.encoder import Encoder
from index.errors import VectorsUnavailable
from index.lexical import NearWord, QuestionTerms, WordIndex
from index.records import Days, Hit, Passage, ScoreParts
from index.snapshot import Snapshot
from index.timing import Laps, Note, Part, unnoted
from index.vectors import VectorIndex

T = TypeVar("T")
Floats = npt.NDArray[np.float32]

DEPTH = 50
"""Passages that each ranking brings into the fusion, at least."""

TIMELY_DEPTH = 150
"""The same where the question's days are known: what is new may stand behind many years of the like."""

COSINE_WEIGHT = 15.0
WORDS_WEIGHT = 0.5
"""fused = 15 cosine + 0.5 bm25: the table that chose it is in DECISIONS, "Fusion"."""

TIMELY = 0.25
"""Share of the places that goes to passages from about the days that a question is about."""

TIMELY_WEIGHT = 1.0
"""They are ranked by fused - log(1 + days between). Both numbers: "Time in the search" in DECISIONS."""

COPIES = 2
"""Passages of one story that say the same and get a place: one that is read badly is not the only one."""

ALIKE = 0.9
"""The cosine from which on two passages of one story say the same."""

TYPICAL_COSINE = 0.3
"""What counts for the cosine as far as it is not trusted: the mean over what is found for the training questions.
So no passage comes before or after another for its language alone ("Other languages" in DECISIONS)."""


class Retriever(Protocol):
    """A way of searching."""

    def search(self, question: str, limit: int, days: Days | None = None) -> list[Hit]:
        """Return at most ``limit`` hits, best first; none for a question without words.

        ``days`` are those that the question is about, where that is known.
        """
        ...


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of the candidates of one question, in no order: (n,) each."""

    ids: npt.NDArray[np.int64]
    cosines: Floats
    words: Floats


class Collector:
    """Collects the candidates of both rankings with both scores; the retrievers rank them."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder, *, words_suffice: bool = False) -> None:
        """``words_suffice``: while the vectors cannot be had, go by words alone, with ``TYPICAL_COSINE`` for all."""
        self._snapshot = snapshot
        self._encoder = encoder
        self._words_suffice = words_suffice
        self.words = WordIndex(lambda: snapshot.connection)

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


def ranking(ids: npt.NDArray[np.int64], scores: Floats) -> list[int]:
    """Return the places of candidates (n,) by their scores (n,), best first; minus infinity is none. Ties: by id."""
    return [int(i) for i in np.lexsort((ids, -scores)) if np.isfinite(scores[i])]


def without_copies(
    ids: npt.NDArray[np.int64],
    fused: Floats,
    stories: Sequence[str | None],
    vectors: Callable[[npt.NDArray[np.int64]], Floats],
) -> Floats:
    """Return the fused scores (n,) with minus infinity where a passage repeats ``COPIES`` better ones of its story."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place in ranking(ids, fused):
        if (story := stories[place]) is not None:
            places[story].append(place)
    kept = fused.copy()
    for told in places.values():
        if len(told) > COPIES:
            kept[_repeating(told, vectors(ids[told]))] = -np.inf
    return kept


def _repeating(places: Sequence[int], rows: Floats) -> list[int]:
    """Return those of the places, best first, whose row is like those of ``COPIES`` places before it."""
    alike = rows @ rows.T >= ALIKE
    chosen: list[int] = []
    for number in range(len(places)):
        if alike[number, chosen].sum() < COPIES:
            chosen.append(number)
    return [place for number, place in enumerate(places) if number not in chosen]


def with_timely(
    ids: npt.NDArray[np.int64],
    fused: Floats,
    distances: Floats,
    limit: int,
    share: float = TIMELY,
    weight: float = TIMELY_WEIGHT,
) -> Floats:
    """Return the fused scores (n,) with minus infinity for who gets none of ``limit`` places.

    Most places go to the best, the others to the best of the rest when the ``distances`` (n,) in days count, too; a
    passage without a day counts there as far off as the others on the average.
    """
    if np.isnan(distances).all():
        return fused
    lag = np.log1p(distances)
    timely = fused - weight * np.where(np.isnan(lag), np.nanmean(lag), lag)
    chosen = ranking(ids, fused)[: limit - int(share * limit)]
    rest = [i for i in ranking(ids, timely.astype(np.float32)) if i not in chosen]
    kept = [*chosen, *rest[: limit - len(chosen)]]
    places = np.full(len(fused), -np.inf, np.float32)
    places[kept] = fused[kept]
    return places


def fuse(cosines: Floats, words: Floats, trust: Floats) -> Floats:
    """Return the fused scores (n,) of cosines (n,) and bm25 (n,); ``trust`` (n,), 0 to 1, is in the cosines."""
    believed = trust * cosines + (1 - trust) * TYPICAL_COSINE
    return (COSINE_WEIGHT * believed + WORDS_WEIGHT * words).astype(np.float32)


def retrievers(snapshot: Snapshot, encoder: Encoder) -> Sequence[tuple[str, Retriever]]:
    """Return every way of searching a snapshot with its name, for evaluation and the command line."""
    return (
        ("dense", DenseRetriever(snapshot, encoder)),
        ("words", WordRetriever(snapshot, encoder)),
        ("fused", FusedRetriever(snapshot, encoder)),
    )
