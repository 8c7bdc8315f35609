"""The word tables beside SQLite's FTS5: ``python tests/benchmarks/words.py [--passages N …] [--sets SET …]``.

For each number of passages, of recombined sentences of ``news-2024``, and each way of keeping their words: seconds of
processor time to build it (stemming included) and to take out one passage in a hundred and put in as many others, bytes
for a passage, milliseconds for a real question's 50 best (processor time p50 and p95, and p95 by the clock; one
thread), how many of the best 20 of the first way are among the best 20, and by how much scores of the same passage
differ at most. ``--sets``: the same over the sets' own articles, with recall at 1, 5 and 20. ``--json`` keeps all.

The ways: FTS5 under the passages' ids, title before text (how it was until format 4 of the snapshots, the first way);
FTS5 under running numbers, text first; the same without phrases and without words in more than one passage of fifty;
and the tables of ``index.lexical``. FTS5 is given the words that ``index.lexical`` chose, so its counting is not in it.
"""

import argparse
import itertools
import json
import math
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from builders import an_article
from machine import this_machine
from recombined import DATA, Recombiner, batched, rows

from bot.evaluation import read_cases
from index import Article
from index.lexical import QuestionTerms, WordHit, WordIndex, WordWriter, stems
from index.lexical.asking import RARE_WORDS_KEPT
from index.lexical.scoring import TITLE_WEIGHT
from index.passages import cut_passages
from index.sources import normalise

DEPTH, AT = 50, (1, 5, 20)
CHANGED = 100
A_CHUNK = 200
FEW = 0.02
TOKENS = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"

Rows = list[tuple[int, str, str]]


class Way(Protocol):
    """A way of keeping words, in a file of its own."""

    path: Path

    def add(self, passages: Rows) -> None:
        """Add passages: id, title, text."""
        ...

    def remove(self, passages: Rows) -> None:
        """Take them out again."""
        ...

    def finish(self) -> None:
        """Make it ready to be searched."""
        ...

    def search(self, terms: QuestionTerms) -> list[WordHit]:
        """Return the best passages for a question."""
        ...


class Fts5:
    """A contentless table. ``numbered``: rows under running numbers, text first; ``share``: of a searched word."""

    def __init__(self, path: Path, *, numbered: bool, share: float = 0.2) -> None:
        self.path = path
        self._connection = opened(path)
        self._columns = "text, title" if numbered else "title, text"
        self._weights = (1.0, TITLE_WEIGHT) if numbered else (TITLE_WEIGHT, 1.0)
        self._numbered, self._share = numbered, share
        self._numbers: dict[int, int] = {}
        self._ids: dict[int, int] = {}
        self._next = itertools.count(1)
        self._connection.execute(
            f"""CREATE VIRTUAL TABLE words USING fts5({self._columns}, content='', tokenize="{TOKENS}")"""
        )

    def add(self, passages: Rows) -> None:
        for passage_id, _, _ in passages:
            number = next(self._next) if self._numbered else passage_id
            self._numbers[passage_id], self._ids[number] = number, passage_id
        insert = f"INSERT INTO words (rowid, {self._columns}) VALUES (?, ?, ?)"
        self._connection.executemany(insert, self._rows(passages))

    def remove(self, passages: Rows) -> None:
        insert = f"INSERT INTO words (words, rowid, {self._columns}) VALUES ('delete', ?, ?, ?)"
        self._connection.executemany(insert, self._rows(passages))

    def finish(self) -> None:
        self._connection.execute("INSERT INTO words (words) VALUES ('optimize')")
        self._connection.commit()

    def search(self, terms: QuestionTerms) -> list[WordHit]:
        least = math.log(1 + (1 - self._share) / self._share)
        known = [word for word in terms.words if word.known]
        searched = [word for n, word in enumerate(known) if n < RARE_WORDS_KEPT or word.idf >= least]
        quoted = [f'"{form}"' for word in searched for form in word.stems]
        quoted += [f'"{" ".join(phrase)}"' for phrase in terms.phrases if self._share > FEW]
        if not quoted:
            return []
        found = self._connection.execute(
            "SELECT rowid, bm25(words, ?, ?) AS score FROM words WHERE words MATCH ? ORDER BY score, rowid LIMIT ?",
            (*self._weights, " OR ".join(quoted), DEPTH),
        )
        return [WordHit(self._ids[number], -score) for number, score in found]

    def _rows(self, passages: Rows) -> Iterator[tuple[int, str, str]]:
        for passage_id, title, text in passages:
            both = [" ".join(stems(one, "en")) for one in (title, text)]
            first, second = reversed(both) if self._numbered else both
            yield self._numbers[passage_id], first, second


