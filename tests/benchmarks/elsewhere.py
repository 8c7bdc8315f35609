"""What an engine elsewhere costs beside a file: ``python tests/benchmarks/elsewhere.py [--passages N …]``.

Against a real ``milvus-lite`` server on this machine, which is not the engine of a cluster: it tells what the adapter
and the protocol cost, not what a cluster can do. For each number of passages, exact and with a graph: the share of the
10 nearest by exact search that are found; milliseconds, on the clock and the median, to search for 50 with their
vectors, and to fetch the vectors of 50 others, each beside what the file needs for the same; seconds to write; and the
megabytes that the server holds. ``--json`` keeps the figures.

Vectors and questions are those of ``vectors.py``. ``--words`` measures word search instead: see ``words_elsewhere.py``.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from machine import resident, this_machine
from made_vectors import asked, built, made, real_vectors
from milvus_server import MilvusServer
from vectors import nearest, recall, timed
from words_elsewhere import WordFigures, measured_words

from index.vectors import Floats, Ids, VectorIndex, open_vectors, write_vectors
from index.vectors.milvus.collections import Milvus

DEPTH = 50
QUESTIONS = 100


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured; milliseconds for a question, seconds to write, megabytes of the server."""

    passages: int
    kind: str
    at_10: float
    search: float
    search_file: float
    fetch: float
    fetch_file: float
    write: float
    write_file: float
    server: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000, 38_000])
    parser.add_argument("--storage", type=Path, help="where an index of news-2024 lies")
    parser.add_argument("--words", action="store_true", help="measure word search instead of vectors")
    parser.add_argument("--questions", type=int, default=QUESTIONS, help="of word search")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    machine = this_machine()
    print(machine)
    found: list[Figures | WordFigures] = [*(of_words(given) if given.words else of_vectors(given))]
    if given.json:
        given.json.write_text(json.dumps({"machine": asdict(machine), "figures": [asdict(one) for one in found]}))
    return 0


def of_words(given: argparse.Namespace) -> Iterator[WordFigures]:
    for count in given.passages:
        with tempfile.TemporaryDirectory() as name:
            figures = measured_words(given.storage or built(), Path(name), count, given.questions)
        print(figures, flush=True)
        yield figures


def of_vectors(given: argparse.Namespace) -> Iterator[Figures]:
    real, questions = real_vectors(given.storage or built()), asked(QUESTIONS)
    print(HEAD)
    for count in given.passages:
        vectors = np.concatenate(list(made(real, count)))
        for exact in (count, 0):
            figures = measured(vectors, questions, exact)
            print(line(figures), flush=True)
            yield figures


def measured(vectors: Floats, questions: Floats, exact: int) -> Figures:
    """Write the vectors into a file and into a new server, and ask both."""
    ids = np.arange(len(vectors), dtype=np.int64)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        in_file = timed(lambda: write_vectors(folder / "file", ids, vectors))
        server = MilvusServer(folder / "data")
        server.start()
        try:
            engine = Milvus(server.section(timeout_seconds=60), "benchmark", exact)
            started = time.perf_counter()
            made_ = engine.write(ids, vectors)
            in_server = time.perf_counter() - started
            far, near = engine.open(made_.collection), open_vectors(folder / "file")
            places = [far.search(one, DEPTH).ids.tolist() for one in questions]
            return Figures(
                passages=len(vectors),
                kind=made_.kind,
                at_10=recall(nearest(vectors, questions), places, 10),
                search=searching(far, questions),
                search_file=searching(near, questions),
                fetch=fetching(far, ids),
                fetch_file=fetching(near, ids),
                write=in_server,
                write_file=in_file,
                server=resident(server.process).all,
            )
        finally:
            server.kill()


def searching(vectors: VectorIndex, questions: Floats) -> float:
    return median(lambda number: vectors.search(questions[number], DEPTH))


def fetching(vectors: VectorIndex, ids: Ids) -> float:
    wanted = np.random.default_rng(4).choice(ids, (QUESTIONS, DEPTH))
    return median(lambda number: vectors.vectors(wanted[number]))


def median(call: Callable[[int], object]) -> float:
    """Return the milliseconds of the call in the middle."""
    return 1000 * float(np.median([timed(partial(call, number)) for number in range(QUESTIONS)]))


HEAD = f"{'passages':>9} {'kind':32}    @10  search (file)  fetch (file)   write (file)  server"


def line(one: Figures) -> str:
    return (
        f"{one.passages:9} {one.kind:32} {one.at_10:6.3f} {one.search:7.1f} {one.search_file:6.1f} {one.fetch:6.1f}"
        f" {one.fetch_file:6.2f} {one.write:7.1f} {one.write_file:6.2f} {one.server:7.0f}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
