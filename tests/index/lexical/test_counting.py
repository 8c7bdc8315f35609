"""A vocabulary that is counted build after build, without where its words stand."""

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from index.lexical import CountWriter, WordIndex, WordWriter
from index.lexical.asking import Asking
from index.lexical.counting import Totals

told = st.lists(st.sampled_from(["tower", "london", "of", "the", "white"]), max_size=8).map(" ".join)
changes = st.dictionaries(st.integers(0, 12), st.none() | st.tuples(told, told), max_size=8)


def documents(connection: sqlite3.Connection) -> dict[str, int]:
    return dict(connection.execute("SELECT stem, documents FROM word_stems"))


@given(st.lists(changes, min_size=1, max_size=5), st.integers(1, 6))
def test_it_is_what_the_tables_count(builds: list[dict[int, tuple[str, str] | None]], most_waiting: int) -> None:
    """Whatever came, changed or left, and however seldom it is written: as many passages and words, and no others."""
    connection = sqlite3.connect(":memory:")
    held: dict[int, tuple[str, str]] = {}
    for build in builds:
        writer = CountWriter(connection, most_waiting)
        for id_, new in build.items():
            if old := held.pop(id_, None):
                writer.remove([(id_, *old)], "en")
            if new:
                held[id_] = new
                writer.add([(id_, *new)], "en")
        writer.finish(["en"])
    tables = sqlite3.connect(":memory:")
    anew = WordWriter(tables)
    anew.add([(id_, *both) for id_, both in held.items()], "en")
    anew.finish(["en"])

    assert documents(connection) == documents(tables)
    totals = Totals.read(connection)
    assert (totals.passages, totals.words) == (len(held), sum(len(" ".join(both).split()) for both in held.values()))
    question = "the white tower of London"
    asked = Asking(lambda: connection, totals.passages).terms(question)
    if any(new for build in builds for new in build.values()):
        assert asked == WordIndex(lambda: tables).terms(question)


def test_no_stem_gets_a_number_that_another_had() -> None:
    """Numbers are given once, so that none ever stands for two stems."""
    connection = sqlite3.connect(":memory:")
    seen: dict[int, str] = {}
    for build in range(5):
        writer = CountWriter(connection)
        writer.add([(build, "", f"tower number{build}")], "en")
        if build:
            writer.remove([(build - 1, "", f"tower number{build - 1}")], "en")
        writer.finish(["en"])
        for stem, number in connection.execute("SELECT stem, number FROM word_stems"):
            assert seen.setdefault(number, stem) == stem
    assert len(seen) == 6 and min(seen) == 1


def test_languages_that_are_gone_are_forgotten() -> None:
    """A question is stemmed for those that are left."""
    connection = sqlite3.connect(":memory:")
    writer = CountWriter(connection)
    writer.add([(1, "", "Bienen tanzen")], "de")
    writer.add([(2, "", "bees dance")], "en")
    writer.remove([(1, "", "Bienen tanzen")], "de")
    writer.finish(["en"])
    assert connection.execute("SELECT language FROM word_languages").fetchall() == [("en",)]
    assert documents(connection) == {"bee": 1, "danc": 1}
