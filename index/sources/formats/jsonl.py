"""JSON Lines, plain or gzipped: one article a line, ``text`` required, unknown fields ignored.

An invalid line is one failure and the other lines go on; a file that cannot be read to its end fails as a
whole. Never holds more than one line, and unpacks no more than a sound file holds.
"""

import gzip
import json
import math
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from index.errors import FormatError
from index.records import Draft, Failure
from index.sources import normalise
from index.sources.formats import fields

_LINE_BYTES = 16 * 2**20
"""Forty times a long novel's chapter; one article is never longer."""

_RATIO = 20
"""Unpacked to packed. Articles are packed three- to fivefold, a bomb a thousandfold."""

_ALWAYS_BYTES = 64 * 2**20
"""What any gzipped file may hold, so that a small file of one repeated article is no bomb."""


def read(path: Path) -> Iterator[Draft | Failure]:
    """Yield each line's article, or its failure at ``path:line``.

    Raises:
        FormatError: the file is cut off, is not gzip, holds an endless line, or unpacks without end.
    """
    try:
        with closing(_open(path)) as stream:
            yield from read_stream(stream, path, max(path.stat().st_size * _RATIO, _ALWAYS_BYTES))
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise FormatError(f"the gzip file is damaged: {error}") from error


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.name.lower().endswith(".gz") else path.open("rb")


def read_stream(stream: BinaryIO, place: Path, most_bytes: float = math.inf) -> Iterator[Draft | Failure]:
    """Yield each line's article, or its failure at ``place:line``, from a stream of at most so many bytes.

    Raises:
        FormatError: a line has no end, or the stream has none.
    """
    for number, line in enumerate(iter(partial(stream.readline, _LINE_BYTES), b""), start=1):
        most_bytes -= len(line)
        if len(line) == _LINE_BYTES or most_bytes < 0:
            raise FormatError(f"line {number} is too long, or the file unpacks to too much, to be articles")
        if line.strip():
            yield _article(place, number, line)


def _article(path: Path, number: int, line: bytes) -> Draft | Failure:
    try:
        return _draft(number, line)
    except FormatError as error:
        return Failure(f"{normalise.path(path)}:{number}", str(error))


def _draft(number: int, line: bytes) -> Draft:
    content = _object(line)
    text = content.get("text")
    if not isinstance(text, str):
        raise FormatError(f'"text" has to be a string, not {type(text).__name__}')
    return Draft(
        text,
        id=fields.words(content.get("id")),
        title=fields.words(content.get("title")),
        url=fields.link(content.get("url")),
        published=fields.day(content.get("published")),
        author=fields.words(content.get("author")),
        site=fields.words(content.get("site")),
        language=fields.words(content.get("language")),
        line=number,
    )


def _object(line: bytes) -> Mapping[str, object]:
    try:
        content = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FormatError(f"not UTF-8 at byte {error.start} of the line") from error
    except (ValueError, RecursionError) as error:
        raise FormatError(f"not valid JSON: {error}") from error
    if not isinstance(content, dict):
        raise FormatError(f"an article is a JSON object, not {type(content).__name__}")
    return content
