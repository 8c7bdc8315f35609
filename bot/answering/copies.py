"""Whether two sentences say the same, and where a copy of an article says what is quoted from another.

Text in, places out: which articles are copies of one another is the index's affair. Invariant: a place holds the
answering words, and every number and name of the quoted sentence.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bot.records import Place
from index import Article, Sentence

SAID = 0.8
"""The share of a sentence's words that another one must hold to say the same."""

_WORD = re.compile(r"\w+")
_FOLDED = re.compile(r"\W+")


Prose = tuple[tuple[Place, "Said"], ...]
"""Places of one article, each with what it says."""


@lru_cache(maxsize=1024)  # a quote is compared with every sentence that was read
def folded(text: str) -> str:
    """Fold what copies of a sentence differ in: case, punctuation, white space. Words stand between spaces."""
    return f" {_FOLDED.sub(' ', text.casefold()).strip()} "


@dataclass(frozen=True, slots=True)
class Said:
    """Words in a form in which copies agree, made once for many comparisons."""

    folded: str
    words: frozenset[str]

    @classmethod
    def by(cls, text: str) -> "Said":
        """Fold a text."""
        words = folded(text)
        return cls(words, frozenset(words.split()))

    def holds(self, sentence: str, answer: str = "") -> bool:
        """Tell whether this says what a sentence says: the same words, or nearly all of them.

        Numbers and names may not differ, nor the ``answer``; "12 dead" and "15 dead" are no copies of one another.
        """
        if answer and folded(answer) not in self.folded:
            return False
        if folded(sentence) in self.folded:
            return True
        words = set(folded(sentence).split())
        return bool(words) and len(words & self.words) >= SAID * len(words) and _telling(sentence) <= self.words


def prose_of(article: Article, sentences: Iterable[Sentence]) -> Prose:
    """Return the sentences of an article that may be quoted, with what they say."""
    places = (Place(article, s.start, s.end) for s in sentences if not s.heading and not s.furniture)
    return tuple((place, Said.by(place.text)) for place in places)


def place_of(sentence: str, answer: str, prose: Prose) -> Place | None:
    """Return the place that says what ``sentence`` says, the one most like it; ``None`` where none does."""
    words = set(folded(sentence).split())
    alike = [
        (len(words & said.words) / len(words | said.words), place)
        for place, said in _likely(words, prose)
        if said.holds(sentence, answer)
    ]
    return max(alike, key=lambda one: one[0])[1] if alike else None


def _likely(words: set[str], prose: Prose) -> Prose:
    """Return what shares enough words to be worth a closer look."""
    return tuple(one for one in prose if words and len(words & one[1].words) >= SAID * len(words))


def _telling(sentence: str) -> set[str]:
    """Return the numbers, and the words with a capital but for the first one, folded."""
    words = _WORD.findall(sentence)
    names = {word.casefold() for word in words[1:] if word[0].isupper()}
    return names | {word.casefold() for word in words if any(letter.isdigit() for letter in word)}
