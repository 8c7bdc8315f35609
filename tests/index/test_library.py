"""The library: what was collected, what has changed since, and what is gone."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import documents
import pytest

from index.errors import FormatError, LibraryError, SourceError
from index.library import Changes, Collection, Library
from index.records import Article, Document, Failure, Source
from index.settings import FilesSource as FilesSettings
from index.sources.files import FilesSource

Found = Article | Failure | Exception


def article(name: str, **changes: object) -> Article:
    made = Article(name, "Title", f"Text of {name}", None, None, None, None, "en", "fake", "r1")
    return replace(made, **changes)  # type: ignore[arg-type]


@dataclass
class FakeSource:
    """Documents by their ids; counts how often each is read."""

    label: str = "fake"
    kind: str = "files"
    held: dict[str, tuple[str, Sequence[Found]]] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)

    def put(self, name: str, fingerprint: str, *found: Found) -> None:
        self.held[name] = (fingerprint, found)

    def documents(self) -> Iterator[Document]:
        for name, (fingerprint, found) in sorted(self.held.items()):
            yield Document(name, f"/at/{name}", fingerprint, self._reader(name, found))

    def _reader(self, name: str, found: Sequence[Found]) -> Callable[[], Iterator[Article | Failure]]:
        def read() -> Iterator[Article | Failure]:
            self.reads.append(name)
            for each in found:
                if isinstance(each, Exception):
                    raise each
                yield each

        return read


@dataclass
class BrokenSource:
    """Cannot be listed."""

    label: str
    kind: str = "files"

    def documents(self) -> Iterator[Document]:
        raise SourceError("the disk is not there")


@dataclass
class Clock:
    """A day passes when the test says so."""

    time: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_a_day(self) -> None:
        self.time += timedelta(days=1)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library.sqlite") as opened:
        yield opened


@pytest.fixture
def source() -> FakeSource:
    return FakeSource()


def collect(library: Library, *sources: Source) -> Collection:
    with library.collect(sources) as collection:
        return collection


def ids(library: Library) -> list[str]:
    return [each.id for each in library.articles()]


def test_an_empty_library_has_no_articles(library: Library) -> None:
    """A first build begins with nothing, and nothing in the sources is nothing collected."""
    assert ids(library) == []
    assert collect(library) == Collection(0, 0, 0, Changes(0, 0, 0), (), {})


def test_articles_come_back_as_they_were_stored(tmp_path: Path, library: Library, source: FakeSource) -> None:
    """Every field survives, in the order of the ids, also when the file is opened again."""
    full = article("b", title="🐝", url="https://x.example", published=date(2024, 5, 3), author="A", site="x")
    source.put("2", "f", full, article("a"))
    source.put("1", "f", article("c", text="\u0645\u0631\u062d\u0628\u0627\n\n\ufffd"))
    collect(library, source)
    with Library(tmp_path / "library.sqlite") as again:
        assert list(again.articles()) == [
            article("a"),
            full,
            article("c", text="\u0645\u0631\u062d\u0628\u0627\n\n\ufffd"),
        ]


def test_unchanged_documents_are_not_read_again(library: Library, source: FakeSource) -> None:
    """What has the same fingerprint keeps its articles."""
    source.put("1", "f", article("a"))
    source.put("2", "f", article("b"))
    collect(library, source)
    source.put("2", "g", article("b", revision="r2"))
    collection = collect(library, source)
    assert source.reads == ["1", "2", "2"]
    assert collection == Collection(2, 1, 2, Changes(0, 1, 0), (), {"fake": 2})


def test_changes_are_counted(library: Library, source: FakeSource) -> None:
    """New, changed and removed articles are told apart, whatever documents they are in."""
    source.put("1", "f", article("stays"), article("changes"), article("goes"))
    collect(library, source)
    source.put("1", "g", article("stays"), article("changes", revision="r2"), article("comes"))
    assert collect(library, source).changes == Changes(1, 1, 1)


@pytest.mark.parametrize(
    "change",
    [{"title": "t"}, {"url": "https://x.example"}, {"published": date(2024, 5, 3)}, {"author": "A"}, {"site": "s"},
     {"language": "de"}, {"source": "other"}, {"revision": "r2"}],
    ids=str,
)  # fmt: skip
def test_everything_about_an_article_counts(library: Library, source: FakeSource, change: dict[str, object]) -> None:
    """A change of what is said about a text is a change, and shows in the digest."""
    if "title" in change:  # the revision is of the title too
        change = {**change, "revision": "r2"}
    source.put("1", "f", article("a"))
    collect(library, source)
    digest = library.digest()
    source.put("1", "g", article("a", **change))
    assert collect(library, source).changes == Changes(0, 1, 0)
    assert library.digest() != digest


def test_the_digest_is_of_the_articles_alone(tmp_path: Path, library: Library, source: FakeSource) -> None:
    """The same articles have the same digest, wherever and whenever they were collected."""
    source.put("1", "f", article("a"), article("b"))
    collect(library, source)
    other = FakeSource()
    other.put("x", "1", article("b"))
    other.put("y", "2", article("a"))
    with Library(tmp_path / "other.sqlite") as second:
        collect(second, other)
        assert second.digest() == library.digest()


def test_what_is_gone_is_forgotten(library: Library, source: FakeSource) -> None:
    """A document that left its source, and a source that left the settings, leave the library."""
    second = FakeSource("second")
    source.put("1", "f", article("a"))
    source.put("2", "f", article("b"))
    second.put("3", "f", article("c"))
    collect(library, source, second)
    del source.held["2"]
    assert collect(library, source, second).changes == Changes(0, 0, 1)
    assert ids(library) == ["a", "c"]
    collect(library, source)
    assert ids(library) == ["a"]


def test_an_article_that_moves_stays_what_it_was(tmp_path: Path, source: FakeSource) -> None:
    """An article with an id of its own keeps its history when its document is renamed."""
    clock = Clock()
    with Library(tmp_path / "library.sqlite", clock) as library:
        source.put("old", "f", article("a"))
        collect(library, source)
        clock.pass_a_day()
        source.held = {"new": source.held["old"]}
        assert collect(library, source).changes == Changes(0, 0, 0)
        assert library.history()["a"].first_seen == datetime(2026, 1, 1, tzinfo=UTC)


def test_the_library_knows_when(tmp_path: Path, source: FakeSource) -> None:
    """The day an article came stays; the day it changed is that of its last change."""
    clock = Clock()
    with Library(tmp_path / "library.sqlite", clock) as library:
        source.put("1", "f", article("a"), article("b"))
        collect(library, source)
        clock.pass_a_day()
        source.put("1", "g", article("a"), article("b", revision="r2"))
        collect(library, source)
        first, second = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
        histories = library.history()
        assert [(histories[name].first_seen, histories[name].changed) for name in "ab"] == [
            (first, first), (first, second)
        ]  # fmt: skip


def test_unreadable_documents_are_reported_every_time_and_read_once(library: Library, source: FakeSource) -> None:
    """A failure is remembered with its reason until the document changes."""
    source.put("1", "f", article("a"), FormatError("broken in the middle"))
    source.put("2", "f", article("b"), Failure("/at/2:2", "bad line"))
    expected = (Failure("/at/1", "broken in the middle"), Failure("/at/2:2", "bad line"))
    assert collect(library, source).failures == expected
    assert collect(library, source).failures == expected
    assert source.reads == ["1", "2"]
    assert ids(library) == ["b"]
    source.put("1", "g", article("a"))
    source.put("2", "g", article("b"))
    assert collect(library, source).failures == ()
    assert ids(library) == ["a", "b"]


def test_a_document_that_breaks_keeps_its_last_good_articles(library: Library, source: FakeSource) -> None:
    """Half a copied file does not take its article out of the index; the report says so."""
    source.put("1", "f", article("a"), Failure("/at/1:2", "bad line"))
    collect(library, source)
    source.put("1", "g", article("new"), FormatError("cut off"))
    for _ in range(2):
        collection = collect(library, source)
        assert collection.failures == (Failure("/at/1", "cut off; what it held before is kept"),)
        assert collection.changes == Changes(0, 0, 0)
        assert list(library.articles()) == [article("a")]
    del source.held["1"]
    assert collect(library, source).failures == ()
    assert ids(library) == []


def test_of_two_articles_with_one_id_the_first_counts(library: Library, source: FakeSource) -> None:
    """The second is a failure that names the first's place; order is that of the sources, then the documents."""
    second = FakeSource("second")
    second.put("0", "f", article("a", title="second"))
    source.put("1", "f", article("a", title="first"), article("a", title="again"), article("b"))
    collection = collect(library, source, second)
    reason = "the id a is taken by an article of /at/1"
    assert collection.failures == (Failure("/at/1", reason), Failure("/at/0", reason))
    assert [each.title for each in library.articles()] == ["first", "Title"]
    assert [each.title for each in library.articles() if each.id == "a"] == ["first"]
    assert collection.articles == 2


