"""Words of a question that may be misspelt, and the question in the spelling of the articles.

It decides which words are looked up; the index knows which words are near. Invariant: a word that an article has, or
that is no name and short, is left as it is.
"""

import re
from collections.abc import Callable, Iterator

from bot.answering.common_words import COMMON_WORDS
from bot.records import Spelling
from index import forgiven, slips

FEWEST_LETTERS, OF_A_NAME = 6, 4
"""A word without a capital must have more letters: short common words have too many neighbours."""

MOST = 3
"""Words of one question that are looked up."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_POSSESSIVE = re.compile(r"['’]s$")


def suspects(question: str) -> Iterator[str]:
    """Yield the words that are long enough to be looked up, each once, in order."""
    seen: set[str] = set()
    for number, found in enumerate(_WORD.finditer(question)):
        word = _POSSESSIVE.sub("", found[0])
        least = OF_A_NAME if number and word[0].isupper() else FEWEST_LETTERS
        if len(word) >= least and word.casefold() not in COMMON_WORDS and word not in seen:
            seen.add(word)
            yield word


def spellings(question: str, near: Callable[[str], str | None]) -> tuple[Spelling, ...]:
    """Return the words that are spelt otherwise in the articles; ``near`` tells how, ``None`` where it does not."""
    pairs = ((word, near(word)) for word in suspects(question))
    found = (Spelling(word, other) for word, other in pairs if other and _is_near(word, other))
    return tuple(spelling for _, spelling in zip(range(MOST), found, strict=False))


def _is_near(word: str, other: str) -> bool:
    """Stems are nearer than words: "solved" is not "sol". Two slips are forgiven in names only.

    In 6,078 questions over 48 encyclopedia articles two slips took "indefinite" for "infinite"; most else was right.
    """
    return 0 < slips(word.casefold(), other.casefold()) <= (1 if word.islower() else forgiven(word))


def respelt(question: str, corrections: tuple[Spelling, ...]) -> str:
    """Return the question in the spelling of the articles."""
    for one in corrections:
        question = re.sub(rf"(?<!\w){re.escape(one.asked)}(?!\w)", one.found, question)
    return question
