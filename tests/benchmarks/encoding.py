"""How fast passages are encoded: ``python tests/benchmarks/encoding.py [--passages N] [--storage FOLDER]``.

Passages of the published snapshot in ``--storage``, drawn evenly, with their titles, are encoded in three ways, each
in a process of its own, by turns and 256 at a time, so that a busy machine disturbs all alike: by
``SentenceTransformer.encode`` with its defaults (the reference), by the encoder in 32 bits, as the bot has it, and as
a build has it. Printed are passages, tokens and milliseconds of processor time, the ratio to the reference (the median
of the turns), and the least cosine to its vectors.

Beside that stands the physical limit. A token costs, in each of the layers, four products with a matrix of h x h
(queries, keys, values, output), two with one of h x i (in and out of the middle), and attention to the L tokens of its
passage, 2 L h for the scores and 2 L h for the sums; each multiplication comes with an addition:

    layers x (2 (4 h h + 2 h i) + 4 L h)

This times the tokens a second, over the rate at which as many threads multiply 2048 x 2048 matrices in the same numbers
at the same turn, is the share of the limit that is reached.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
from machine import this_machine

from index import locate_weights
from index.encoder import text_to_encode

Floats = npt.NDArray[np.float32]
Encode = Callable[[list[str]], Floats]

ENCODER = "all-MiniLM-L6-v2"
TURN = 256
SIDE = 2048
WAYS = ("SentenceTransformer.encode", "32 bits", "as a build")


@dataclass(frozen=True, slots=True)
class Turn:
    """What a process did: seconds by the clock and of its processor time, and vectors (n, d)."""

    seconds: float
    processor_seconds: float
    rows: Floats


@dataclass(frozen=True, slots=True)
class Figures:
    """One way to encode. ``limit``: 10^9 multiplications and additions a second; ``share``: of it, reached."""

    way: str
    numbers: str
    passages_per_second: float
    tokens_per_second: float
    processor_milliseconds: float
    ratio: float
    least_cosine: float
    limit: float
    share: float


def main() -> int:
    """Print the table, and write it as JSON where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=2048, metavar="N", help="how many are encoded (2048)")
    parser.add_argument("--storage", type=Path, default=Path(".verbatim"), help="where a snapshot is (.verbatim)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures, too")
    given = parser.parse_args()
    machine, texts = this_machine(), passages_of(given.storage, given.passages)
    lengths = token_counts(texts)
    figures = measure(texts, lengths)
    print(f"{machine}\n{len(texts)} passages of {np.mean(lengths):.0f} tokens; {operations_told(lengths)}\n")
    print("\n".join(table(figures)))
    if given.json:
        content = {
            "machine": asdict(machine),
            "passages": len(texts),
            "mean_tokens": float(np.mean(lengths)),
            "operations_per_token": operations(lengths) / sum(lengths),
            "ways": [asdict(one) for one in figures],
        }
        given.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


def table(figures: Iterable[Figures]) -> Iterator[str]:
    """Yield the lines in which people read the figures."""
    yield f"{'':28}{'passages/s':>11}{'tokens/s':>10}{'cpu-ms':>8}{'ratio':>7}{'cosine':>10}{'limit':>16}{'share':>7}"
    for one in figures:
        limit = f"{one.limit:.0f} {one.numbers}"
        yield (
            f"{one.way:28}{one.passages_per_second:11.1f}{one.tokens_per_second:10.0f}{one.processor_milliseconds:8.2f}"
            f"{one.ratio:7.2f}{one.least_cosine:10.6f}{limit:>16}{one.share:7.3f}"
        )


