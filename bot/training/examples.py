"""What the span reader is trained on: a question with passages, and where in them its answer stands.

Hard negatives are mined by the project's own search: passages that it ranks high for the question and that hold
no answer. The examples of a file are mined once and kept as JSON lines.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.answering.reader import Candidate
from bot.answering.times import days_of
from bot.evaluation.articles import index_articles
from bot.records import Question, Span
from bot.settings import BotSettings
from bot.training.corpora import (
    Asked,
    Corpus,
    FoundPassage,
    paragraphs,
    paragraphs_corpus,
    part_of,
    quizzes,
)
from bot.wiring import open_encoder
from index import Article, Encoder, FusedRetriever, Snapshot, StorageSettings, Store

Floats = npt.NDArray[np.float32]

DEPTH = 12
"""Hits that are looked through for negatives."""

NEGATIVES = 6
"""Negatives that are kept of a question; training draws from them."""

INDEXED = ("squadshifts-wiki", "nq-qed", "squadshifts-amazon", "squadshifts-reddit", "qamr-wiki")
"""Files whose paragraphs are indexed, so that negatives can be found in them."""

GENERIC = {"squadshifts-amazon": 4, "squadshifts-reddit": 4, "qamr-wiki": 2}
"""Files whose questions ("What size is it?") others of their texts may answer too: the best hits are passed over."""


@dataclass(frozen=True, slots=True)
class TrainingPassage:
    """A passage under its article's title. ``spans``: where in ``text`` the answer stands; none: it does not.

    ``age``: days that its article is older than the question, where both days are known.
    """

    title: str
    text: str
    spans: tuple[Span, ...] = ()
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A question with passages that answer it and passages that do not."""

    source: str
    question: str
    part: int
    positives: tuple[TrainingPassage, ...]
    negatives: tuple[TrainingPassage, ...]


def write_examples(work: Path, made: Mapping[str, Callable[[], Iterator[Example]]]) -> None:
    """Mine what is not mined yet: a file of examples for each training file, and those that are ``made``."""
    ways: dict[str, Callable[[], Iterator[Example]]] = {name: partial(_mined_file, name, work) for name in INDEXED}
    ways |= {"newsquiz-2020-2023": quiz_paragraphs, "newsquiz-passages-2022-2023": quiz_passages}
    ways |= made
    for name, way in ways.items():
        if not examples_path(work, name).is_file():
            write(examples_path(work, name), way())


def read_examples(work: Path, name: str) -> list[Example]:
    """Read the mined examples of a training file.

    Raises:
        FileNotFoundError: nothing was mined yet.
    """
    path = examples_path(work, name)
    if not path.is_file():
        raise FileNotFoundError(f'{path} is not there: run "python -m bot.training mine"')
    with path.open(encoding="utf-8") as file:
        return [_parsed(json.loads(line)) for line in file]


def examples_path(work: Path, name: str) -> Path:
    """Return where the mined examples of a training file lie."""
    return work / "examples" / f"{name}.jsonl"


def _mined_file(name: str, work: Path) -> Iterator[Example]:
    corpus = paragraphs_corpus(name)
    settings, encoder = indexed(corpus, work)
    encoder.encode([asked.text for asked in corpus.questions])  # at once, which is faster; search finds them known
    with Store(settings.storage.folder, settings.vectors).open_current(encoder=encoder.identity) as snapshot:
        yield from mined(corpus, snapshot, encoder)


def mined(corpus: Corpus, snapshot: Snapshot, encoder: Encoder) -> Iterator[Example]:
    """Ask a corpus' questions of its index, and yield those whose answer is found, with the passages found."""
    retriever, article = FusedRetriever(snapshot, encoder), articles_of(snapshot)
    for asked in corpus.questions:
        example = _example(corpus.name, asked, search(retriever, article, asked, DEPTH))
        if example.positives:
            yield example


def quiz_paragraphs() -> Iterator[Example]:
    """Yield the quiz questions with the paragraph that explains the answer; it has no negatives."""
    for line in paragraphs("newsquiz-2020-2023"):
        spans = tuple(Span(place["start"], place["end"]) for place in line["answers"])
        day = line["group"].replace("/", "-")
        positive = TrainingPassage("", line["context"], spans)
        yield Example("newsquiz-2020-2023", line["question"], part_of(day), (positive,), ())


