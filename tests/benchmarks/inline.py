"""How long a glance takes while somebody types: ``python tests/benchmarks/inline.py [--passages N] [--queries N]``.

Publishes an index of N made passages, encoded with the fake encoder (encoding is not what is measured, and vectors are
vectors), and glances at questions as they are typed, each encoded by the encoder that ships. So what is found is
arbitrary; what it costs is not: the words are drawn by Zipf's law, and questions are made of words of the passages.
With ``--set news-2024`` sentences and questions are those of a set of ``VERBATIM_DATA``: the sentences dealt anew
(``recombined.py``), so that there are as many passages as are asked for, with the words, names and commonplaces of real
ones.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
from builders import add_snapshot, an_article
from fakes import FakeEncoder
from recombined import DATA, Recombiner, rows

from bot.answering.generation import Generation, Generations
from bot.answering.policy import Answerer
from bot.answering.reader import Candidate, ReaderResult
from bot.records import Question
from bot.settings import AnswersSection, BotSettings
from bot.wiring import open_encoder
from index import Article, FusedRetriever, Store

WORDS, SENTENCE_WORDS, SENTENCES = 50_000, 18, 25
PASSAGE_WORDS = 90
TYPED_WORDS = 6
DIMENSION = 384
NEWEST = date(2026, 11, 1)


@dataclass
class TypedEncoder:
    """Encodes as the real one, for as long as that takes; answers for the fake that encoded the passages."""

    real: object
    fake: FakeEncoder = field(default_factory=lambda: FakeEncoder(dimension=DIMENSION))

    @property
    def identity(self) -> str:
        return self.fake.identity

    @property
    def dimension(self) -> int:
        return self.fake.dimension

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return (n, d) float32, unit rows."""
        self.real.encode(texts)  # type: ignore[attr-defined]
        return self.fake.encode(texts)


class Unread:
    """No glance reads."""

    def read(self, question: Question, candidates: Sequence[Candidate]) -> ReaderResult:
        """Fail."""
        raise AssertionError("a glance reads nothing")


def vocabulary(chance: random.Random) -> list[str]:
    """Words of two to four syllables, the commonest first."""
    syllables = [a + b for a in "bcdfgklmnprstvz" for b in "aeiou"]
    return list({"".join(chance.choices(syllables, k=chance.randint(2, 4))): None for _ in range(2 * WORDS)})[:WORDS]


def articles(count: int, words: Sequence[str], chance: np.random.Generator) -> Iterator[Article]:
    """Make articles until there are about so many passages."""
    share = 1 / np.arange(1, len(words) + 1)
    share /= share.sum()
    of_article = SENTENCE_WORDS * SENTENCES
    for number in range(max(1, count * PASSAGE_WORDS // of_article)):
        drawn = chance.choice(len(words), of_article, p=share).reshape(SENTENCES, SENTENCE_WORDS)
        text = " ".join(" ".join(words[i] for i in row).capitalize() + "." for row in drawn)
        published = NEWEST - timedelta(days=int(chance.integers(3000)))
        yield an_article(f"a{number}", text, title=text[:40], published=published)


def typed(question: str) -> Iterator[str]:
    """What has been typed of a question each time that a phone asks: every third key."""
    yield from (question[:length] for length in range(3, len(question) + 1, 3))


def main() -> int:
    """Build, glance, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=3000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--set", help="made of its sentences")
    given = parser.parse_args()
    chance, drawn = random.Random(1), np.random.default_rng(1)
    if given.set:
        made = Recombiner(DATA / given.set).articles(given.passages)
        questions = [row["question"] for row in rows(DATA / given.set / "questions.jsonl.gz")]
    else:
        words = vocabulary(chance)
        made = articles(given.passages, words, drawn)
        questions = [" ".join(chance.choices(words[:5000], k=TYPED_WORDS)) for _ in range(given.queries)]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        started = time.perf_counter()
        fake = FakeEncoder(dimension=DIMENSION)
        add_snapshot(Path(folder), made, fake, words=PASSAGE_WORDS)
        print(f"built in {time.perf_counter() - started:.0f} s", file=sys.stderr)
        encoder = TypedEncoder(open_encoder(BotSettings(), Store(Path(folder))))
        snapshot = store.open_current(encoder=encoder.identity)
        generation = Generation(snapshot, FusedRetriever(snapshot, encoder), Unread())
        service = Answerer(Generations(lambda: generation, lambda: snapshot.name), AnswersSection(), 0.5)
        queries = [query for question in questions for query in typed(question)]
        measured = [_timed(service, query) for query in chance.sample(queries, min(given.queries, len(queries)))][5:]
        p50, p95, longest = np.percentile(measured, [50, 95, 100])
        passages = snapshot.manifest.passages
        print(f"{passages} passages, {len(measured)} glances: {p50:.0f} ms (median), {p95:.0f} ms (p95), {longest:.0f}")
        snapshot.close()
    return 0


def _timed(service: Answerer, query: str) -> float:
    started = time.perf_counter()
    service.glance(Question(query, NEWEST), 10)
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    raise SystemExit(main())
