"""The training files as corpora: articles for the ordinary build, and questions that know where their answers are.

The files lie in the folder that ``VERBATIM_DATA`` names (default ``../shared/data``); what is in them is said in
the README of their folder. The evaluation sets lie beside them and are never read here.
"""

import gzip
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import Any, TypedDict

from bot.evaluation import folded
from bot.records import Span
from index import Article, stored_offset

Row = Mapping[str, object]

TITLED = frozenset({"squadshifts-wiki", "nq-qed"})
"""Files whose groups are named like their articles."""

PARTS = 5
HELD_BACK = 0
"""Groups of questions that share a text are dealt into five parts; the reading model never sees the first."""

_WORD = re.compile(r"\w+")


class Place(TypedDict):
    """Where an answer stands in the context of its line, code points."""

    start: int
    end: int


class Paragraph(TypedDict):
    """A line of a training file."""

    question: str
    context: str
    group: str
    answers: list[Place]


class FoundPassage(TypedDict):
    """A passage of the news that word search found for a quiz question; ``spans``: where the answer's words stand."""

    title: str
    published: str | None
    found_for_question: bool
    text: str
    spans: list[tuple[int, int]]


class Quiz(TypedDict):
    """A line of the file of quiz questions with passages of the news."""

    question: str
    asked: str
    answer: str
    passages: list[FoundPassage]


@dataclass(frozen=True, slots=True)
class Asked:
    """A training question, asked on a ``day`` where that is known.

    Questions of one ``group`` share a text. ``answers_in`` gives the places in an article's text that answer.
    """

    text: str
    group: str
    answers_in: Callable[[Article], Sequence[Span]]
    day: date | None = None

    @property
    def held_back(self) -> bool:
        """Whether the reading model never sees it."""
        return part_of(self.group) == HELD_BACK

    def held_by(self, article: Article, start: int, end: int) -> bool:
        """Tell whether ``article.text[start:end]`` answers."""
        return any(start <= span.start and span.end <= end for span in self.answers_in(article))


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles as rows of a JSON-lines file, and the questions about them."""

    name: str
    articles: Sequence[Row]
    questions: Sequence[Asked]

    def write(self, folder: Path) -> Path:
        """Write the articles where the ordinary build can read them."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.jsonl"
        path.write_text("".join(json.dumps(article) + "\n" for article in self.articles), encoding="utf-8")
        return path


def training_file(name: str) -> Path:
    """Return where a training file lies."""
    return Path(os.environ.get("VERBATIM_DATA", "../shared/data")) / "reader-train" / f"{name}.jsonl.gz"


def paragraphs(name: str) -> Iterator[Paragraph]:
    """Yield the lines of a training file of questions with their paragraphs."""
    return _lines(name)


def quizzes() -> Iterator[Quiz]:
    """Yield the quiz questions with the passages of news that were found for them."""
    return _lines("newsquiz-passages-2022-2023")


def _lines(name: str) -> Iterator[Any]:
    path = training_file(name)
    if not path.is_file():
        raise FileNotFoundError(f"{path} is not there: name the folder of the data with VERBATIM_DATA")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def part_of(group: str) -> int:
    """Deal a group into one of ``PARTS`` parts: by a digest, so that it is the same in every run."""
    return sha256(group.encode()).digest()[0] % PARTS


def paragraphs_corpus(name: str, every: int = 1) -> Corpus:
    """Return a file as a corpus: the paragraphs of a group are one article, ``every`` so many questions are asked."""
    groups: dict[str, list[Paragraph]] = {}
    for line in paragraphs(name):
        groups.setdefault(_article_of(name, line), []).append(line)
    articles, questions = [], []
    for id_, group in groups.items():
        contexts = list(dict.fromkeys(line["context"] for line in group))
        text = "\n\n".join(contexts)
        starts = dict(zip(contexts, accumulate((len(c) + 2 for c in contexts), initial=0), strict=False))
        articles.append(_article(id_, id_.replace("_", " ") if name in TITLED else "", text))
        stored = lru_cache(maxsize=None)(partial(stored_offset, text))
        for line in group[::every]:
            first = starts[line["context"]]
            places = [Span(stored(first + place["start"]), stored(first + place["end"])) for place in line["answers"]]
            questions.append(Asked(line["question"], id_, _at(id_, places)))
    return Corpus(name, articles, questions)


def news_corpus() -> Corpus:
    """Return the news passages of the held-back quiz questions, an article each; the answer's words answer."""
    articles: dict[str, Row] = {}
    questions = []
    for quiz in quizzes():
        if part_of(quiz["asked"]) == HELD_BACK:
            for passage in quiz["passages"]:
                article = _article(f"{len(articles)}", passage["title"], passage["text"], passage["published"])
                articles.setdefault(passage["text"], article)
            day = date.fromisoformat(quiz["asked"])
            questions.append(Asked(quiz["question"], quiz["asked"], _words(quiz["answer"]), day))
    return Corpus("news", list(articles.values()), questions)


def _article_of(name: str, line: Paragraph) -> str:
    """One article a group; the reviews and comments, whose groups mean nothing, by their own text."""
    return line["group"] if name in TITLED else sha256(line["context"].encode()).hexdigest()[:12]


def _article(id_: str, title: str, text: str, published: str | None = None) -> Row:
    return {"id": id_, "title": title or "Untitled", "text": text, "language": "en", "published": published}


def _at(id_: str, places: Sequence[Span]) -> Callable[[Article], Sequence[Span]]:
    return lambda article: places if article.id == id_ else ()


def _words(answer: str) -> Callable[[Article], Sequence[Span]]:
    return lru_cache(maxsize=256)(lambda article: places_of(answer, article.text))


def places_of(answer: str, text: str) -> Sequence[Span]:
    """Return where an answer's words stand in a text, whatever their case, punctuation and articles."""
    words = folded(answer).split()
    if not words or folded(answer) not in folded(text):
        return ()
    return tuple(_runs(words, text))


def _runs(words: Sequence[str], text: str) -> Iterator[Span]:
    found = [(match.span(), word) for match in _WORD.finditer(text) for word in folded(match.group()).split()]
    for i in range(len(found) - len(words) + 1):
        if [word for _, word in found[i : i + len(words)]] == list(words):
            yield Span(found[i][0][0], found[i + len(words) - 1][0][1])
