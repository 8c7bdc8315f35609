"""The picture of a training."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.training.curve import draw_curve

SVG = "{http://www.w3.org/2000/svg}"


def drawn(folder: Path, steps: list[int], of: int = 100) -> ElementTree.Element:
    """The picture of a log whose losses fall with the steps."""
    lines = [{"step": step, "of": of, "place": 4 - step / 50, "answers": 0.7 - step / 500} for step in steps]
    (folder / "log.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    draw_curve(folder / "log.jsonl", folder / "loss.svg")
    return ElementTree.parse(folder / "loss.svg").getroot()


def points(picture: ElementTree.Element, style: str) -> list[tuple[float, float]]:
    """The points of a curve."""
    (path,) = [path for path in picture.iter(f"{SVG}path") if path.get("class") == style]
    across_and_down = (point.split(",") for point in path.attrib["d"].removeprefix("M").split())
    return [(float(x), float(y)) for x, y in across_and_down]


def test_both_losses_are_drawn_and_named(tmp_path: Path) -> None:
    """A curve each, with its latest value, in a file that any viewer of SVG can read."""
    picture = drawn(tmp_path, [25, 50, 75, 100])
    texts = [element.text for element in picture.iter(f"{SVG}text")]
    assert texts == ["4", "0", "step 100", "place 2.750", "answers 0.575"]
    for style in ("one", "two"):
        curve = points(picture, style)
        assert len(curve) == 4
        assert curve == sorted(curve), "a falling loss goes down, to the right"


def test_a_curve_ends_where_the_training_is(tmp_path: Path) -> None:
    """Half of the steps done is half of the width."""
    half, whole = (points(drawn(tmp_path, [1, last]), "one")[-1][0] for last in (50, 100))
    left = 56
    assert half - left == pytest.approx((whole - left) / 2)


def test_steps_that_were_done_again_count_once(tmp_path: Path) -> None:
    """A training that went on from a checkpoint wrote the steps since then twice."""
    once = ElementTree.tostring(drawn(tmp_path, [25, 50, 75, 100]))
    assert ElementTree.tostring(drawn(tmp_path, [25, 50, 75, 50, 75, 100])) == once


def test_a_first_line_is_enough(tmp_path: Path) -> None:
    """A look at a training that has just begun."""
    assert len(points(drawn(tmp_path, [25]), "two")) == 1
