"""From what the reading model says of passages to what it says of their sentences, and where articles agree.

Shares are of everything read for the question: a place in one passage is weighed against all places in all.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.answering.reader import Candidate
from bot.answering.spans.reading import Floats, Integers, PassageReading
from bot.records import Span
from index import Sentence

MOST_TOKENS = 30
"""Of an answer."""

LENGTH_COST = 0.4
"""Of an answer, times the logarithm of its tokens. On held-back questions 0.618 instead of 0.600 of the likeliest
answers are an accepted one to the letter."""

LEAST = -25.0
"""Logarithms of shares end here: what is less likely is all the same."""

BELIEVED = 0.005
"""An answer with a smaller share than this agrees with nobody."""

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
    all_starts, all_ends = (_log_sum([getattr(r, side) for r in readings]) for side in ("starts", "ends"))
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
    for sentence in passage.sentences:
        first, last = np.searchsorted(places[:, 0], [sentence.start - passage.start, sentence.end - passage.start])
        yield sentence, slice(int(first), int(last))


def best_span(starts: Floats, ends: Floats) -> tuple[float, int, int]:
    """Return the best answer's share (logarithms of start and end added), first and last token; longer ones cost."""
    first, last = np.indices((len(starts), len(ends)))
    allowed = (first <= last) & (last < first + MOST_TOKENS)
    sums = starts[:, None] + ends[None, :]
    worth = np.where(allowed, sums - LENGTH_COST * np.log1p(np.maximum(last - first, 0)), -np.inf)
    start, end = np.unravel_index(np.argmax(worth), worth.shape)
    return float(sums[start, end]), int(start), int(end)


def _log_share(starts: Floats, ends: Floats) -> float:
    return max(LEAST, _log_sum([starts]) + _log_sum([ends]))


def _log_sum(parts: Sequence[Floats]) -> float:
    """Return the logarithm of the sum of the exponentials of everything."""
    return float(np.logaddexp.reduce(np.concatenate([*parts, np.full(1, -1e4)]).astype(np.float64)))
