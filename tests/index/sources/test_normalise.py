"""Text is cleaned once: nothing unseen stays, and nothing that is seen is lost."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.sources import normalise

DIRT = "\u200d\u200c\u200b\u00ad\ufeff\r\n\t \u00a0\u2028\u2029\x85\x0c\u0301\ufe0f\ud800e👨🏴کक\u094d\x00"
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from(DIRT)), max_size=40)


@given(TEXTS)
@example("e\u200b\u0301")
@example("\r\x00\n")
@example("👨\u200d\u200d👩")
@example("\n \u00ad \n\n x")
def test_normalising_again_changes_nothing(raw: str) -> None:
    """All offsets refer to the normalised text, so it is what normalising makes of it."""
    text = normalise.text(raw)
    assert normalise.text(text) == text
    assert normalise.line(normalise.line(raw)) == normalise.line(raw)


@given(TEXTS)
def test_text_is_clean(raw: str) -> None:
    """Text is NFC, can be encoded, holds no control characters, and no spaces at the ends of lines."""
    text = normalise.text(raw)
    assert unicodedata.is_normalized("NFC", text)
    assert text.encode().decode() == text
    assert not [
        character
        for character in text
        if unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs") and character != "\n"
    ]
    assert not [line for line in text.split("\n") if line != line.rstrip(" ")]
    assert "\n\n\n" not in text


@given(st.text(st.characters(categories=["L", "N", "P", "Sm", "Sc"], exclude_characters="\ufffe"), min_size=1))
def test_visible_characters_stay(raw: str) -> None:
    """Nothing but composition happens to letters, digits and punctuation."""
    assert normalise.text(raw) == unicodedata.normalize("NFC", raw)


ORDINARY = [
    "A line.\n\nAnother — with “quotes”, an em dash… and 5 € & <b>.",
    "Indented:\n    code stays\n        as it is",
    "Пчёлы танцуют. 蜜蜂跳舞。النحل يرقص",
    "می\u200cخواهم",
    "क्\u200dष",
    "👨\u200d👩\u200d👧 and 🏳\ufe0f\u200d🌈 and 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_left_alone(text: str) -> None:
    """What is clean stays as it is, joiners that belong to the spelling or to an emoji included."""
    assert normalise.text(text) == text


CLEANED = {
    "soft hyphen": ("hy\u00adphen", "hyphen"),
    "zero-width space": ("a\u200bb", "ab"),
    "byte-order mark": ("\ufeffa", "a"),
    "marks of direction": ("\u202aabc\u202c\u200e", "abc"),
    "joiners between Latin letters": ("a\u200db\u200cc", "abc"),
    "no-break and thin spaces": ("5\u00a0000\u2009km", "5 000 km"),
    "tab": ("a\tb", "a b"),
    "line ends": ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
    "paragraph separator": ("a\u2029b", "a\n\nb"),
    "blank lines": ("a\n \n\t\n\nb", "a\n\nb"),
    "white space around": (" \n a \n ", "a"),
    "composition": ("Cafe\u0301", "Café"),
    "control characters": ("a\x00b\x1bc\x7f", "abc"),
    "lone surrogates": ("a\ud83db", "a\ufffdb"),
}


@pytest.mark.parametrize(("raw", "clean"), CLEANED.values(), ids=CLEANED)
def test_dirt_goes(raw: str, clean: str) -> None:
    """What nobody sees goes, and what looks the same becomes the same."""
    assert normalise.text(raw) == clean


def test_a_line_is_one_line() -> None:
    """Titles and names have no line ends and single spaces."""
    assert normalise.line(" The\u00a0dance\r\n of  the\tbees\n") == "The dance of the bees"


@pytest.mark.parametrize(("raw", "word"), [("\ufeff\r\n a\u00ad\u200bb\r\n\r\nword", "word"), ("Cafe\u0301 x", "x")])
def test_places_are_carried_over(raw: str, word: str) -> None:
    """A place in the text as it was handed in is found in the stored text."""
    stored = normalise.text(raw)
    place = normalise.stored_offset(raw, raw.index(word))
    assert stored[place : place + len(word)] == word


def test_paths_can_be_stored_whatever_their_bytes() -> None:
    """A file name that is no UTF-8 is shown with its bytes written out."""
    assert normalise.path(Path("bees/caf\udce9.txt")) == "bees/caf\\xe9.txt"
