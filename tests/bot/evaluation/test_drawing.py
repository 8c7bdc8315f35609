"""The pictures say what the tables say."""

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.calibration import ReliabilityBin, RiskPoint
from bot.evaluation.drawing import reliability_svg, risk_coverage_svg

SHARE = st.floats(0, 1)
POINTS = st.lists(st.builds(RiskPoint, SHARE, SHARE, SHARE), max_size=10)
SVG = "{http://www.w3.org/2000/svg}"


def drawn(picture: str) -> dict[str, list[tuple[float, float]]]:
    """Return the class of each line with its points."""
    return {
        line.get("class", ""): [
            (float(x), float(y)) for x, y in (pair.split(",") for pair in line.get("points", "").split())
        ]
        for line in ElementTree.fromstring(picture).iter(f"{SVG}polyline")
    }


def test_wrong_answers_are_drawn_over_answered_questions() -> None:
    """From the left, and from the bottom; the dashed line is as high as all answers together."""
    picture = risk_coverage_svg([RiskPoint(0.5, 0.9, 0.0), RiskPoint(1.0, 0.1, 0.25)], 0.1234)
    lines = drawn(picture)
    assert lines["curve"] == [(244.0, 416.0), (424.0, 326.0)]
    assert lines["even"] == [(64.0, 326.0), (424.0, 326.0)]
    assert "(area 0.123)" in picture


def test_right_answers_are_drawn_over_confidence() -> None:
    """The dashed line is the diagonal."""
    picture = reliability_svg([ReliabilityBin(0.25, 0.5, 7)], 0.25)
    lines = drawn(picture)
    assert lines["curve"] == [(154.0, 236.0)]
    assert lines["even"] == [(64.0, 416.0), (424.0, 56.0)]
    assert "(calibration error 0.250)" in picture


@given(POINTS)
def test_a_picture_stands_alone_and_stays_inside(points: list[RiskPoint]) -> None:
    """Well-formed, with a title and a ground of its own, nothing from outside, every dot on the sheet."""
    root = ElementTree.fromstring(picture := risk_coverage_svg(points, None))
    assert root.findtext(f"{SVG}title") == "Wrong among the surest answers"
    assert next(root.iter(f"{SVG}rect")).get("width") == root.get("width")
    assert "href" not in picture and "url(" not in picture and "nan" not in picture
    dots = list(root.iter(f"{SVG}circle"))
    assert len(dots) == len(points)
    for dot in dots:
        assert 0 < float(dot.get("cx", "")) < float(root.get("width", ""))
        assert 0 < float(dot.get("cy", "")) < float(root.get("height", ""))


@pytest.mark.parametrize("picture", [risk_coverage_svg((), None), reliability_svg((), None)])
def test_nothing_to_draw_is_an_empty_plot(picture: str) -> None:
    """Axes without a curve."""
    assert drawn(picture)["curve"] == []
