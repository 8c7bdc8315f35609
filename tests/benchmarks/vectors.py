"""Which kind of vector index for how many passages: ``python tests/benchmarks/vectors.py [--passages N …]``.

For each number and kind: the share of the 10 and 50 nearest by exact search in 32 bits that are found, milliseconds of
processor time for a question (one thread), bytes for a vector, seconds to write, to write again with one passage in a
hundred changed, and to open, and the megabytes of a process after 200 searches, its own and those mapped from the file.
``--graphs`` adds HNSW, which takes minutes for a hundred thousand. ``--json`` keeps the figures.

The vectors are those of the passages of ``news-2024`` (``--storage``: where an index of it lies; else it is built).
Beyond as many as there are, they are derived: the mean, in random shares, of two or three passages that follow each
other in an article, plus noise of length 0.4, at length one again. How near they are to the real ones, and how alike
among themselves, is printed. The questions are those of the set, by the encoder that ships.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import faiss
import numpy as np
from machine import resident, this_machine
from made_vectors import CHUNK, asked, built, made, real_vectors, told

from index.vectors import Floats, Halves, Ids
from index.vectors.building import write_vectors
from index.vectors.kinds import FLAT, Kind, kind_for
from index.vectors.mapped import MappedVectors

DEPTH = 50
SEARCHES = 200
CHANGED = 0.01


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one kind; megabytes and seconds, milliseconds for a question."""

    passages: int
    kind: str
    chosen: bool
    at_10: float
    at_50: float
    milliseconds: float
    bytes: float
    write: float
    rewrite: float | None
    open: float
    own: float
    mapped: float


@dataclass(frozen=True, slots=True)
class Written:
    """A file in some kind, and the seconds that it took."""

    kind: str
    path: Path
    write: float
    rewrite: float | None = None
    probes: int = 0
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Searched:
    """Places (n, 50) of the nearest to each question, best first, and what it took; what a child process returns."""

    places: list[list[int]]
    milliseconds: float
    open: float
    own: float
    mapped: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, nargs="+", default=[20_000])
    parser.add_argument("--storage", type=Path, help="a storage folder with the index of news-2024")
    parser.add_argument("--questions", type=int, default=SEARCHES)
    parser.add_argument("--graphs", action="store_true", help="HNSW, too")
    parser.add_argument("--json", type=Path, help="where the figures are written")
    parser.add_argument("--search", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.search:
        print(json.dumps(asdict(searched(Path(given.search[0]), int(given.search[1]), Path(given.search[2])))))
        return 0
    machine = this_machine()
    print(machine)
    real, questions = real_vectors(given.storage or built()), asked(given.questions)
    found: list[Figures] = []
    for passages in given.passages:
        found += measured(passages, real, questions, graphs=given.graphs)
    if given.json:
        record = {"machine": asdict(machine), "figures": [asdict(one) for one in found]}
        given.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return 0


def measured(passages: int, real: tuple[Floats, Ids], questions: Floats, *, graphs: bool) -> list[Figures]:
    """Write, open and search every kind over so many passages, and print the table."""
    with tempfile.TemporaryDirectory(dir=Path(".work") if Path(".work").is_dir() else None) as name:
        folder = Path(name)
        np.save(folder / "questions.npy", questions)
        vectors = np.lib.format.open_memmap(folder / "all.npy", "w+", np.float32, (passages, real[0].shape[1]))
        start = 0
        for part in made(real, passages):
            vectors[start : start + len(part)] = part
            start += len(part)
        if passages > len(real[0]):
            print(told(real[0], np.array(vectors[-2000:]), questions))
        right = nearest(vectors, questions)
        print(f"\n{passages} passages\n{HEAD}")
        found = []
        for one in written(folder, vectors, graphs=graphs):
            figures = figures_of(one, folder, right, passages)
            print(line(figures), flush=True)
            found.append(figures)
        return found


def nearest(vectors: Floats, questions: Floats) -> Ids:
    """Return the places (q, 50) of the nearest by the whole product in 32 bits, one part after the other."""
    places, scores = np.empty((len(questions), 0), np.int64), np.empty((len(questions), 0), np.float32)
    for start in range(0, len(vectors), CHUNK):
        products = questions @ vectors[start : start + CHUNK].T
        here = np.broadcast_to(np.arange(start, start + products.shape[1]), products.shape)
        places, scores = np.concatenate([places, here], axis=1), np.concatenate([scores, products], axis=1)
        best = np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]
        places, scores = np.take_along_axis(places, best, axis=1), np.take_along_axis(scores, best, axis=1)
    return places


