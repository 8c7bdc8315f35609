"""Answers as words: what two spellings of one differ in, and how much of one another has.

As the official measure of SQuAD (https://arxiv.org/abs/1606.05250, section 6.1) does it, but for one thing: punctuation
separates words here ("well-known" is two), so that an answer is held on word borders only.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_ARTICLE_WORDS = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = re.compile(r"[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class Marked:
    """How near the marked words come to an accepted answer: the same words, and F1 of the words, 0 to 1."""

    exact: bool
    f1: float


def folded(text: str) -> str:
    """Fold what two spellings of an answer differ in; words stand between single spaces."""
    plain = _ARTICLE_WORDS.sub(" ", _PUNCTUATION.sub(" ", text.casefold()))
    return f" {' '.join(plain.split())} "


def compared(marked: str, accepted: Iterable[str]) -> Marked:
    """Compare marked words with the accepted answers; the nearest counts, each measure for itself."""
    answers = list(accepted)
    return Marked(
        any(folded(marked) == folded(answer) for answer in answers),
        max((f1(marked, answer) for answer in answers), default=0.0),
    )


def f1(words: str, others: str) -> float:
    """Return the harmonic mean of the shares of words that each has of the other, in any order; none equals none."""
    left, right = folded(words).split(), folded(others).split()
    shared = (Counter(left) & Counter(right)).total()
    return 2 * shared / (len(left) + len(right)) if left or right else 1.0
