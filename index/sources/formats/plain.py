"""Text files: the whole file is the article, in whatever encoding it is written.

Knows no title, date or author: a text file does not say which line is which.
"""

from collections.abc import Iterator
from pathlib import Path

from index.records import Draft
from index.sources.formats.encoding import decode


def read(path: Path) -> Iterator[Draft]:
    """Yield the file's text."""
    yield Draft(decode(path.read_bytes()))
