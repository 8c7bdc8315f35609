"""The bm25 of passages for a question's stems and phrases, as SQLite's FTS5 gives it.

Every occurrence of what is asked for is read once, in arrays; the cost is the number of occurrences (about 10 ns each)
and a little for each passage of the index. ``affordable`` bounds the first.

Formula and constants: https://www.sqlite.org/fts5.html#the_bm25_function; Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond" (2009). As there, an idf of nothing or less counts as a millionth, the occurrences
in a title count ``TITLE_WEIGHT`` each, and a phrase is scored like a word.
"""

import math
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from index.lexical.occurrences import Keys, Numbers, Occurrences
from index.lexical.passages import WordPassages
from index.lexical.postings import all_parts, parts_around

TITLE_WEIGHT = 0.5
"""Weight of a title's word beside 1.0 for the text's (0, 0.5 and 1 differ by 0.002 of recall at 1)."""

K1, B = 1.2, 0.75
LEAST_IDF = 1e-6
A_BLOCK = 256

A_PART = 65536
"""Occurrences that are scored at a time: what that computes, 70 bytes for each, stays in the cache and is no memory."""

Doubles = npt.NDArray[np.float64]

_STEM = "SELECT number, documents FROM word_stems WHERE stem = ?"
_NO_STEM = -1


def idf(documents: float, passages: int) -> float:
    """Return the weight of what so many ``documents`` of all ``passages`` hold."""
    # of phrases an engine counts a few too many
    return max(math.log(max(passages - documents + 0.5, 0.5) / (documents + 0.5)), LEAST_IDF)


def norm(length: int, mean: float) -> float:
    """Return what is added to how often a word stands in a passage of so many words, ``mean`` on the average."""
    return K1 * (1 - B + B * length / (mean or 1.0))


class Scorer:
    """Scores all passages of an index. Safe from many threads."""

    def __init__(self, passages: WordPassages) -> None:
        lengths = passages.titles + passages.texts
        mean = float(lengths.mean()) if len(passages) else 1.0
        self.passages = passages
        self._by_id = np.argsort(passages.ids, kind="stable").astype(np.int32)
        self._titles = _narrow(passages.spread(passages.titles))
        self._lengths = _narrow(passages.spread(lengths))
        self._norms = np.array([norm(length, mean) for length in range(lengths.max(initial=0) + 1)])

    def scores(self, found: Iterable[Occurrences]) -> Doubles:
        """Return the bm25 of each passage by its number, of stems and phrases that were found where; 0 of none."""
        total = np.zeros(self.passages.end)
        for one in found:
            weight = idf(one.held_by(), len(self.passages))
            for part in one.parts(A_PART):
                self._add(part, weight, total)
        return total

    def _add(self, found: Occurrences, weight: float, total: Doubles) -> None:
        starts = found.starts()
        passages = found.passages[starts]
        weights = np.where(found.places < self._titles[found.passages], TITLE_WEIGHT, 1.0)
        often = np.add.reduceat(weights, starts)
        total[passages] += weight * often * (K1 + 1) / (often + self._norms[self._lengths[passages]])

    def in_text(self, found: Occurrences) -> int | None:
        """Return the id of the first passage in whose text something stands; ``None`` where in none."""
        at = np.flatnonzero(found.places > self._titles[found.passages])
        return int(self.ids(found.passages[at[:1]])[0]) if len(at) else None

    def ids(self, numbers: Numbers) -> Keys:
        """Return the ids of passages by their ``numbers`` (n,): (n,)."""
        return self.passages.ids[np.searchsorted(self.passages.numbers, numbers)]

    def numbers(self, ids: Keys) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """Return the numbers of passages by their ``ids`` (n,): (n,), and which of them there are: (n,)."""
        if not len(self.passages):
            return np.zeros(len(ids), np.int32), np.zeros(len(ids), bool)
        place = np.searchsorted(self.passages.ids, ids, sorter=self._by_id)
        at = self._by_id[np.minimum(place, len(self.passages) - 1)]
        return self.passages.numbers[at], self.passages.ids[at] == ids


class Reading:
    """What one question reads of the tables: no stem's rows twice, and nothing of passages that were taken out."""

    def __init__(self, connection: sqlite3.Connection, passages: WordPassages) -> None:
        self._connection = connection
        self._passages = passages
        self._read: dict[str, Occurrences] = {}

    def run(self, run: Sequence[str]) -> Occurrences:
        """Return where a run of stems begins, which may be a single one."""
        if len(run) == 1:
            return self._stem(run[0])
        held = {one: self._number(one) for one in run}
        rarest, *others = sorted(range(len(run)), key=lambda place: held[run[place]][1])
        keys = self._stem(run[rarest]).keys(rarest)
        for place in others:
            keys = self._among(run[place], keys, place)
        return Occurrences.of_keys(keys)

    def _among(self, stem: str, keys: Keys, back: int) -> Keys:
        """Return those of the keys that a stem has so far on; of its rows only those around them are read."""
        if stem in self._read:
            return self._read[stem].among(keys, back)
        number, _ = self._number(stem)
        around = np.unique(keys >> 32).astype(np.int32)
        found = [part.among(keys, back) for part in parts_around(self._connection, number, around)]
        return np.concatenate(found) if found else keys[:0]

    def _stem(self, stem: str) -> Occurrences:
        if stem not in self._read:
            number, _ = self._number(stem)
            parts = [self._passages.left(part) for part in all_parts(self._connection, number)]
            self._read[stem] = Occurrences.joined(parts)
        return self._read[stem]

    def _number(self, stem: str) -> tuple[int, int]:
        """Return the number of a stem, which no stem has where it is in no passage, and how many passages hold it."""
        row = self._connection.execute(_STEM, (stem,)).fetchone()
        return row or (_NO_STEM, 0)


def affordable(
    runs: Iterable[Sequence[str]], counts: Mapping[str, int], most: int, always: int = 0
) -> Iterator[Sequence[str]]:
    """Yield, in order, the runs of stems for which ``most`` passages have to be read, by the stems' ``counts``.

    The first ``always`` are read whatever they cost; one that is too dear is left out, and a stem is paid for once.
    """
    read: set[str] = set()
    for place, run in enumerate(runs):
        cost = sum(counts[stem] for stem in set(run) - read)
        if place < always or cost <= most:
            most -= cost
            read.update(run)
            yield run


def best(scores: Doubles, ids: Callable[[Numbers], Keys], limit: int) -> Numbers:
    """Return the places of at most ``limit`` positive ``scores`` (n,), best first, ties by the places' ``ids``."""
    least = max(_least(scores, limit), float(np.nextafter(0, 1)))
    found = np.flatnonzero(scores >= least).astype(np.int32)
    return found[np.lexsort((ids(found), -scores[found]))][: max(limit, 0)]


def _least(scores: Doubles, limit: int) -> float:
    """Return a bound that at least ``limit`` scores reach, near the highest such; 0 where there are few.

    The best of every block are scores, so as many scores reach what ``limit`` of those reach: sorting them is sorting
    256 times less.
    """
    of_blocks = np.maximum.reduceat(scores, np.arange(0, len(scores), A_BLOCK)) if len(scores) else scores
    return float(np.partition(of_blocks, -limit)[-limit]) if 0 < limit <= len(of_blocks) else 0.0


def _narrow(values: Numbers) -> npt.NDArray[np.integer]:
    """Return them in as few bytes as hold the highest: looked into for every occurrence, they stay in the cache."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))
