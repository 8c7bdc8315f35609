"""Words of the index that are spelt nearly like a given one: who misspells a name still finds its article.

Stems are compared, as the word tables hold them. Invariant: a near word begins with the same letter, or with the
second one where the first two changed places, and is held by at least ``FEWEST`` passages.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

FEWEST = 2
"""Passages that hold a word which is offered: a word of one passage may be a slip of the pen itself."""

SHORTEST, LONG, LONGEST = 4, 8, 40
"""Letters: shorter words have too many neighbours; from ``LONG`` on two slips are forgiven instead of one. Longer ones
are no words, and comparing two takes the square of their length."""

_OF_LETTER = "SELECT stem, documents FROM word_stems WHERE stem >= ? AND stem < ? AND documents >= ?"


@dataclass(frozen=True, slots=True)
class NearWord:
    """A stem of the index. ``slips``: letters left out, added, changed or swapped; ``passages`` hold it."""

    stem: str
    slips: int
    passages: int


def forgiven(word: str) -> int:
    """Return how many slips are forgiven in a word."""
    if not SHORTEST <= len(word) <= LONGEST or not word.isalpha():
        return 0
    return 1 if len(word) < LONG else 2


class Vocabulary:
    """The stems that several passages hold, read letter by letter as they are needed, then kept.

    Safe from many threads: at worst two of them read the same letter.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._letters: dict[str, Mapping[int, Sequence[tuple[str, int]]]] = {}

    def nearest(self, stem: str, most: int) -> NearWord | None:
        """Return the stem that is nearest to one, at most ``most`` slips away; of equals the commonest."""
        found: list[NearWord] = []
        letters = set(stem)
        for term, passages in self._likely(stem, most):
            if _begins_alike(stem, term) and len(letters.symmetric_difference(term)) <= 2 * most:
                found.append(NearWord(term, slips(stem, term), passages))
        close = [one for one in found if one.slips <= most]
        return min(close, key=lambda one: (one.slips, -one.passages, one.stem), default=None)

    def _likely(self, stem: str, most: int) -> Iterator[tuple[str, int]]:
        for letter in dict.fromkeys(stem[:2]):
            by_length = self._of_letter(letter)
            for length in range(max(len(stem) - most, SHORTEST), len(stem) + most + 1):
                yield from by_length.get(length, ())

    def _of_letter(self, letter: str) -> Mapping[int, Sequence[tuple[str, int]]]:
        if (known := self._letters.get(letter)) is not None:
            return known
        by_length: dict[int, list[tuple[str, int]]] = {}
        for term, passages in self._connect().execute(_OF_LETTER, (letter, chr(ord(letter) + 1), FEWEST)):
            by_length.setdefault(len(term), []).append((term, passages))
        self._letters[letter] = by_length
        return by_length


def _begins_alike(stem: str, term: str) -> bool:
    return term[0] == stem[0] or term[:2] == stem[1::-1]


def slips(one: str, other: str) -> int:
    """Return how many slips lie between two words.

    A letter doubled in the wrong place ("Appolo") is one slip, though two letters differ.
    """
    return 1 if one != other and _undoubled(one) == _undoubled(other) else distance(one, other)


def _undoubled(word: str) -> str:
    return "".join(letter for letter, before in zip(word, f" {word}", strict=False) if letter != before)


def distance(one: str, other: str) -> int:
    """Return the Damerau-Levenshtein distance, each place changed once at most ("optimal string alignment")."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, facing in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != facing))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == facing:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]