def test_the_order_of_the_sources_decides_also_when_nothing_is_read(library: Library, source: FakeSource) -> None:
    """Who swaps two sources in the settings gets the other's article, without a file being touched."""
    second = FakeSource("second")
    source.put("1", "f", article("a", title="first"))
    second.put("2", "f", article("a", title="second"))
    collect(library, source, second)
    assert collect(library, second, source).read == 0
    assert [each.title for each in library.articles()] == ["second"]


def test_a_folder_that_moves_is_read_again(tmp_path: Path, library: Library) -> None:
    """Places in failures are where the files are now, while the articles stay the same."""
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "all.jsonl").write_text(documents.line(id="a") + "{broken\n")
    collect(library, FilesSource(FilesSettings(kind="files", folder=folder, name="n")))
    folder.rename(tmp_path / "new")
    collection = collect(library, FilesSource(FilesSettings(kind="files", folder=tmp_path / "new", name="n")))
    assert collection.changes == Changes(0, 0, 0)
    assert [failure.location for failure in collection.failures] == [f"{tmp_path}/new/all.jsonl:2"]


def test_a_hidden_article_comes_forward_when_the_first_goes(library: Library, source: FakeSource) -> None:
    """The library is what a first collection would make, without reading the second document again."""
    source.put("1", "f", article("a", title="first", revision="r2"))
    source.put("2", "f", article("a", title="second"))
    collect(library, source)
    del source.held["1"]
    collection = collect(library, source)
    assert (collection.failures, collection.changes) == ((), Changes(0, 1, 0))
    assert [each.title for each in library.articles()] == ["second"]
    assert source.reads == ["1", "2"]
    source.put("0", "f", article("a", title="third"))
    collect(library, source)
    assert [each.title for each in library.articles()] == ["third"]


