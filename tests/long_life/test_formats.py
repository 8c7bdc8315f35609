"""Formats of earlier programs, as those programs wrote them: read, migrated with all that is in them, or refused.

The samples lie in ``formats/KIND/NUMBER``; ``tests/benchmarks/make_formats.py`` adds those of today.
"""

import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from builders import BEES
from fakes import FakeEncoder
from make_formats import (
    ANSWER,
    BEFORE,
    FORMATS,
    HANDED,
    QUOTE,
    THEN,
    WITHDRAWN,
    dumped,
    fill,
    settings_of,
    write_articles,
)

from bot.chat.storage import schema as chat_schema
from bot.chat.storage.backups import backup_of
from bot.chat.storage.database import Database
from bot.chat.storage.placements import Placed
from index import build_index
from index import cache as cache_schema
from index.backup import manifest as backup_manifest
from index.cache import VectorCache
from index.errors import SnapshotIncompatible, VerbatimError
from index.layout import Layout
from index.library import Library
from index.library import schema as library_schema
from index.runs import last_good, read_runs
from index.snapshot import Store
from index.snapshot import manifest as snapshot_manifest
from index.snapshot.checks import check_contents
from index.sources.web import tables as pages_schema
from index.sources.web.store import PageStore
from index.takedown import TakenDown


@dataclass(frozen=True, slots=True)
class Kind:
    """A format: its numbers, the file in a storage folder, and what opens and closes it. ``never``: in no program."""

    first: int
    last: int
    file: str
    opened: Callable[[Path], object]
    never: frozenset[int] = frozenset()

    @property
    def numbers(self) -> list[int]:
        return [number for number in range(self.first, self.last + 1) if number not in self.never]


def open_library(path: Path) -> None:
    with Library(path):
        pass


def open_pages(path: Path) -> None:
    with PageStore(path):
        pass


def open_cache(path: Path) -> None:
    with VectorCache(path, FakeEncoder.identity):
        pass


DATABASES = {
    "library": Kind(1, library_schema.VERSION, "library.sqlite", open_library),
    "pages": Kind(1, pages_schema.VERSION, "pages.sqlite", open_pages),
    "cache": Kind(0, cache_schema.VERSION, "vectors.sqlite", open_cache),
    # no program that anybody ran knew three of them: several steps came at once
    "chat": Kind(1, chat_schema.VERSION, "bot.sqlite", lambda path: Database(path).close(), never=frozenset({3, 4, 6})),
}
SAMPLES = [(kind, number) for kind, one in DATABASES.items() for number in one.numbers]


def restored(kind: str, number: int, storage: Path) -> Path:
    """Make the file of a sample in a storage folder."""
    storage.mkdir(parents=True, exist_ok=True)
    path = storage / DATABASES[kind].file
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((FORMATS / kind / f"{number}.sql").read_text(encoding="utf-8"))
    return path


def unpacked(number: int, storage: Path) -> str:
    """Publish the snapshot of a sample in a storage folder, and return its name."""
    with tarfile.open(FORMATS / "snapshot" / f"{number}.tar.xz") as archive:
        archive.extractall(storage / "snapshots", filter="data")
        name = archive.getnames()[0].partition("/")[0]
    (storage / "current").write_text(f"{name}\n")
    return name


