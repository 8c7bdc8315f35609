"""The figures of an evaluation as text for people."""

from collections.abc import Iterator, Mapping, Sequence

from bot.evaluation.calibration import ReliabilityBin, RiskPoint
from bot.evaluation.figures import Evaluation
from bot.evaluation.separation import Foreign


def figures_text(figures: Evaluation) -> str:
    """Return the figures, one kind a line."""
    lines = [
        f"questions {figures.questions}, answerable {figures.answerable}, dated {figures.dated},"
        f" snapshot {figures.snapshot}",
        *(f"recall {name:5}  {_shares(shares)}" for name, shares in figures.recall.items()),
        f"quote holds the answer  {_shares(figures.quote)}",
        f"... and is shown        {_shares(figures.shown)}",
        f"words marked in the first quote  {_shares(figures.marked)}",
        f"declined  {_shares(figures.declined)}  (threshold {figures.threshold:.2f})",
        f"area under ROC of the confidence  {_share(figures.auroc)}",
        *_risks(figures.risk_coverage, figures.aurc),
        *_reliability(figures.reliability, figures.ece),
        *(_foreign(figures.foreign) if figures.foreign else ()),
        f"verbatim  {_share(figures.verbatim)}",
        f"words in the first quote  {figures.quote_words or 0:.1f}",
        f"latency ms  p50 {figures.latency_ms['p50']:.0f}  p95 {figures.latency_ms['p95']:.0f}",
        f"encoded  {figures.encode['passages']} passages, {figures.encode['per_second'] or 0:.1f} a second",
        f"peak memory  {figures.peak_mb:.0f} MB",
    ]
    return "\n".join(lines)


def _risks(points: Sequence[RiskPoint], area: float | None) -> Iterator[str]:
    yield f"wrong among the surest answers, area under it {_share(area)}"
    yield _row("answered", [point.coverage for point in points])
    yield _row("threshold", [point.threshold for point in points])
    yield _row("wrong", [point.risk for point in points])


def _reliability(bins: Sequence[ReliabilityBin], error: float | None) -> Iterator[str]:
    yield f"does confidence come true? expected calibration error {_share(error)}"
    yield _row("confidence", [one.confidence for one in bins])
    yield _row("right", [one.right for one in bins])
    yield _row("answers", [one.count for one in bins], ".0f")


def _foreign(foreign: Foreign) -> Iterator[str]:
    yield (
        f"foreign questions {foreign.questions}, area under ROC"
        f"  right: {_share(foreign.auroc_right)}  answerable: {_share(foreign.auroc_answerable)}"
    )
    yield f"... falsely answered  {_share(foreign.falsely_answered)}  right ones answered  {_share(foreign.kept)}"
    yield from (
        f"... at most {point.false_answers:.0%} falsely: right ones answered  {_share(point.kept)}"
        f"  (threshold {point.threshold:.4f})"
        for point in foreign.operating
    )


def _row(name: str, values: Sequence[float], form: str = ".3f") -> str:
    return "  ".join([f"  {name:10}", *(f"{value:>5{form}}" for value in values)])


def _shares(shares: Mapping[str, float | None]) -> str:
    return "  ".join(f"{name}: {_share(value)}" for name, value in shares.items())


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
