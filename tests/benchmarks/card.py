"""How fast a graphics card encodes and reads: ``python tests/benchmarks/card.py --texts FILE [--model FOLDER] …``.

Passages come from a file of JSON lines (``title``, ``text``) or from the published snapshot in ``--storage``, one after
the other and again from the start until there are ``--passages``. They are encoded on the card, by turns: by
``SentenceTransformer.encode`` with its defaults (the reference, of the first 4096), by the encoder in 32 bits, as the
bot has it, and as a build has it; beside these as a build would with other batches (``--batch-tokens``) and other
numbers of lots tokenized ahead (``--ahead``), as a build but with the tokens given, and, in a process that may use two
cores and no card, as a build there. The limit is the rate of a product of large matrices in the same numbers, measured
in the same run; the arithmetic is that of ``encoding``. Tokenizing is part of each way, and is measured alone, too.

Then the reading model reads 20 passages for each question, whose words are a title; its logits are held against those
of the same network in 32 bits on the processor.

Needs of what is not Verbatim's only torch, tokenizers, safetensors, numpy, and sentence-transformers.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from card_ways import CARD, Asked, Way, card_rate, figures_of, lean_network, turns_of
from encoding import ENCODER, Figures, Floats, Turn, operations_told, passages_of, product_rate, table, token_counts
from machine import this_machine

from index import locate_encoder, locate_weights
from index.encoder import text_to_encode

if TYPE_CHECKING:
    from bot.answering.spans.model import SpanModel
    from bot.answering.spans.reading import PassageText

TRIED_TOKENS = (16_384, 65_536, 131_072)
ON_PROCESSOR, CORES = 384, 2
PASSAGES, QUESTIONS, COMPARED = 20, 60, 5


@dataclass(frozen=True, slots=True)
class Tokenizing:
    """Passages a second that are tokenized while nothing is computed: lot after lot, and with lots ahead."""

    alone: float
    ahead: float
    share_of_build: float


@dataclass(frozen=True, slots=True)
class Reading:
    """Milliseconds a question (the median, 95 of a hundred), and the largest difference of a logit."""

    questions_per_second: float
    p50: float
    p95: float
    largest_difference: float
    largest_logit: float


def main() -> int:
    """Print the table, and write it as JSON where that is asked for."""
    given = _given()
    import torch

    if not torch.cuda.is_available():
        print("torch finds no graphics card on this machine, and this measures one", file=sys.stderr)
        return 1
    texts = list(islice(cycle(read_texts(given)), given.passages))
    lengths = token_counts(texts, given.model)
    machine, card = this_machine(), torch.cuda.get_device_name()
    print(f"{machine}; {card}, torch {torch.__version__}")
    print(f"{len(texts)} passages of {np.mean(lengths):.0f} tokens; {operations_told(lengths, given.model)}\n")
    figures = encoded(Asked(given.model, CARD, given.batch_tokens, given.ahead), texts, lengths)
    print("\n".join(table(figures)), flush=True)
    tokenizing = tokenized(given.model, texts, figures[2])
    print(
        f"\ntokenizing alone: {tokenizing.alone:.0f} passages/s lot after lot, {tokenizing.ahead:.0f} with lots ahead,"
        f" which is {tokenizing.share_of_build:.2f} of the time as a build"
    )
    reading = read(given.reader, given.model, texts)
    print(
        f"reading {PASSAGES} passages: {reading.questions_per_second:.1f} questions/s, {reading.p50:.2f} ms (p50),"
        f" {reading.p95:.2f} ms (p95); logits, at most {reading.largest_logit:.1f}, differ by at most"
        f" {reading.largest_difference:.4f}"
    )
    if given.json:
        content = {
            "machine": asdict(machine) | {"card": card, "torch": torch.__version__},
            "passages": len(texts),
            "mean_tokens": float(np.mean(lengths)),
            "ways": [asdict(one) for one in figures],
            "tokenizing": asdict(tokenizing),
            "reading": asdict(reading),
        }
        given.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=ENCODER, metavar="FOLDER", help=f"the encoder ({ENCODER})")
    parser.add_argument("--reader", type=Path, metavar="FOLDER", help="the reading model (the packaged one)")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--texts", type=Path, metavar="FILE", help="JSON lines with title and text")
    source.add_argument("--storage", type=Path, default=Path(".verbatim"), help="where a snapshot is (.verbatim)")
    parser.add_argument("--passages", type=int, default=24_576, metavar="N", help="how many are encoded (24576)")
    parser.add_argument(
        "--batch-tokens", type=int, nargs="*", default=TRIED_TOKENS, metavar="N", help="batches to try, too"
    )
    parser.add_argument("--ahead", type=int, nargs="*", default=(0, 1), metavar="N", help="lots ahead to try, too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures, too")
    return parser.parse_args()


def read_texts(given: argparse.Namespace) -> list[str]:
    """Return what is encoded of each passage that was given."""
    if given.texts is None:
        return passages_of(given.storage, given.passages)
    lines = given.texts.read_text(encoding="utf-8").splitlines()
    return [text_to_encode(passage["title"], passage["text"]) for passage in map(json.loads, lines)]


def encoded(asked: Asked, texts: Sequence[str], lengths: Sequence[int]) -> list[Figures]:
    """Encode the texts in all ways on the card, and some on two cores of the processor."""
    turns = turns_of(asked, texts)
    rates = {way.numbers: card_rate(way.numbers, asked.device) for way, _ in turns}
    _, reference = turns[0]
    figures = [figures_of(asked.model, way, lengths, own, reference, rates[way.numbers]) for way, own in turns]
    # a process of its own, that knows of its cores and of no card before it imports anything
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _keep_to_few_cores) as pool:
        way, own, rate = pool.submit(_on_processor, asked.model, list(texts[:ON_PROCESSOR])).result()
    return [*figures, figures_of(asked.model, way, lengths, [own], reference, rate)]


def _keep_to_few_cores() -> None:
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def _on_processor(model: str, texts: list[str]) -> tuple[Way, Turn, float]:
    encoder = locate_encoder(model, fast=True)
    encoder.encode(texts[:32])
    clock, processor = time.perf_counter(), time.process_time()
    rows = encoder.encode(texts)
    turn = Turn(time.perf_counter() - clock, time.process_time() - processor, rows)
    numbers = encoder.device.numbers
    return Way("as a build, two cores", numbers, len(texts)), turn, product_rate(numbers, CORES)


def tokenized(model: str, texts: Sequence[str], build: Figures) -> Tokenizing:
    """Tokenize all texts as a build does, without computing anything."""
    from index.encoder.ahead import made_ahead
    from index.encoder.devices import CARD_AHEAD, Device
    from index.encoder.network import LOT

    prepared = lean_network(model, Device("cpu", "float32", 1024, 1)).prepared
    lots = [texts[start : start + LOT] for start in range(0, len(texts), LOT)]
    prepared(lots[0])
    started = time.perf_counter()
    for lot in lots:
        prepared(lot)
    between = time.perf_counter()
    with ThreadPoolExecutor(CARD_AHEAD) as pool:
        for _ in made_ahead(prepared, lots, pool, CARD_AHEAD):
            pass
    ahead = len(texts) / (time.perf_counter() - between)
    return Tokenizing(len(texts) / (between - started), ahead, build.passages_per_second / ahead)


def read(reader: Path | None, model: str, texts: Sequence[str]) -> Reading:
    """Read passages for questions, and compare the logits of some with those of 32 bits on the processor."""
    from reading import milliseconds

    from bot.answering.spans.model import load_model, packaged_model
    from bot.answering.spans.reading import PassageText

    folder, encoder_folder = reader or packaged_model(), locate_weights(model).folder
    spans = load_model(folder, encoder_folder)
    passages = [PassageText(title, text) for title, _, text in (one.partition("\n") for one in texts)]
    starts = range(0, len(passages), PASSAGES)[:QUESTIONS]
    asked = [(passages[start].title, passages[start : start + PASSAGES]) for start in starts]
    times = milliseconds(spans, asked)
    pairs = [pair for one in asked[:COMPARED] for pair in _logits(spans, folder, encoder_folder, *one)]
    found, exact = (np.concatenate(of) for of in zip(*pairs, strict=True))
    p50, p95 = np.percentile(times, [50, 95])
    return Reading(
        questions_per_second=1000 * len(times) / sum(times),
        p50=float(p50),
        p95=float(p95),
        largest_difference=float(np.abs(found - exact).max()),
        largest_logit=float(np.abs(exact).max()),
    )


def _logits(
    spans: "SpanModel", folder: Path, encoder_folder: Path, question: str, passages: Sequence["PassageText"]
) -> Iterator[tuple[Floats, Floats]]:
    """Yield the logits of starts, ends and the answer of each passage that is read, and those of 32 bits."""
    import torch

    from bot.answering.spans.model import load_network
    from bot.answering.spans.network import laid_out
    from bot.answering.spans.tokens import SpanTokenizer
    from index import layout_for

    network = load_network(folder, encoder_folder).eval()
    tokens = SpanTokenizer(encoder_folder).encode((question, passage) for passage in passages)
    for reading, one in zip(spans.read(question, passages), tokens, strict=False):  # the last may not be read
        with torch.inference_mode():
            own, answers = network(*laid_out([one], layout_for([len(one)], "cpu")))
        exact = own[one.first : one.first + len(one.places)].numpy()
        yield (
            np.concatenate([reading.starts, reading.ends, [reading.answers]]),
            np.concatenate([exact[:, 0], exact[:, 1], answers.numpy()]),
        )


if __name__ == "__main__":
    sys.exit(main())
