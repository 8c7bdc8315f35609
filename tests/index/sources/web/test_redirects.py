"""What it means that an address leads to another one."""

import pytest

from index.sources.web.redirects import is_above


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://news.example/", True),
        ("https://www.news.example", True),
        ("https://news.example/2026", True),
        ("https://news.example/2026/11/", True),
        ("https://news.example/2026/11/bees", False),
        ("https://news.example/2026/11/bees/", False),
        ("https://news.example/20", False),
        ("https://news.example/2026/12/", False),
        ("https://other.example/", False),
    ],
)
def test_sections_and_the_front_page_are_above_their_articles(address: str, expected: bool) -> None:
    """Sites lead there from what they have withdrawn."""
    assert is_above(address, "https://news.example/2026/11/bees") is expected
