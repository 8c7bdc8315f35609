"""Words of the index that are spelt nearly like a given one."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical import WordIndex, WordWriter, forgiven, slips
from index.lexical.nearest import distance

TEXTS = (
    "Apollo landed. Netanyahu spoke in Cincinnati.",
    "Apollo returned. Netanyahu went to Cincinnati; the Apolle was a slip.",
    "Putin spoke. Biden spoke. Putin left. The eruption began.",
    "Putin and Biden met after the eruption.",
)


@pytest.fixture
def index() -> WordIndex:
    """An index of four small passages."""
    connection = sqlite3.connect(":memory:")
    writer = WordWriter(connection)
    writer.add(((number, "", text) for number, text in enumerate(TEXTS)), "en")
    writer.finish(["en"])
    return WordIndex(lambda: connection)


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("Appolo", "apollo"),
        ("Netanyaho", "netanyahu"),
        ("Cincinatti", "cincinnati"),
        ("Bidne", "biden"),
        ("Putni", "putin"),
        ("Upting", None),  # neither its first nor its second letter begins a near word
        ("Biden", None),
        ("Zelensky", None),
        ("Ap", None),
        ("Route66", None),
        ("two words", None),
        ("", None),
    ],
)
def test_a_word_that_no_passage_has_is_looked_up(index: WordIndex, word: str, stem: str | None) -> None:
    """Left out, added, changed, swapped, doubled letters; a word of one passage only is offered to nobody."""
    near = index.nearest_word(word)
    assert (near.stem if near else None) == stem


def test_a_passage_that_holds_the_word_is_found(index: WordIndex) -> None:
    """For its spelling in the text."""
    assert index.holder("apollo") in (0, 1)
    assert index.holder("nothing") is None


@pytest.mark.parametrize(("word", "most"), [("cat", 0), ("rome", 1), ("glacier", 1), ("eruption", 2), ("b2b2b2", 0)])
def test_longer_words_are_forgiven_more(word: str, most: int) -> None:
    """Short ones have too many neighbours, numbers are exact."""
    assert forgiven(word) == most


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("kitten", "sitting", 3)],
)
def test_distance(one: str, other: str, expected: int) -> None:
    """Damerau and Levenshtein's, each place changed once at most."""
    assert distance(one, other) == expected == distance(other, one)


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_slips_are_no_more_than_the_distance(one: str, other: str) -> None:
    """And none only where the words are the same."""
    assert slips(one, other) <= distance(one, other)
    assert (slips(one, other) == 0) == (one == other)


def test_no_word_is_as_long_as_that() -> None:
    """Who made it up made it to keep us busy: two such words are compared in the square of their length."""
    assert forgiven("a" * 40) == 2
    assert forgiven("a" * 41) == 0
