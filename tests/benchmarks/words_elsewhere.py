"""What word search costs in an engine elsewhere beside own tables; ``elsewhere.py --words`` runs it.

Of the passages of a snapshot, as many as are asked for: processor seconds to fill own tables, and to count the words
and weigh the passages for the engine; seconds by the clock to write the collection without and with words; bytes a
passage that stay on this machine, and numbers a passage that the engine holds. For each question's 50 best:
milliseconds by the clock, p50 and p95, in own tables, in the engine when its phrases are counted first, and again; how
many of the best 20 of own tables are among the best 20; by how much scores of the same passage differ at most.
"""

import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from machine import resident
from milvus_server import MilvusServer
from recombined import DATA, rows

from index.layout import Layout
from index.lexical import CountWriter, EngineWords, PassageText, QuestionTerms, Weigher, WordHit, WordIndex, WordWriter
from index.snapshot.texts import passage_texts
from index.vectors import Ids, Weights
from index.vectors.milvus.collections import Milvus

DEPTH, BEST = 50, 20
WIDTH = 384


@dataclass(frozen=True, slots=True)
class WordFigures:
    """What was measured; the lists are p50 and p95 in milliseconds."""

    passages: int
    own_seconds: float
    engine_seconds: float
    write_seconds: float
    write_words_seconds: float
    own_bytes: float
    engine_bytes: float
    numbers: float
    server_megabytes: float
    own: list[float]
    first: list[float]
    again: list[float]
    processor: list[float]
    at_20: float
    difference: float

    def __str__(self) -> str:
        own, first, again, processor = (
            f"{p50:.1f} / {p95:.1f}" for p50, p95 in (self.own, self.first, self.again, self.processor)
        )
        return (
            f"{self.passages} passages, their words in own tables and in the engine\n"
            f"  processor seconds to fill: own {self.own_seconds:.1f}, counted and weighed {self.engine_seconds:.1f}\n"
            f"  seconds to write the collection: {self.write_seconds:.1f}, with words {self.write_words_seconds:.1f}\n"
            f"  bytes a passage here: own {self.own_bytes:.0f}, engine {self.engine_bytes:.0f}"
            f" (there {self.numbers:.0f} numbers and weights); server {self.server_megabytes:.0f} MB\n"
            f"  ms a search, p50 / p95: own {own}, engine {first}, again {again}, of it on this processor {processor}\n"
            f"  of the best {BEST} found {self.at_20:.4f}, scores differ by {self.difference:.1e} at most"
        )


def measured_words(storage: Path, folder: Path, count: int, questions: int) -> WordFigures:
    """Keep the words of so many passages in both ways, and ask both the same."""
    layout = Layout(storage)
    snapshot = layout.snapshot(layout.current.read_text().strip()).articles
    source = sqlite3.connect(f"file:{snapshot}?mode=ro&immutable=1", uri=True)
    ids = [id_ for (id_,) in islice(source.execute("SELECT id FROM passages ORDER BY id"), count)]
    texts = passage_texts(source, ids)
    own, own_seconds = filled(folder / "own", texts, WordWriter)
    counts, count_seconds = filled(folder / "counts", texts, CountWriter)
    started = time.process_time()
    weights = dict(zip(ids, Weigher(counts).weights([texts[id_] for id_ in ids]), strict=True))
    weigh_seconds = time.process_time() - started
    server = MilvusServer(folder / "data")
    server.start()
    try:
        section = server.section(timeout_seconds=60).model_copy(update={"words": "engine"})
        engine = Milvus(section, "benchmark")
        bare, _ = written(engine, ids, None)
        with_words, collection = written(engine, ids, weights)
        tables = WordIndex(lambda: own)
        find = engine.open(collection).sharing
        words = EngineWords(lambda: counts, find, lambda wanted: passage_texts(source, list(wanted)))
        terms = [tables.terms(one) for one in asked(questions)]
        best, clock, _ = answered(tables.search, terms)
        found, first, _ = answered(words.search, terms)
        _, again, processor = answered(words.search, terms)
        return WordFigures(
            passages=len(ids),
            own_seconds=own_seconds,
            engine_seconds=count_seconds + weigh_seconds,
            write_seconds=bare,
            write_words_seconds=with_words,
            own_bytes=(folder / "own").stat().st_size / len(ids),
            engine_bytes=(folder / "counts").stat().st_size / len(ids),
            numbers=sum(map(len, weights.values())) / len(ids),
            server_megabytes=resident(server.process).all,
            own=clock,
            first=first,
            again=again,
            processor=processor,
            at_20=recall(best, found),
            difference=difference(best, found),
        )
    finally:
        server.kill()


def filled(
    path: Path, texts: dict[int, PassageText], make: Callable[[sqlite3.Connection], WordWriter | CountWriter]
) -> tuple[sqlite3.Connection, float]:
    connection = sqlite3.connect(path)
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    started = time.process_time()
    writer = make(connection)
    for id_, one in texts.items():
        writer.add([(id_, one.title, one.text)], one.language)
    writer.finish({one.language for one in texts.values()})
    connection.commit()
    return connection, time.process_time() - started


def written(engine: Milvus, ids: Sequence[int], weights: dict[int, Weights] | None) -> tuple[float, str]:
    """Return the seconds that writing takes, beside vectors of chance, and the collection's name."""
    vectors = np.random.default_rng(1).standard_normal((len(ids), WIDTH)).astype(np.float16)

    def of(some: Ids) -> list[Weights]:
        return [weights[id_] for id_ in some.tolist()] if weights else []

    started = time.perf_counter()
    made = engine.write(np.array(ids, np.int64), vectors, of if weights else None)
    return time.perf_counter() - started, made.collection


def asked(count: int) -> list[str]:
    texts = [row["question"] for row in rows(DATA / "news-2024" / "questions.jsonl.gz")]
    return random.Random(1).sample(texts, min(count, len(texts)))


def answered(
    search: Callable[[QuestionTerms, int], list[WordHit]], terms: Sequence[QuestionTerms]
) -> tuple[list[list[WordHit]], list[float], list[float]]:
    """Return the answers, and p50 and p95 of the milliseconds by the clock, and of those of this processor."""
    found, clock, processor = [], [], []
    for one in terms:
        started = time.perf_counter(), time.process_time()
        found.append(search(one, DEPTH))
        clock.append(1000 * (time.perf_counter() - started[0]))
        processor.append(1000 * (time.process_time() - started[1]))
    return found, np.percentile(clock, [50, 95]).tolist(), np.percentile(processor, [50, 95]).tolist()


def recall(best: Sequence[list[WordHit]], found: Sequence[list[WordHit]]) -> float:
    pairs = [
        ({hit.passage_id for hit in a[:BEST]}, {hit.passage_id for hit in b[:BEST]})
        for a, b in zip(best, found, strict=True)
    ]
    return float(np.mean([len(a & b) / len(a) for a, b in pairs if a]))


def difference(best: Sequence[list[WordHit]], found: Sequence[list[WordHit]]) -> float:
    scores = [
        ({hit.passage_id: hit.score for hit in a}, {hit.passage_id: hit.score for hit in b})
        for a, b in zip(best, found, strict=True)
    ]
    return max((abs(a[id_] - b[id_]) for a, b in scores for id_ in a.keys() & b.keys()), default=0.0)
