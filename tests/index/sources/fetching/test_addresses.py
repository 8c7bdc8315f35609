"""What an address is, and how it goes over the wire."""

import pytest

from index.errors import AddressRefused
from index.sources.fetching.addresses import joined, parse


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://News.Example/a?b=c#d", "http://news.example/a?b=c"),
        ("https://news.example", "https://news.example/"),
        ("https://news.example:443/a", "https://news.example/a"),
        ("http://news.example:443/a", "http://news.example:443/a"),
        (" https://news.example/a b/ü?q=ü ", "https://news.example/a%20b/%C3%BC?q=%C3%BC"),
        ("https://news.example/a%20b?x=%2F", "https://news.example/a%20b?x=%2F"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("http://[2606:4700::0:1]:8080/", "http://[2606:4700::1]:8080/"),
    ],
)
def test_an_address_is_written_in_one_way(url: str, expected: str) -> None:
    """Over the wire goes ASCII, without a fragment, and what was escaped stays as it was."""
    assert parse(url).url == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "news.example/a",
        "ftp://news.example/a",
        "file:///etc/passwd",
        "data:text/html,hello",
        "javascript:alert(1)",
        "gopher://news.example/",
        "http:///a",
        "http://user@news.example/",
        "http://user:secret@news.example/",
        "http://:@news.example/",
        "http://news.example:99999/",
        "http://news.example:port/",
        "http://news.example/a\r\nHost: other.example",
        "http://news.example/\x00",
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/",
        "http://[news.example]/",
        "http://[::1/",
        "http://news example/",
        "http://news..example/",
        "http://news.example%2fother.example/",
        "http://news.example\\@other.example/",
        "http://" + "a" * 64 + ".example/",
        "http://news.example/" + "a" * 9_000,
        "http://news.example/\udcff",
        "http://news.example/?\udcff",
    ],
)
def test_what_is_no_public_web_address_is_refused(url: str) -> None:
    """Only http and https, no credentials, nothing that two programs could read in two ways."""
    with pytest.raises(AddressRefused):
        parse(url)


def test_credentials_are_not_repeated() -> None:
    """A password that somebody wrote into an address does not end in a log."""
    with pytest.raises(AddressRefused, match=r"news\.example") as error:
        parse("http://user:secret@news.example/")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("/b", "https://news.example/b"),
        ("c?d", "https://news.example/a/c?d"),
        ("//other.example/b", "https://other.example/b"),
        ("http://other.example", "http://other.example/"),
        (" /spaced ", "https://news.example/spaced"),
    ],
)
def test_references_count_from_where_they_stand(reference: str, expected: str) -> None:
    """A redirect may name a path only."""
    assert joined(parse("https://news.example/a/b"), reference).url == expected


@pytest.mark.parametrize("reference", ["file:///etc/passwd", "http://[", "http://user@other.example/"])
def test_references_are_checked(reference: str) -> None:
    """A redirect is an address like another."""
    with pytest.raises(AddressRefused):
        joined(parse("https://news.example/a/b"), reference)
