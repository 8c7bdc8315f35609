"""What an answer says of itself."""

from datetime import UTC, datetime

import pytest

from index.sources.fetching.answers import Answer, Interrupted, refuse_failures, retry_after

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def answer(status: int = 200, **fields: str) -> Answer:
    """An answer without a body."""
    named = tuple((name.replace("_", "-"), value) for name, value in fields.items())
    return Answer(status, named, iter(()))


@pytest.mark.parametrize(
    ("value", "media_type", "charset"),
    [
        ("text/html; charset=UTF-8", "text/html", "utf-8"),
        ('Text/HTML;charset="windows-1251"', "text/html", "windows-1251"),
        ("application/rss+xml", "application/rss+xml", None),
        ("", None, None),
        (";", None, None),
        ("text/html; charset=\r\nX: y", "text/html", None),
        ("text/html; charset*=ab\0'x'%C3", "text/html", None),
    ],
)
def test_types_are_read_as_servers_write_them(value: str, media_type: str | None, charset: str | None) -> None:
    """Case, quotes and nonsense are all to be met."""
    found = answer(content_type=value)
    assert found.media_type == media_type
    assert charset is None or found.charset == charset


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Sun, 22 Nov 2026 12:01:00 GMT", 60),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("Sunday, 22-Nov-26 12:01:00 GMT", 60),
        ("9" * 40, 999_999_999_999),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("Sun, 99 Nov 2026 12:01:00 GMT", None),
        (f"Sun, 22 Nov {9**99} 12:01:00 GMT", None),
        ("Sun, 22 Nov 2026 12:01:00 +9999999999999", None),
        ("", None),
        (None, None),
    ],
)
def test_a_wait_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    """Retry-After, as servers write it."""
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize(("status", "again"), [(429, True), (500, False), (502, True), (503, True), (504, True)])
def test_a_busy_or_broken_server_says_nothing_of_the_page(status: int, again: bool) -> None:
    """Some of these pass, and a server may say when."""
    with pytest.raises(Interrupted, match=f"it answered {status}") as error:
        refuse_failures(answer(status, retry_after="7"), NOW)
    assert (error.value.again, error.value.wait) == (again, 7)


@pytest.mark.parametrize("status", [200, 204, 301, 304, 400, 403, 404, 410, 451])
def test_other_answers_are_about_the_page(status: int) -> None:
    """They are somebody else's to read."""
    refuse_failures(answer(status), NOW)


def test_packings_are_in_the_order_of_packing() -> None:
    """Over several fields; "identity" is none."""
    found = Answer(200, (("content-encoding", "GZip, identity"), ("content-encoding", "br")), iter(()))
    assert found.packings == ("gzip", "br")
