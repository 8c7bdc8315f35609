"""Nearest words: SQLite FTS5 and its bm25 over stemmed words.

Words are stemmed here, with the Snowball stemmer of the article's language, and FTS5 stores only the stems
(a contentless table), so one table serves every language. The words of a question are stemmed for every
language of the index; a word counts as found when any of its stems is.

The functions take an open connection; whose file it is, and which threads use it, is the caller's affair.
"""

from index.lexical.nearest import NearWord, forgiven, slips
from index.lexical.stemming import stems
from index.lexical.tables import (
    QuestionTerms,
    QuestionWord,
    WordHit,
    WordIndex,
    add,
    create,
    finish,
    keep_languages,
    remove,
)

__all__ = [
    "NearWord",
    "QuestionTerms",
    "QuestionWord",
    "WordHit",
    "WordIndex",
    "add",
    "create",
    "finish",
    "forgiven",
    "keep_languages",
    "remove",
    "slips",
    "stems",
]
