"""How long the reading model takes for 20 passages of news: ``python tests/benchmarks/reading.py``.

Reads the held-back quiz questions of ``VERBATIM_DATA``, as mined by ``python -m bot.training mine``.
"""

import os
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # read when torch is first imported

import numpy as np

from bot.answering.spans.model import encoder_of, load_model, packaged_model
from bot.answering.spans.reading import PassageText
from bot.training.corpora import HELD_BACK
from bot.training.examples import read_examples
from index import locate_weights

WORK = Path(".work/training")
QUESTIONS, PASSAGES = 50, 20


def main() -> int:
    started = time.perf_counter()
    model = load_model(packaged_model(), locate_weights(encoder_of(packaged_model())).folder)
    print(f"loaded in {time.perf_counter() - started:.2f} s")
    examples = [e for e in read_examples(WORK, "newsquiz-passages-2022-2023") if e.part == HELD_BACK]
    asked = [
        (e.question, [PassageText(p.title, p.text) for p in (*e.positives, *e.negatives)][:PASSAGES]) for e in examples
    ][:QUESTIONS]
    model.read(*asked[0])
    times = []
    for question, passages in asked:
        started = time.perf_counter()
        model.read(question, passages)
        times.append(1000 * (time.perf_counter() - started))
    p50, p95 = np.percentile(times, [50, 95])
    print(f"{os.cpu_count()} cores: {PASSAGES} passages in {p50:.0f} ms (median), {p95:.0f} ms (p95)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
