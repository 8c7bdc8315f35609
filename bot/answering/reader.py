"""Readers: where in the candidate passages is the answer, and how sure is that.

The protocol and its records; ``bot.answering.evidence`` and ``bot.answering.scoring`` make the reader that
ships. A reader finds and scores sentences; what is quoted around them is ``bot.answering.quotes``' affair.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.meter import Meter, Stage, timed
from bot.records import Question, Span
from index import Article, Hit, Sentence


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that search found, with its article."""

    hit: Hit
    article: Article


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence that may answer. ``answer`` are the answering words, where they are known.

    ``probability``: that this sentence rather than another of the candidates holds the answer, 0 to 1.
    ``parts``: what each kind of evidence adds to the score, beside the mean of the sentences read.
    """

    candidate: Candidate
    sentence: Sentence
    answer: Span | None
    score: float
    probability: float
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReaderResult:
    """Readings, best first, no sentence of an article twice; ``confidence``: that the first one answers, 0 to 1."""

    readings: tuple[Reading, ...]
    confidence: float


class Reader(Protocol):
    """Something that finds the answering sentences."""

    def read(self, question: Question, candidates: Sequence[Candidate]) -> ReaderResult:
        """Read the candidates, best hit first; no candidates give no readings and confidence 0."""
        ...


class TimedReader:
    """A reader that tells a meter how long it takes."""

    def __init__(self, reader: Reader, meter: Meter) -> None:
        self._reader, self._meter = reader, meter

    def read(self, question: Question, candidates: Sequence[Candidate]) -> ReaderResult:
        """Read the candidates as the reader within does."""
        with timed(self._meter, Stage.READ):
            return self._reader.read(question, candidates)
