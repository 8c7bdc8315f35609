"""Passages that hold the words of a question, found by an engine elsewhere, and scored here by their own texts.

What the engine holds gives bm25 to the rounding of its numbers (``index.lexical.weighing``), so a few passages more
than are wanted are asked for, and no passage gets another score than from the word tables.
"""

import math
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence, Set

import numpy as np

from index.lexical.asking import MOST_REMEMBERED, Asking, QuestionTerms, Run, Searched
from index.lexical.counting import Totals
from index.lexical.nearest import NearWord
from index.lexical.protocol import Doubles, Find, Ids, PassageText, Texts, Weights, WordHit
from index.lexical.scoring import K1, TITLE_WEIGHT, idf, norm
from index.lexical.stemming import stems
from index.lexical.weighing import number_of, numbers_of

MOST = 16_384
"""Passages of one answer: https://milvus.io/docs/limitations.md. Phrases that more passages hold are not counted."""

_MARGIN, _LEAST_MORE = 1 / 4, 16
"""How many candidates are asked for beyond those wanted: what rounding could have put behind them."""

_ROUNDING = 1e-5
"""Scores that differ by less, as a share, may be equal."""

_HOLDERS = 16
_NOWHERE: Set[int] = frozenset()


class EngineWords:
    """A ``Words`` over an engine. ``connect`` returns the calling thread's connection, which has the vocabulary.

    ``find`` asks the engine, and raises ``VectorsUnavailable`` while it does not answer.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], find: Find, texts: Texts) -> None:
        self._connect, self._find, self._texts = connect, find, texts
        self._totals = Totals.read(connect())
        self._asking = Asking(connect, self._totals.passages)
        self._holding: dict[Run, float] = {}

    def terms(self, question: str) -> QuestionTerms:
        """Return what to search for; empty for a question without words."""
        return self._asking.terms(question)

    def search(self, terms: QuestionTerms, limit: int) -> list[WordHit]:
        """Return the passages that share words with the question, best first, ties by id.

        Raises:
            VectorsUnavailable: the engine does not answer.
        """
        return self.scored(terms).best(limit)

    def scored(self, terms: QuestionTerms) -> "EngineScores":
        """Return the scores of all passages for what is searched for.

        Raises:
            VectorsUnavailable: the engine does not answer.
        """
        searched = self._asking.searched(terms)
        phrases = self._count([run for run in searched.runs if len(run) > 1], searched)
        passages = self._totals.passages
        documents = {run: searched.documents[run[0]] if len(run) == 1 else phrases[run] for run in searched.runs}
        weighed = [(run, idf(documents[run], passages)) for run in searched.runs]
        numbers = numbers_of(self._connect(), list(searched.documents))
        return EngineScores(TextScorer(weighed, self._totals.mean), _asked(weighed, numbers), self._find, self._texts)

    def nearest_word(self, word: str) -> NearWord | None:
        """Return the stem of the index that is spelt nearly like a word; ``None`` where the index has the word."""
        return self._asking.nearest_word(word)

    def holder(self, stemmed: str) -> int | None:
        """Return a passage in whose text a stem stands; ``None``: in none.

        Raises:
            VectorsUnavailable: the engine does not answer.
        """
        asked, most = numbers_of(self._connect(), [stemmed]), _HOLDERS
        while asked:
            (found,) = self._find([dict.fromkeys(asked.values(), 1.0)], most)
            for id_, passage in self._texts(found.ids.tolist()).items():
                if stemmed in stems(passage.text, passage.language):
                    return id_
            if len(found.ids) < most or most >= MOST:
                return None
            most = min(4 * most, MOST)
        return None

    def _count(self, phrases: Sequence[Run], searched: Searched) -> Mapping[Run, float]:
        """Return by how many passages each phrase is held; what was counted is remembered.

        Of one that more hold than are counted: the middle, as a ratio, of what it can be.
        """
        known = self._holding  # another thread may begin a new one
        unknown = [phrase for phrase in dict.fromkeys(phrases) if phrase not in known]
        counted = {phrase: known[phrase] for phrase in phrases if phrase in known}
        found = self._find([{number_of(phrase): 1.0} for phrase in unknown], MOST) if unknown else ()
        for phrase, one in zip(unknown, found, strict=True):
            rarest = min(searched.documents[stem] for stem in phrase)
            counted[phrase] = len(one.ids) if len(one.ids) < MOST else math.sqrt(MOST * max(MOST, rarest))
        if len(known) + len(unknown) > MOST_REMEMBERED:
            self._holding = {}
        self._holding.update((phrase, counted[phrase]) for phrase in unknown)
        return counted


class EngineScores:
    """The bm25 of passages for one question: what the engine finds, by ``asked``, is scored by its text."""

    def __init__(self, scorer: "TextScorer", asked: Weights, find: Find, texts: Texts) -> None:
        self._scorer, self._asked, self._find, self._texts = scorer, asked, find, texts
        self._known: dict[int, float] = {}

    def best(self, limit: int) -> list[WordHit]:
        """Return at most ``limit`` passages that share words with the question, best first, ties by id.

        Raises:
            VectorsUnavailable: the engine does not answer.
        """
        wanted = min(limit, MOST)
        if not self._asked or wanted < 1:
            return []
        ids = self._candidates(wanted)
        scores = self.of(ids)
        order = [place for place in np.lexsort((ids, -scores)).tolist() if scores[place] > 0][:wanted]
        return list(map(WordHit, ids[order].tolist(), scores[order].tolist()))

    def of(self, passage_ids: Ids) -> Doubles:
        """Return the scores of given passages (n,): (n,); 0 for one that is unknown or shares nothing."""
        ids = passage_ids.tolist()
        unknown = [id_ for id_ in ids if id_ not in self._known] if self._asked else []
        for id_, passage in self._texts(unknown).items():
            self._known[id_] = self._scorer.score(passage)
        return np.array([self._known.get(id_, 0.0) for id_ in ids], np.float64)

    def _candidates(self, wanted: int) -> Ids:
        """Return the engine's best, some more than are wanted, and all that may tie with the last of those."""
        asked = min(wanted + int(_MARGIN * wanted) + _LEAST_MORE, MOST)
        while True:
            (found,) = self._find([self._asked], asked)
            if len(found.ids) < asked or asked == MOST or found.scores[-1] < (1 - _ROUNDING) * found.scores[wanted - 1]:
                return found.ids
            asked = min(2 * asked, MOST)