def shape(path: Path) -> list[tuple[str, ...]]:
    """Tables, their columns, and indexes of a file."""
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute(
            "SELECT type, name FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        ).fetchall()
        columns = (connection.execute("SELECT * FROM pragma_table_info(?)", (name,)).fetchall() for _, name in names)
        return [(*name, *map(str, own)) for name, own in zip(names, columns, strict=True)]


def columns(path: Path) -> set[tuple[str, str, str]]:
    """Every column with its table and type; where a later program added one, it stands last."""
    query = "SELECT tables.name, own.name, own.type FROM sqlite_master AS tables, pragma_table_info(tables.name) AS own"
    with closing(sqlite3.connect(path)) as connection:
        return set(connection.execute(query))


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A storage folder as the program writes it now."""
    return Layout(fill(tmp_path_factory.mktemp("today")).storage.folder)


def test_every_format_has_its_sample() -> None:
    """Who raises a number keeps what the last program wrote; "python tests/benchmarks/make_formats.py" adds the new."""
    expected = {kind: {f"{number}.sql" for number in one.numbers} for kind, one in DATABASES.items()}
    expected["snapshot"] = {f"{number}.tar.xz" for number in range(1, snapshot_manifest.FORMAT + 1)}
    expected["backup"] = {f"{number}.json" for number in range(1, backup_manifest.FORMAT + 1)}
    found = {kind: {path.name for path in (FORMATS / kind).iterdir()} for kind in expected}
    assert found == expected


@pytest.mark.parametrize("kind", DATABASES)
def test_a_format_is_raised_when_its_tables_change(kind: str, today: Layout, tmp_path: Path) -> None:
    """A file that is made now has the tables of the newest sample: else an earlier program would misread it."""
    made, path = today.storage / DATABASES[kind].file, restored(kind, DATABASES[kind].last, tmp_path)
    assert shape(made) == shape(path)
    assert dumped(made)[0] == DATABASES[kind].last


def test_a_snapshot_of_today_has_the_tables_of_its_sample(today: Layout, tmp_path: Path) -> None:
    """So the number of its format is still right; and it can be read, whole."""
    name = unpacked(snapshot_manifest.FORMAT, tmp_path)
    made = today.snapshot(Store(today.storage).current())
    assert shape(made.articles) == shape(Layout(tmp_path).snapshot(name).articles)
    with Store(tmp_path).open_current(encoder=FakeEncoder.identity) as snapshot:
        check_contents(snapshot, FakeEncoder().encode)
        assert snapshot.article_ids() == ("ink", "samples/bees.md", "samples/paper.md")


@pytest.mark.parametrize("number", range(1, snapshot_manifest.FORMAT))
def test_an_earlier_snapshot_is_refused_with_the_way_out(tmp_path: Path, number: int) -> None:
    """In one sentence, and left as it is."""
    name = unpacked(number, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    said = f'^snapshot {name} has format {number}, this program reads {snapshot_manifest.FORMAT}: run "verbatim-index'
    with pytest.raises(SnapshotIncompatible, match=said):
        Store(tmp_path).open(name)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("kind", "number"), SAMPLES)
def test_an_earlier_database_becomes_one_of_today(tmp_path: Path, kind: str, number: int, today: Layout) -> None:
    """With the tables of today, whatever it was; opening it again changes nothing."""
    path = restored(kind, number, tmp_path)
    for _ in range(2):
        DATABASES[kind].opened(path)
        assert columns(path) == columns(today.storage / DATABASES[kind].file)
        assert dumped(path)[0] == DATABASES[kind].last


@pytest.mark.parametrize("kind", DATABASES)
def test_a_format_of_the_future_is_refused_untouched(tmp_path: Path, kind: str) -> None:
    """Whoever goes back to an older program loses nothing by it, and is told in one sentence."""
    path, number = restored(kind, DATABASES[kind].last, tmp_path), DATABASES[kind].last + 1
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {number}")
    before = path.read_bytes()
    with pytest.raises(VerbatimError, match=rf"{number}, this program knows {number - 1}: update") as refused:
        DATABASES[kind].opened(path)
    assert path.read_bytes() == before and "\n" not in str(refused.value)
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_a_snapshot_of_the_future_is_refused(tmp_path: Path) -> None:
    """It may be the program that is too old."""
    name, number = unpacked(snapshot_manifest.FORMAT, tmp_path), snapshot_manifest.FORMAT + 1
    manifest = Layout(tmp_path).snapshot(name).manifest
    manifest.write_text(manifest.read_text().replace(f'"format": {number - 1}', f'"format": {number}'))
    with pytest.raises(SnapshotIncompatible, match=f"has format {number}, this program reads {number - 1}: update"):
        Store(tmp_path).open(name)


@pytest.mark.parametrize("number", DATABASES["library"].numbers)
def test_a_library_keeps_its_articles(tmp_path: Path, number: int) -> None:
    """Words, addresses, and when each was seen first."""
    path = restored("library", number, tmp_path)
    seen = first_seen(path)
    with Library(path) as library:
        assert {id_: history.first_seen.isoformat() for id_, history in library.history().items()} == seen
        assert (BEES, "https://example.org/bees") in [(article.text, article.url) for article in library.articles()]
        said = [revision.text for revision in library.revisions("samples/bees.md")]
    assert said == ([BEES] if number == 1 else [BEFORE, BEES])  # the first program kept no earlier ones


@pytest.mark.parametrize("number", DATABASES["pages"].numbers)
def test_pages_keep_what_was_handed_in(tmp_path: Path, number: int) -> None:
    """It stands in no list, and nobody could fetch it again."""
    with PageStore(restored("pages", number, tmp_path)) as pages:
        (stored,) = pages.articles("added")
        assert (stored.article, stored.url) == (HANDED["id"], HANDED["url"])


@pytest.mark.parametrize("number", DATABASES["cache"].numbers)
def test_vectors_encoded_before_are_found(tmp_path: Path, number: int) -> None:
    """In half precision, as every one is kept."""
    with VectorCache(restored("cache", number, tmp_path), FakeEncoder.identity) as cache:
        keys = [key for (key,) in cache._connection.execute("SELECT key FROM vectors")]
        assert len(keys) >= 3
        vectors = cache.fetch(keys)
    assert vectors.shape == (len(keys), FakeEncoder.dimension) and np.allclose(
        np.linalg.norm(vectors, axis=1), 1, atol=1e-3
    )


@pytest.mark.parametrize("number", DATABASES["chat"].numbers)
def test_a_chat_knows_everybody(tmp_path: Path, number: int) -> None:
    """Answers for their buttons, votes, and what each program kept besides; as it was, it lies beside."""
    path = restored("chat", number, tmp_path)
    chat = Database(path)
    assert chat.recall("token-1") == ANSWER and chat.count_votes() == (1, 1) and chat.handled() == {1000}
    assert all(quotes == (QUOTE,) for _, _, quotes in chat.votes(9))
    assert chat.told() == ({9: frozenset({"stale"})} if number >= 2 else {})
    assert chat.people.guests() == (((10, THEN),) if number >= 5 else ())
    assert chat.placements.at(7, 70) == (Placed("token-1", 0) if number >= 5 else None)
    assert [one.words for one in chat.declines.latest(9)] == (["Who wrote it?"] if number >= 5 else [])
    assert chat.people.language(7) == ("de" if number >= 7 else "")
    chat.close()
    assert backup_of(path).exists() == (number < chat_schema.VERSION)


@pytest.mark.parametrize("number", range(1, snapshot_manifest.FORMAT))
def test_a_build_brings_a_whole_folder_up_to_date(tmp_path: Path, number: int) -> None:
    """The way out that is told is one: every article is there, what was taken down stays so, and none counts as new."""
    storage, settings = tmp_path / "storage", settings_of(tmp_path)
    write_articles(tmp_path / "articles")
    later = number >= 3  # since then there are pages, runs, and what is taken down
    library = restored("library", 2 if later else 1, storage)
    restored("cache", 0 if number < 5 else 1, storage)
    if later:
        restored("pages", 1, storage)
        for name in ("taken-down", "runs"):
            shutil.copyfile(FORMATS / name / "1.json", storage / f"{name}.json")
    before, since = unpacked(number, storage), first_seen(library)
    report = build_index(settings, encoder=FakeEncoder())
    with Store(storage).open_current(encoder=FakeEncoder.identity) as built:
        assert set(built.article_ids()) == since.keys() - ({"samples/tides.md"} if later else set())
    assert report.published and first_seen(library) == since and len(since) == (4 if later else 3)
    assert before not in Store(storage).names()


def first_seen(library: Path) -> dict[str, str]:
    """When each article was seen first."""
    with closing(sqlite3.connect(library)) as connection:
        return dict(connection.execute("SELECT id, first_seen FROM articles"))


def test_runs_and_what_was_taken_down_are_read() -> None:
    """Files without a number: the way they were written first is still read."""
    assert TakenDown.read(FORMATS / "taken-down" / "1.json").holds("samples/tides.md", [WITHDRAWN])
    assert last_good(read_runs(FORMATS / "runs" / "1.json")) is not None
