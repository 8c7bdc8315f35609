"""How far the cosine is to be trusted in a language that the encoder was not made for: learned from the index.

Nobody has questions in every language, but an index has sentences. Each sentence of a sample is asked as a
question: the other passages of its own article should come before those of other articles. A softmax over what
was found fits how much cosine and bm25 have to weigh for that, and their ratio, beside the ratio that English
articles give, is the trust. Passages that hold the sentence itself count for nothing: they would be found by any
cosine. It ranks nothing, and does not know which languages need it.

Invariant: a trust is 0 to 1, the same whenever the index is the same, and 0 where there is too little to learn from.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from index.encoder import Encoder
from index.records import Passage, Sentence
from index.search import DEPTH, Collector
from index.snapshot import Snapshot

Floats = npt.NDArray[np.float64]

SAMPLE = 200
"""Sentences that are asked in each language: a second or two of encoding."""

ENGLISH_RATIO = 50.0
"""What ``ratio`` finds for English: 50 over 1 359 sentences of the training articles, 40 to 73 over samples of 160
(``python tests/benchmarks/fusion.py --ways``)."""

LEAST = 0.1
"""A smaller trust is none: an encoder that tells a tenth of what it tells in English does not read the language."""

_DOUBT = 50
"""Sentences that say nothing, added to those asked: few sentences, little trust."""

_WORDS = (6, 40)
"""Words of a sentence that is asked: shorter ones are about anything, longer ones are lists."""

_STEPS = 30
_CLOSE = 1e-3
_RIDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Trial:
    """What one sentence found: ``evidence`` (n, 2) of cosine and bm25; ``own`` (n,): of the sentence's article."""

    evidence: Floats
    own: npt.NDArray[np.bool_]


def learn_trust(snapshot: Snapshot, encoder: Encoder, languages: Iterable[str]) -> dict[str, float]:
    """Return the trust, 0 to 1, that the encoder's cosine deserves in each of the languages."""
    return {language: trust(list(trials(snapshot, encoder, language))) for language in sorted(languages)}


def trust(tried: Sequence[Trial]) -> float:
    """Return what share of the English ratio the trials show, less where they are few; nothing below ``LEAST``."""
    share = min(1.0, ratio(tried) / ENGLISH_RATIO) * len(tried) / (len(tried) + _DOUBT)
    return round(share, 3) if share >= LEAST else 0.0


def ratio(tried: Sequence[Trial]) -> float:
    """Return the fitted weight of the cosine over twice that of bm25; infinite where only the cosine tells."""
    cosine, words = _weights(tried)
    if cosine <= 0:
        return 0.0
    return float(0.5 * cosine / words) if words > 0 else np.inf


def trials(snapshot: Snapshot, encoder: Encoder, language: str) -> Iterator[Trial]:
    """Ask sentences of a language; those without another passage of their article, or of any other, are left out."""
    article = lru_cache(maxsize=2_000)(snapshot.article)
    collector = Collector(snapshot, encoder)

    def text(passage: Passage | Sentence, article_id: str) -> str:
        found = article(article_id)
        return found.text[passage.start : passage.end] if found else ""

    def is_rival(passage: Passage, asked: str) -> bool:
        found = article(passage.article_id)
        return found is not None and found.language == language and asked not in text(passage, passage.article_id)

    for passage in snapshot.passages_in(language, SAMPLE):
        middle = passage.sentences[len(passage.sentences) // 2]  # the first and the last are the neighbours', too
        asked = text(middle, passage.article_id)
        if middle.heading or not _WORDS[0] <= len(asked.split()) <= _WORDS[1]:
            continue
        scores = collector.candidates(asked, DEPTH)
        found = snapshot.passages(scores.ids.tolist())
        rivals = np.array([is_rival(one, asked) for one in found], bool)
        own = np.array([one.article_id == passage.article_id for one in found], bool)[rivals]
        if own.any() and not own.all():
            yield Trial(np.stack([scores.cosines, scores.words], axis=1)[rivals].astype(np.float64), own)


def _weights(tried: Sequence[Trial]) -> Floats:
    """Maximise the likelihood that what is found belongs to the sentence's article: weights (2,)."""
    weights = np.zeros(2)
    for _ in range(_STEPS if tried else 0):
        slopes = [_slope(trial, weights) for trial in tried]
        gradient = np.mean([gradient for gradient, _ in slopes], axis=0) - _RIDGE * weights
        curvature = np.mean([curvature for _, curvature in slopes], axis=0) + _RIDGE * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        weights = weights + step
        if np.all(np.abs(step) <= _CLOSE * np.abs(weights)):
            break
    return weights


def _slope(trial: Trial, weights: Floats) -> tuple[Floats, Floats]:
    """Gradient (2,), and covariance (2, 2) of all that was found: never less curved than the likelihood."""
    scores = trial.evidence @ weights
    chances = np.exp(scores - scores.max())
    owned = chances * trial.own
    mean = chances @ trial.evidence / chances.sum()
    centred = trial.evidence - mean
    covariance = (centred * (chances / chances.sum())[:, None]).T @ centred
    return owned @ trial.evidence / max(owned.sum(), 1e-300) - mean, covariance
