"""What the words of a passage's sentences say beside those of the question.

Numbers only, in the names of ``bot.answering.evidence``; it knows neither dates nor what a model reads.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from bot.answering.kinds import OF_NAMES, Kind, SmallWords, asked_kind, markable, spans_of
from bot.answering.reader import Candidate
from bot.records import Question, Span
from index import QuestionTerms, Sentence, stems

Numbers = dict[str, float]
Stems = frozenset[str]

_NONE = Stems()
_NEW = {kind: f"new_{kind.value}" for kind in Kind if kind is not Kind.OTHER}
_PRONOUN = re.compile(r"(?:He|She|It|They|This|These|Those|That|His|Her|Their|Its|Er|Sie|Es|Él|Ella|Il|Elle|Он|Она)\b")


class Asked:
    """What the question asks, in the forms that evidence is computed from."""

    def __init__(self, question: Question, terms: QuestionTerms) -> None:
        self.kind = asked_kind(question.text)
        self._phrases = [_spaced(phrase) for phrase in terms.phrases]
        self._words = terms.words
        self._weight = terms.weight or 1.0
        self._stems = frozenset(stem for word in terms.words for stem in word.stems)
        self.cover = cache(self._cover)  # few sentences differ in what they hold of the question

    def among(self, words: Sequence[str]) -> Stems:
        """Return the question's stems among words."""
        return self._stems.intersection(words)

    def rarest(self, found: Stems) -> bool:
        """Tell whether the question's rarest word is among its stems that were found."""
        return bool(self._words) and not found.isdisjoint(self._words[0].stems)

    def phrase_share(self, words: Sequence[str]) -> float:
        """Return the share of the question's phrases that stand in a sentence."""
        spaced = _spaced(words)
        hits = sum(phrase in spaced for phrase in self._phrases)
        return hits / len(self._phrases) if self._phrases else 0.0

    def bm25(self, words: Sequence[str], found: Stems) -> float:
        """bm25 of the sentence with k1 = 1.2, b = 0.75 and a mean of 22 words, as a share of the word weight.

        ``found``: the question's stems among its words.
        """
        saturation = 1.2 * (0.25 + 0.75 * len(words) / 22)
        held = [word for word in self._words if not found.isdisjoint(word.stems)]
        counts = [(word.idf, sum(words.count(stem) for stem in word.stems)) for word in held]
        return sum(idf * count * 2.2 / (count + saturation) for idf, count in counts) / self._weight

    def new(self, spans: Iterable[Span], text: str, language: str) -> list[Span]:
        """Return those of the spans whose words the question does not hold."""
        return [one for one in spans if not self._stems.issuperset(stems(text[one.start : one.end], language))]

    def _cover(self, found: Stems) -> float:
        """Return the share of the word weight that the words with some of these stems have."""
        return sum(w.idf for w in self._words if not found.isdisjoint(w.stems)) / self._weight


@dataclass(frozen=True, slots=True)
class PassageView:
    """A candidate passage cut into sentences and words.

    ``asked``, ``title_asked``: the question's stems in each sentence, in the title.
    """

    candidate: Candidate
    sentences: tuple[Sentence, ...]
    texts: tuple[str, ...]
    stems: tuple[list[str], ...]
    asked: tuple[Stems, ...]
    title_asked: Stems
    common: SmallWords

    @classmethod
    def of(cls, candidate: Candidate, asked: Asked, common: SmallWords) -> "PassageView":
        article, sentences = candidate.article, candidate.hit.passage.sentences
        texts = tuple(article.text[s.start : s.end] for s in sentences)
        words = tuple(stems(text, article.language) for text in texts)
        title = asked.among(stems(article.title, article.language))
        return cls(candidate, sentences, texts, words, tuple(map(asked.among, words)), title, common)

    def quotable(self) -> Iterator[int]:
        """Return the numbers of the sentences that may be quoted."""
        return (number for number, one in enumerate(self.sentences) if not one.heading and not one.furniture)

    def asked_around(self, number: int) -> Stems:
        """Return the question's stems in a sentence, the one before and the one after."""
        return _NONE.union(*self.asked[max(0, number - 1) : number + 2])

    def asked_anywhere(self) -> Stems:
        """Return the question's stems in the passage or its title."""
        return self.title_asked.union(*self.asked)


def words_evidence(asked: Asked, view: PassageView, number: int) -> Numbers:
    """Return what the words of a sentence say: the numbers of ``Evidence`` that need nothing else."""
    text, language = view.texts[number], view.candidate.article.language
    names = spans_of(Kind.NAME, text, view.common)
    found = names if asked.kind in OF_NAMES else spans_of(asked.kind, text, view.common)
    new_names = asked.new(names, text, language)
    new = new_names if found is names else asked.new(found, text, language)
    own, words = view.asked[number], view.stems[number]
    return {
        "cover": asked.cover(own),
        "title_cover": asked.cover(own | view.title_asked),
        "window_cover": asked.cover(view.asked_around(number)),
        "passage_cover": asked.cover(view.asked_anywhere()),
        "bm25": asked.bm25(words, own),
        "rarest": asked.rarest(own),
        "phrases": asked.phrase_share(words),
        "holds_kind": bool(found),
        **{name: float(bool(new) and asked.kind is kind) for kind, name in _NEW.items()},
        "new_names": min(5, len(new_names)),
        "words": min(len(words), 60) / 20,
        "log_words": math.log1p(len(words)),
        "pronoun": bool(_PRONOUN.match(text)),
        "question": text.endswith("?"),
        "under_heading": number > 0 and view.sentences[number - 1].heading,
    }


def only_thing(asked: Asked, view: PassageView, number: int) -> Span | None:
    """Return the place in the article of a sentence's only new thing that may be marked.

    ``None``: there is none of the kind asked for, or more than one.
    """
    start, text, language = view.sentences[number].start, view.texts[number], view.candidate.article.language
    new = asked.new(spans_of(asked.kind, text, view.common), text, language)
    marked = markable(asked.kind, text, new)
    return Span(start + marked[0].start, start + marked[0].end) if len(marked) == 1 else None


def _spaced(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "
