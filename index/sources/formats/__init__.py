"""One module a format, behind one registry; a module is imported when its first file is met.

A format module has one function, ``read(path) -> Iterator[Draft | Failure]``: what the document says, not
normalised. It raises ``FormatError`` where the document is broken, ``OSError`` where the file is not readable.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from index.errors import FormatError
from index.records import Draft, Failure

Read = Callable[[Path], Iterator[Draft | Failure]]

MODULES = {
    ".jsonl.gz": "jsonl",
    ".jsonl": "jsonl",
    ".txt": "plain",
    ".text": "plain",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
}
"""The end of a file's name, lower-case, to the module that reads such files."""


def reader_for(path: Path) -> Read:
    """Return the function that reads the format which the file's name tells.

    Raises:
        FormatError: no format has such a name.
    """
    name = path.name.lower()
    for suffix, module in MODULES.items():
        if name.endswith(suffix):
            read: Read = import_module(f"{__name__}.{module}").read
            return read
    raise FormatError(f"no format is called {path.suffix or 'nothing'}; known: {', '.join(MODULES)}")
