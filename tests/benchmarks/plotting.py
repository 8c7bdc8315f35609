"""How something grows, as one self-contained SVG: lines over two logarithmic axes. Pure.

It brings its own ground, and asks for nothing from outside. Values must be positive; a line of one value is a dot.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from painting import safe

COLOURS = ("#0a64c8", "#c2410c", "#15803d", "#7e22ce", "#b45309", "#0e7490", "#be123c", "#4d7c0f")
_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 480, 320, 76, 56, 170, 56
_STYLE = (
    'text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;fill:#1f2328;text-anchor:middle}'
    ".title{font-size:15px;font-weight:600}.end{text-anchor:end}.begin{text-anchor:start}.grid{stroke:#d5dae0}"
    ".curve{fill:none;stroke-width:2;stroke-linejoin:round}"
)


@dataclass(frozen=True, slots=True)
class Line:
    """What grows: its name, and (across, upwards) for each size measured."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Axis:
    """Whole decades, and where they lie: ``pixels`` from ``begin`` on, backwards where negative."""

    low: int
    high: int
    begin: float
    pixels: float

    @classmethod
    def over(cls, values: Iterable[float], begin: float, pixels: float) -> "_Axis":
        logs = [math.log10(value) for value in values]
        low, high = math.floor(min(logs, default=0)), math.ceil(max(logs, default=0))
        return cls(low, max(high, low + 1), begin, pixels)

    def place(self, value: float) -> float:
        return round(self.begin + self.pixels * (math.log10(value) - self.low) / (self.high - self.low), 1)

    def decades(self) -> Iterator[tuple[float, str]]:
        for power in range(self.low, self.high + 1):
            yield self.place(10.0**power), f"{10.0**power:,.10g}"


def growth_svg(title: str, across: str, upwards: str, lines: Sequence[Line]) -> str:
    """Draw lines over logarithmic axes, each with its name at its end."""
    x = _Axis.over((point[0] for line in lines for point in line.points), _LEFT, _WIDTH)
    y = _Axis.over((point[1] for line in lines for point in line.points), _TOP + _HEIGHT, -_HEIGHT)
    width, height = _LEFT + _WIDTH + _RIGHT, _TOP + _HEIGHT + _BOTTOM
    bottom = _TOP + _HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img"><title>{safe(title)}</title><style>{_STYLE}</style>',
        f'<rect width="{width}" height="{height}" rx="8" fill="#fff"/>',
        f'<text class="title" x="{_LEFT + _WIDTH / 2}" y="32">{safe(title)}</text>',
        *(_vertical(place, words, bottom) for place, words in x.decades()),
        *(_horizontal(place, words) for place, words in y.decades()),
        f'<text x="{_LEFT + _WIDTH / 2}" y="{bottom + 42}">{safe(across)}</text>',
        f'<text transform="translate(18 {_TOP + _HEIGHT / 2})rotate(-90)">{safe(upwards)}</text>',
    ]
    for number, line in enumerate(lines):
        parts += _drawn(line, COLOURS[number % len(COLOURS)], x, y)
    parts += _names(lines, y)
    return "\n".join([*parts, "</svg>\n"])


def _vertical(place: float, words: str, bottom: float) -> str:
    line = f'<path class="grid" d="M{place} {_TOP}V{bottom}"/>'
    return f'{line}<text x="{place}" y="{bottom + 18}">{words}</text>'


def _horizontal(place: float, words: str) -> str:
    line = f'<path class="grid" d="M{_LEFT} {place}h{_WIDTH}"/>'
    return f'{line}<text class="end" x="{_LEFT - 8}" y="{place + 4:g}">{words}</text>'


def _drawn(line: Line, colour: str, x: _Axis, y: _Axis) -> Iterator[str]:
    places = [(x.place(one), y.place(other)) for one, other in line.points]
    yield f'<polyline class="curve" stroke="{colour}" points="{" ".join(f"{a},{b}" for a, b in places)}"/>'
    for (a, b), (one, other) in zip(places, line.points, strict=True):
        yield f'<circle cx="{a}" cy="{b}" r="4" fill="{colour}"><title>{one:,.6g}: {other:,.4g}</title></circle>'


def _names(lines: Sequence[Line], y: _Axis) -> Iterator[str]:
    """Names beside the ends of their lines, apart from each other."""
    ends = sorted((y.place(line.points[-1][1]), number) for number, line in enumerate(lines) if line.points)
    lowest = 0.0
    for end, number in ends:
        lowest = max(end, lowest + 16)
        place = f'class="begin" x="{_LEFT + _WIDTH + 10}" y="{lowest + 4:g}"'
        yield f'<text {place} style="fill:{COLOURS[number % len(COLOURS)]}">{safe(lines[number].name)}</text>'
