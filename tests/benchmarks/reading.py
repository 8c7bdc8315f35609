"""How long the reading model takes for 20 passages of news: ``python tests/benchmarks/reading.py``.

Reads the held-back quiz questions of ``VERBATIM_DATA``, as mined by ``python -m bot.training mine``.
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # read when torch is first imported

import numpy as np

from bot.answering.spans.model import SpanModel, encoder_of, load_model, packaged_model
from bot.answering.spans.reading import PassageText
from index import locate_weights

WORK = Path(".work/training")
QUESTIONS, PASSAGES = 50, 20


Asked = tuple[str, Sequence[PassageText]]
"""A question, and the passages that are read for it."""


def main() -> int:
    from bot.training.corpora import HELD_BACK
    from bot.training.examples import read_examples

    started = time.perf_counter()
    model = load_model(packaged_model(), locate_weights(encoder_of(packaged_model())).folder)
    print(f"loaded in {time.perf_counter() - started:.2f} s")
    examples = [e for e in read_examples(WORK, "newsquiz-passages-2022-2023") if e.part == HELD_BACK]
    asked = [
        (e.question, [PassageText(p.title, p.text) for p in (*e.positives, *e.negatives)][:PASSAGES]) for e in examples
    ][:QUESTIONS]
    p50, p95 = np.percentile(milliseconds(model, asked), [50, 95])
    print(f"{os.cpu_count()} cores: {PASSAGES} passages in {p50:.0f} ms (median), {p95:.0f} ms (p95)")
    return 0


def milliseconds(model: SpanModel, asked: Sequence[Asked]) -> list[float]:
    """Return how long each question takes, one after the other, after the first was read once for nothing."""
    model.read(*asked[0])
    return [_milliseconds(model, *one) for one in asked]


def _milliseconds(model: SpanModel, question: str, passages: Sequence[PassageText]) -> float:
    started = time.perf_counter()
    model.read(question, passages)
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    raise SystemExit(main())
