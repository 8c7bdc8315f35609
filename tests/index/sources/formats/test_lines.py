"""Printed lines become the paragraphs that were written."""

from index.sources.formats.lines import Line, paragraphs, without_running_lines

FULL = "a line as long as the lines of this page usually are, all but the last"


def lines(*texts: str, size: float = 10, top: float = 700, space: float = 12) -> list[Line]:
    return [Line(text, top - space * number, size) for number, text in enumerate(texts)]


def test_no_lines_are_no_text() -> None:
    """A document without a line is empty."""
    assert paragraphs([]) == ""


def test_wider_space_begins_a_paragraph() -> None:
    """A gap between lines ends the paragraph, whether or not a sentence ends there."""
    page = [*lines(FULL, FULL), *lines(FULL, FULL, top=664)]
    assert paragraphs(page) == f"{FULL} {FULL}\n\n{FULL} {FULL}"


def test_larger_letters_are_a_heading() -> None:
    """A change of size parts a heading of two lines from the text under it."""
    page = [*lines("A heading of", "two lines", size=14), *lines(FULL, "end.", top=676)]
    assert paragraphs(page) == f"A heading of two lines\n\n{FULL} end."


def test_a_sentence_that_ends_early_ends_the_paragraph() -> None:
    """Without a gap, a short last line tells."""
    assert paragraphs(lines(FULL, "ends.", FULL)) == f"{FULL} ends.\n\n{FULL}"


def test_sentences_go_on_in_the_next_column() -> None:
    """At the top of the next column or page only a sentence's end makes a paragraph."""
    assert paragraphs([*lines(FULL, top=90), *lines(FULL)]) == f"{FULL} {FULL}"
    assert paragraphs([*lines(f"{FULL}.", top=90), *lines(FULL)]) == f"{FULL}.\n\n{FULL}"


def test_hyphens_that_were_written_stay() -> None:
    """Only a word that goes on in small letters was divided, and none before "and"."""
    page = lines("the Franco-", "Prussian war of 1870-", "1871 was fought by land-", "and sea-forces be-", "tween")
    assert paragraphs(page) == "the Franco-Prussian war of 1870-1871 was fought by land- and sea-forces between"


def test_bullets_of_their_own_lines_are_found() -> None:
    """A bullet that was drawn apart belongs to the line after it."""
    page = [Line("Two:", 700, 10), *(Line(text, 688, 10) for text in ("\x7f", "one")),
            *(Line(text, 676, 10) for text in ("•", "two"))]  # fmt: skip
    assert paragraphs(page) == "Two:\none\ntwo"


def test_what_most_pages_share_is_left_out() -> None:
    """Headers with counted pages and bare page numbers go; what occurs once, or inside, stays."""
    pages = [lines("Bee Journal", f"Text {letter}", "more", "inside", "so", f"Page {number}", str(number))
             for number, letter in enumerate("abcd", 1)]  # fmt: skip
    kept = [[line.text for line in page] for page in without_running_lines(pages)]
    assert kept == [[f"Text {letter}", "more", "inside", "so"] for letter in "abcd"]


def test_two_pages_share_by_chance() -> None:
    """Of two pages, nothing can be told to be on most."""
    pages = [lines("Same", "a"), lines("Same", "b")]
    assert without_running_lines(pages) == pages


def test_a_word_may_be_hyphenated_twice() -> None:
    """It is looked for in the lines that make it, and in no more."""
    page = lines(f"{FULL} of the inter-", "na-", f"tional {FULL}")
    assert "of the international a line" in paragraphs(page)
    assert paragraphs(lines(*[f"{FULL} and bees-"] * 3, "wax")).endswith("and beeswax")