class Ours:
    """What the snapshots hold."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = opened(path)
        self._writer = WordWriter(self._connection)

    def add(self, passages: Rows) -> None:
        self._writer.add(passages, "en")

    def remove(self, passages: Rows) -> None:
        self._writer.remove(passages, "en")

    def finish(self) -> None:
        self._writer.finish(["en"])
        self._connection.commit()
        self.index = WordIndex(lambda: self._connection)

    def search(self, terms: QuestionTerms) -> list[WordHit]:
        return self.index.search(terms, DEPTH)


def opened(path: Path) -> sqlite3.Connection:
    """Open a new file as a build does."""
    connection = sqlite3.connect(path)
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    return connection


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one way: seconds, bytes for a passage, milliseconds for a question."""

    articles: str
    passages: int
    way: str
    build: float
    change: float | None
    bytes: float
    p50: float
    p95: float
    clock_p95: float
    agreement: float
    difference: float
    recall: tuple[float, ...]

    def __str__(self) -> str:
        change = "" if self.change is None else f"{self.change:.2f}"
        recall = ", ".join(f"{share:.3f}" for share in self.recall)
        return (
            f"{self.articles:12} {self.passages:8} {self.way:16} {self.build:8.1f} {change:>8} {self.bytes:8.0f}"
            f" {self.p50:8.1f} {self.p95:8.1f} {self.clock_p95:8.1f} {self.agreement:8.3f} {self.difference:8.1e}"
            f" {recall}"
        )


HEADER = (
    f"{'articles':12} {'passages':>8} {'way':16} {'build s':>8} {'1 % s':>8} {'bytes':>8}"
    f" {'p50 ms':>8} {'p95 ms':>8} {'clock':>8} {'same 20':>8} {'scores':>8} recall at 1, 5, 20"
)


def main() -> int:
    """Print a row for every number and way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, nargs="*", default=[15_000])
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--sets", nargs="*", default=[], help="English sets whose own articles are searched, too")
    parser.add_argument("--json", type=Path, help="where the figures are written")
    given = parser.parse_args()
    machine = this_machine()
    print(machine, HEADER, sep="\n")
    found = [one for passages in given.passages for one in recombined(passages, given.questions)]
    found += [one for name in given.sets for one in of_a_set(name, given.questions)]
    if given.json:
        record = {"machine": asdict(machine), "figures": [asdict(one) for one in found]}
        given.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return 0


def recombined(passages: int, questions: int) -> Iterator[Figures]:
    """Measure so many passages of recombined sentences, and real questions."""
    folder = DATA / "news-2024"
    asked = [Asked(row["question"]) for row in rows(folder / "questions.jsonl.gz")]
    made, others = Recombiner(folder).articles(passages), Recombiner(folder, seed=2).endless()
    return measured("recombined", made, others, sampled(asked, questions))


def of_a_set(name: str, count: int) -> Iterator[Figures]:
    """Measure a set's own articles and what they answer."""
    questions, texts = (DATA / name / f"{what}.jsonl.gz" for what in ("questions", "articles"))
    asked = [Asked(case.question.text, case.held_by) for case in read_cases(questions, texts) if case.answerable]
    articles = (an_article(row["id"], normalise.text(row["text"]), title=row["title"]) for row in rows(texts))
    return measured(name, articles, iter(()), sampled(asked, count))


def sampled(questions: list["Asked"], count: int) -> list["Asked"]:
    """Return so many of the questions, the same in every run."""
    return random.Random(1).sample(questions, min(count, len(questions)))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and whether ``article.text[start:end]`` answers it, where that is known."""

    text: str
    held_by: Callable[[Article, int, int], bool] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The scores of what was found by passage, best first; milliseconds of the processor and by the clock."""

    scores: dict[int, float]
    processor: float
    clock: float


