"""From a question to the words that are searched for, and to the passages that hold them.

Invariant: no text of a question is part of a query: SQLite is asked for stems by their value.
"""

import json
import math
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from index.lexical.nearest import NearWord, Vocabulary, forgiven
from index.lexical.passages import WordPassages
from index.lexical.scoring import Reading, Scorer, affordable, best
from index.lexical.stemming import stem, unaccented, words

FREQUENT_SHARE = 0.2
"""Words in more than this share of the passages are not searched for: they cost most and tell least."""

RARE_WORDS_KEPT = 3
"""... but the rarest of a question's words that any passage holds always are: stop words alone find something."""

PHRASE_REACH = 2
"""Telling words at most this many places apart make a phrase: it adds 0.012 to 0.026 to recall at 1."""

MAX_WORDS = 64
"""Words of a question that are searched for, rarest first; bounds the cost of a pasted page."""

MOST_REMEMBERED = 4096
"""Words of the articles whose weight is remembered between questions."""

ASKING_WORDS = frozenset(
    word
    for language in (
        "what who whom whose which when where why how did do does many much",
        "was wer wen wem wessen welche welcher welches welchen welchem wann wo warum wieso wie viel viele",
        "que quien quienes cual cuales cuando donde por como cuanto cuantos cuanta cuantas",
        "qui quoi quel quelle quels quelles quand ou pourquoi comment combien est ce",
        "что кто кого кому кем какой какая какие каком когда где почему как сколько",
        "що хто коли де чому скільки який яка яке які",
    )
    for word in language.split()
)
"""Words that ask. Articles seldom use them, so bm25 takes them for telling ones: without them recall at 1 of
the words rises from 0.763 to 0.779 on questions over 48 encyclopedia articles (DECISIONS, "Fusion")."""

MOST_READ = 3_000_000
"""Passages of all stems of a question together that are read, beside those of ``RARE_WORDS_KEPT``; phrases come last.

It bounds what a pasted page costs. Of a million passages 0.996 of the best 20 stay, with a million read 0.93.
"""

_COUNTS = "SELECT stem, documents FROM word_stems WHERE stem IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class QuestionWord:
    """One word of a question: its stems in the languages of the index, and its weight (idf, at least 0).

    ``known``: a passage holds it. ``frequent``: more than ``FREQUENT_SHARE`` of the passages do.
    """

    stems: tuple[str, ...]
    idf: float
    known: bool
    frequent: bool


@dataclass(frozen=True, slots=True)
class QuestionTerms:
    """What is searched for: the words, rarest first, and the phrases that neighbouring words make.

    A phrase is a run of stems: two telling words, or two with one frequent word between ("tower of london").
    """

    words: tuple[QuestionWord, ...]
    phrases: tuple[tuple[str, ...], ...]

    @property
    def weight(self) -> float:
        """The sum of the words' idf."""
        return sum(word.idf for word in self.words)


@dataclass(frozen=True, slots=True)
class WordHit:
    """A passage that shares words with the question. ``score`` is bm25, higher is better."""

    passage_id: int
    score: float


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
    """Searches the word tables of one snapshot.

    ``connect`` returns the calling thread's connection, so one index serves many threads.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._vocabulary = Vocabulary(connect)
        self._languages: list[str] = [row[0] for row in connect().execute("SELECT language FROM word_languages")]
        self._scorer = Scorer(WordPassages.read(connect()))
        self._known: dict[str, QuestionWord] = {}

    def terms(self, question: str) -> QuestionTerms:
        """Return what to search for; empty for a question without words.

        A word that no passage holds has the greatest weight: that it is missing tells much.
        """
        asked = words(question)[: 4 * MAX_WORDS]
        telling = [word for word in asked if unaccented(word) not in ASKING_WORDS] or asked
        known = {word: self._question_word(word) for word in dict.fromkeys(telling)}
        rarest_first = sorted(dict.fromkeys(known.values()), key=lambda word: -word.idf)
        return QuestionTerms(tuple(rarest_first[:MAX_WORDS]), tuple(self._phrases(asked, known)))

    def search(self, terms: QuestionTerms, limit: int) -> list[WordHit]:
        """Return the passages that share words with the question, best first, ties by id."""
        return self.scored(terms).best(limit)

    def scored(self, terms: QuestionTerms) -> WordScores:
        """Return the scores of all passages for what is searched for."""
        reading = Reading(self._connect())
        return WordScores(self._scorer, self._scorer.scores(map(reading.run, self._runs(terms))))

    def _runs(self, terms: QuestionTerms) -> Iterator[Sequence[str]]:
        """Yield the stems, as runs of one, and the phrases that are searched for."""
        known = [word for word in terms.words if word.known]
        rarest = [(form,) for word in known[:RARE_WORDS_KEPT] for form in word.stems]
        others = [(form,) for word in known[RARE_WORDS_KEPT:] if not word.frequent for form in word.stems]
        runs = [*rarest, *others, *terms.phrases]
        counts = dict(self._connect().execute(_COUNTS, (json.dumps(list(chain(*runs))),)))
        there = (run for run in runs if all(one in counts for one in run))
        return affordable(there, counts, MOST_READ, always=len(rarest))

    def nearest_word(self, word: str) -> NearWord | None:
        """Return the stem of the index that is spelt nearly like a word; ``None`` where the index has the word."""
        (folded, *more) = words(word) or [""]
        if more or not forgiven(folded) or self._question_word(folded).known:
            return None
        stemmed = dict.fromkeys(stem(folded, language) for language in self._languages)
        near = (self._vocabulary.nearest(one, forgiven(folded)) for one in stemmed)
        return min((one for one in near if one), key=lambda one: (one.slips, -one.passages, one.stem), default=None)

    def holder(self, stemmed: str) -> int | None:
        """Return a passage that holds a stem; ``None``: none does."""
        return self._scorer.in_text(Reading(self._connect()).run((stemmed,)))

    def _question_word(self, word: str) -> QuestionWord:
        """Look a word up, or remember it: a question needs each twice. What only a question says is not remembered."""
        if found := self._known.get(word):
            return found
        found = self._looked_up(word)
        if found.known:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[word] = found
        return found

    def _looked_up(self, word: str) -> QuestionWord:
        forms = tuple(dict.fromkeys(stem(word, language) for language in self._languages)) or (word,)
        counts = dict(self._connect().execute(_COUNTS, (json.dumps(forms),)))
        documents, passages = max(counts.values(), default=0), len(self._scorer.passages)
        # the idf of bm25 as Robertson and Zaragoza give it, made positive by the 1 inside the logarithm
        idf = math.log(1 + (passages - documents + 0.5) / (documents + 0.5))
        return QuestionWord(forms, idf, documents > 0, documents > FREQUENT_SHARE * passages)

    def _phrases(self, asked: Sequence[str], known: Mapping[str, QuestionWord]) -> Iterator[tuple[str, ...]]:
        """Yield the phrases of a question, in every language of the index."""
        telling = [i for i, word in enumerate(asked) if word in known and not known[word].frequent]
        for first, last in pairwise(telling[:MAX_WORDS]):
            if last - first <= PHRASE_REACH:
                run = asked[first : last + 1]
                yield from dict.fromkeys(tuple(stem(word, language) for word in run) for language in self._languages)
