"""The text that large benchmarks are made of, and how its growth is drawn."""

import gzip
import json
import re
from itertools import islice, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from plotting import Line, growth_svg
from recombined import ROUND_DAYS, Recombiner, write

from index.passages import cut_passages
from index.sources.formats.jsonl import read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set of nine articles of fifty sentences each."""
    with gzip.open(tmp_path / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        for number in range(9):
            text = " ".join(f"Council number {number} met for the time {n} in the town hall." for n in range(50))
            row = {"title": f"Council {number}", "text": f"Report\n\n{text}", "published": "2024-01-05"}
            file.write(json.dumps(row) + "\n")
    return tmp_path


def test_there_are_as_many_passages_as_are_asked_for_and_no_two_are_the_same(folder: Path) -> None:
    """However few articles the set has."""
    made = list(Recombiner(folder).articles(300))
    texts = [one.text[p.start : p.end] for one in made for p in cut_passages(one)]
    assert 270 <= len(texts) <= 330
    assert len(set(texts)) == len(texts)
    assert len({one.id for one in made}) == len(made)


def test_every_run_makes_the_same(folder: Path) -> None:
    """What was measured can be measured again."""
    assert list(Recombiner(folder).articles(100)) == list(Recombiner(folder).articles(100))
    assert list(Recombiner(folder, seed=2).articles(100)) != list(Recombiner(folder).articles(100))


def test_a_round_uses_each_sentence_once(folder: Path) -> None:
    """So words are as frequent as in the set; the next round is older, and of other outlets."""
    made = list(islice(Recombiner(folder).endless(), 60))
    first = [one for one in made if one.published == max(one.published for one in made if one.published)]
    said = sorted(found for one in first for found in re.findall(r"Council number \d met for the time \d+", one.text))
    assert said == sorted(f"Council number {k} met for the time {n}" for k in range(9) for n in range(50))
    others = [one for one in made if one not in first]
    assert {one.site for one in first}.isdisjoint(one.site for one in others)
    assert first[0].published and others[0].published
    assert (first[0].published - others[0].published).days == ROUND_DAYS


def test_what_is_written_is_read_as_articles(folder: Path, tmp_path: Path) -> None:
    """By the product's own format."""
    made = list(Recombiner(folder).articles(50))
    assert write(tmp_path / "written", made) == len(made)
    (path,) = (tmp_path / "written").iterdir()
    found = [(getattr(one, "text", None), getattr(one, "site", None)) for one in read(path)]
    assert found == [(one.text, one.site) for one in made]


def test_growth_is_drawn_as_lines_with_their_names() -> None:
    """Well-formed whatever the names are; ten times as much is as far everywhere."""
    drawn = growth_svg(
        "a < b", "n", "ms", [Line("x & y", [(100, 1), (1000, 10), (10_000, 100)]), Line("z", [(100, 7)])]
    )
    root = ElementTree.fromstring(drawn)
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a < b", "x & y", "z", "10,000"} <= set(texts)
    line = next(root.iter("{http://www.w3.org/2000/svg}polyline")).attrib["points"]
    places = [tuple(map(float, place.split(","))) for place in line.split()]
    steps = {(round(b[0] - a[0]), round(b[1] - a[1])) for a, b in pairwise(places)}
    assert len(steps) == 1
