"""What differs between two real snapshots, as a record and as people read it."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import pytest
from builders import add_snapshot, an_article, three_articles

from index.comparison import Comparison, GoldenChange, SourceChange, compare
from index.golden import GoldenResult
from index.records import Article
from index.snapshot import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def compared(
    store: Store,
    before: Iterable[Article],
    now: Iterable[Article],
    golden: tuple[tuple[GoldenResult, ...], tuple[GoldenResult, ...]] = ((), ()),
) -> Comparison:
    names = [add_snapshot(store.layout.storage, articles) for articles in (before, now)]
    with store.open(names[0]) as old, store.open(names[1]) as new:
        return compare(old, new, *golden)


def test_articles_are_told_by_source(store: Store) -> None:
    """What came, what changed and what went, with titles, each under the source that holds it."""
    bees, tides, paper = three_articles()
    edited = an_article("tides", "The moon raises three tides a day.", title="Tides, corrected")
    glass = an_article("glass", "Glass is made of sand.", title="Glass", source="crafts")

    found = compared(store, [bees, tides, paper], [edited, glass, paper])

    assert found.added == (SourceChange("crafts", 1, ("Glass",)),)
    assert found.changed == (SourceChange("samples", 1, ("Tides, corrected",)),)
    assert found.removed == (SourceChange("samples", 1, ("Bees",)),)
    assert (found.before.articles, found.now.articles) == (3, 3)
    assert found.now.passages > 0


def test_an_article_that_moved_to_another_source_has_changed(store: Store) -> None:
    """It counts where it is now, and is neither new nor gone."""
    (one,) = three_articles()[2:]
    moved = an_article("paper", one.text, title=one.title, source="archive")

    found = compared(store, [one], [moved])

    assert (found.added, found.removed) == ((), ())
    assert found.changed == (SourceChange("archive", 1, ("Paper",)),)


def test_of_many_articles_the_first_ten_are_named(store: Store) -> None:
    """A comparison fits on a screen, and the count is of all."""
    many = [an_article(f"n{n:02}", f"Note number {n} is about bees.", title=f"Note {n}") for n in range(25)]

    (removed,) = compared(store, [*three_articles(), *many], three_articles()).removed

    assert (removed.source, removed.articles, len(removed.titles)) == ("samples", 25, 10)
    assert str(removed).splitlines()[0] == "  samples: 25"
    assert str(removed).splitlines()[-1] == "    and 15 more"


def test_questions_are_told_with_their_places(store: Store) -> None:
    """Better and worse apart, with what is found now; what stays where it was is not told."""
    before = tuple(
        GoldenResult(name, rank, ("Old",)) for name, rank in zip("abcde", (1, 3, None, 2, None), strict=True)
    )
    now = tuple(GoldenResult(name, rank, ("New",)) for name, rank in zip("abcde", (None, 1, 4, 2, None), strict=True))

    found = compared(store, three_articles(), three_articles(), (before, now))

    assert found.worse == (GoldenChange("a", 1, None, ("New",)),)
    assert found.better == (GoldenChange("b", 3, 1, ("New",)), GoldenChange("c", None, 4, ("New",)))
    assert (found.before.found, found.now.found) == (3, 3)
    assert str(found.worse[0]) == "  a at 1 -> not found (now first: New)"


def test_questions_that_one_could_not_be_asked_are_neither_better_nor_worse(store: Store) -> None:
    """Another encoder's snapshot is not asked: that is told, and no question is called lost."""
    found = compared(store, three_articles(), three_articles(), ((), (GoldenResult("a", 1),)))

    assert (found.better, found.worse) == ((), ())
    assert "golden questions found not asked -> 1" in str(found)


def test_the_text_is_readable(store: Store) -> None:
    """Numbers first, then articles, then questions; no empty headings."""
    bees, tides, paper = three_articles()
    golden = ((GoldenResult("Why do bees dance?", 1, ("Bees",)),), (GoldenResult("Why do bees dance?", None),))

    found = compared(store, [bees, tides, paper], [tides, paper], golden)

    lines = str(found).splitlines()
    assert lines[0] == f"{found.before.snapshot} -> {found.now.snapshot}"
    assert lines[1] == "articles 3 -> 2"
    assert lines[3].startswith("size 0.") and lines[3].endswith(" MB")
    assert lines[4:] == [
        "golden questions found 1 -> 0",
        "removed:",
        "  samples: 1",
        "    Bees",
        "golden questions worse:",
        "  Why do bees dance? at 1 -> not found (nothing is found now)",
    ]


def test_two_alike_have_nothing_to_tell(store: Store) -> None:
    """The numbers alone."""
    assert len(str(compared(store, three_articles(), three_articles())).splitlines()) == 4


def test_it_can_be_written_as_json(store: Store) -> None:
    """``--json`` prints the record, and the sizes are those of the files."""
    found = compared(store, three_articles(), three_articles()[:2])

    written = json.loads(json.dumps(asdict(found)))

    assert written["removed"] == [{"source": "crafts", "articles": 1, "titles": ["Paper"]}]
    layout = store.layout.snapshot(found.now.snapshot)
    assert written["now"]["bytes"] == sum(path.stat().st_size for path in layout.payload)
