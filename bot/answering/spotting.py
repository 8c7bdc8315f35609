"""From what the reading model says of passages to what it says of their sentences, and where articles agree.

Shares are of everything read for the question: a place in one passage is weighed against all places in all.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from bot.answering.reader import Candidate
from bot.answering.spans.reading import Floats, Integers, PassageReading
from bot.records import Span
from index import Sentence

MOST_TOKENS = 30
"""Of an answer."""

LENGTH_COST = 0.2
"""Of an answer, times the logarithm of its tokens. On held-back questions, encyclopedia and search engine, 0.651 and
0.518 of the likeliest answers are an accepted one to the letter; 0.652 and 0.506 without, 0.648 and 0.522 at 0.4."""

LEAST = -25.0
"""Logarithms of shares end here: what is less likely is all the same."""

BELIEVED = 0.005
"""An answer with a smaller share than this agrees with nobody."""

_NOTHING = -1e4
"""The logarithm of the sum of nothing."""

_WORD = re.compile(r"[^\W_]+")

SentenceKey = tuple[str, int]
"""Article and start: a sentence that two passages share is one."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """What the model says of a sentence.

    ``span``, ``mass``, ``passage``: logarithms of the shares, the start's plus the end's, of the best answer in it,
    of all of its words, of its passage; ``answers``: the log-odds that the passage answers. ``answer``: the best
    answer's place in the article, ``None`` in a sentence behind the words that were read.
    """

    span: float
    mass: float
    passage: float
    answers: float
    answer: Span | None


def spot(candidates: Sequence[Candidate], readings: Sequence[PassageReading]) -> dict[SentenceKey, Spotted]:
    """Return what is read in each sentence; of one that several passages hold, the better reading."""
    found: dict[SentenceKey, Spotted] = {}
    if not readings:
        return found
    all_starts, all_ends = (
        _log_sum(np.concatenate([getattr(r, side) for r in readings])) for side in ("starts", "ends")
    )
    for candidate, reading in zip(candidates, readings, strict=True):
        starts, ends = reading.starts - all_starts, reading.ends - all_ends
        passage = _log_share(starts, ends)
        for sentence, tokens in _tokens_of(candidate, reading.places):
            places = candidate.hit.passage.start + reading.places[tokens]
            span, answer = _best_answer(starts[tokens], ends[tokens], places, sentence)
            key = (candidate.article.id, sentence.start)
            if key not in found or span > found[key].span:
                mass = _log_share(starts[tokens], ends[tokens])
                found[key] = Spotted(span, mass, passage, reading.answers, answer)
    return found


def _best_answer(starts: Floats, ends: Floats, places: Integers, sentence: Sentence) -> tuple[float, Span | None]:
    """Return the logarithm of the best answer's share, and its place; ``places`` (n, 2) are those of the tokens."""
    if not len(places):
        return LEAST, None
    span, first, last = best_span(starts, ends)
    return max(LEAST, span), Span(int(places[first, 0]), min(int(places[last, 1]), sentence.end))


def agreement(spotted: Mapping[SentenceKey, Spotted], texts: Mapping[SentenceKey, str]) -> dict[SentenceKey, float]:
    """Return how many other articles give each sentence's answer, each counted by the share that it has.

    ``texts``: the answers' words. An answer agrees with one that holds its words or lies in them ("Biden", "President
    Joe Biden").
    """
    beliefs = {key: math.exp(one.span / 2) for key, one in spotted.items()}
    folded = {key: _folded(texts[key]) for key in spotted}
    believed = [key for key, belief in beliefs.items() if belief >= BELIEVED and folded[key].strip()]

    def supporters(key: SentenceKey) -> Mapping[str, float]:
        of_article: dict[str, float] = {}
        for other in believed:
            if other[0] != key[0] and (folded[key] in folded[other] or folded[other] in folded[key]):
                of_article[other[0]] = max(beliefs[other], of_article.get(other[0], 0.0))
        return of_article

    return {key: sum(supporters(key).values()) for key in believed}


def _folded(words: str) -> str:
    return f" {' '.join(_WORD.findall(words.casefold()))} "


def _tokens_of(candidate: Candidate, places: Integers) -> Iterator[tuple[Sentence, slice]]:
    """Yield each sentence of a passage with its tokens."""
    passage = candidate.hit.passage
    borders = [(sentence.start - passage.start, sentence.end - passage.start) for sentence in passage.sentences]
    tokens = np.searchsorted(places[:, 0], np.array(borders, np.int64).reshape(-1, 2)).tolist()
    for sentence, (first, last) in zip(passage.sentences, tokens, strict=True):
        yield sentence, slice(first, last)


def best_span(starts: Floats, ends: Floats) -> tuple[float, int, int]:
    """Return the best answer's share (logarithms of start and end added), first and last token; longer ones cost."""
    sums = starts[:, None] + ends[None, :]
    start, end = divmod(int(np.argmax(sums - _costs_of(len(starts)))), len(ends))
    return float(sums[start, end]), start, end


def _costs_of(tokens: int) -> npt.NDArray[np.float64]:
    """Return what an answer costs, from each of so many first tokens (row) to each last one; infinity: it is none."""
    return _costs(1 << tokens.bit_length())[:tokens, :tokens]


@cache  # of powers of two: as few as a passage has tokens, and the largest takes a megabyte or two
def _costs(tokens: int) -> npt.NDArray[np.float64]:
    further = np.arange(tokens)[None, :] - np.arange(tokens)[:, None]
    allowed = (further >= 0) & (further < MOST_TOKENS)
    return np.where(allowed, LENGTH_COST * np.log1p(np.maximum(further, 0)), np.inf)


def _log_share(starts: Floats, ends: Floats) -> float:
    return max(LEAST, _log_sum(starts) + _log_sum(ends))


def _log_sum(logits: Floats) -> float:
    """Return the logarithm of the sum of the exponentials of everything."""
    return float(np.logaddexp.reduce(logits, dtype=np.float64, initial=_NOTHING))