def test_a_collection_can_be_refused(library: Library, source: FakeSource) -> None:
    """Too many failures stop a build, and the library is as it was before."""
    source.put("1", "f", article("a"))
    collect(library, source)
    digest = library.digest()
    source.put("1", "g", article("a", revision="r2"))
    source.put("2", "f", FormatError("broken"))
    with pytest.raises(RuntimeError), library.collect([source]) as collection:  # noqa: PT012
        assert collection.failed_share == 0.5
        raise RuntimeError
    assert library.digest() == digest
    assert collect(library, source).read == 2


def test_a_bug_while_reading_changes_nothing(library: Library, source: FakeSource) -> None:
    """Whatever goes wrong unforeseen, a collection is whole or not at all."""
    source.put("1", "f", article("a"))
    collect(library, source)
    broken = FakeSource("broken")
    broken.put("2", "f", article("b"), RuntimeError("a bug"))
    with pytest.raises(RuntimeError, match="a bug"):
        collect(library, broken)
    assert ids(library) == ["a"]


def test_progress_is_told(library: Library, source: FakeSource) -> None:
    """Who waits is told how many documents are done and of how many."""
    for name in "abc":
        source.put(name, "f", article(name))
    told: list[tuple[int, int]] = []
    with library.collect([source], lambda done, total: told.append((done, total))):
        pass
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_share_of_nothing_is_nothing(library: Library) -> None:
    """Empty sources are no failures."""
    assert collect(library).failed_share == 0


def test_a_library_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """An old program says that it is old, and changes nothing."""
    path = tmp_path / "library.sqlite"
    Library(path).__exit__(None, None, None)
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(LibraryError, match="has format 99, this program knows 2"):
        Library(path)


def test_a_damaged_library_says_what_to_do(tmp_path: Path) -> None:
    """A file that is no database is named, with the way out."""
    path = tmp_path / "library.sqlite"
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(LibraryError, match=r"library\.sqlite is damaged .*delete it"):
        Library(path)


def test_a_library_in_use_is_not_called_damaged(tmp_path: Path, library: Library) -> None:
    """Two programs at once: the second is told to wait, not to delete anything."""
    second = Library(tmp_path / "library.sqlite", wait_seconds=0.01)
    locked = pytest.raises(LibraryError, match="cannot be used now: database is locked")
    with second, library.collect([]), locked:
        collect(second)


