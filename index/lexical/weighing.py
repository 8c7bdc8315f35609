"""Passages as an engine elsewhere holds their words: a weight for each stem and each phrase, so that the inner product
with a question's weights is the bm25 of ``index.lexical.scoring``.

A stem's number is that of the vocabulary: no two have the same. Phrases are too many to be numbered here: a phrase's
number is a digest of its stems, above all stems' numbers. One that shares it with another phrase brings a candidate
more, which its text gives its true score, and counts a holder too many. 38 000 passages of news have 1.3 million
phrases, twice as many passages have 1.6 times as many; so of those of a hundred million one in thirteen shares.

Of phrases a passage has those that a question could ask for: two words that are not frequent, within ``PHRASE_REACH``,
with nothing between them but frequent or asking ones.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from index.lexical.asking import ASKING_WORDS, FREQUENT_SHARE, PHRASE_REACH, Run
from index.lexical.counting import Totals
from index.lexical.protocol import PassageText, Weights
from index.lexical.scoring import K1, TITLE_WEIGHT, norm
from index.lexical.stemming import stem, stems

FIRST_PHRASE = 2**28
"""The numbers of stems are below it: 38 000 passages of news have 54 000, and twice as many have 1.3 times as many."""

_NUMBERS = 2**32 - 1
"""An engine's numbers are below it:
https://github.com/milvus-io/pymilvus/blob/master/pymilvus/client/entity_helper.py"""

_WORDLESS = {0: 1.0}
"""Of a passage without words: an engine takes no row without weights."""

_STEMS = "SELECT stem, number FROM word_stems WHERE stem IN (SELECT value FROM json_each(?))"


def number_of(phrase: Run) -> int:
    """Return the number of a phrase, which another phrase may have, too."""
    digest = blake2b("\0".join(phrase).encode(), digest_size=8).digest()
    return FIRST_PHRASE + int.from_bytes(digest) % (_NUMBERS - FIRST_PHRASE)


def numbers_of(connection: sqlite3.Connection, wanted: Sequence[str]) -> dict[str, int]:
    """Return the numbers of those stems that are in the vocabulary."""
    return dict(connection.execute(_STEMS, (json.dumps(wanted),)))


class Weigher:
    """Weighs the passages of one generation, whose vocabulary is complete."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._totals = Totals.read(connection)
        languages = [row[0] for row in connection.execute("SELECT language FROM word_languages")]
        self._asking = {stem(word, language) for word in ASKING_WORDS for language in languages}
        least = (FREQUENT_SHARE * self._totals.passages,)
        rows = connection.execute("SELECT stem FROM word_stems WHERE documents > ?", least)
        self._frequent = frozenset(stem for (stem,) in rows)

    def weights(self, texts: Sequence[PassageText]) -> list[Weights]:
        """Return what counts of each passage."""
        told = [self._runs(text) for text in texts]
        known = {run[0] for runs, _ in told for run in runs if len(run) == 1}
        numbers = numbers_of(self._connection, sorted(known))
        return [self._weighed(runs, length, numbers) for runs, length in told]

    def _weighed(self, runs: dict[Run, float], length: int, numbers: dict[str, int]) -> Weights:
        least = norm(length, self._totals.mean)
        often: dict[int, float] = {}
        for run, times in runs.items():
            number = numbers[run[0]] if len(run) == 1 else number_of(run)
            often[number] = often.get(number, 0.0) + times
        return {number: times * (K1 + 1) / (times + least) for number, times in often.items()} or _WORDLESS

    def _runs(self, passage: PassageText) -> tuple[dict[Run, float], int]:
        """Return how often each stem and each phrase stands in a passage, and how many words that has."""
        often: dict[Run, float] = {}
        length = 0
        for text, weight in ((passage.title, TITLE_WEIGHT), (passage.text, 1.0)):
            told = stems(text, passage.language)
            length += len(told)
            for run in (*((one,) for one in told), *self._phrases(told)):
                often[run] = often.get(run, 0.0) + weight
        return often, length

    def _phrases(self, told: Sequence[str]) -> Iterator[Run]:
        for first, one in enumerate(told):
            if one in self._frequent:
                continue
            for last in range(first + 1, min(first + PHRASE_REACH, len(told) - 1) + 1):
                if told[last] not in self._frequent:
                    yield tuple(told[first : last + 1])
                    if told[last] not in self._asking:
                        break
