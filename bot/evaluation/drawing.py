"""The two pictures of calibration, as self-contained SVG.

Each is a square plot of a share over a share, on a ground of its own, which is dark where the viewer prefers it. What
is drawn is what the tables say; nothing is computed here, and nothing is asked for from outside.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.evaluation.calibration import ReliabilityBin, RiskPoint
from bot.evaluation.figures import Evaluation

Point = tuple[float, float]
"""Shares, 0 to 1: across, upwards."""

_SIDE, _LEFT, _TOP, _RIGHT, _BOTTOM = 360, 64, 56, 24, 56
_WIDTH, _HEIGHT = _LEFT + _SIDE + _RIGHT, _TOP + _SIDE + _BOTTOM
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

_SHAPES = (
    'text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;text-anchor:middle}'
    ".title{font-size:15px;font-weight:600}.upward{text-anchor:end}"
    ".axis,.even,.curve{fill:none}.even{stroke-dasharray:5 4}.curve{stroke-width:2;stroke-linejoin:round}"
)


def draw(folder: Path, figures: Evaluation) -> None:
    """Write ``risk-coverage.svg`` and ``reliability.svg`` into a folder that exists.

    Raises:
        OSError: they cannot be written.
    """
    pictures = {
        "risk-coverage": risk_coverage_svg(figures.risk_coverage, figures.aurc),
        "reliability": reliability_svg(figures.reliability, figures.ece),
    }
    for name, picture in pictures.items():
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")


def risk_coverage_svg(points: Sequence[RiskPoint], area: float | None) -> str:
    """Draw the share of wrong answers over the share of questions answered; dashed: as if by chance."""
    overall = points[-1].risk if points else 0.0
    return _plot(
        f"Wrong among the surest answers{_figure('area', area)}",
        "share of the questions answered",
        "share wrong",
        [(point.coverage, point.risk) for point in points],
        [(0.0, overall), (1.0, overall)],
    )


def reliability_svg(bins: Sequence[ReliabilityBin], error: float | None) -> str:
    """Draw the share of right answers over their mean confidence; dashed: as it should be."""
    return _plot(
        f"Does confidence come true?{_figure('calibration error', error)}",
        "mean confidence of a bin",
        "share right",
        [(one.confidence, one.right) for one in bins],
        [(0.0, 0.0), (1.0, 1.0)],
    )


def _plot(title: str, across: str, upwards: str, points: Sequence[Point], even: Sequence[Point]) -> str:
    middle, bottom = _LEFT + _SIDE / 2, _TOP + _SIDE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
        ' role="img">',
        f"<title>{title}</title><style>{_style()}</style>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="8"/>',
        f'<text class="title" x="{_WIDTH / 2}" y="32">{title}</text>',
        *(_tick(share) for share in _TICKS),
        f'<path class="axis" fill="none" d="M{_LEFT} {_TOP}V{bottom}H{_LEFT + _SIDE}"/>',
        f'<text x="{middle}" y="{bottom + 42}">{across}</text>',
        f'<text transform="translate(20 {_TOP + _SIDE / 2})rotate(-90)">{upwards}</text>',
        f'<polyline class="even" points="{_places(even)}"/>',
        f'<polyline class="curve" points="{_places(points)}"/>',
        *(_dot(point) for point in points),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _style() -> str:
    """Return the colours for who likes it light, and over them those for the dark; variables not every viewer knows."""
    light = _colours(ground="#fff", ink="#1f2328", soft="#59636e", faint="#d5dae0", line="#0a64c8")
    dark = _colours(ground="#14181d", ink="#e8ecf0", soft="#9aa5b1", faint="#333b44", line="#63abff")
    return f"{_SHAPES}{light}@media(prefers-color-scheme:dark){{{dark}}}"


def _colours(*, ground: str, ink: str, soft: str, faint: str, line: str) -> str:
    return (
        f"rect{{fill:{ground}}}text{{fill:{ink}}}.tick{{fill:{soft}}}.grid{{stroke:{faint}}}"
        f".axis,.even{{stroke:{soft}}}.curve{{stroke:{line}}}.dot{{fill:{line}}}"
    )


def _tick(share: float) -> str:
    """Draw a line of the grid each way, with the share that it stands for."""
    x, y = _place((share, share))
    return (
        f'<path class="grid" d="M{x} {_TOP}V{_TOP + _SIDE}M{_LEFT} {y}H{_LEFT + _SIDE}"/>'
        f'<text class="tick" x="{x}" y="{_TOP + _SIDE + 18}">{share:.1f}</text>'
        f'<text class="tick upward" x="{_LEFT - 8}" y="{y + 4:g}">{share:.1f}</text>'
    )


def _dot(point: Point) -> str:
    x, y = _place(point)
    return f'<circle class="dot" cx="{x}" cy="{y}" r="4"><title>{point[0]:.3f}, {point[1]:.3f}</title></circle>'


def _places(points: Iterable[Point]) -> str:
    return " ".join(f"{x},{y}" for x, y in map(_place, points))


def _place(point: Point) -> tuple[float, float]:
    """Return where a point is drawn: pixels from the left, from the top."""
    return round(_LEFT + _SIDE * point[0], 1), round(_TOP + _SIDE * (1 - point[1]), 1)


def _figure(name: str, value: float | None) -> str:
    return "" if value is None else f" ({name} {value:.3f})"