def written(folder: Path, vectors: Floats, *, graphs: bool) -> Iterator[Written]:
    """Yield each kind when it is written; its file is removed before the next."""
    count, width = vectors.shape
    chosen = kind_for(count)
    yield _by_faiss(folder, "32 bits, exact", vectors, lambda: faiss.IndexFlatIP(width))
    yield replace(_ours(folder, vectors, FLAT), chosen=chosen == FLAT)
    eight = faiss.ScalarQuantizer.QT_8bit
    yield _by_faiss(
        folder, "8 bits, all", vectors, lambda: faiss.IndexScalarQuantizer(width, eight, faiss.METRIC_INNER_PRODUCT)
    )
    for lists in sorted(
        {2 ** round(np.log2(factor * np.sqrt(count))) for factor in (0.5, 1, 2)} | {chosen.lists or 1024}
    ):
        one = _ours(folder, vectors, Kind(lists, 1))
        for probes in sorted({lists // 64, lists // 32, lists // 16, lists // 8} | {chosen.probes}):
            if probes:
                yield replace(one, kind=str(Kind(lists, probes)), probes=probes, chosen=chosen == Kind(lists, probes))
    if graphs:
        yield _by_faiss(folder, "HNSW16, 16 bits", vectors, lambda: _graph(width))


def _graph(width: int) -> faiss.Index:
    half = faiss.ScalarQuantizer.QT_fp16
    index = faiss.IndexHNSWSQ(width, half, 16, faiss.METRIC_INNER_PRODUCT)  # type: ignore[arg-type]
    index.hnsw.efConstruction, index.hnsw.efSearch = 80, 128
    return index


def _ours(folder: Path, vectors: Floats, kind: Kind) -> Written:
    """Write a kind as a build does, from rows in half precision, and again with some of them changed."""
    ids, path, halves = np.arange(len(vectors), dtype=np.int64), folder / "ours", _halves(folder, vectors)
    seconds = timed(lambda: write_vectors(path, ids, halves, kind=kind))
    changed = halves.copy()
    moved = np.random.default_rng(3).permutation(len(vectors))[: int(CHANGED * len(vectors))]
    changed[moved] = halves[np.roll(moved, 1)]
    again = timed(lambda: write_vectors(folder / "again", ids, changed, path, kind))
    (folder / "again").unlink()
    return Written(str(kind), path, seconds, again)


def _halves(folder: Path, vectors: Floats) -> Halves:
    path = folder / "halves.npy"
    if not path.is_file():
        rounded = np.lib.format.open_memmap(path, "w+", np.float16, vectors.shape)
        for start in range(0, len(vectors), CHUNK):
            rounded[start : start + CHUNK] = vectors[start : start + CHUNK]
    return np.asarray(np.load(path, mmap_mode="r"))


def _by_faiss(folder: Path, name: str, vectors: Floats, make: Callable[[], faiss.Index]) -> Written:
    path, index = folder / "faiss", make()

    def write() -> None:
        faiss.omp_set_num_threads(os.cpu_count() or 1)
        index.train(np.ascontiguousarray(vectors[:: max(1, len(vectors) // 50_000)]))
        for start in range(0, len(vectors), CHUNK):
            index.add(np.ascontiguousarray(vectors[start : start + CHUNK]))
        faiss.write_index(index, str(path))

    return Written(name, path, timed(write))


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def figures_of(one: Written, folder: Path, right: Ids, passages: int) -> Figures:
    """Search a file in a process of its own."""
    asked = [sys.executable, __file__, "--search", str(one.path), str(one.probes), str(folder / "questions.npy")]
    answer = subprocess.run(asked, capture_output=True, text=True, check=True, env={**os.environ, **_PATH})
    found = Searched(**json.loads(answer.stdout))
    return Figures(
        passages=passages,
        kind=one.kind,
        chosen=one.chosen,
        at_10=recall(right, found.places, 10),
        at_50=recall(right, found.places, 50),
        milliseconds=found.milliseconds,
        bytes=one.path.stat().st_size / passages,
        write=one.write,
        rewrite=one.rewrite,
        open=found.open,
        own=found.own,
        mapped=found.mapped,
    )


_PATH = {"PYTHONPATH": ":".join(["tests/benchmarks", "tests", "."])}


def recall(right: Ids, found: Sequence[Sequence[int]], at: int) -> float:
    return float(np.mean([len({*a[:at]} & {*b[:at]}) / at for a, b in zip(right.tolist(), found, strict=True)]))


def searched(path: Path, probes: int, questions: Path) -> Searched:
    """Open a file and search it; the product's own where it is one, else by FAISS."""
    asked, before = np.load(questions), resident()
    started = time.perf_counter()
    search = _opened(path, probes)
    search(asked[0])
    opened = time.perf_counter() - started
    clock = time.process_time()
    places = [search(asked[number % len(asked)]) for number in range(max(SEARCHES, len(asked)))]
    milliseconds = 1000 * (time.process_time() - clock) / len(places)
    now = resident()
    return Searched(places[: len(asked)], milliseconds, opened, now.own - before.own, now.mapped - before.mapped)


def _opened(path: Path, probes: int) -> Callable[[Floats], list[int]]:
    faiss.omp_set_num_threads(1)
    index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    if path.name != "ours":
        return lambda one: list(index.search(one[None], DEPTH)[1][0].tolist())
    vectors = MappedVectors.open(path)
    if isinstance(index, faiss.IndexIVFScalarQuantizer):
        index.nprobe = probes
        vectors = MappedVectors(index, vectors.ids, vectors.training)
    return lambda one: list(vectors.search(one, DEPTH).ids.tolist())


HEAD = f"{'kind':40}    @10    @50      ms  bytes   write   again   open    own mapped"


def line(one: Figures) -> str:
    again = f"{one.rewrite:7.1f}" if one.rewrite is not None else f"{'':7}"
    return (
        f"{one.kind + (' *' if one.chosen else ''):40} {one.at_10:6.3f} {one.at_50:6.3f} {one.milliseconds:7.2f}"
        f" {one.bytes:6.0f} {one.write:7.1f} {again} {one.open:6.3f} {one.own:6.0f} {one.mapped:6.0f}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
