"""PDF files become paragraphs in reading order."""

from pathlib import Path

import documents
import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

from index.errors import FormatError
from index.records import Draft
from index.sources.formats import pdf


def read(path: Path) -> Draft:
    (draft,) = pdf.read(path)
    return draft


def drawn(path: Path, lines: list[str]) -> Path:
    """A page with each line drawn on its own."""
    canvas = Canvas(str(path))
    for number, line in enumerate(lines):
        canvas.drawString(72, 700 - 14 * number, line)
    canvas.save()
    return path


def test_encrypted_files_are_refused(tmp_path: Path) -> None:
    """A file that needs a password is reported as such."""
    with pytest.raises(FormatError, match="encrypted"):
        read(documents.encrypted_pdf_file(tmp_path / "secret.pdf", "password"))


def test_files_that_only_limit_printing_are_read(tmp_path: Path) -> None:
    """A file that opens without a password is no secret."""
    assert documents.SECOND in read(documents.encrypted_pdf_file(tmp_path / "open.pdf", "")).text


def test_lines_become_paragraphs(tmp_path: Path) -> None:
    """Lines are joined, hyphens at their ends resolved, unless the word has one elsewhere."""
    lines = [
        "The well-known bees of the hive dance to tell the oth-",
        "ers where food is, and it is a well-",
        "known fact that von Frisch saw it, and wrote about the",
        "dance.",
        "Another paragraph begins here and is as long as the oth-",
        "ers.",
    ]
    assert read(drawn(tmp_path / "lines.pdf", lines)).text == (
        "The well-known bees of the hive dance to tell the others where food is, and it is a well-known fact "
        "that von Frisch saw it, and wrote about the dance.\n\n"
        "Another paragraph begins here and is as long as the others."
    )


def test_items_are_lines(tmp_path: Path) -> None:
    """A list keeps its items apart, without bullets."""
    lines = ["What the bees dance, in short, is one of these two:", "• the round dance", "• the waggle dance"]
    expected = "What the bees dance, in short, is one of these two:\nthe round dance\nthe waggle dance"
    assert read(drawn(tmp_path / "list.pdf", lines)).text == expected


def test_running_lines_are_left_out(tmp_path: Path) -> None:
    """What stands at the edge of most pages is no part of the article, and paragraphs go over pages."""
    path, style = tmp_path / "pages.pdf", getSampleStyleSheet()["BodyText"]
    text = " ".join(f"Bee number {number} dances for as long as it likes to dance today." for number in range(300))

    def edge(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.drawString(200, 810, "The Bee Journal")
        canvas.drawString(280, 30, f"Page {document.page} of 4")

    body: list[Flowable] = [Paragraph(text, style)]
    SimpleDocTemplate(str(path)).build(body, onFirstPage=edge, onLaterPages=edge)
    assert " ".join(read(path).text.split()) == text


def test_what_programs_write_is_no_title(tmp_path: Path) -> None:
    """A file that nobody gave a title or an author has none."""
    draft = read(drawn(tmp_path / "untitled.pdf", ["Some words."]))
    assert (draft.title, draft.author) == (None, None)


def test_pages_without_text_have_none(tmp_path: Path) -> None:
    """A scan has no text; that it is empty is found where articles are made."""
    assert read(drawn(tmp_path / "scan.pdf", [])).text == ""


@pytest.mark.parametrize("drawing", ["text", "blanks", "forms"])
def test_a_small_file_draws_no_thousand_pages(tmp_path: Path, drawing: str) -> None:
    """Pages may share what they draw, and so may forms: a kilobyte would be hours of reading."""
    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.beginForm("form")
    canvas.drawString(72, 700, "bees")
    canvas.endForm()
    canvas.drawString(72, 720, "bees")
    canvas.doForm("form")
    canvas.save()
    content = {"text": b"BT (bees)Tj ET\n" * 2_000, "blanks": b" " * 500_000, "forms": b"/form Do\n" * 20}[drawing]
    writer = PdfWriter(clone_from=tmp_path / "a.pdf")
    (page,) = writer.pages
    drawn = DecodedStreamObject()
    drawn.set_data(content.replace(b"/form", b"/FormXob.form"))
    page[NameObject("/Contents")] = writer._add_object(drawn.flate_encode())
    for _ in range(99):
        writer.add_page(page)
    writer.compress_identical_objects()
    writer.write(tmp_path / "bomb.pdf")
    assert (tmp_path / "bomb.pdf").stat().st_size < 50_000
    with pytest.raises(FormatError, match="far more than a file of its size"):
        read(tmp_path / "bomb.pdf")
