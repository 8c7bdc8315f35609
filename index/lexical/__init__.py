"""Nearest words: bm25 over stemmed words, whose occurrences lie in tables of the snapshot's SQLite file.

Words are stemmed with the Snowball stemmer of the article's language, and only the stems are stored, so one table
serves every language. The words of a question are stemmed for every language of the index; a word counts as found when
any of its stems is.

Writer and index take an open connection; whose file it is, and which threads use it, is the caller's affair.
"""

from index.lexical.nearest import NearWord, forgiven, slips
from index.lexical.stemming import stems
from index.lexical.tables import QuestionTerms, QuestionWord, WordHit, WordIndex
from index.lexical.writing import WordWriter

__all__ = [
    "NearWord",
    "QuestionTerms",
    "QuestionWord",
    "WordHit",
    "WordIndex",
    "WordWriter",
    "forgiven",
    "slips",
    "stems",
]
