"""Word files: paragraphs, headings, lists and tables in their order, and the core properties.

Headers, footers, notes, comments and text boxes are left out. Items of a list and rows of a table stand on
lines of their own, everything else between blank lines.
"""

import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import docx
from docx.document import Document
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from index.errors import FormatError
from index.records import Draft
from index.sources.formats import fields

_UNPACKED_BYTES = 128 * 2**20
"""More than any article's file holds, pictures included: a bomb is refused before it is unpacked."""

_TEMPLATE_DAY = date(2013, 12, 23)
"""The day in every file that a program made from python-docx's template without setting another."""

_PROGRAM_WORDS = ("python-docx", "word document")


def read(path: Path) -> Iterator[Draft]:
    """Yield the file's article.

    Raises:
        FormatError: the file is no Word file, or is damaged.
    """
    content = BytesIO(path.read_bytes())  # from here on an OSError, too, is a sign of damage
    try:
        draft = _draft(content)
    except FormatError:
        raise
    except Exception as error:  # damage shows as BadZipFile, KeyError, XMLSyntaxError and others
        raise FormatError(f"it is not a sound Word file: {error or type(error).__name__}") from error
    yield draft


def _draft(content: BytesIO) -> Draft:
    _refuse_bomb(content)
    document = docx.Document(content)
    says = document.core_properties
    return Draft(
        "".join(_pieces(document)).strip(),
        title=_said(says.title),
        author=_said(says.author),
        published=None if says.created is None or says.created.date() == _TEMPLATE_DAY else fields.day(says.created),
        language=fields.words(says.language),
    )


def _refuse_bomb(content: BytesIO) -> None:
    if not zipfile.is_zipfile(content):
        raise FormatError("it is no Word file, or it is cut off, encrypted, or in the format of before 2007")
    with zipfile.ZipFile(content) as parts:
        unpacked = sum(part.file_size for part in parts.infolist())
    if unpacked > _UNPACKED_BYTES:
        raise FormatError(f"it unpacks to {unpacked // 2**20} MB, more than an article's file holds")


def _said(text: str | None) -> str | None:
    words = fields.words(text)
    return None if words is None or words.lower() in _PROGRAM_WORDS else words


def _pieces(container: Document | _Cell) -> Iterator[str]:
    """The blocks in their order, each with the break that goes before it."""
    in_list = False
    for block in container.iter_inner_content():
        text = "\n".join(_rows(block)) if isinstance(block, Table) else block.text.strip()
        was_in_list, in_list = in_list, isinstance(block, Paragraph) and _is_item(block)
        if text:
            yield "\n" if in_list and was_in_list else "\n\n"
            yield text


def _is_item(paragraph: Paragraph) -> bool:
    properties = paragraph._p.pPr
    numbered = properties is not None and properties.numPr is not None
    return numbered or (paragraph.style is not None and str(paragraph.style.name).startswith("List"))


def _rows(table: Table) -> Iterator[str]:
    """The rows, cells between bars; python-docx gives a merged cell once for each place it covers."""
    for row in table.rows:
        cells = {id(cell._tc): " ".join("".join(_pieces(cell)).split()) for cell in row.cells}
        if any(cells.values()):
            yield " | ".join(filter(None, cells.values()))