def quiz_passages() -> Iterator[Example]:
    """Yield the quiz questions with the passages of news that word search found for them.

    Where passages of articles that were found for the very question hold the words, only those count as answers,
    and others with the words count as nothing.
    """
    for quiz in quizzes():
        holding = [p for p in quiz["passages"] if p["spans"]]
        trusted = [p for p in holding if p["found_for_question"]]
        day = date.fromisoformat(quiz["asked"])
        yield Example(
            "newsquiz-passages-2022-2023",
            quiz["question"],
            part_of(quiz["asked"]),
            tuple(_news_passage(p, day) for p in trusted or holding),
            tuple(_news_passage(p, day) for p in quiz["passages"] if not p["spans"]),
        )


class RememberingEncoder:
    """An encoder that encodes no text twice."""

    def __init__(self, encoder: Encoder) -> None:
        self.identity, self.dimension = encoder.identity, encoder.dimension
        self._encoder = encoder
        self._known: dict[str, Floats] = {}

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return (n, dimension) float32, unit rows."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._encoder.encode(new), strict=True))
        return np.array([self._known[text] for text in texts], np.float32).reshape(-1, self.dimension)


def indexed(corpus: Corpus, work: Path) -> tuple[BotSettings, Encoder]:
    """Build the index of a corpus by the ordinary build, once; return where it is and what encodes questions."""
    settings, _ = index_articles(BotSettings(storage=StorageSettings(folder=work)), corpus.write(work), lambda *_: None)
    return settings, RememberingEncoder(open_encoder(settings, Store(settings.storage.folder), threads=None))


def search(
    retriever: FusedRetriever, article: Callable[[str], Article], asked: Asked, depth: int
) -> tuple[Candidate, ...]:
    """Return what is found for a question, best first, with its articles."""
    hits = retriever.search(asked.text, depth, days_of(Question(asked.text, asked.day)))
    return tuple(Candidate(hit, article(hit.passage.article_id)) for hit in hits)


def articles_of(snapshot: Snapshot) -> Callable[[str], Article]:
    """Return what gives the articles that hits name, each read once and held: they are hit again and again."""

    @cache
    def article_of(id_: str) -> Article:
        article = snapshot.article(id_)
        if article is None:
            raise LookupError(f"a passage without its article {id_}")
        return article

    return article_of


def _example(name: str, asked: Asked, found: Sequence[Candidate]) -> Example:
    passages = [_passage(candidate, asked) for candidate in found]
    answers = {p.text[s.start : s.end].casefold() for p in passages for s in p.spans}
    others = [p for p in passages if not p.spans and not any(answer in p.text.casefold() for answer in answers)]
    return Example(
        name,
        asked.text,
        part_of(asked.group),
        tuple(p for p in passages if p.spans),
        tuple(others[GENERIC.get(name, 0) :][:NEGATIVES]),
    )


def _passage(candidate: Candidate, asked: Asked) -> TrainingPassage:
    passage, article = candidate.hit.passage, candidate.article
    spans = tuple(
        Span(span.start - passage.start, span.end - passage.start)
        for span in asked.answers_in(article)
        if passage.start <= span.start and span.end <= passage.end
    )
    title = "" if article.title == "Untitled" else article.title
    return TrainingPassage(title, article.text[passage.start : passage.end], spans)


def _news_passage(found: FoundPassage, asked: date) -> TrainingPassage:
    published = found["published"]
    age = (asked - date.fromisoformat(published)).days if published else None
    return TrainingPassage(found["title"] or "", found["text"], tuple(Span(*span) for span in found["spans"]), age)


def write(path: Path, examples: Iterable[Example]) -> None:
    """Write examples as JSON lines; the file is there only when all of them are in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8") as file:
        for example in examples:
            file.write(json.dumps(asdict(example)) + "\n")
    unfinished.replace(path)


def _parsed(row: Mapping[str, Any]) -> Example:
    positives, negatives = (tuple(map(_parsed_passage, row[key])) for key in ("positives", "negatives"))
    return Example(row["source"], row["question"], row["part"], positives, negatives)


def _parsed_passage(row: dict[str, Any]) -> TrainingPassage:
    return TrainingPassage(**row | {"spans": tuple(Span(**span) for span in row["spans"])})
