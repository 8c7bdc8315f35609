"""The questions of a set and what answers them, read from files.

The files are JSON lines, also gzipped. An article: ``{"id", "title", "url", "text", "language", "published"?}``;
a question: ``{"id", "question", "answerable", "answers": [{"article"?, "start"?, "text"}], "asked"?}``.

A passage or a quote holds the answer when it is of the right article and covers an answer at its place where the
set gives places, else when its text contains the answer's.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from bot.errors import QuestionSetError
from bot.evaluation.words import folded
from bot.records import Question, Span
from index import Article, stored_offset

T = TypeVar("T")
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Expected:
    """One accepted answer; its article and place (code points of the stored text) where the set gives them."""

    text: str
    article: str | None = None
    place: Span | None = None

    def held_by(self, article: Article, start: int, end: int) -> bool:
        """Tell whether ``article.text[start:end]`` holds this answer."""
        if self.place is not None:
            return article.id == self.article and start <= self.place.start and self.place.end <= end
        return folded(self.text) in folded(article.text[start:end])


@dataclass(frozen=True, slots=True)
class Case:
    """One question of a set."""

    question: Question
    answerable: bool
    expected: tuple[Expected, ...]

    def held_by(self, article: Article, start: int, end: int) -> bool:
        return any(expected.held_by(article, start, end) for expected in self.expected)

    def without_time(self) -> "Case":
        """Return the question as if nobody knew when it was asked."""
        return replace(self, question=replace(self.question, asked=None))


def read_cases(questions: Path, articles: Path, every: int = 1) -> list[Case]:
    """Read every N-th question; places are moved to where they are in the stored, normalised text.

    Raises:
        QuestionSetError: a file cannot be read, or a line is not what the module's docstring says.
    """
    texts = dict(_read(articles, "an article", lambda row: (str(row["id"]), str(row["text"]))))
    rows = list(_lines(questions))[::every]
    return list(_read(questions, "a question", lambda row: _case(row, texts), rows))


def read_foreign(questions: Path, every: int = 1) -> list[Case]:
    """Read every N-th question of another set, whose answers are not in these articles whatever that set says.

    Raises:
        QuestionSetError: as ``read_cases``.
    """
    rows = list(_lines(questions))[::every]
    return list(_read(questions, "a question", lambda row: Case(_question(row), answerable=False, expected=()), rows))


def _case(row: Row, texts: Mapping[str, str]) -> Case:
    answers = row.get("answers") or []
    if not isinstance(answers, list):
        raise TypeError(f"answers of question {row.get('id')} are no list")
    return Case(_question(row), bool(row["answerable"]), tuple(_expected(answer, texts) for answer in answers))


def _question(row: Row) -> Question:
    asked = row.get("asked")
    return Question(str(row["question"]), date.fromisoformat(str(asked)) if asked else None)


def _expected(answer: Row, texts: Mapping[str, str]) -> Expected:
    text, article, start = str(answer["text"]), answer.get("article"), answer.get("start")
    if article is None or not isinstance(start, int):
        return Expected(text)
    raw = texts[str(article)]
    place = Span(stored_offset(raw, start), stored_offset(raw, start + len(text)))
    return Expected(text, str(article), place)


def _read(
    path: Path, what: str, make: Callable[[Row], T], rows: Iterable[tuple[int, Row]] | None = None
) -> Iterator[T]:
    for number, row in rows if rows is not None else _lines(path):
        try:
            yield make(row)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise QuestionSetError(f"{path}:{number} is not {what} of a question set: {error!r}") from error


def _lines(path: Path) -> Iterator[tuple[int, Row]]:
    """Yield each line's object with its number, from 1."""
    number = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, json.loads(line)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        place = f"{path}:{number}" if isinstance(error, json.JSONDecodeError) else path
        raise QuestionSetError(f"{place} cannot be read as JSON lines: {error}") from error
