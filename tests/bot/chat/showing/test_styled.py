"""Text with entities, in UTF-16 units."""

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.showing.styled import Entity, Styled, cleaned, one_line, units

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def test_an_emoji_shifts_what_follows_by_two() -> None:
    """Telegram counts UTF-16 units, Python code points."""
    assert Styled("🐝 ", ()) + Styled("hums").marked("bold") == Styled("🐝 hums", (Entity("bold", 3, 4),))


def test_white_space_stays_outside_of_an_entity() -> None:
    """Telegram trims entities; ours are trimmed already."""
    assert Styled("  a b\n").marked("italic").entities == (Entity("italic", 2, 3),)
    assert Styled(" \n").marked("italic").entities == ()


def test_what_telegram_deletes_is_deleted_before_it_is_counted() -> None:
    """Carriage returns and bidirectional controls vanish; a lone surrogate cannot be sent at all."""
    assert cleaned("a\r\n\u202eb\tc\u2028\u2066d\ud800") == "a\nb cd"


def test_a_name_is_one_line_of_a_limited_length() -> None:
    """A title cannot break the layout."""
    assert one_line(" A\n\ttitle  here ", 40) == "A title here"
    assert one_line("abcdefgh", 5) == "abcd…"


@given(texts, texts)
def test_joining_keeps_every_entity_on_its_words(left: str, right: str) -> None:
    """Entities move with the text they were laid on."""
    joined = Styled(left).marked("bold") + Styled(right).marked("italic")
    content = joined.text.encode("utf-16-le")
    inner = [content[e.offset * 2 : (e.offset + e.length) * 2].decode("utf-16-le") for e in joined.entities]
    assert inner == [part.strip() for part in (left, right) if part.strip()]
    assert joined.units == units(left) + units(right)