def measured(
    articles: str, made: Iterator[Article], others: Iterator[Article], questions: Sequence[Asked]
) -> Iterator[Figures]:
    """Build every way of the same passages, ask each the same, and yield and print a row of each."""
    with tempfile.TemporaryDirectory() as folder:
        ours = Ours(Path(folder) / "ours")
        ways: dict[str, Way] = {
            "FTS5, ids": Fts5(Path(folder) / "ids", numbered=False),
            "FTS5, numbers": Fts5(Path(folder) / "numbers", numbered=True),
            "FTS5, rare words": Fts5(Path(folder) / "rare", numbered=True, share=FEW),
            "ours": ours,
        }
        filling = Filling(ways, known=questions[0].held_by is not None)
        filling.build(made)
        filling.change(others)
        terms = [ours.index.terms(question.text) for question in questions]
        first: list[Found] = []
        for name, way in ways.items():
            found = [answered(way, one) for one in terms]
            first = first or found
            row = filling.figures(articles, name, found, first, questions)
            print(row, flush=True)
            yield row


def answered(way: Way, terms: QuestionTerms) -> Found:
    """Ask a way a question."""
    clock, processor = time.perf_counter(), time.process_time()
    hits = way.search(terms)
    spent = 1000 * (time.process_time() - processor), 1000 * (time.perf_counter() - clock)
    return Found({hit.passage_id: hit.score for hit in hits}, *spent)


class Filling:
    """Brings the same passages into every way. ``known``: it is known which of them answer, so places are kept."""

    def __init__(self, ways: Mapping[str, Way], *, known: bool) -> None:
        self._ways, self._known = ways, known
        self._build, self._change = dict.fromkeys(ways, 0.0), dict.fromkeys(ways, 0.0)
        self._leaving: list[Rows] = []
        self._places: dict[int, tuple[Article, int, int]] = {}
        self._passages = 0

    def build(self, articles: Iterator[Article]) -> None:
        """Add articles; every hundredth is kept in mind to be taken out again."""
        for some in batched(articles, A_CHUNK):
            cut = [self._cut(article) for article in some]
            self._passages += sum(map(len, cut))
            self._leaving += cut[::CHANGED]
            together = list(itertools.chain.from_iterable(cut))
            self._each(self._build, lambda way, rows=together: way.add(rows))  # type: ignore[misc]
        self._each(self._build, lambda way: way.finish())

    def change(self, others: Iterator[Article]) -> None:
        """Take out what was kept in mind, and put in as many other articles if there are any."""
        added = [self._cut(article) for article in itertools.islice(others, len(self._leaving))]
        for out, rows_in in zip(self._leaving, added, strict=False):
            self._each(self._change, lambda way, rows=out: way.remove(rows))  # type: ignore[misc]
            self._each(self._change, lambda way, rows=rows_in: way.add(rows))  # type: ignore[misc]
        if added:
            self._each(self._change, lambda way: way.finish())

    def figures(
        self, articles: str, way: str, found: Sequence[Found], first: Sequence[Found], questions: Sequence[Asked]
    ) -> Figures:
        """Return the row of one way."""
        processor = np.percentile([one.processor for one in found], [50, 95])
        pairs = [(one.scores, other.scores) for one, other in zip(found, first, strict=True)]
        same = [len({*list(a)[:20]} & {*list(b)[:20]}) / min(20, len(b)) for a, b in pairs if b]
        apart = [abs(a[id_] - b[id_]) for a, b in pairs for id_ in a.keys() & b.keys()]
        return Figures(
            articles=articles,
            passages=self._passages,
            way=way,
            build=self._build[way],
            change=self._change[way] or None,
            bytes=self._ways[way].path.stat().st_size / self._passages,
            p50=processor[0],
            p95=processor[1],
            clock_p95=float(np.percentile([one.clock for one in found], 95)),
            agreement=float(np.mean(same)),
            difference=max(apart, default=0.0),
            recall=self._recall(found, questions) if self._known else (),
        )

    def _recall(self, found: Sequence[Found], questions: Sequence[Asked]) -> tuple[float, ...]:
        right = [
            [bool(asked.held_by and asked.held_by(*self._places[id_])) for id_ in one.scores]
            for one, asked in zip(found, questions, strict=True)
        ]
        return tuple(float(np.mean([any(one[:at]) for one in right])) for at in AT)

    def _cut(self, article: Article) -> Rows:
        passages = cut_passages(article)
        if self._known:
            self._places |= {one.id: (article, one.start, one.end) for one in passages}
        return [(one.id, article.title, article.text[one.start : one.end]) for one in passages]

    def _each(self, spent: dict[str, float], do: Callable[[Way], None]) -> None:
        for name, way in self._ways.items():
            started = time.process_time()
            do(way)
            spent[name] += time.process_time() - started


if __name__ == "__main__":
    raise SystemExit(main())
