"""A folder as a source: everything that matches is a document, once, in a stable order."""

import os
from pathlib import Path

import pytest

from index.errors import FormatError, SourceError
from index.records import Article, Document
from index.settings import FilesSource as FilesSettings
from index.sources.files import FilesSource
from index.sources.patterns import PathPattern


def source(folder: Path, **settings: object) -> FilesSource:
    return FilesSource(FilesSettings.model_validate({"kind": "files", "folder": folder, "name": "news", **settings}))


def ids(folder: Path, **settings: object) -> list[str]:
    return [document.id for document in source(folder, **settings).documents()]


def written(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Text of {name}")


def only(folder: Path, **settings: object) -> Document:
    (document,) = source(folder, **settings).documents()
    return document


def test_files_come_sorted_with_label_and_path(tmp_path: Path) -> None:
    """The id of a document is its source's label and its path within, in the order of the paths."""
    written(tmp_path, "b.txt", "a/z.md", "a/b/c.TXT", "notes.rtf")
    assert ids(tmp_path) == ["news/a/b/c.TXT", "news/a/z.md", "news/b.txt"]


def test_hidden_files_are_left_out(tmp_path: Path) -> None:
    """Hidden files and folders, and Word's lock files, are nobody's articles."""
    written(tmp_path, ".a.txt", ".git/b.txt", "~$c.docx", "d.txt")
    assert ids(tmp_path) == ["news/d.txt"]


def test_links_are_followed_but_no_file_comes_twice(tmp_path: Path) -> None:
    """Links to files, to folders, to the folder itself, round in a loop and to nothing: each file once."""
    folder = tmp_path / "folder"
    written(tmp_path, "folder/a/one.txt", "outside/two.txt")
    (folder / "b").symlink_to(folder / "a")
    (folder / "c.txt").symlink_to(folder / "a/one.txt")
    (folder / "d").symlink_to(tmp_path / "outside")
    (folder / "a/up").symlink_to(folder)
    (folder / "a/upper").symlink_to(tmp_path)
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "nothing.txt").symlink_to("missing.txt")
    os.link(folder / "a/one.txt", folder / "hard.txt")
    assert ids(folder) == ["news/a/one.txt", "news/d/two.txt"]


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("**/*.txt", "a.txt", True),
        ("**/*.txt", "a/b/c.TXT", True),
        ("**/*.txt", "a.txt.bak", False),
        ("*.txt", "a/b.txt", False),
        ("2024/*.md", "2024/a.md", True),
        ("2024/*.md", "2024/b/a.md", False),
        ("2024/**", "2024/b/a.md", True),
        ("a?.txt", "ab.txt", True),
        ("a?.txt", "a/.txt", False),
        ("[a].txt", "[a].txt", True),
        ("**/drafts/*.md", "drafts/a.md", True),
        ("**/drafts/*.md", "nodrafts/a.md", False),
    ],
)
def test_patterns(pattern: str, name: str, matches: bool) -> None:
    """A star stays within a name, two stars go through folders, brackets are brackets."""
    assert PathPattern(pattern).fullmatch(name) == matches


def test_patterns_choose(tmp_path: Path) -> None:
    """Only what a pattern of the settings matches is a document, whatever formats there are."""
    written(tmp_path, "a.txt", "b.md", "2024/c.md")
    assert ids(tmp_path, patterns=["2024/*.md", "*.txt"]) == ["news/2024/c.md", "news/a.txt"]


def test_reading_gives_the_articles(tmp_path: Path) -> None:
    """A document is read when it is asked to, and not before."""
    written(tmp_path, "a.txt")
    document = only(tmp_path)
    (tmp_path / "a.txt").write_text("Later text")
    (article,) = document.read()
    assert isinstance(article, Article)
    assert (article.id, article.text, article.source) == ("news/a.txt", "Later text", "news")
    assert document.location == str(tmp_path / "a.txt")


def test_the_fingerprint_changes_with_the_file(tmp_path: Path) -> None:
    """Another size, or another time of change, is another fingerprint; looking again is not."""
    written(tmp_path, "a.txt")
    first = only(tmp_path).fingerprint
    assert only(tmp_path).fingerprint == first
    os.utime(tmp_path / "a.txt", ns=(0, 1))
    second = only(tmp_path).fingerprint
    (tmp_path / "a.txt").write_text("longer than before, by far")
    os.utime(tmp_path / "a.txt", ns=(0, 1))
    assert len({first, second, only(tmp_path).fingerprint}) == 3


def test_large_files_are_not_read(tmp_path: Path) -> None:
    """200 MB of nothing are refused by their size; a higher limit makes another document of them."""
    with (tmp_path / "zeros.txt").open("wb") as file:
        file.truncate(200_000_000)
    document = only(tmp_path)
    with pytest.raises(FormatError, match=r"200\.0 MB, more than max_megabytes = 50 allows"):
        list(document.read())
    assert only(tmp_path, max_megabytes=300).fingerprint != document.fingerprint


def test_files_that_vanish_are_refused(tmp_path: Path) -> None:
    """A file that is deleted while the build runs is a failure, not the build's end."""
    written(tmp_path, "a.txt")
    document = only(tmp_path)
    (tmp_path / "a.txt").unlink()
    with pytest.raises(FormatError, match="cannot be read: No such file"):
        list(document.read())


def test_files_of_no_known_format_are_refused(tmp_path: Path) -> None:
    """A pattern may match what nobody can read: that is reported, file by file."""
    written(tmp_path, "a.rtf")
    with pytest.raises(FormatError, match=r"\.rtf"):
        list(only(tmp_path, patterns=["*"]).read())


def test_names_that_are_no_utf8_are_documents(tmp_path: Path) -> None:
    """A file with a name from another age is read like any other, and its name can be stored."""
    name = os.fsdecode(b"caf\xe9.jsonl")
    (tmp_path / name).write_text('{"text": "a"}\n{', encoding="utf-8")
    document = only(tmp_path)
    article, failure = document.read()
    assert isinstance(article, Article)
    assert article.id == "news/caf\\xe9.jsonl#1"
    assert not isinstance(failure, Article)
    assert failure.location == f"{tmp_path}/caf\\xe9.jsonl:2"


def test_a_missing_folder_is_an_error_of_the_source(tmp_path: Path) -> None:
    """A folder that is not there is not an empty one: nothing may be taken for deleted."""
    with pytest.raises(SourceError, match=r"there is no folder .*missing"):
        source(tmp_path / "missing").documents()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list every folder")
def test_a_folder_that_may_not_be_listed_is_an_error(tmp_path: Path) -> None:
    """What cannot be seen may not be taken for deleted either."""
    written(tmp_path, "a/b.txt")
    (tmp_path / "a").chmod(0)
    with pytest.raises(SourceError, match="cannot be listed"):
        source(tmp_path).documents()
    (tmp_path / "a").chmod(0o700)