class TextScorer:
    """Scores a passage by its text for stems and phrases with their idf, as ``index.lexical.scoring.Scorer`` does."""

    def __init__(self, weighed: Sequence[tuple[Run, float]], mean: float) -> None:
        self._weighed, self._mean = weighed, mean
        self._stems = {stem for run, _ in weighed for stem in run}

    def score(self, passage: PassageText) -> float:
        """Return the bm25 of a passage."""
        parts = [stems(text, passage.language) for text in (passage.title, passage.text)]
        places = [self._places(part) for part in parts]
        least = norm(sum(map(len, parts)), self._mean)
        total = 0.0
        for run, weight in self._weighed:
            title, text = (_times(run, part) for part in places)
            if often := TITLE_WEIGHT * title + text:
                total += weight * often * (K1 + 1) / (often + least)
        return total

    def _places(self, part: Iterable[str]) -> dict[str, set[int]]:
        """Return where each stem that is searched for stands."""
        places: dict[str, set[int]] = {}
        for place, stem in enumerate(part):
            if stem in self._stems:
                places.setdefault(stem, set()).add(place)
        return places


def _times(run: Run, places: Mapping[str, set[int]]) -> int:
    """Return how often a run stands in a part whose stems stand at ``places``."""
    first, *others = [places.get(stem, _NOWHERE) for stem in run]
    if not others:
        return len(first)
    return sum(all(place + behind in other for behind, other in enumerate(others, 1)) for place in first)


def _asked(weighed: Iterable[tuple[Run, float]], numbers: Mapping[str, int]) -> Weights:
    """Return a question as the engine is asked it."""
    asked: dict[int, float] = {}
    for run, weight in weighed:
        number = numbers[run[0]] if len(run) == 1 else number_of(run)
        asked[number] = asked.get(number, 0.0) + weight
    return asked
