"""SECURITY.md: a promise that no test shows is none."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_promise_names_a_test_that_there_is() -> None:
    """A file of tests, or a folder with some in it."""
    promises = PAGE.partition("## What is promised")[2].partition("\n## ")[0].strip().split("\n\n")
    assert len(promises) >= 8
    for promise in promises:
        named = re.findall(r"`(tests/[^`]+)`", promise)
        assert named, promise
        for name in named:
            path = ROOT / name
            assert path.is_file() or any(path.rglob("test_*.py")), name


def test_the_page_says_what_a_reader_of_it_looks_for() -> None:
    """How to report, who is thought of, what is promised, and what is not."""
    parts = ["Reporting", "Who is thought of", "What is promised", "What is not promised"]
    assert re.findall(r"^## (.+)$", PAGE, re.MULTILINE) == parts
