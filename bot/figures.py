"""The figures of an evaluation as text for people."""

from collections.abc import Mapping

from bot.evaluation import Evaluation


def figures_text(figures: Evaluation) -> str:
    """Return the figures, one kind a line."""
    lines = [
        f"questions {figures.questions}, answerable {figures.answerable}, snapshot {figures.snapshot}",
        *(f"recall {name:5}  {_shares(shares)}" for name, shares in figures.recall.items()),
        f"quote holds the answer  {_shares(figures.quote)}",
        f"... and is shown        {_shares(figures.shown)}",
        f"declined  {_shares(figures.declined)}  (threshold {figures.threshold:.2f})",
        f"area under ROC of the confidence  {_share(figures.auroc)}",
        f"verbatim  {_share(figures.verbatim)}",
        f"words in the first quote  {figures.quote_words or 0:.1f}",
        f"latency ms  p50 {figures.latency_ms['p50']:.0f}  p95 {figures.latency_ms['p95']:.0f}",
        f"encoded  {figures.encode['passages']} passages, {figures.encode['per_second'] or 0:.1f} a second",
        f"peak memory  {figures.peak_mb:.0f} MB",
    ]
    return "\n".join(lines)


def _shares(shares: Mapping[str, float | None]) -> str:
    return "  ".join(f"{name}: {_share(value)}" for name, value in shares.items())


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
