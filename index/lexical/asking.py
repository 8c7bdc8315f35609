"""From a question to the stems and phrases that are searched for, by what the index's vocabulary knows of its words.

Where they stand is not known here. Invariant: no text of a question is part of a query: SQLite is asked for stems by
their value.
"""

import json
import math
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from index.lexical.nearest import NearWord, Vocabulary, forgiven
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

_COUNTS = "SELECT stem, documents FROM word_stems WHERE stem IN (SELECT value FROM json_each(?))"

Run = tuple[str, ...]
"""A stem, or those of a phrase in their order."""


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
class Searched:
    """What is searched for, in the order of its weight: runs of one stem and phrases, all of whose stems are known.

    The first ``always`` are searched for whatever they cost; ``documents``: how many passages hold each stem.
    """

    runs: Sequence[Run]
    always: int
    documents: Mapping[str, int]


class Asking:
    """Knows the words of one index, which are those of ``passages`` passages. Safe from many threads.

    ``connect`` returns the calling thread's connection.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], passages: int) -> None:
        self.passages = passages
        self._connect = connect
        self._vocabulary = Vocabulary(connect)
        self._languages: list[str] = [row[0] for row in connect().execute("SELECT language FROM word_languages")]
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

    def searched(self, terms: QuestionTerms) -> Searched:
        """Return the runs of stems that are searched for; frequent words only where they are among the rarest."""
        known = [word for word in terms.words if word.known]
        rarest = [(form,) for word in known[:RARE_WORDS_KEPT] for form in word.stems]
        others = [(form,) for word in known[RARE_WORDS_KEPT:] if not word.frequent for form in word.stems]
        runs: list[Run] = [*rarest, *others, *terms.phrases]
        documents = dict(self._connect().execute(_COUNTS, (json.dumps(list(chain(*runs))),)))
        there = [run for run in runs if all(one in documents for one in run)]
        return Searched(there, len(rarest), documents)

    def nearest_word(self, word: str) -> NearWord | None:
        """Return the stem of the index that is spelt nearly like a word; ``None`` where the index has the word."""
        (folded, *more) = words(word) or [""]
        if more or not forgiven(folded) or self._question_word(folded).known:
            return None
        stemmed = dict.fromkeys(stem(folded, language) for language in self._languages)
        near = (self._vocabulary.nearest(one, forgiven(folded)) for one in stemmed)
        return min((one for one in near if one), key=lambda one: (one.slips, -one.passages, one.stem), default=None)

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
        documents, passages = max(counts.values(), default=0), self.passages
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