def passages_of(storage: Path, number: int) -> list[str]:
    """Return what is encoded of so many passages, evenly drawn; their ids are digests, so in no order."""
    from index import Store

    store = Store(storage)
    with store.open(store.current(), verify=False) as snapshot:
        ids = snapshot.passage_ids()
        passages = snapshot.passages(ids[:: max(1, len(ids) // number)][:number])
        articles = {p.article_id: snapshot.article(p.article_id) for p in passages}
    return [text_to_encode(a.title, a.text[p.start : p.end]) for p in passages if (a := articles[p.article_id])]


def measure(texts: Sequence[str], lengths: Sequence[int]) -> list[Figures]:
    """Encode the texts in all ways, by turns."""
    turns: dict[str, list[Turn]] = {way: [] for way in WAYS}
    rates: dict[str, list[float]] = {way: [] for way in WAYS}
    with ExitStack() as stack:
        workers = {way: stack.enter_context(_worker(way)) for way in WAYS}
        numbers = {way: worker.recv() for way, worker in workers.items()}
        for start in range(0, len(texts), TURN):
            for way, worker in workers.items():
                worker.send(texts[start : start + TURN])
                turns[way].append(worker.recv())
                rates[way].append(worker.recv())
    return [_figures(way, numbers[way], lengths, turns[way], turns[WAYS[0]], rates[way]) for way in WAYS]


def _figures(
    way: str, numbers: str, lengths: Sequence[int], turns: list[Turn], reference: list[Turn], rates: list[float]
) -> Figures:
    rows, wanted = (np.concatenate([turn.rows for turn in of]) for of in (turns, reference))
    seconds = sum(turn.seconds for turn in turns)
    parts = [lengths[start : start + TURN] for start in range(0, len(lengths), TURN)]
    reached = [operations(part) / turn.seconds for part, turn in zip(parts, turns, strict=True)]
    return Figures(
        way=way,
        numbers=numbers,
        passages_per_second=len(lengths) / seconds,
        tokens_per_second=sum(lengths) / seconds,
        processor_milliseconds=1000 * sum(turn.processor_seconds for turn in turns) / len(lengths),
        ratio=median(theirs.seconds / ours.seconds for theirs, ours in zip(reference, turns, strict=True)),
        least_cosine=float(np.sum(rows * wanted, axis=1).min()),
        limit=median(rates) / 1e9,
        share=median(r / rate for r, rate in zip(reached, rates, strict=True)),
    )


def token_counts(texts: Sequence[str], encoder: str = ENCODER) -> list[int]:
    """Return how many tokens of each text the model reads."""
    from tokenizers import Tokenizer

    folder = locate_weights(encoder).folder
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"])
    return [len(one.ids) for one in tokenizer.encode_batch(list(texts))]


def _shape(encoder: str) -> tuple[int, int, int]:
    config = json.loads((locate_weights(encoder).folder / "config.json").read_text())
    return config["num_hidden_layers"], config["hidden_size"], config["intermediate_size"]


def operations(lengths: Sequence[int], encoder: str = ENCODER) -> float:
    """Return the multiplications and additions that texts of so many tokens cost, padding not counted."""
    layers, h, i = _shape(encoder)
    return float(sum(n * layers * (2 * (4 * h * h + 2 * h * i) + 4 * n * h) for n in lengths))


def operations_told(lengths: Sequence[int], encoder: str = ENCODER) -> str:
    """Return the arithmetic in words."""
    layers, h, i = _shape(encoder)
    seen = sum(n * n for n in lengths) / sum(lengths)  # the mean over tokens: long passages have more of them
    each = operations(lengths, encoder) / sum(lengths) / 1e6
    return (
        f"a token costs {layers} x (2 (4 x {h} x {h} + 2 x {h} x {i}) + 4 x {seen:.0f} x {h}) = {each:.1f} million"
        " multiplications and additions"
    )


@contextmanager
def _worker(way: str) -> "Iterator[Connection[Any, Any]]":
    """Start a process that says its numbers, then takes texts and gives a turn and a rate for each."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(way, theirs), daemon=True)
    process.start()
    try:
        yield ours
    finally:
        ours.send(None)
        process.join()


def _work(way: str, connection: "Connection[Any, Any]") -> None:
    cores = len(os.sched_getaffinity(0))
    encode, numbers = (_library(), "float32") if way == WAYS[0] else _own(fast=way == WAYS[2])
    encode(["ready"] * 8)
    connection.send(numbers)
    while texts := connection.recv():
        clock, processor = time.perf_counter(), time.process_time()
        rows = encode(texts)
        connection.send(Turn(time.perf_counter() - clock, time.process_time() - processor, rows))
        connection.send(product_rate(numbers, cores))


def _library() -> Encode:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(locate_weights(ENCODER).folder), device="cpu")
    return lambda texts: np.asarray(model.encode(texts), np.float32)


def _own(*, fast: bool) -> tuple[Encode, str]:
    from index import locate_encoder

    encoder = locate_encoder(ENCODER, fast=fast)
    return encoder.encode, encoder.device.numbers


def product_rate(numbers: str, threads: int) -> float:
    """Return multiplications and additions a second of as many threads, each with a large product of its own."""
    import torch

    one, other = (torch.randn(SIDE, SIDE).to(getattr(torch, numbers)) for _ in range(2))
    with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        started = time.perf_counter()
        list(pool.map(lambda _: one @ other, range(2 * threads)))
        return 2 * threads * 2 * SIDE**3 / (time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main())
