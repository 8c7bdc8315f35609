"""Words that are looked up in another spelling."""

import pytest

from bot.answering.generation import Generation
from bot.answering.spelling import respelt, spellings, suspects
from bot.records import Spelling


def test_short_common_words_are_not_looked_up() -> None:
    """A name of four letters is, a small word needs six; the first word owes its capital to its place."""
    assert list(suspects("Who saw Bidn, or a glacier, in Rom or Chandrayaan-3?")) == ["Bidn", "glacier", "Chandrayaan"]


@pytest.mark.parametrize(
    ("near", "found"),
    [
        ("Apollo", (Spelling("Appolo", "Apollo"),)),
        ("Appolo", ()),
        ("Application", ()),
        (None, ()),
    ],
)
def test_only_what_is_near_as_a_word_counts(near: str | None, found: tuple[Spelling, ...]) -> None:
    """Stems are nearer than words."""
    assert spellings("Who flew Appolo?", lambda word: near) == found


def test_the_question_is_read_in_the_spelling_of_the_articles() -> None:
    """The whole word, wherever it stands."""
    corrections = (Spelling("Appolo", "Apollo"),)
    assert respelt("Was Appolo late? Appolonia was.", corrections) == "Was Apollo late? Appolonia was."


def test_a_misspelt_word_is_found_in_the_articles(generation: Generation) -> None:
    """In the writing of the article; a word that an article has is left alone."""
    assert generation.spelling_of("Eifell") == "Eiffel"
    assert generation.spelling_of("Eiffel") is None
    assert generation.spelling_of("Wembley") is None
