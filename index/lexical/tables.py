"""The word tables in SQLite FTS5: filled by a build, searched by a question.

Invariant: question text never reaches FTS5's query parser: only its stems do, each in quotes.
"""

import json
import math
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.lexical.nearest import NearWord, Vocabulary, forgiven
from index.lexical.stemming import stem, stems, unaccented, words

TITLE_WEIGHT = 0.5
"""bm25 weight of a title's word beside 1.0 for the text's (0, 0.5 and 1 differ by 0.002 of recall at 1)."""

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

_TOKENS = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
"""What stands between two spaces is one token: where words end was decided here, not by FTS5."""


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


def create(connection: sqlite3.Connection) -> None:
    """Create the empty word tables."""
    connection.executescript(
        f"""
        CREATE VIRTUAL TABLE words
            USING fts5(title, text, content='', tokenize="{_TOKENS}");
        CREATE VIRTUAL TABLE word_counts USING fts5vocab('words', 'row');
        CREATE TABLE word_languages (language TEXT PRIMARY KEY) WITHOUT ROWID;
        """
    )


def add(connection: sqlite3.Connection, rows: Iterable[tuple[int, str, str]], language: str) -> None:
    """Add passages of one language: (passage id, title, text)."""
    connection.execute("INSERT OR IGNORE INTO word_languages VALUES (?)", (language,))
    connection.executemany("INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)", _stemmed(rows, language))


def remove(connection: sqlite3.Connection, rows: Iterable[tuple[int, str, str]], language: str) -> None:
    """Take passages away again: exactly as they were added, or the counts of words go wrong."""
    connection.executemany(
        "INSERT INTO words (words, rowid, title, text) VALUES ('delete', ?, ?, ?)", _stemmed(rows, language)
    )


def keep_languages(connection: sqlite3.Connection, languages: Iterable[str]) -> None:
    """Forget the languages of which nothing is left."""
    kept = json.dumps(list(languages))
    connection.execute("DELETE FROM word_languages WHERE language NOT IN (SELECT value FROM json_each(?))", (kept,))


def finish(connection: sqlite3.Connection) -> None:
    """Merge the word table once everything was added: searches then read one segment."""
    connection.execute("INSERT INTO words (words) VALUES ('optimize')")


def _stemmed(rows: Iterable[tuple[int, str, str]], language: str) -> Iterator[tuple[int, str, str]]:
    for passage_id, title, text in rows:
        yield passage_id, " ".join(stems(title, language)), " ".join(stems(text, language))


class WordIndex:
    """Searches the word tables of one snapshot.

    ``connect`` returns the calling thread's connection, so one index serves many threads.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._vocabulary = Vocabulary(connect)
        connection = connect()
        self._languages: list[str] = [row[0] for row in connection.execute("SELECT language FROM word_languages")]
        self._passages: int = connection.execute("SELECT count(*) FROM words_docsize").fetchone()[0]
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
        known = [word for word in terms.words if word.known]
        searched = [word for i, word in enumerate(known) if i < RARE_WORDS_KEPT or not word.frequent]
        quoted = [f'"{form}"' for word in searched for form in word.stems]
        quoted += [f'"{" ".join(phrase)}"' for phrase in terms.phrases]
        if not quoted:
            return []
        rows = self._connect().execute(
            "SELECT rowid, bm25(words, ?, 1.0) AS score FROM words WHERE words MATCH ? ORDER BY score, rowid LIMIT ?",
            (TITLE_WEIGHT, " OR ".join(quoted), limit),
        )
        return [WordHit(passage_id, -score) for passage_id, score in rows]

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
        row = self._connect().execute("SELECT rowid FROM words WHERE words MATCH ? LIMIT 1", (f'text:"{stemmed}"',))
        found: tuple[int] | None = row.fetchone()
        return found[0] if found else None

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
        marks = ",".join("?" * len(forms))
        counts = self._connect().execute(f"SELECT max(doc) FROM word_counts WHERE term IN ({marks})", forms)
        documents = counts.fetchone()[0] or 0
        # the idf of bm25 as Robertson and Zaragoza give it, made positive by the 1 inside the logarithm
        idf = math.log(1 + (self._passages - documents + 0.5) / (documents + 0.5))
        return QuestionWord(forms, idf, documents > 0, documents > FREQUENT_SHARE * self._passages)

    def _phrases(self, asked: Sequence[str], known: Mapping[str, QuestionWord]) -> Iterator[tuple[str, ...]]:
        """Yield the phrases of a question, in every language of the index."""
        telling = [i for i, word in enumerate(asked) if word in known and not known[word].frequent]
        for first, last in pairwise(telling[:MAX_WORDS]):
            if last - first <= PHRASE_REACH:
                run = asked[first : last + 1]
                yield from dict.fromkeys(tuple(stem(word, language) for word in run) for language in self._languages)
