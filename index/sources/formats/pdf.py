"""PDF files: pypdf's lines put back together to paragraphs.

Keeps the order in which the file draws its text, which is the reading order in nearly all of them. Lines that
stand on most pages, and page numbers, are left out. Pictures of text stay pictures: nothing is recognised.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from pypdf import DocumentInformation, PageObject, PasswordType, PdfReader, apply_configuration

from index.errors import FormatError
from index.records import Draft
from index.sources.formats import fields
from index.sources.formats.lines import Line, paragraphs, without_running_lines

_PROGRAM_WORDS = re.compile(
    r"\(?(untitled|anonymous|unspecified|unknown)\)?|.*\.(docx?|indd|qxd|tex|pdf)", re.IGNORECASE
)
"""What programs write where nobody gave a title or an author."""

_PAGES = 5_000
"""No book has as many."""

_STREAM_BYTES = 16 * 2**20
"""Unpacked: drawings of thousands of points may need it, text does not."""

_ALWAYS_BYTES, _BYTES_A_BYTE = 8 * 2**20, 50
"""What the pages of any file may draw with, unpacked, and for each byte of the file: text is packed to a tenth."""

_ALWAYS_STEPS, _BYTES_A_STEP, _STEPS_A_FORM = 60_000, 3, 300
"""Steps of drawing that any file may take, 1 s of them, and how many bytes of it stand for one more: in PDFs of text
looked at, 6 to 10. A form is a drawing within drawings, and may be long."""

_OPERANDS = 600_000
"""Of one stream: they are read before the first step, 1.5 s of them."""


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
    bounded = apply_configuration(
        zlib_maximum_output_length=_STREAM_BYTES,
        lzw_maximum_output_length=_STREAM_BYTES,
        run_length_maximum_output_length=_STREAM_BYTES,
        array_based_stream_maximum_output_length=_STREAM_BYTES,
        stream_parsing_work_maximum_count=_OPERANDS,
    )
    with bounded, PdfReader(content) as reader:
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            raise FormatError("the PDF is encrypted and opens only with a password")
        if len(reader.pages) > _PAGES:
            raise FormatError(f"it has {len(reader.pages)} pages, at most {_PAGES} are read")
        work = _Work(content.getbuffer().nbytes)
        pages = without_running_lines([_lines(page, work) for page in reader.pages])
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


class _Work:
    """Counts what the pages of a file make of it: a small one may say of a thousand that they draw the same."""

    def __init__(self, file_bytes: int) -> None:
        self._bytes_left = max(_ALWAYS_BYTES, _BYTES_A_BYTE * file_bytes)
        self._steps_left = _ALWAYS_STEPS + file_bytes // _BYTES_A_STEP

    def begin(self, page: PageObject) -> None:
        """Count the bytes of a page.

        Raises:
            FormatError: they are too many.
        """
        contents = page.get_contents()
        self._bytes_left -= len(contents.get_data()) if contents is not None else 0
        self._check()

    def step(self, operator: bytes, operands: Sequence[object], page: object, matrix: object) -> None:
        """Count a step of drawing.

        Raises:
            FormatError: they are too many.
        """
        self._steps_left -= 1 + sum(len(one) for one in operands if isinstance(one, list))
        self._steps_left -= _STEPS_A_FORM if operator == b"Do" else 0
        self._check()

    def _check(self) -> None:
        if self._bytes_left < 0 or self._steps_left < 0:
            raise FormatError("its pages draw far more than a file of its size holds")


def _lines(page: PageObject, work: _Work) -> list[Line]:
    work.begin(page)
    gathered = _Lines()
    page.extract_text(visitor_operand_before=work.step, visitor_text=gathered.visit)
    gathered.end_line()
    return gathered.lines
