"""Nearest words: bm25 over stemmed words, which lie in tables of the snapshot's SQLite file or in an engine elsewhere.

``protocol`` is what those who search know; ``asking`` tells what is searched for. Where all lies here, ``writing``
fills the tables and ``tables`` searches them; where an engine holds what passages say, ``counting`` keeps the
vocabulary, ``weighing`` tells what the engine holds of a passage, and ``elsewhere`` scores what it finds.

Words are stemmed with the Snowball stemmer of the article's language, and only the stems are stored, so one table
serves every language. The words of a question are stemmed for every language of the index; a word counts as found when
any of its stems is.

Writer and index take an open connection; whose file it is, and which threads use it, is the caller's affair.
"""

from index.lexical.asking import QuestionTerms, QuestionWord
from index.lexical.counting import CountWriter
from index.lexical.elsewhere import EngineWords
from index.lexical.nearest import NearWord, forgiven, slips
from index.lexical.protocol import PassageText, Weights, WordHit, Words
from index.lexical.stemming import stems
from index.lexical.tables import WordIndex
from index.lexical.weighing import Weigher
from index.lexical.writing import WordWriter

__all__ = [
    "CountWriter",
    "EngineWords",
    "NearWord",
    "PassageText",
    "QuestionTerms",
    "QuestionWord",
    "Weigher",
    "Weights",
    "WordHit",
    "WordIndex",
    "WordWriter",
    "Words",
    "forgiven",
    "slips",
    "stems",
]
