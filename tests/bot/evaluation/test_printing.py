"""The figures of an evaluation as text for people."""

from dataclasses import replace

from bot.evaluation import Evaluation
from bot.evaluation.calibration import ReliabilityBin, RiskPoint
from bot.evaluation.printing import figures_text
from bot.evaluation.separation import Foreign, OperatingPoint

FIGURES = Evaluation(
    questions=359,
    answerable=151,
    dated=17,
    recall={name: {"1": 0.5, "5": 0.75, "20": 0.98765} for name in ("dense", "words", "fused")},
    quote={"1": 0.25, "3": None},
    shown={"1": 0.2, "3": 0.3},
    marked={"any": 0.6, "exact": 0.4, "f1": 0.45},
    declined={"answerable": 0.1, "unanswerable": 0.9},
    auroc=0.8,
    risk_coverage=(RiskPoint(0.5, 0.9, 0.0625), RiskPoint(1.0, 0.1, 1.0)),
    aurc=0.2,
    reliability=(ReliabilityBin(0.25, 0.2, 180), ReliabilityBin(0.75, 0.8, 179)),
    ece=0.05,
    foreign=None,
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
        "questions 359, answerable 151, dated 17, snapshot 20260101T000000-abcdef01",
        "recall dense  1: 0.5000  5: 0.7500  20: 0.9877",
        "recall words  1: 0.5000  5: 0.7500  20: 0.9877",
        "recall fused  1: 0.5000  5: 0.7500  20: 0.9877",
        "quote holds the answer  1: 0.2500  3: -",
        "... and is shown        1: 0.2000  3: 0.3000",
        "words marked in the first quote  any: 0.6000  exact: 0.4000  f1: 0.4500",
        "declined  answerable: 0.1000  unanswerable: 0.9000  (threshold 0.31)",
        "area under ROC of the confidence  0.8000",
        "wrong among the surest answers, area under it 0.2000",
        "  answered    0.500  1.000",
        "  threshold   0.900  0.100",
        "  wrong       0.062  1.000",
        "does confidence come true? expected calibration error 0.0500",
        "  confidence  0.250  0.750",
        "  right       0.200  0.800",
        "  answers       180    179",
        "verbatim  1.0000",
        "words in the first quote  21.3",
        "latency ms  p50 31  p95 78",
        "encoded  14610 passages, 21.6 a second",
        "peak memory  812 MB",
    ]


def test_foreign_questions_are_told_where_some_were_asked() -> None:
    """With what each share of false answers would cost."""
    foreign = Foreign(9, 0.95, 0.9, 0.0625, None, (OperatingPoint(0.01, 0.6, 0.5), OperatingPoint(0.1, 0.3, None)))
    lines = figures_text(replace(FIGURES, foreign=foreign)).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("foreign"))
    assert lines[first : first + 4] == [
        "foreign questions 9, area under ROC  right: 0.9500  answerable: 0.9000",
        "... falsely answered  0.0625  right ones answered  -",
        "... at most 1% falsely: right ones answered  0.5000  (threshold 0.6000)",
        "... at most 10% falsely: right ones answered  -  (threshold 0.3000)",
    ]
    assert len(lines) == len(figures_text(FIGURES).splitlines()) + 4
