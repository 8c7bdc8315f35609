"""Which sentence of each found passage to show to somebody who is still typing: no model reads here.

Search has scored the passages by vectors and words; the sentence of a passage is the one that holds most of the
question's words. The last word may be half typed: it counts where a word begins with it. Candidates in, readings out.
Invariant: one reading a passage, best first, none of a heading or of page furniture, and no answering words marked.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.answering.reader import Candidate, Reading
from index import Sentence, stems

WORDS_WEIGHT = 2.0
"""What holding all of the question's words adds to a passage's fused score, in which 15 is a cosine of 1."""

NEAR = 0.4
"""The cosine from which on a passage is shown though no sentence of it shares a telling word with the question."""

TELLING = 0.15
"""The share of the question's word weight that counts as sharing words at all: function words are in most sentences,
so together they weigh less."""


def glanced(question: str, candidates: Sequence[Candidate]) -> list[Reading]:
    """Return the best sentence of each candidate, best first; of candidates that are far from the question, none.

    ``probability`` tells how near the passage comes to the best one, 0 to 1, not whether it answers.
    """
    views = [view for candidate in candidates for view in _views(candidate)]
    asked = _Asked(question, views)
    best = [max(of_one, key=asked.cover) for of_one in _by_passage(views)]
    scored = [(view, asked.cover(view)) for view in best]
    near = [(view, cover) for view, cover in scored if cover >= TELLING or view.candidate.hit.parts.cosine >= NEAR]
    ranked = sorted(((view.candidate.hit.score + WORDS_WEIGHT * cover, view) for view, cover in near), key=_by_score)
    return [_reading(view, score, ranked[0][0]) for score, view in ranked]


@dataclass(frozen=True, slots=True)
class _View:
    """A sentence of a candidate, and its words."""

    candidate: Candidate
    sentence: Sentence
    words: frozenset[str]


def _views(candidate: Candidate) -> Iterator[_View]:
    article = candidate.article
    for sentence in candidate.hit.passage.sentences:
        text = article.text[sentence.start : sentence.end]
        if not sentence.heading and not sentence.furniture and not text.endswith(("?", ":")):
            yield _View(candidate, sentence, frozenset(stems(text, article.language)))


def _by_passage(views: Sequence[_View]) -> list[list[_View]]:
    found: dict[int, list[_View]] = {}
    for view in views:
        found.setdefault(view.candidate.hit.passage.id, []).append(view)
    return list(found.values())


class _Asked:
    """The question's words in each language found, each weighed by how few of the sentences hold it."""

    def __init__(self, question: str, views: Sequence[_View]) -> None:
        self._unfinished = bool(question) and (question[-1].isalnum())
        languages = {view.candidate.article.language for view in views}
        self._words = {language: stems(question, language) for language in languages}
        sentences = len(views)
        self._weights = {
            word: math.log(1 + sentences / (1 + sum(word in view.words for view in views)))
            for words in self._words.values()
            for word in words
        }

    def cover(self, view: _View) -> float:
        """Return the share of the question's word weight that a sentence holds, 0 to 1."""
        words = self._words[view.candidate.article.language]
        total = sum(self._weights[word] for word in set(words))
        held = sum(self._weights[word] for word in set(words) if word in view.words)
        if self._unfinished and words and words[-1] not in view.words:
            begun = any(one.startswith(words[-1]) for one in view.words)
            held += self._weights[words[-1]] if begun else 0.0
        return held / total if total else 0.0


def _by_score(scored: tuple[float, _View]) -> tuple[float, int]:
    score, view = scored
    return -score, view.candidate.hit.passage.id


def _reading(view: _View, score: float, best: float) -> Reading:
    return Reading(view.candidate, view.sentence, None, score, math.exp(score - best))
