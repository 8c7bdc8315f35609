"""Markdown becomes the words that a reader of the page sees."""

from datetime import date
from pathlib import Path

import pytest

from index.errors import FormatError
from index.records import Draft
from index.sources.formats import markdown


def read(folder: Path, source: str) -> Draft:
    path = folder / "article.md"
    path.write_text(source, encoding="utf-8")
    (draft,) = markdown.read(path)
    return draft


BLOCKS = {
    "headings": ("# One\ntext\n\nTwo\n---\nmore", "One\n\ntext\n\nTwo\n\nmore"),
    "soft and hard breaks": ("one\ntwo  \nthree\\\nfour", "one two\nthree\nfour"),
    "emphasis and code": ("**a** _b_ ~~c~~ `d*e*`", "a b c d*e*"),
    "links": ("[words](https://x.example 'title') <https://y.example> [ref][1]\n\n[1]: https://z.example",
              "words https://y.example ref"),
    "pictures": ("before ![a bee](bee.png) after", "before after"),
    "entities and escapes": ("5 &lt; 6 &amp; \\*stars\\*", "5 < 6 & *stars*"),
    "lists": ("- one\n- two\n  - nested\n\n1. first\n\n   more\n2. second", "one\ntwo\nnested\n\nfirst\nmore\nsecond"),
    "quotations": ("> one\n>\n> two", "one\n\ntwo"),
    "tables": ("| a | b |\n|---|---|\n| 1 | **2** |", "a | b\n1 | 2"),
    "code": ("```python\nif x:\n    y\n```\n\n    indented", "if x:\n    y\n\nindented"),
    "html": ("<div>\n<b>in</b>side &copy;\n</div>\n\na <br> b <i>c</i><!-- hidden -->\n\n<script>\nno();\n</script>",
             "inside ©\n\na\nb c"),
    "rules and footnotes": ("one[^1]\n\n***\n\n[^1]: A note.", "one\n\nA note."),
}  # fmt: skip


@pytest.mark.parametrize(("source", "text"), BLOCKS.values(), ids=BLOCKS)
def test_markup_becomes_words(tmp_path: Path, source: str, text: str) -> None:
    """No markup stays, no word goes, and blocks stand apart."""
    assert "\n\n".join(block for block in read(tmp_path, source).text.split("\n\n") if block) == text


def test_front_matter_is_read_as_it_is_written(tmp_path: Path) -> None:
    """Several authors are joined; a title that is a number, and Norwegian, are no YAML surprises."""
    front = "---\nTitle: 1984\nauthor: [Jane Doe, John Roe]\ndate: 2024-05-03T23:00:00+09:00\nlanguage: no\n---\ntext"
    draft = read(tmp_path, front)
    assert (draft.title, draft.author, draft.language) == ("1984", "Jane Doe, John Roe", "no")
    assert draft.published == date(2024, 5, 3)
    assert draft.text == "text"


def test_what_cannot_be_understood_is_not_there(tmp_path: Path) -> None:
    """A date in words and an address that no browser opens are left out, the article is not."""
    draft = read(tmp_path, "---\ndate: last Tuesday\nurl: javascript:alert(1)\ntitle:\n---\ntext")
    assert (draft.published, draft.url, draft.title) == (None, None, None)


def test_the_first_heading_is_the_title_where_none_is_given(tmp_path: Path) -> None:
    """An article that begins with a heading is called by it."""
    assert read(tmp_path, "# The *dance*\n\ntext").title == "The dance"
    assert read(tmp_path, "text\n\n# Later").title is None


@pytest.mark.parametrize("front", ["title: [open", "title: 'a\nb: c", "just words", "- a\n- b"])
def test_broken_front_matter_is_refused(tmp_path: Path, front: str) -> None:
    """An article whose front matter is no YAML is reported, not shown with half of it."""
    with pytest.raises(FormatError, match="front matter"):
        read(tmp_path, f"---\n{front}\n---\n\ntext")


@pytest.mark.parametrize("nested", ["a: " + "[" * 2_000, "".join(" " * n + "a:\n" for n in range(1_000))])
def test_endless_nesting_in_the_front_matter_is_refused(tmp_path: Path, nested: str) -> None:
    """As what is no YAML."""
    with pytest.raises(FormatError, match="not valid YAML"):
        read(tmp_path, f"---\n{nested}\n---\ntext")


def test_tables_without_end_are_refused(tmp_path: Path) -> None:
    """The parser fills up short rows: a kilobyte can be a million cells. A large table is none of these."""
    large = f"|a|b|c|\n|-|-|-|\n{'|1|2|3|' + chr(10):s}" + "|1|2|3|\n" * 2_000
    assert read(tmp_path, large).text.count("1 | 2 | 3") == 2_001
    for quoted in ("", "> ", "* "):
        with pytest.raises(FormatError, match="cells"):
            read(tmp_path, "".join(f"{quoted}{line}\n" for line in ("|a" * 900, "|-" * 900, *["|b"] * 900)))


def test_remarks_and_scripts_within_html_are_left_out(tmp_path: Path) -> None:
    """Those that end; what has no end is text, as a browser would not have it, but nothing is lost."""
    source = "<div>\none <!-- two --> three\n<STYLE x>four</Style > five <script>six</script> seven <!-- eight\n</div>"
    words = read(tmp_path, source).text.split()
    assert words == ["one", "three", "five", "seven", "<!--", "eight"]
