"""From a draft to the stored article: gaps are filled, nothing is made up."""

from dataclasses import replace
from datetime import date

import pytest

from index.errors import FormatError
from index.records import Article, Draft, Failure
from index.sources.articles import article, articles

LONG = "The bees dance in the hive to tell the others where food is, " * 4


def stored(draft: Draft, document: str = "news/2024/bees-and_flowers.txt") -> Article:
    return article(draft, document, "news")


def test_what_the_draft_says_is_kept() -> None:
    """Every field that the document gives is the article's, on one line and clean."""
    draft = Draft(
        "The text.", "id-1", " The\ntitle ", "https://hive.example/1", date(2024, 5, 3), "Jane\u00a0D", "Hive", "de-AT"
    )
    made = stored(draft)
    assert (made.id, made.title, made.author, made.site) == ("id-1", "The title", "Jane D", "Hive")
    assert (made.url, made.published, made.language) == ("https://hive.example/1", date(2024, 5, 3), "de")
    assert made.source == "news"


def test_a_missing_title_is_the_first_line() -> None:
    """A short first line is the title, and stays in the text."""
    made = stored(Draft("The dance of the bees\n\nThey dance."))
    assert made.title == "The dance of the bees"
    assert made.text == "The dance of the bees\n\nThey dance."


def test_a_long_first_line_is_no_title() -> None:
    """Where the text begins with a paragraph, the file's name is the title, made readable."""
    assert stored(Draft(LONG)).title == "Bees and flowers"


def test_a_line_of_many_is_named_after_its_place() -> None:
    """An article without id and title in a file of many gets the line's number in both."""
    made = stored(Draft(LONG, line=7), "news/all.jsonl")
    assert (made.id, made.title) == ("news/all.jsonl#7", "All 7")


def test_the_id_is_the_place_in_the_source() -> None:
    """A document that gives no id is known by its label and path."""
    assert stored(Draft("text")).id == "news/2024/bees-and_flowers.txt"


def test_nothing_is_made_up() -> None:
    """Without a date, author, address or site there is none."""
    made = stored(Draft("Published on 3 May 2024 by Jane Doe, www.hive.example"))
    assert (made.published, made.author, made.url, made.site) == (None, None, None, None)


def test_the_site_is_the_address_without_www() -> None:
    """An article with an address has a site."""
    assert stored(Draft("text", url="https://www.hive.example:8080/a")).site == "hive.example"


def test_the_language_is_detected_where_it_is_not_given() -> None:
    """A language that is missing, or is none, comes from the words."""
    text = "Die Bienen tanzen im Stock, um den anderen das Futter zu zeigen."
    assert stored(Draft(text)).language == "de"
    assert stored(Draft(text, language="Deutsch")).language == "de"


def test_text_is_normalised() -> None:
    """The stored text is the normalised one."""
    assert stored(Draft("Cafe\u0301\r\n\r\n\r\nbe\u00ades ")).text == "Café\n\nbees"


def test_the_revision_changes_with_title_and_text_only() -> None:
    """The revision is the digest of what is read, not of what is said about it."""
    draft = Draft("text", title="title")
    made = stored(draft)
    assert stored(replace(draft, author="Jane", url="https://x.example")).revision == made.revision
    assert (
        len(
            {
                made.revision,
                stored(replace(draft, text="other")).revision,
                stored(replace(draft, title="other")).revision,
            }
        )
        == 3
    )


@pytest.mark.parametrize("text", ["", " \n\t", "\ufeff\u200b\u00ad\x00"])
def test_empty_text_is_refused(text: str) -> None:
    """An article without a visible character is none."""
    with pytest.raises(FormatError, match="no text"):
        stored(Draft(text, title="title"))


def test_a_document_of_one_empty_article_is_refused() -> None:
    """Where the one article of a document is empty, the document as a whole is broken."""
    with pytest.raises(FormatError, match="no text"):
        list(articles([Draft(" ")], "n/a.txt", "/x/a.txt", "n"))


def test_an_empty_line_of_many_fails_alone() -> None:
    """In a document of many articles, an empty one is a failure of its line, and failures pass through."""
    broken = Failure("/x/all.jsonl:3", "why")
    found = list(articles([Draft("a", line=1), Draft(" ", line=2), broken], "n/all.jsonl", "/x/all.jsonl", "n"))
    assert [type(each) for each in found] == [Article, Failure, Failure]
    assert found[1:] == [Failure("/x/all.jsonl:2", "no text"), broken]
