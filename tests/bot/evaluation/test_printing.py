"""The figures of an evaluation as text for people."""

from bot.evaluation import Evaluation
from bot.evaluation.printing import figures_text

FIGURES = Evaluation(
    questions=359,
    answerable=151,
    recall={name: {"1": 0.5, "5": 0.75, "20": 0.98765} for name in ("dense", "words", "fused")},
    quote={"1": 0.25, "3": None},
    shown={"1": 0.2, "3": 0.3},
    declined={"answerable": 0.1, "unanswerable": 0.9},
    auroc=0.8,
    verbatim=1.0,
    quote_words=21.26,
    latency_ms={"p50": 31.4, "p95": 77.7},
    encode={"passages": 14610, "per_second": 21.55},
    peak_mb=812.3,
    threshold=0.31,
    snapshot="20260101T000000-abcdef01",
)


def test_every_figure_is_told() -> None:
    """One kind a line; shares with four places."""
    assert figures_text(FIGURES).splitlines() == [
        "questions 359, answerable 151, snapshot 20260101T000000-abcdef01",
        "recall dense  1: 0.5000  5: 0.7500  20: 0.9877",
        "recall words  1: 0.5000  5: 0.7500  20: 0.9877",
        "recall fused  1: 0.5000  5: 0.7500  20: 0.9877",
        "quote holds the answer  1: 0.2500  3: -",
        "... and is shown        1: 0.2000  3: 0.3000",
        "declined  answerable: 0.1000  unanswerable: 0.9000  (threshold 0.31)",
        "area under ROC of the confidence  0.8000",
        "verbatim  1.0000",
        "words in the first quote  21.3",
        "latency ms  p50 31  p95 78",
        "encoded  14610 passages, 21.6 a second",
        "peak memory  812 MB",
    ]
