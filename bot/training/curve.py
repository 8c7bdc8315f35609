"""The loss of a training over its steps, as a self-contained SVG drawn from its log."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 640, 320, 56, 40, 44
_STYLE = (
    "svg{--ground:#fff;--ink:#1f2328;--soft:#59636e;--one:#0a64c8;--two:#b35900}"
    "@media(prefers-color-scheme:dark){svg{--ground:#14181d;--ink:#e8ecf0;--soft:#9aa5b1;--one:#63abff;--two:#f0a04b}}"
    "rect{fill:var(--ground)}text{fill:var(--ink);font:13px system-ui,sans-serif}.soft{fill:var(--soft)}"
    "path{fill:none;stroke-width:1.5}.axis{stroke:var(--soft)}.one{stroke:var(--one)}.two{stroke:var(--two)}"
    "text.one{fill:var(--one);stroke:none}text.two{fill:var(--two);stroke:none}"
)


def draw_curve(log: Path, target: Path) -> None:
    """Draw both losses, smoothed over ten lines of the log."""
    with log.open(encoding="utf-8") as file:
        rows = {row["step"]: row for row in map(json.loads, file)}  # a run that was resumed wrote some steps twice
    steps = sorted(rows)
    last = rows[steps[-1]]["of"]
    curves = [(name, _smooth([rows[step][name] for step in steps])) for name in ("place", "answers")]
    top = max(1.0, float(np.ceil(max(values[0] for _, values in curves))))
    across, upwards = _WIDTH - _LEFT - 24, _HEIGHT - _TOP - _BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"><style>{_STYLE}</style>',
        f'<title>Loss of the training</title><rect width="{_WIDTH}" height="{_HEIGHT}" rx="8"/>',
        f'<path class="axis" d="M{_LEFT} {_TOP}v{upwards}h{across}"/>',
        f'<text class="soft" x="{_LEFT - 8}" y="{_TOP + 5}" text-anchor="end">{top:g}</text>',
        f'<text class="soft" x="{_LEFT - 8}" y="{_TOP + upwards}" text-anchor="end">0</text>',
        f'<text class="soft" x="{_LEFT + across}" y="{_TOP + upwards + 20}" text-anchor="end">step {last}</text>',
    ]
    for number, (name, values) in enumerate(curves):
        points = " ".join(
            f"{_LEFT + across * step / last:.1f},{_TOP + upwards * (1 - min(value, top) / top):.1f}"
            for step, value in zip(steps, values, strict=True)
        )
        style, label = ("one", "two")[number], f"{name} {values[-1]:.3f}"
        parts.append(f'<path class="{style}" d="M{points}"/>')
        parts.append(f'<text class="{style}" x="{_LEFT + 16 + 160 * number}" y="24">{label}</text>')
    target.write_text("\n".join([*parts, "</svg>", ""]), encoding="utf-8")


def _smooth(values: Sequence[float]) -> list[float]:
    return [float(np.mean(values[max(0, i - 9) : i + 1])) for i in range(len(values))]
