"""Pages become their articles: no navigation, no banners, no code."""

from contextlib import suppress
from pathlib import Path

import documents
import pytest

from index.errors import FormatError
from index.records import Draft
from index.sources.formats import html


def read(folder: Path, page: str | bytes) -> Draft:
    path = folder / "page.html"
    path.write_bytes(page if isinstance(page, bytes) else page.encode())
    (draft,) = html.read(path)
    return draft


def page(body: str, head: str = "") -> str:
    paragraphs = f"<p>{documents.FIRST}</p>{body}<p>{documents.SECOND}</p>"
    return f"<html><head><title>Bees</title>{head}</head><body><article>{paragraphs}</article></body></html>"


def test_boilerplate_is_dropped(tmp_path: Path) -> None:
    """What stands around the article is not the article."""
    draft = next(html.read(documents.html_file(tmp_path / "page.html")))
    for word in ("cookies", "Sport", "Wasps", "Copyright", "Terms", "script text", "commenter", "color", "Home"):
        assert word not in draft.text
    assert draft.site == "The Hive"
    assert draft.language == "en-GB"


BLOCKS = {
    "list": ("<ul><li>One bee.</li><li><p>Two <b>bees</b>.</p></li></ul>", "One bee.\nTwo bees."),
    "table": ("<table><tr><th>Year</th><th>Prize</th></tr><tr><td>1973</td><td>Nobel</td></tr></table>",
              "Year | Prize\n1973 | Nobel"),
    "break": ("<p>One line<br>and another</p>", "One line\nand another"),
    "quotation": ("<blockquote><p>It is a language.</p><p>Truly.</p></blockquote>", "It is a language.\n\nTruly."),
    "white space": ("<p>One\n   <a href='x'>linked\n words</a>  here.</p>", "One linked words here."),
    "code": ("<pre><code>for bee in hive:\n    dance(bee)</code></pre>", "for bee in hive:\n    dance(bee)"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "text"), BLOCKS.values(), ids=BLOCKS)
def test_blocks_stand_apart(tmp_path: Path, body: str, text: str) -> None:
    """Items and rows are lines, everything else stands between blank lines, without bullets or tags."""
    assert read(tmp_path, page(body)).text == f"{documents.FIRST}\n\n{text}\n\n{documents.SECOND}"


def test_dates_in_the_text_are_not_the_articles(tmp_path: Path) -> None:
    """Only the page's markup tells when it was published."""
    assert read(tmp_path, page("<p>Copyright 2019. It was on 12 March 2020 that it began.</p>")).published is None


def test_the_declared_encoding_is_believed(tmp_path: Path) -> None:
    """An old page in windows-1251, or in Latin-1 with curly quotes, keeps its letters."""
    russian = page("<p>Пчёлы танцуют в улье.</p>", "<meta charset='windows-1251'>").replace("🐝", "")
    assert "Пчёлы танцуют в улье." in read(tmp_path, russian.encode("cp1251", "replace")).text
    western = '<?xml version="1.0" encoding="ISO-8859-1"?>' + page("<p>A “café” there.</p>").replace("🐝", "")
    assert "A “café” there." in read(tmp_path, western.encode("cp1252")).text


@pytest.mark.parametrize("content", ["", "<html></html>", "<html><body><script>x()</script></body></html>"])
def test_pages_without_an_article_are_refused(tmp_path: Path, content: str) -> None:
    """A page in which nothing can be read is reported."""
    with pytest.raises(FormatError, match="nothing in the page"):
        read(tmp_path, content)


def test_deep_nesting_harms_no_other_page(tmp_path: Path) -> None:
    """A page that is made to exhaust the parser is refused, or read, and nothing worse."""
    with suppress(FormatError):
        assert read(tmp_path, "<ul><li>" * 20_000 + "bees").text
