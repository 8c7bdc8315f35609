"""The sample articles and questions: what a newcomer's first index is made of."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from index.records import Draft
from index.sources import language
from index.sources.formats import reader_for

ROOT = Path(__file__).parent.parent
ARTICLES = ROOT / "config" / "articles"
FORMATS = {".md", ".html", ".txt", ".pdf", ".docx", ".jsonl"}
WITH_ADDRESS = {".md", ".html", ".jsonl"}
"""Formats that carry an address and a language; PDF and DOCX carry the rest, plain text carries nothing."""


@cache
def samples() -> tuple[tuple[Path, Draft], ...]:
    """Every sample article with its file, as the formats read them."""
    return tuple((path, draft) for path in sorted(ARTICLES.iterdir()) for draft in drafts(path))


def drafts(path: Path) -> list[Draft]:
    read = list(reader_for(path)(path))
    assert all(isinstance(draft, Draft) for draft in read), path.name
    return [draft for draft in read if isinstance(draft, Draft)]


def language_of(draft: Draft) -> str:
    return language.declared(draft.language) or language.detected(draft.text)


def test_there_is_enough_to_ask_about() -> None:
    """There are at least 15 articles."""
    assert len(samples()) >= 15


def test_every_format_has_a_sample() -> None:
    """Whichever format a newcomer has, a sample shows that it works."""
    assert {path.suffix for path, _ in samples()} == FORMATS


def test_articles_have_the_length_of_articles() -> None:
    """An article has 300 to 900 words, neither a note nor a book."""
    lengths = {f"{path.name}: {draft.title}": len(draft.text.split()) for path, draft in samples()}
    assert {name: words for name, words in lengths.items() if not 300 <= words <= 900} == {}


def test_two_other_languages_have_a_sample() -> None:
    """Most articles are in English, and one each in two other languages."""
    counts = Counter(language_of(draft) for _, draft in samples())
    assert counts.pop("en") >= 12
    assert counts == {"de": 1, "es": 1}


def test_declared_languages_are_the_languages_of_the_texts() -> None:
    """What an article says of its language is true."""
    wrong = [path.name for path, draft in samples() if language_of(draft) != language.detected(draft.text)]
    assert wrong == []


def test_metadata_is_complete_where_the_format_carries_it() -> None:
    """Title, author and date come with every article but plain text, the address where it fits."""
    for path, draft in samples():
        if path.suffix == ".txt":
            continue
        assert draft.title, path.name
        assert draft.author == "Verbatim samples", path.name
        assert draft.published, path.name
        assert bool(draft.url) == (path.suffix in WITH_ADDRESS), path.name


def test_addresses_are_distinct_and_of_the_reserved_domain() -> None:
    """No sample points at a site that somebody else owns, and no two at the same page."""
    addresses = [draft.url for _, draft in samples() if draft.url]
    assert len(set(addresses)) == len(addresses)
    assert all(address.startswith("https://verbatim.example.org/articles/") for address in addresses)


@pytest.mark.parametrize("boilerplate", ["cookie", "Newsletter", "Subscribe", "Imprint", "Most read", "Related"])
def test_pages_leave_their_frame_behind(boilerplate: str) -> None:
    """Menus, notes about cookies and footers of a page are no part of its article."""
    pages = [(path, draft) for path, draft in samples() if path.suffix == ".html"]
    assert [path.name for path, draft in pages if boilerplate in draft.text] == []
    assert any(boilerplate in path.read_text(encoding="utf-8") for path, _ in pages)


def test_questions_are_questions() -> None:
    """``questions.txt`` holds twelve questions, one a line, none twice."""
    lines = (ROOT / "questions.txt").read_text(encoding="utf-8").splitlines()
    assert len(set(lines)) == len(lines) == 12
    assert [line for line in lines if not line.endswith("?") or line != line.strip()] == []
