"""Passages that hold the words of a question, by the word tables of a snapshot's SQLite file."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.lexical.asking import Asking, QuestionTerms
from index.lexical.nearest import NearWord
from index.lexical.passages import WordPassages
from index.lexical.protocol import WordHit
from index.lexical.scoring import Reading, Scorer, affordable, best

MOST_READ = 3_000_000
"""Passages of all stems of a question together that are read, beside those of ``RARE_WORDS_KEPT``; phrases come last.

It bounds what a pasted page costs. Of a million passages 0.996 of the best 20 stay, with a million read 0.93.
"""


@dataclass(frozen=True, slots=True)
class WordScores:
    """The bm25 of every passage for one question: ``scores`` by the passages' numbers, 0 where no word is shared."""

    scorer: Scorer
    scores: npt.NDArray[np.float64]

    def best(self, limit: int) -> list[WordHit]:
        """Return at most ``limit`` passages that share words with the question, best first, ties by id."""
        found = best(self.scores, self.scorer.ids, limit)
        return list(map(WordHit, self.scorer.ids(found).tolist(), self.scores[found].tolist()))

    def of(self, passage_ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return the scores of given passages (n,): (n,); 0 for one that is unknown."""
        numbers, known = self.scorer.numbers(passage_ids)
        scores = np.zeros(len(numbers))
        scores[known] = self.scores[numbers[known]]
        return scores


class WordIndex:
    """A ``Words`` over the word tables of one snapshot.

    ``connect`` returns the calling thread's connection, so one index serves many threads.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._scorer = Scorer(WordPassages.read(connect()))
        self._asking = Asking(connect, len(self._scorer.passages))

    def terms(self, question: str) -> QuestionTerms:
        """Return what to search for; empty for a question without words."""
        return self._asking.terms(question)

    def search(self, terms: QuestionTerms, limit: int) -> list[WordHit]:
        """Return the passages that share words with the question, best first, ties by id."""
        return self.scored(terms).best(limit)

    def scored(self, terms: QuestionTerms) -> WordScores:
        """Return the scores of all passages for what is searched for."""
        reading, searched = self._reading(), self._asking.searched(terms)
        runs = affordable(searched.runs, searched.documents, MOST_READ, always=searched.always)
        return WordScores(self._scorer, self._scorer.scores(map(reading.run, runs)))

    def nearest_word(self, word: str) -> NearWord | None:
        """Return the stem of the index that is spelt nearly like a word; ``None`` where the index has the word."""
        return self._asking.nearest_word(word)

    def holder(self, stemmed: str) -> int | None:
        """Return a passage that holds a stem; ``None``: none does."""
        return self._scorer.in_text(self._reading().run((stemmed,)))

    def _reading(self) -> Reading:
        return Reading(self._connect(), self._scorer.passages)
