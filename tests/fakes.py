"""Fakes for the borders: what is slow, far away, or not ours. Each does the least that is true to the real one."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

from bot.answering.spans.reading import PassageReading, PassageText
from bot.records import (
    Answer,
    Corpus,
    Health,
    Place,
    Question,
    Quote,
    QuoteReference,
    Rollback,
    Span,
    Spelling,
    Trouble,
    Understanding,
)
from bot.settings import BotSettings
from index import Article, Days, NoSnapshot, SnapshotError, SourceSummary, VectorsUnavailable


@dataclass
class FakeEncoder:
    """Unit vectors of hashed words: texts that share words are near, always in the same way."""

    identity: str = "fake:1:float32"
    dimension: int = 64
    encoded: int = 0

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return (n, d) float32, unit rows; (0, d) for none."""
        self.encoded += len(texts)
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.casefold()) or [""]:
                digest = crc32(word.encode())
                row[digest % self.dimension] += 1 if digest & 1024 else -1
                row[digest // 2048 % self.dimension] += 1
        rows[np.linalg.norm(rows, axis=1) == 0, 0] = 1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@dataclass
class FakePassageReader:
    """Reads by words: the answer stands among words of the question, and is none of them. ``read_for``: what it saw."""

    near: int = 4
    read_for: list[tuple[str, Sequence[PassageText]]] = field(default_factory=list)

    def read(self, question: str, passages: Sequence[PassageText]) -> list[PassageReading]:
        """Return what is read in each passage; its words are the tokens."""
        self.read_for.append((question, passages))
        asked = set(re.findall(r"\w+", question.casefold()))
        return [self._reading(asked, passage.text) for passage in passages]

    def _reading(self, asked: set[str], text: str) -> PassageReading:
        words = list(re.finditer(r"\w+", text))
        known = np.array([word[0].casefold() in asked for word in words], np.float32)
        around = [known[max(0, i - self.near) : i + self.near + 1].sum() for i in range(len(words))]
        logits = np.array(around, np.float32) - 3 * known
        places = np.array([word.span() for word in words], np.int64).reshape(-1, 2)
        return PassageReading(places, logits, logits.copy(), float(logits.max(initial=0)) - 2)


SENTENCES = [f"Bee number {n} keeps warm <b>in</b> winter & *hums* 🐝 at {n}0 degrees." for n in range(30)]
ARTICLE = Article(
    id="bees",
    title="Bees in winter",
    text=" ".join(SENTENCES),
    url="https://news.example/bees",
    published=date(2026, 11, 21),
    author="Ada Byron",
    site="The Example",
    language="en",
    source="samples",
    revision="first",
)


def quote_of(number: int, article: Article = ARTICLE) -> Quote:
    """The sentence with that number, its degrees as the answer."""
    start = article.text.index(SENTENCES[number])
    end = start + len(SENTENCES[number])
    answer = Span(end - len(f"{number}0 degrees."), end - 1)
    link = f"{article.url}#:~:text={number}" if article.url else None
    return Quote(article, start, end, article.text[start:end], answer, 0.9 - number / 100, link)


@dataclass
class FakeOperations:
    """Snapshots that a file names, the one before "second" being "first".

    Questions are alike that begin with the same word. What is taken down is in memory.
    """

    published: Path
    taken_down: set[str] = field(default_factory=set)

    def group(self, questions: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        groups: dict[str, list[int]] = {}
        for number, question in enumerate(questions):
            groups.setdefault(question.split()[0], []).append(number)
        return tuple(map(tuple, sorted(groups.values(), key=len, reverse=True)))

    def rollback(self) -> Rollback | None:
        current = self.published.read_text()
        return None if current == "first" else Rollback(current, "first")

    def roll_back(self, rollback: Rollback) -> None:
        if rollback.published != self.published.read_text():
            raise SnapshotError("other snapshots were published meanwhile")
        self.published.write_text(rollback.earlier)

    def take_down(self, given: str) -> bool:
        new = given not in self.taken_down
        self.taken_down.add(given)
        return new

    def undo_take_down(self, given: str) -> bool:
        known = given in self.taken_down
        self.taken_down.discard(given)
        return known


@dataclass
class FakeAnswers:
    """An ``AnswerService`` that does what words of the question say: slow, fail, away, unknown, nothing.

    ``published`` is a file that names the newest snapshot; "revised" is one in which every article changed. Each line
    of a file ``troubles`` beside it is a trouble.
    """

    published: Path | None = None
    snapshot: str = "first"

    def __post_init__(self) -> None:
        self.operations = FakeOperations(self.published or Path("published"))

    def answer(self, question: Question, effort: float = 1.0) -> Answer:
        if slow := re.search(r"slow ([\d.]+)", question.text):
            time.sleep(float(slow[1]))
        if "fail" in question.text:
            raise RuntimeError(f"cannot answer {question.text}")
        if "unpublished" in question.text:
            raise NoSnapshot('nothing has been published yet: run "verbatim-index build"')
        if "away" in question.text:
            raise VectorsUnavailable("Milvus does not give the vectors")
        quotes = [self._quote(number) for number in range(5)]
        said = not ("unknown" in question.text or "nothing" in question.text)
        nearest = () if said or "nothing" in question.text else tuple(quotes[:2])
        first = replace(quotes[0], also=(Place(ARTICLE, 0, len(SENTENCES[0])),))
        found = (first, *quotes[1:3]) if said else ()
        rest = tuple(quotes[3:]) if said else ()
        return Answer(question, found, rest, nearest, 0.9, self.snapshot, 1.0, self._understood(question))

    def _understood(self, question: Question) -> Understanding:
        """A question with "it" follows up; "yesterday" names a day; a reply is about its article."""
        days = Days(date(2026, 11, 21), date(2026, 11, 21))
        earlier = question.earlier
        follows = earlier is not None and bool(earlier.text) and " it" in question.text
        return Understanding(
            text=f"{question.text} [{earlier.text}]" if earlier and follows else "",
            added=tuple(re.findall(r"\w{5,}", earlier.text)) if earlier and follows else (),
            inside=ARTICLE.title if earlier and earlier.replied and ARTICLE.id in earlier.articles else None,
            days=days if "yesterday" in question.text and not question.any_day else None,
            spellings=(Spelling("baes", "bees"),) if "baes" in question.text else (),
        )

    def answer_inside(self, question: Question, article_id: str) -> tuple[Quote, ...]:
        if "silent" in question.text or article_id != ARTICLE.id:
            return ()
        return tuple(quote_of(number, replace(ARTICLE, revision=self.snapshot)) for number in (0, 3, 4))

    def elsewhere(self, reference: QuoteReference) -> tuple[Quote, ...]:
        return (self._quote(4),) if reference.start == 0 else ()

    def _quote(self, number: int) -> Quote:
        return quote_of(number, replace(ARTICLE, revision=self.snapshot))

    def glance(self, question: Question, limit: int) -> tuple[Quote, ...]:
        if slow := re.search(r"late ([\d.]+)", question.text):
            time.sleep(float(slow[1]))
        if "fail" in question.text:
            raise RuntimeError(f"cannot glance at {question.text}")
        if "away" in question.text:
            raise VectorsUnavailable("Milvus does not give the vectors")
        return () if "nothing" in question.text else tuple(self._quote(number) for number in range(5))[:limit]

    def widen(self, quote: Quote) -> Quote:
        end = min(quote.end + 1 + len(SENTENCES[0]), len(ARTICLE.text))
        return replace(quote, end=end, text=ARTICLE.text[quote.start : end])

    def restore(self, reference: QuoteReference) -> Quote | None:
        known = {quote.start: quote for quote in map(self._quote, range(5))}
        return known.get(reference.start) if self.snapshot != "revised" else None

    def corpus(self) -> Corpus:
        sources = (SourceSummary("samples", 1, ARTICLE.published),)
        return Corpus(self.snapshot, datetime(2026, 11, 22, 2, 30, tzinfo=UTC), 1, 30, sources)

    def health(self) -> Health:
        lines = self.published.with_name("troubles") if self.published else Path("troubles")
        found = lines.read_text().splitlines() if lines.exists() else []
        return Health(tuple(Trouble(line.partition(":")[0], line) for line in found))

    def adjust(self, settings: BotSettings) -> None:
        """Nothing of it depends on the settings; with a file ``hang`` beside ``published``, block whoever calls."""
        if self.published and self.published.with_name("hang").exists():
            time.sleep(30)

    def refresh(self) -> bool:
        newest = self.published.read_text() if self.published else self.snapshot
        swapped, self.snapshot = newest != self.snapshot, newest
        return swapped
