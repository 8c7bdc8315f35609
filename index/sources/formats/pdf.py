"""PDF files: pypdf's lines put back together to paragraphs.

Keeps the order in which the file draws its text, which is the reading order in nearly all of them. Lines that
stand on most pages, and page numbers, are left out. Pictures of text stay pictures: nothing is recognised.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from pypdf import DocumentInformation, PageObject, PasswordType, PdfReader

from index.errors import FormatError
from index.records import Draft
from index.sources.formats import fields
from index.sources.formats.lines import Line, paragraphs, without_running_lines

_PROGRAM_WORDS = re.compile(
    r"\(?(untitled|anonymous|unspecified|unknown)\)?|.*\.(docx?|indd|qxd|tex|pdf)", re.IGNORECASE
)
"""What programs write where nobody gave a title or an author."""


def read(path: Path) -> Iterator[Draft]:
    """Yield the file's article.

    Raises:
        FormatError: the file is no PDF, is damaged, or opens only with a password.
    """
    content = BytesIO(path.read_bytes())  # from here on an OSError, too, is a sign of damage
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings name no file; what fails is reported
    try:
        draft = _draft(content)
    except FormatError:
        raise
    except Exception as error:  # damage shows as whatever pypdf stumbles over, KeyError and RecursionError included
        raise FormatError(f"the PDF is damaged: {error or type(error).__name__}") from error
    yield draft


def _draft(content: BytesIO) -> Draft:
    with PdfReader(content) as reader:
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            raise FormatError("the PDF is encrypted and opens only with a password")
        pages = without_running_lines([_lines(page) for page in reader.pages])
        says = reader.metadata or DocumentInformation()
        return Draft(
            paragraphs([line for page in pages for line in page]),
            title=_said(says.title),
            author=_said(says.author),
            published=fields.day(says.creation_date),
        )


def _said(text: str | None) -> str | None:
    words = fields.words(text)
    return None if words is None or _PROGRAM_WORDS.fullmatch(words) else words


class _Lines:
    """Gathers a page's lines with their heights and sizes while pypdf goes through the page."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._parts: list[str] = []
        self._place = (0.0, 0.0)

    def visit(self, text: str, page: Sequence[float], matrix: Sequence[float], font: object, size: float) -> None:
        """Take the next piece of text; ``page`` and ``matrix`` are transformations (a, b, c, d, e, f)."""
        for position, part in enumerate(text.split("\n")):
            if position:
                self.end_line()
            if part.strip() and not "".join(self._parts).strip():
                height = matrix[4] * page[1] + matrix[5] * page[3] + page[5]
                self._place = (height, abs(size * matrix[3] * page[3]))
            self._parts.append(part)

    def end_line(self) -> None:
        text = " ".join("".join(self._parts).split())
        if text:
            self.lines.append(Line(text, *self._place))
        self._parts = []


def _lines(page: PageObject) -> list[Line]:
    gathered = _Lines()
    page.extract_text(visitor_text=gathered.visit)
    gathered.end_line()
    return gathered.lines