def test_a_folder_of_every_format_is_mirrored(tmp_path: Path, library: Library) -> None:
    """Real files come in, are left alone, edited, moved and deleted, and the library follows."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for suffix, make in documents.MAKERS.items():
        make(folder / f"bees{suffix}")
    documents.encrypted_pdf_file(folder / "secret.pdf", "password")
    source = FilesSource(FilesSettings(kind="files", folder=folder))

    first = collect(library, source)
    assert (first.documents, first.articles, first.changes) == (8, 7, Changes(7, 0, 0))
    assert [failure.location for failure in first.failures] == [str(folder / "secret.pdf")]
    again = collect(library, source)
    assert (again.read, again.changes, again.failures) == (0, Changes(0, 0, 0), first.failures)

    (folder / "bees.txt").write_text("The bees dance no more, it is winter.")
    (folder / "bees.pdf").unlink()
    (folder / "old").mkdir()
    (folder / "bees.md").rename(folder / "old/bees.md")
    after = collect(library, source)
    assert (after.read, after.articles, after.changes) == (2, 6, Changes(1, 1, 2))
    assert "articles/old/bees.md" in ids(library)
    texts = {each.id: each.text for each in library.articles()}
    assert texts["articles/bees.txt"] == "The bees dance no more, it is winter."


def test_a_file_of_many_lines_follows_its_lines(tmp_path: Path, library: Library) -> None:
    """Lines that are edited, added and deleted change their own articles only."""
    path = tmp_path / "all.jsonl"
    source = FilesSource(FilesSettings(kind="files", folder=tmp_path, patterns=("*.jsonl",), name="n"))
    path.write_text(documents.line(id="a") + documents.line(id="b") + documents.line(id="c"))
    collect(library, source)
    path.write_text(documents.line(id="a") + "{broken\n" + documents.line(id="c", text="New.") + documents.line(id="d"))
    os.utime(path, ns=(0, 1))
    collection = collect(library, source)
    assert collection.changes == Changes(1, 1, 1)
    assert [failure.location for failure in collection.failures] == [f"{path}:2"]
    assert ids(library) == ["a", "c", "d"]


def test_what_an_article_said_before_is_kept(tmp_path: Path, source: FakeSource) -> None:
    """Each revision with its words and its days, the newest last; whoever was quoted an older one finds it."""
    clock = Clock()
    with Library(tmp_path / "dated.sqlite", now=clock) as library:
        source.put("a", "1", article("a", text="Snow fell.", revision="r1"))
        collect(library, source)
        first_day = clock.time
        clock.time += timedelta(days=2)
        source.put("a", "2", article("a", text="Much snow fell.", revision="r2"))
        collect(library, source)
        second_day = clock.time
        clock.time += timedelta(days=1)
        collect(library, source)
        old, new = library.revisions("a")
    assert (old.text, old.current, old.first_seen, old.last_seen) == ("Snow fell.", False, first_day, second_day)
    assert (new.text, new.current, new.first_seen, new.last_seen) == ("Much snow fell.", True, second_day, clock.time)


def test_a_withdrawn_article_stays_in_history_only(library: Library, source: FakeSource) -> None:
    """It is no article any more, but what it said can be looked up; back again, it is said once."""
    source.put("a", "1", article("a"))
    collect(library, source)
    del source.held["a"]
    collect(library, source)
    assert ids(library) == []
    assert [(one.text, one.current) for one in library.revisions("a")] == [("Text of a", False)]
    source.put("a", "1", article("a"))
    collect(library, source)
    assert [(one.text, one.current) for one in library.revisions("a")] == [("Text of a", True)]


def test_a_source_that_cannot_be_listed_keeps_what_it_held(library: Library, source: FakeSource) -> None:
    """A disk that is not there is no order to delete: the other sources go on, and it is told."""
    source.put("a", "1", article("a"))
    other = FakeSource("other", held={"o": ("1", [article("o", source="other")])})
    collect(library, source, other)
    broken = BrokenSource("fake")
    del other.held["o"]
    collection = collect(library, broken, other)
    assert ids(library) == ["a"]
    assert collection.unlisted == (Failure("fake", "the disk is not there"),)
    assert collection.failures == ()


def test_a_library_of_version_1_is_taken_over(tmp_path: Path, source: FakeSource) -> None:
    """Its articles stay as they are, nothing is read again, and a source that fails then loses nothing."""
    path = tmp_path / "old.sqlite"
    with Library(path) as library:
        source.put("a", "1", article("a"))
        collect(library, source)
    database = sqlite3.connect(path)
    database.executescript(
        "DROP TABLE revisions; DROP TABLE collected; ALTER TABLE documents DROP COLUMN source; PRAGMA user_version = 1;"
    )
    database.close()
    with Library(path) as library:
        collect(library, BrokenSource("fake"))
        assert ids(library) == ["a"]
        assert collect(library, source).read == 0
        assert [one.revision for one in library.revisions("a")] == ["r1"]
