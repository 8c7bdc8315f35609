"""A text as the set of its runs of words, each a number. Case, punctuation and white space do not count.

Invariant: texts of the same words have the same runs, in every process; those of other words do not, but by a chance
of one in 2**64 a run.
"""

import re
from functools import cache

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint64]

RUN = 5
"""Words of a run: what two articles about one event share by chance is shorter."""

SHORT = 20
"""A text of fewer words is one run: with one word changed it is another statement, not a copy."""

_CODES = 0x110000
_APART, _LETTER, _WORD = 0, 1, 2  # what a character is: between words, part of one, one by itself
_LETTERS = re.compile(r"[^\W_]+")  # the same characters as str.isalnum
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF),
             (0xF900, 0xFAFF), (0x20000, 0x3FFFF))  # fmt: skip
"""Scripts that leave no space between words: each of their characters counts as a word."""
_PLACES = 64  # places in a word that have a factor of their own; a power of two
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def runs_of(text: str) -> Numbers:
    """Return the runs of a text in their order, (n,); none where it has no words."""
    words = _words(text)
    return joined(words, RUN if len(words) >= SHORT else len(words)) if len(words) else words


def joined(numbers: Numbers, run: int) -> Numbers:
    """Return a number for each ``run`` consecutive numbers of (n,), which has at least so many."""
    total = np.zeros(len(numbers) - run + 1, np.uint64)
    for first in range(run):
        total = total * _FACTOR + numbers[first : first + len(total)]
    return mixed(total)


def mixed(numbers: Numbers) -> Numbers:
    """Spread numbers over all bits: the finalizer of https://prng.di.unimi.it/splitmix64.c."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _words(text: str) -> Numbers:
    """Return a number for each word: the sum of its characters' numbers, each times the factor of its place."""
    numbers, kinds = _characters()
    codes = _codes(text)
    kind = kinds[codes]
    begins = kind != _APART
    inside = np.flatnonzero(begins)
    begins[1:] &= (kind[1:] != kind[:-1]) | (kind[1:] == _WORD)
    starts = np.flatnonzero(begins[inside])
    if not len(starts):
        return np.empty(0, np.uint64)
    places = np.arange(len(inside)) - np.repeat(starts, np.diff(starts, append=len(inside)))
    letters = numbers[codes[inside]] * _factors()[places & (_PLACES - 1)]
    return mixed(np.add.reduceat(letters, starts))


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


@cache
def _factors() -> Numbers:
    return mixed(np.arange(1, _PLACES + 1, dtype=np.uint64)) | np.uint64(1)


@cache
def _characters() -> tuple[Numbers, npt.NDArray[np.uint8]]:
    """Return a number for every code point, the same for both cases, and what it is."""
    every = np.arange(_CODES, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    kinds = np.zeros(_CODES, np.uint8)
    for found in _LETTERS.finditer(every):
        kinds[found.start() : found.end()] = _LETTER
    folded = np.arange(_CODES, dtype=np.uint64)
    folded[kinds == _LETTER] = _codes("".join(one.casefold()[0] for one in "".join(_LETTERS.findall(every))))
    for first, last in _UNSPACED:
        kinds[first : last + 1] *= _WORD
    return mixed(folded + np.uint64(1)), kinds
