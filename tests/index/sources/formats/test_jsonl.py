"""JSON Lines: one article a line, and one failure a broken line."""

import gzip
from datetime import date
from pathlib import Path

import pytest
from documents import line

from index.errors import FormatError
from index.records import Draft, Failure
from index.sources.formats import jsonl


def read(folder: Path, content: str | bytes, name: str = "all.jsonl") -> list[Draft | Failure]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(jsonl.read(path))


def test_every_field_is_read_and_others_are_ignored(tmp_path: Path) -> None:
    """A line gives what it has; what nobody knows does no harm."""
    fields = {"id": 7, "title": "t", "url": "https://x.example/1", "author": ["A", "B"], "site": "X", "rank": {"a": 1}}
    assert read(tmp_path, line(**fields, text="text", published="2024-05-03T10:00:00Z", language="de")) == [
        Draft("text", "7", "t", "https://x.example/1", date(2024, 5, 3), "A, B", "X", "de", line=1)
    ]


BROKEN = {
    "cut off": ('{"text": "a', "not valid JSON"),
    "no object": ("[1, 2]", "not list"),
    "no text": ('{"title": "a"}', '"text" has to be a string'),
    "text is no string": ('{"text": 5}', "not int"),
    "too deep": ("[" * 100_000, "not valid JSON"),
}


@pytest.mark.parametrize(("broken", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_line_fails_alone(tmp_path: Path, broken: str, reason: str) -> None:
    """An invalid line is one failure with its number; the others are read, blank ones passed over."""
    first, failure, last = read(tmp_path, f"{line(id='a')}\n{broken}\n{line(id='b')}")
    assert isinstance(first, Draft)
    assert isinstance(last, Draft)
    assert (first.id, first.line, last.id, last.line) == ("a", 1, "b", 4)
    assert isinstance(failure, Failure)
    assert failure.location == f"{tmp_path / 'all.jsonl'}:3"
    assert reason in failure.reason


@pytest.mark.parametrize(
    "day",
    [f"Fri, 03 May {9**20} 18:30:00 GMT", f"Fri, 03 May 2024 18:30:00 +{9**20}", "Fri, 99 May 2024", "2024-13-99"],
)
def test_a_day_that_cannot_be_is_none(tmp_path: Path, day: str) -> None:
    """Whatever the library that reads dates makes of it, the article is read."""
    (draft,) = read(tmp_path, line(published=day))
    assert isinstance(draft, Draft) and draft.published is None


def test_lines_that_are_no_utf8_fail_alone(tmp_path: Path) -> None:
    """JSON is UTF-8; a line in another encoding is reported, and a mark at the start is not."""
    first, second = read(tmp_path, "\ufeff".encode() + line(id="a").encode() + b'{"text": "caf\xe9"}')
    assert isinstance(first, Draft)
    assert isinstance(second, Failure)
    assert second.reason == "not UTF-8 at byte 13 of the line"


def test_gzipped_lines_are_read(tmp_path: Path) -> None:
    """A gzipped file is read like the plain one."""
    content = line(id="a") + line(id="b")
    assert read(tmp_path, gzip.compress(content.encode()), "all.jsonl.gz") == read(tmp_path, content)


def test_bombs_are_refused(tmp_path: Path) -> None:
    """Neither one endless line nor endless lines fill the memory or the disk."""
    with pytest.raises(FormatError, match="line 1 is too long"):
        read(tmp_path, gzip.compress(b'{"text": "' + bytes(17 * 2**20), 1), "endless.jsonl.gz")
    many = gzip.compress((b" " * (2**20 - 1) + b"\n") * 65, 1)
    with pytest.raises(FormatError, match="unpacks to too much"):
        read(tmp_path, many, "many.jsonl.gz")


def test_what_is_no_gzip_is_refused(tmp_path: Path) -> None:
    """A file that is called gzipped and is not, or is damaged inside, fails as a whole."""
    packed = bytearray(gzip.compress(line(id="a").encode() * 200))
    packed[len(packed) // 2] ^= 255
    for content in (b"plain", bytes(packed)):
        with pytest.raises(FormatError, match="gzip file is damaged"):
            read(tmp_path, content, "all.jsonl.gz")
