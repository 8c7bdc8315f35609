"""Lists of addresses as people keep them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import FormatError
from index.records import Listed
from index.sources.web.lists import read_list


def test_one_address_a_line() -> None:
    """Order counts; remarks, blank lines, a byte-order mark and the line ends of Windows do not."""
    text = (
        "\ufeff# ours\r\nhttps://example.org/b\r\n\r\n  http://example.org/a#x  \n\t# theirs\nhttps://example.com/?id=1"
    )
    assert read_list(text) == (
        Listed("https://example.org/b"),
        Listed("http://example.org/a#x"),
        Listed("https://example.com/?id=1"),
    )


def test_one_page_is_listed_once() -> None:
    """However it is written; the first counts."""
    text = "https://example.org/a\nhttp://www.example.org/a/?utm_source=x\nhttps://example.org/a?id=1\n"
    assert [listed.url for listed in read_list(text)] == ["https://example.org/a", "https://example.org/a?id=1"]


def test_an_empty_list_lists_nothing() -> None:
    """It is no error: somebody took out the last line."""
    assert read_list("# nothing yet\n\n") == ()


def test_a_line_that_is_no_address_is_named() -> None:
    """Who mistyped a line is told which, and what stands there."""
    with pytest.raises(FormatError) as caught:
        read_list("https://example.org/a\n\nexample.org/b\nhttps://example.org/c\nftp://example.org/d\n")
    assert str(caught.value) == (
        "line 3 is no address that begins with https:// or http:// ('example.org/b'); "
        "line 5 is no address that begins with https:// or http:// ('ftp://example.org/d')"
    )


def test_a_message_stays_readable() -> None:
    """A file of another kind names three of its lines, cut."""
    with pytest.raises(FormatError, match=r"; and 97 lines more$") as caught:
        read_list("words " * 30 + "\n" + "x\n" * 99)
    assert len(str(caught.value)) < 400


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but a format error ends the reading."""
    with suppress(FormatError):
        assert all(listed.url.startswith("http") for listed in read_list(text.replace("x", "https://example.org/")))
