"""Word files: paragraphs, headings, lists and tables in their order, and the core properties.

Headers, footers, notes, comments and text boxes are left out. Items of a list and rows of a table stand on
lines of their own, everything else between blank lines.
"""

import zipfile
from collections.abc import Iterator, Set
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

_XML_BYTES, _XML_MARKS = 32 * 2**20, 300_000
"""The same of its text, and of "<" in that: a book of 5 000 paragraphs with 30 tags each has half as many. All of it
becomes a tree: 2 s of work."""

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
    lists = frozenset(style.style_id for style in document.styles if str(style.name).startswith("List"))
    return Draft(
        "".join(_pieces(document, lists)).strip(),
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
        texts = [part for part in parts.infolist() if part.filename.lower().endswith((".xml", ".rels"))]
        if (size := sum(part.file_size for part in texts)) > _XML_BYTES:
            raise FormatError(f"its text unpacks to {size // 2**20} MB, more than an article's file holds")
        if sum(parts.read(part).count(b"<") for part in texts) > _XML_MARKS:
            raise FormatError(f"it has more than {_XML_MARKS} elements, more than an article's file holds")


def _said(text: str | None) -> str | None:
    words = fields.words(text)
    return None if words is None or words.lower() in _PROGRAM_WORDS else words


def _pieces(container: Document | _Cell, lists: Set[str]) -> Iterator[str]:
    """The blocks in their order, each with the break that goes before it; ``lists`` are the styles of items."""
    in_list = False
    for block in container.iter_inner_content():
        text = "\n".join(_rows(block, lists)) if isinstance(block, Table) else block.text.strip()
        was_in_list, in_list = in_list, isinstance(block, Paragraph) and _is_item(block, lists)
        if text:
            yield "\n" if in_list and was_in_list else "\n\n"
            yield text


def _is_item(paragraph: Paragraph, lists: Set[str]) -> bool:
    properties = paragraph._p.pPr
    numbered = properties is not None and properties.numPr is not None
    return numbered or paragraph._p.style in lists


def _rows(table: Table, lists: Set[str]) -> Iterator[str]:
    """The rows, cells between bars; a cell that goes on from the row above says the same in each row.

    python-docx would give a wide cell once for each column, which a file may say are a million, and climb up for
    each cell that goes on.
    """
    above: dict[int, str] = {}
    for row in table.rows:
        cells, column = dict[int, str](), 0
        for cell in row._tr.tc_lst:
            goes_on = cell.vMerge == "continue"
            words = above.get(column, "") if goes_on else _words(_Cell(cell, table), lists)
            cells[column], column = words, column + cell.grid_span
        if any(cells.values()):
            yield " | ".join(filter(None, cells.values()))
        above = cells


def _words(cell: _Cell, lists: Set[str]) -> str:
    return " ".join("".join(_pieces(cell, lists)).split())
