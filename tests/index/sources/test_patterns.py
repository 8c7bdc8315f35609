"""Patterns over paths and addresses mean what the expression means that one would write for them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from index.sources.patterns import PathPattern

WRITTEN = {"**/": "(?:.+/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def written_out(pattern: str) -> re.Pattern[str]:
    """The expression, which takes its time where there are several stars."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(WRITTEN.get(part, re.escape(part)) for part in parts), re.IGNORECASE)


@given(
    st.lists(st.sampled_from(["**/", "**", "*", "?", "/", "a", "B", ".", "ü"]), max_size=7).map("".join),
    st.text("aAbBüÜ/.", max_size=9),
)
def test_a_pattern_is_the_expression(pattern: str, text: str) -> None:
    """Whatever the pattern, and whatever the text, with what was remembered and without."""
    found = PathPattern(pattern)
    expected = written_out(pattern).fullmatch(text) is not None
    assert found.fullmatch(text) == expected
    assert found.fullmatch(text) == expected


def test_a_pattern_remembers_no_more_than_it_needs() -> None:
    """However many different letters come by."""
    found = PathPattern("**/2024/*.html")
    for code in range(0x4E00, 0x4E00 + 25_000):
        assert not found.fullmatch(f"a/{chr(code)}")
    assert found.fullmatch("a/2024/b.html")
    assert len(found._steps) <= 10_000
