"""What a word search gives to those who ask, wherever the words lie; and what an engine elsewhere gives to it.

Invariant: whoever holds the words, best comes first, ties by ascending id, and a passage has the same score.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.lexical.asking import QuestionTerms
from index.lexical.nearest import NearWord

Ids = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]

Weights = Mapping[int, float]
"""What counts of a passage or of a question: a number for each stem and each phrase, and a positive weight."""


@dataclass(frozen=True, slots=True)
class WordHit:
    """A passage that shares words with the question. ``score`` is bm25, higher is better."""

    passage_id: int
    score: float


class Scored(Protocol):
    """The bm25 of passages for one question."""

    def best(self, limit: int) -> list[WordHit]:
        """Return at most ``limit`` passages that share words with the question, best first, ties by id."""
        ...

    def of(self, passage_ids: Ids) -> Doubles:
        """Return the scores of given passages (n,): (n,); 0 for one that is unknown or shares nothing."""
        ...


class Words(Protocol):
    """The words of one generation, open for searching from many threads at once.

    Where an engine elsewhere holds them, whatever finds or scores raises ``VectorsUnavailable`` while that does not
    answer; ``terms`` and ``nearest_word`` always answer.
    """

    def terms(self, question: str) -> QuestionTerms:
        """Return what to search for; empty for a question without words."""
        ...

    def search(self, terms: QuestionTerms, limit: int) -> list[WordHit]:
        """Return the passages that share words with the question, best first, ties by id."""
        ...

    def scored(self, terms: QuestionTerms) -> Scored:
        """Return the scores of all passages for what is searched for."""
        ...

    def nearest_word(self, word: str) -> NearWord | None:
        """Return the stem of the index that is spelt nearly like a word; ``None`` where the index has the word."""
        ...

    def holder(self, stemmed: str) -> int | None:
        """Return a passage in whose text a stem stands; ``None``: in none."""
        ...


class Found(Protocol):
    """Passages that an engine found, the best first: ``ids`` (n,) int64, and their ``scores`` (n,)."""

    @property
    def ids(self) -> Ids: ...

    @property
    def scores(self) -> npt.NDArray[np.float32]: ...


Find = Callable[[Sequence[Weights], int], Sequence[Found]]
"""For each of some questions, find at most so many passages whose weights have the greatest inner product with it."""


@dataclass(frozen=True, slots=True)
class PassageText:
    """What the words of a passage are taken from: its article's title and language, and its own text."""

    title: str
    text: str
    language: str


Texts = Callable[[Iterable[int]], Mapping[int, PassageText]]
"""Fetch the texts of passages by their ids; who is unknown is left out."""
