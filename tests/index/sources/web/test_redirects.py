"""What it means that an address leads to another one."""

import pytest

from index.sources.web.redirects import is_above, leads_nowhere


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


@pytest.mark.parametrize(
    ("address", "page", "expected"),
    [
        ("https://news.example/2026", "https://news.example/2026/bees", True),
        ("https://other.example/", "https://news.example/2026/bees", True),
        ("https://other.example", "https://news.example/?p=17", True),
        ("https://other.example/?p=17", "https://news.example/bees", False),
        ("https://other.example/bees", "https://news.example/bees", False),
        ("https://www.news.example/", "https://news.example/", False),
    ],
)
def test_a_front_page_of_any_site_is_no_article_that_moved(address: str, page: str, expected: bool) -> None:
    """Domains are sold, and their old addresses lead to the new owner's front page."""
    assert leads_nowhere(address, page) is expected
