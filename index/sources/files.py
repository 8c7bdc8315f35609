"""Articles in a folder of files. The folder is a mirror: what is in it is in the index, what is not is not.

Follows links to files and folders, but takes no file twice and goes round in no loop. Leaves out hidden files
and folders and the lock files of office programs. Lists everything before the first file is read, and refuses
to list a folder in part: what is not seen would be taken for deleted.
"""

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from index.errors import FormatError, SourceError
from index.records import Article, Document, Failure
from index.settings import FilesSource as FilesSettings
from index.sources import normalise
from index.sources.articles import EXTRACTION, articles
from index.sources.formats import reader_for
from index.sources.patterns import PathPattern

_MEGABYTE = 1_000_000
_IGNORED = (".", "~$")
"""How the names of hidden files begin, and those of the lock files beside an open Word document."""


class FilesSource:
    """The files of a folder that match the patterns, sorted by their paths."""

    kind = "files"

    def __init__(self, settings: FilesSettings) -> None:
        self._folder = settings.folder
        self._patterns = [PathPattern(pattern) for pattern in settings.patterns]
        self._limit = int(settings.max_megabytes * _MEGABYTE)
        self._label = settings.label

    @property
    def label(self) -> str:
        """What readers see of the source."""
        return self._label

    def documents(self) -> Iterator[Document]:
        """Go through the files.

        Raises:
            SourceError: the folder is not there, or a part of it may not be listed.
        """
        if not self._folder.is_dir():
            raise SourceError(f"there is no folder {self._folder}: make it, or correct [[sources]]")
        try:
            found = sorted(_found(self._folder, _above(self._folder)), key=lambda file: file.path)
        except OSError as error:
            raise SourceError(f"{error.filename} cannot be listed: {error.strerror}") from error
        return self._documents(found)

    def _documents(self, found: list["_File"]) -> Iterator[Document]:
        seen: set[tuple[int, int]] = set()
        for file in found:
            name = file.path.relative_to(self._folder).as_posix()
            if file.identity not in seen and any(pattern.fullmatch(name) for pattern in self._patterns):
                seen.add(file.identity)
                yield self._document(file, name)

    def _document(self, file: "_File", name: str) -> Document:
        identity = f"{self._label}/{normalise.path(Path(name))}"
        location = normalise.path(file.path)
        too_large = f" over {self._limit}" if file.size > self._limit else ""
        return Document(
            identity,
            location,
            f"{EXTRACTION} {file.size} {file.modified}{too_large}",
            partial(self._read, file, identity, location),
        )

    def _read(self, file: "_File", identity: str, location: str) -> Iterator[Article | Failure]:
        if file.size > self._limit:
            size, limit = file.size / _MEGABYTE, self._limit / _MEGABYTE
            raise FormatError(f"it has {size:.1f} MB, more than max_megabytes = {limit:g} allows")
        try:
            yield from articles(reader_for(file.path)(file.path), identity, location, self._label)
        except OSError as error:
            raise FormatError(f"it cannot be read: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it was listed: ``size`` in bytes, ``modified`` in nanoseconds, ``identity`` of its content."""

    path: Path
    size: int
    modified: int
    identity: tuple[int, int]


def _found(folder: Path, entered: set[tuple[int, int]]) -> Iterator[_File]:
    """Every file under the folder; a folder that was entered before, by a link, is not entered again."""
    entered.add(_identity(folder.stat()))
    for path in sorted(folder.iterdir()):
        status = None if path.name.startswith(_IGNORED) else _status(path)
        if status is None:
            continue
        if path.is_file():
            yield _File(path, status.st_size, status.st_mtime_ns, _identity(status))
        elif path.is_dir() and _identity(status) not in entered:
            yield from _found(path, entered)


def _status(path: Path) -> os.stat_result | None:
    """``None`` for what is gone since the folder was read, and for links to nothing or to themselves."""
    try:
        return path.stat()
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP):
            return None
        raise


def _above(folder: Path) -> set[tuple[int, int]]:
    """The folders that hold the folder: a link to one of them would lead round in a loop."""
    return {_identity(parent.stat()) for parent in folder.resolve().parents}


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
