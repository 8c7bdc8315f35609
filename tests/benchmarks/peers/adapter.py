"""What the scripts of all engines share: the job they read, the order and the timing of what they do, what they print.

A script is called ``python with_….py index|ask JOB`` and prints one line of JSON, the last of its standard output. It
imports its engine inside its functions, so that the time of the imports is spent, and seen, in its own process. Here is
the standard library only: some scripts run where Verbatim is not installed. Nothing is judged here.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Protocol

LIMIT = 20
"""Passages that a search returns."""

QUOTES = 3
"""Quotes that an answer holds at most, best first."""

TOLD = ("txtai", "haystack-ai", "sentence-transformers", "transformers", "torch", "faiss-cpu", "numpy")
"""Distributions whose versions are written beside the figures."""

_BYTES_OF_MAXRSS = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the day it was asked as ISO 8601 writes it, where the set tells."""

    text: str
    day: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """A passage or a quote: the id of its article, and its words."""

    article: str
    text: str


@dataclass(frozen=True, slots=True)
class Job:
    """The file of articles, JSON lines; the folder that is the engine's own; the questions."""

    articles: Path
    folder: Path
    questions: tuple[Asked, ...]

    @classmethod
    def read(cls, path: Path) -> "Job":
        content = json.loads(path.read_text(encoding="utf-8"))
        questions = tuple(Asked(text, day) for text, day in content["questions"])
        return cls(Path(content["articles"]), Path(content["folder"]), questions)

    def write(self, path: Path) -> None:
        content = {
            "articles": str(self.articles),
            "folder": str(self.folder),
            "questions": [(one.text, one.day) for one in self.questions],
        }
        path.write_text(json.dumps(content), encoding="utf-8")

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield the articles as the file has them."""
        with self.articles.open(encoding="utf-8") as file:
            yield from map(json.loads, file)


class Adapter(Protocol):
    """An engine that is ready to answer."""

    def search(self, asked: Asked) -> list[Found]:
        """Return at most ``LIMIT`` passages by hybrid search, best first."""
        ...

    def answer(self, asked: Asked) -> list[Found]:
        """Search, and return at most ``QUOTES`` quotes, best first."""
        ...


def index_or_ask(index: Callable[[Job], int], opened: Callable[[Job], Adapter]) -> None:
    """Do what the command line says: ``index``, which returns how many passages it made, or ``ask``."""
    _, phase, path = sys.argv
    job = Job.read(Path(path))
    print(json.dumps({"passages": index(job)} if phase == "index" else asked(opened(job), job)))


def asked(engine: Adapter, job: Job) -> dict[str, object]:
    """Ask everything: for answers first, so that the bare searches warm nothing up for them."""
    questions = job.questions
    engine.answer(questions[0])
    first_answer = time.monotonic()
    quotes, answer_ms = _timed(engine.answer, questions)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _BYTES_OF_MAXRSS / 1e6
    engine.search(questions[0])
    hits, search_ms = _timed(engine.search, questions)
    return {
        "first_answer": first_answer,
        "memory_mb": memory,
        "answer_ms": answer_ms,
        "search_ms": search_ms,
        "quotes": [[(one.article, one.text) for one in found] for found in quotes],
        **_numbered(hits),
        "versions": {one.name: one.version for one in distributions() if one.name in TOLD},
    }


def _timed(ask: Callable[[Asked], list[Found]], questions: Sequence[Asked]) -> tuple[list[list[Found]], list[float]]:
    """Return what is found for each question, and the milliseconds that it took."""
    found, milliseconds = [], []
    for question in questions:
        started = time.perf_counter()
        found.append(ask(question))
        milliseconds.append(1000 * (time.perf_counter() - started))
    return found, milliseconds


def _numbered(hits: Sequence[Sequence[Found]]) -> dict[str, object]:
    """Name each passage once, and the hits by its number: passages are found for many questions."""
    numbers: dict[Found, int] = {}
    named = [[numbers.setdefault(one, len(numbers)) for one in found] for found in hits]
    return {"passages": [(one.article, one.text) for one in numbers], "hits": named}
