"""What every format promises, whichever library reads it."""

import subprocess
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path

import documents
import pytest

from index.errors import FormatError
from index.records import Article, Draft, Failure
from index.sources import normalise
from index.sources.articles import article
from index.sources.formats import MODULES, reader_for

FORMATS = pytest.mark.parametrize("suffix", documents.MAKERS)
DAMAGED = {
    "empty": b"",
    "lone bytes": bytes(range(128, 256)),
    "zeros": bytes(3000),
    "half a mark": b"\xff\xfe\xfa",
}


def one(path: Path) -> Draft:
    """The one draft of a file."""
    (draft,) = reader_for(path)(path)
    assert isinstance(draft, Draft)
    return draft


def stored(path: Path) -> Article:
    return article(one(path), f"made/{path.name}", "made")


def made(folder: Path, suffix: str) -> Path:
    return documents.MAKERS[suffix](folder / f"the-bees{suffix}")


@FORMATS
def test_paragraphs_stand_between_blank_lines(tmp_path: Path, suffix: str) -> None:
    """Every format gives the same text: headings on their own lines, paragraphs whole, letters untouched."""
    first = documents.FIRST.replace(" 🐝", "") if suffix == ".pdf" else documents.FIRST
    blocks = stored(made(tmp_path, suffix)).text.split("\n\n")
    assert blocks[-3:] == [first, documents.HEADING, documents.SECOND]


@FORMATS
def test_what_the_file_says_is_found(tmp_path: Path, suffix: str) -> None:
    """Title and author are found in every format but plain text, which has no place for them."""
    draft = one(made(tmp_path, suffix))
    expected = (None, None) if suffix == ".txt" else (documents.TITLE, documents.AUTHOR)
    assert (draft.title, draft.author) == expected


@pytest.mark.parametrize("suffix", [".md", ".html", ".jsonl", ".jsonl.gz"])
def test_date_address_and_language_are_found(tmp_path: Path, suffix: str) -> None:
    """Formats of the web also know day, address and language."""
    made_article = stored(made(tmp_path, suffix))
    assert made_article.published == date(2024, 5, 3)
    assert made_article.url == documents.URL
    assert made_article.language == "en"


@pytest.mark.parametrize("suffix", [".txt", ".docx"])
def test_no_date_is_invented(tmp_path: Path, suffix: str) -> None:
    """A file's own date, or that of a program's template, is not the article's."""
    assert one(made(tmp_path, suffix)).published is None


@FORMATS
@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_damaged_files_are_refused(
    tmp_path: Path, suffix: str, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """A file that is none of its format becomes no article: a reason, or nothing to read, and no other noise."""
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(content)
    with suppress(FormatError):
        for found in reader_for(path)(path):
            assert isinstance(found, Failure) or not normalise.text(found.text)
    assert not caplog.records


@pytest.mark.parametrize("suffix", [".pdf", ".docx", ".jsonl.gz"])
def test_truncated_files_are_refused(tmp_path: Path, suffix: str) -> None:
    """A file that was cut off in copying is refused as a whole."""
    path = made(tmp_path, suffix)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(FormatError, match=r"damaged|cut off"):
        list(reader_for(path)(path))


def test_the_names_of_files_tell_formats_in_any_case(tmp_path: Path) -> None:
    """A file from another system may be called ARTICLE.TXT."""
    assert one(documents.text_file(tmp_path / "ARTICLE.TXT")).text.startswith("Honeybees")


@pytest.mark.parametrize("name", ["article.rtf", "article"])
def test_unknown_formats_are_refused(name: str) -> None:
    """A file of no known format is refused with the formats that are."""
    with pytest.raises(FormatError, match=r"known: .*\.docx"):
        reader_for(Path(name))


def test_formats_are_loaded_when_they_are_met() -> None:
    """Importing the sources loads no library of any format."""
    heavy = "trafilatura lxml pypdf docx markdown_it yaml charset_normalizer py3langid numpy".split()
    program = f"import sys, index.sources; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_format_has_a_module() -> None:
    """The registry names modules that are there."""
    assert all(callable(reader_for(Path(f"x{suffix}"))) for suffix in MODULES)
