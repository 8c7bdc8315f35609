"""Whether two sentences say the same, and where a copy says it."""

import pytest
from builders import an_article

from bot.answering.copies import Said, folded, place_of, prose_of
from index.sentences import split_sentences

SENTENCE = "The mayor of Leeds, Ann Hill, opened the 40 metre bridge on Tuesday after two years of work."


def test_folding_leaves_words_between_spaces() -> None:
    """So that a word is found whole or not at all."""
    assert folded("  “The BEES’ dance”, he said… ") == " the bees dance he said "
    assert folded("bee") not in folded("bees")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (SENTENCE.upper(), True),
        (f"At last: {SENTENCE} People cheered.", True),
        (SENTENCE.replace("opened", "has opened").replace("two years of work", "two years of works"), True),
        (SENTENCE.replace("40", "45"), False),
        (SENTENCE.replace("Leeds", "York"), False),
        (SENTENCE.replace("Tuesday", "Sunday"), False),
        ("The mayor of Leeds, Ann Hill, opened the 40 metre bridge on Tuesday.", False),
        ("", False),
    ],
)
def test_nearly_the_same_words_say_the_same(text: str, same: bool) -> None:
    """As long as numbers and names are the same and little is missing."""
    assert Said.by(text).holds(SENTENCE) is same


def test_the_answering_words_may_not_be_missing() -> None:
    """They are what is quoted for, and they are found whole."""
    other = SENTENCE.replace("bridge", "tunnel")
    assert Said.by(other).holds(SENTENCE) and not Said.by(other).holds(SENTENCE, "bridge")
    assert Said.by(SENTENCE).holds(SENTENCE, "bridge") and not Said.by(SENTENCE).holds(SENTENCE, "ridge")


def test_what_has_no_words_is_said_by_nothing_in_part() -> None:
    """A line of dots is not in a text that has none."""
    assert not Said.by("Words.").holds("…")


def test_the_place_is_the_sentence_that_is_most_alike() -> None:
    """Not an earlier one that is less like it."""
    looser = SENTENCE.replace("opened", "has now opened")
    article = an_article("a", f"It rained. {looser} {SENTENCE} It went on raining.")
    prose = prose_of(article, split_sentences(article.text, "en"))
    place = place_of(SENTENCE, "bridge", prose)
    assert place and (place.text, place.start) == (SENTENCE, article.text.rindex(SENTENCE))
    assert place_of("Nobody said this anywhere.", "", prose) is None
