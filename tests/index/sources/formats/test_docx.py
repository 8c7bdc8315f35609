"""Word files become their text, tables and lists in their order."""

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import documents
import docx
import pytest

from index.errors import FormatError
from index.records import Draft
from index.sources.formats import docx as word


def read(path: Path) -> Draft:
    (draft,) = word.read(path)
    return draft


def test_blocks_keep_their_order(tmp_path: Path) -> None:
    """Paragraphs, lists and tables come as they stand; items and rows are lines, merged cells come once."""
    document = docx.Document()
    document.add_heading("Bees", level=1)
    document.add_paragraph("They ").add_run("dance").bold = True
    document.add_paragraph("one", style="List Bullet")
    document.add_paragraph("two", style="List Bullet")
    document.add_paragraph()
    table = document.add_table(2, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "a", "b"
    table.cell(1, 0).merge(table.cell(1, 1)).text = "both"
    document.add_paragraph("The end.")
    document.save(str(tmp_path / "a.docx"))
    assert read(tmp_path / "a.docx").text == "Bees\n\nThey dance\n\none\ntwo\n\na | b\nboth\n\nThe end."


def test_core_properties_are_read(tmp_path: Path) -> None:
    """The day that the file states and its language are the article's."""
    document = docx.Document()
    document.core_properties.created = datetime(2024, 5, 3, 22, tzinfo=UTC)
    document.core_properties.language = "de-DE"
    document.add_paragraph("text")
    document.save(str(tmp_path / "a.docx"))
    draft = read(tmp_path / "a.docx")
    assert (draft.published, draft.language, draft.author) == (date(2024, 5, 3), "de-DE", None)


def test_other_containers_are_refused(tmp_path: Path) -> None:
    """An encrypted file, one of Word 97, and a zip file of something else are refused."""
    old, other = tmp_path / "old.docx", tmp_path / "other.docx"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("hello.txt", "hello")
    for path in (old, other):
        with pytest.raises(FormatError, match="Word file"):
            read(path)


def test_bombs_are_refused(tmp_path: Path) -> None:
    """A small file that unpacks without measure is refused before it is unpacked."""
    path = documents.docx_file(tmp_path / "bomb.docx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/zeros.bin", bytes(140 * 2**20))
    with pytest.raises(FormatError, match="unpacks to"):
        read(path)


def test_merged_cells_say_what_they_say_once_a_row(tmp_path: Path) -> None:
    """A cell over several columns is one cell; a cell over several rows, however many, is in each of them."""
    document = docx.Document()
    table = document.add_table(1_200, 3)
    table.cell(0, 2).text = "tall"
    for number, row in enumerate(table.rows):
        row._tr.tc_lst[2].vMerge = "continue" if number else "restart"
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(1, 0).text = "first"
    document.save(str(tmp_path / "a.docx"))
    assert read(tmp_path / "a.docx").text.split("\n")[:3] == ["wide | tall", "first | tall", "tall"]


def test_elements_without_end_are_refused(tmp_path: Path) -> None:
    """A tree is made of all of them: a hundred times as large as the file."""
    for body, reason in ((b"<w:p/>" * 400_000, "elements"), (b" " * 34_000_000, "its text unpacks to")):
        path = documents.docx_file(tmp_path / "bomb.docx")
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/more.xml", b"<a>" + body + b"</a>")
        with pytest.raises(FormatError, match=reason):
            read(path)
