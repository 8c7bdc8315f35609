"""What search finds and the reading model reads for the held-back questions: what the weights are fitted on.

Every held-back question is asked in four ways: as it is; over what was found without the passages that answer (the
article does not say); bent by a rule, so that the article seems to say (``bot.training.swaps``); and over the articles
of another corpus (no article is about it). Reading is the slow part, so observations are kept.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bot.answering.evidence import ReadSentence, collect, text_to_read
from bot.answering.reader import Candidate
from bot.answering.spans.reading import PassageReader, PassageReading
from bot.records import Question
from bot.training.corpora import Asked, Corpus, news_corpus, paragraphs_corpus
from bot.training.examples import articles_of, indexed, search
from bot.training.swaps import bent
from index import Article, FusedRetriever, QuestionTerms, Store

PASSAGES = 20
"""As the bot reads (``answers.passages``)."""

BENT = 0.4
"""Share of the questions that are asked bent, too."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Observation:
    """A question, what was found and read for it, and where the answers are: spans by article, none if it has none.

    ``way``: how it was asked: "asked" as it is, "removed", "bent", or "foreign".
    """

    corpus: str
    way: str
    group: str
    question: Question
    terms: QuestionTerms
    candidates: tuple[Candidate, ...]
    readings: tuple[PassageReading, ...]
    answers: dict[str, tuple[tuple[int, int], ...]]

    def sentences(self) -> list[ReadSentence]:
        """Return the sentences with their evidence."""
        return collect(self.question, self.terms, self.candidates, self.readings)

    def right(self, sentences: Sequence[ReadSentence]) -> npt.NDArray[np.bool_]:
        """Tell of each sentence whether it holds an answer."""
        return np.array(
            [
                any(
                    s.sentence.start <= start and end <= s.sentence.end
                    for start, end in self.answers.get(s.candidate.article.id, ())
                )
                for s in sentences
            ],
            bool,
        )


class Keep(Protocol):
    """A folder of observations."""

    def __call__(self, name: str, observe: Callable[[], Iterable[Observation]]) -> list[Observation]:
        """Return what is kept under a name; observe and keep it where nothing is."""
        ...


def observe_all(work: Path, model: PassageReader, keep: Keep) -> list[Observation]:
    """Return what is observed of all held-back questions; ``keep`` keeps this model's observations."""
    corpora = [
        _held_back(paragraphs_corpus("squadshifts-wiki")),
        _held_back(paragraphs_corpus("nq-qed")),
        news_corpus(),
    ]
    wiki, _, news = (corpus.questions for corpus in corpora)
    foreign = (news, news, wiki[:: max(1, len(wiki) // 250)])
    return [
        one
        for corpus, others in zip(corpora, foreign, strict=True)
        for one in observed(corpus, model, work, keep, others)
    ]


def _held_back(corpus: Corpus) -> Corpus:
    return replace(corpus, questions=[asked for asked in corpus.questions if asked.held_back])


def observed(
    corpus: Corpus, model: PassageReader, work: Path, keep: Keep, foreign: Sequence[Asked]
) -> list[Observation]:
    """Return what is observed of a corpus' questions, and of ``foreign`` ones over its articles."""

    def observe() -> Iterator[Observation]:
        settings, encoder = indexed(corpus, work)
        with Store(settings.storage.folder, settings.vectors).open_current(encoder=encoder.identity) as snapshot:
            observer = Observer(corpus, articles_of(snapshot), FusedRetriever(snapshot, encoder), model)
            yield from observer.observations(foreign)

    return keep(corpus.name, observe)


@dataclass(frozen=True, slots=True)
class Observer:
    """Asks the questions of a corpus of its index, and has the model read what is found."""

    corpus: Corpus
    article: Callable[[str], Article]
    retriever: FusedRetriever
    model: PassageReader

    def observations(self, foreign: Sequence[Asked]) -> Iterator[Observation]:
        """Yield what is observed of the corpus' questions, of bent ones, and of those of another corpus."""
        chance = random.Random(self.corpus.name)
        for asked in self.corpus.questions:
            whole = self.observe(asked)
            if len(whole.candidates) > 1:
                yield whole
            if chance.random() < BENT and (other := _bent(asked, whole, chance)):
                yield replace(self.observe(replace(asked, text=other)), way="bent", answers={})
        for asked in foreign:
            yield replace(self.observe(asked), way="foreign", answers={})

    def observe(self, asked: Asked) -> Observation:
        """Return what is observed of a question as it is."""
        found = search(self.retriever, self.article, asked, PASSAGES)
        readings = tuple(self.model.read(asked.text, [text_to_read(candidate) for candidate in found]))
        found = found[: len(readings)]
        return Observation(
            self.corpus.name,
            "asked",
            asked.group,
            Question(asked.text, asked.day),
            self.retriever.terms(asked.text),
            found,
            readings,
            {c.article.id: tuple((span.start, span.end) for span in asked.answers_in(c.article)) for c in found},
        )


def _bent(asked: Asked, whole: Observation, chance: random.Random) -> str | None:
    answering = next((c for c in whole.candidates if _holds_answer(c, whole)), None)
    return bent(asked.text, text_to_read(answering).text, chance) if answering else None


def _holds_answer(candidate: Candidate, whole: Observation) -> bool:
    passage = candidate.hit.passage
    spans = whole.answers.get(candidate.article.id, ())
    return any(start < passage.end and passage.start < end for start, end in spans)


def without_answer(whole: Observation) -> Observation | None:
    """Return the same question over what is left when the passages that answer are gone."""
    kept = [
        (candidate, reading)
        for candidate, reading in zip(whole.candidates, whole.readings, strict=True)
        if not _holds_answer(candidate, whole)
    ]
    if len(kept) < 2:
        return None
    candidates, readings = zip(*kept, strict=True)
    return replace(whole, way="removed", candidates=candidates, readings=readings, answers={})
