"""A build takes over what has not changed, and its index is the one that a build of everything anew would make."""

import json
import random
import sqlite3
from collections.abc import Mapping, Set
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from fakes import FakeEncoder
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.build import build_index
from index.lexical import WordIndex
from index.lexical.passages import WordPassages
from index.lexical.scoring import Reading
from index.settings import DuplicatesSection, FilesSource, IndexSection, Settings, StorageSettings
from index.snapshot import Snapshot, Store
from index.takedown import TakenDown, take_down, undo

CALL = "Find your nearest lantern seller in our list."
SLOGAN = "The Lantern shines on everything that happens in Riverton."
QUESTIONS = ("Which word tells of the harbour?", "lantern seller", "Was sagt das Wort?", "changed7")

Kind = tuple[int, int, int, str]
"""What an article is: which text, which edition of it, the day, and what its site says under it."""

ARTICLES = range(12)
kinds = st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 4), st.sampled_from(["", CALL, SLOGAN]))
changes = st.dictionaries(st.sampled_from(ARTICLES), st.none() | kinds, max_size=8)
steps = st.tuples(changes, st.sets(st.sampled_from(ARTICLES), max_size=2))


def prose(seed: object, words: int = 60) -> str:
    """Sentences of words that no other seed gives in this order."""
    chance = random.Random(str(seed))
    told = [f"{chance.choice('bdfglmnprst')}{chance.choice('aeiou')}{chance.randrange(40)}" for _ in range(words)]
    return " ".join(" ".join(told[n : n + 12]).capitalize() + "." for n in range(0, words, 12))


def row(number: int, kind: Kind) -> str:
    """An article as a line: its own text, or one that others tell, on one of two sites, in one of two languages."""
    text, edition, day, call = kind
    told = prose(f"own {number}" if text == 0 else f"wire {text}")
    told = told.replace(".", f" changed{edition}.", 1) if edition else told
    site = f"site{number % 2}.example"
    fields = {
        "id": f"article {number}",
        "title": f"Title {edition}",
        "url": f"https://{site}/{number}",
        "site": site,
        "language": "de" if number == 3 else "en",
        "published": f"2024-05-0{day}" if day else None,
        "text": f"{told}\n\n{call}".strip(),
    }
    return json.dumps({name: value for name, value in fields.items() if value}) + "\n"


def write(folder: Path, world: Mapping[int, Kind]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "all.jsonl").write_text("".join(row(number, kind) for number, kind in world.items()))


def settings_of(folder: Path, storage: str) -> Settings:
    return Settings(
        storage=StorageSettings(folder=folder / storage),
        sources=(FilesSource(kind="files", folder=folder / "articles", name="samples"),),
        index=IndexSection(passage_words=30),
        duplicates=DuplicatesSection(similarity=0.6),
    )


def built(given: Settings) -> dict[str, object]:
    """Build, and return all that the snapshot that was made holds, but for the numbers that mean nothing."""
    name = build_index(given, encoder=FakeEncoder()).snapshot
    with Store(given.storage.folder).open(name) as snapshot:
        return contents(snapshot)


def contents(snapshot: Snapshot) -> dict[str, object]:
    connection, ids = snapshot.connection, snapshot.article_ids()
    words = WordIndex(lambda: connection)
    return {
        "articles": [(snapshot.article(id_), snapshot.copies(id_)) for id_ in ids],
        "passages": [snapshot.passages_of(id_) for id_ in ids],
        "stories": snapshot.stories(snapshot.passage_ids()),
        "vectors": snapshot.vectors.vectors(np.array(snapshot.passage_ids())).tolist(),
        "words": occurrences(connection),
        "counts": connection.execute("SELECT stem, documents FROM word_stems ORDER BY stem").fetchall(),
        "languages": connection.execute("SELECT * FROM word_languages").fetchall(),
        "found": [words.search(words.terms(question), 20) for question in QUESTIONS],
        "traces": connection.execute("SELECT * FROM traces ORDER BY id").fetchall(),
        "lines": connection.execute(
            "SELECT id, lines.site, lines FROM lines JOIN articles ON number = article ORDER BY id"
        ).fetchall(),
        "repeated": connection.execute("SELECT * FROM repeated ORDER BY site, line").fetchall(),
        "keys": connection.execute("SELECT id, vector FROM passages ORDER BY id").fetchall(),
        "counted": (snapshot.manifest.articles, snapshot.manifest.passages, snapshot.manifest.trust),
    }


def occurrences(connection: sqlite3.Connection) -> list[tuple[str, list[tuple[int, int]]]]:
    """Of each stem the passages, by id, and the places in them."""
    passages = WordPassages.read(connection)
    ids, reading = passages.spread(passages.ids), Reading(connection, passages)
    stems = [stem for (stem,) in connection.execute("SELECT stem FROM word_stems ORDER BY stem")]
    read = [(stem, reading.run((stem,))) for stem in stems]
    return [
        (stem, sorted(zip(ids[found.passages].tolist(), found.places.tolist(), strict=True))) for stem, found in read
    ]


@settings(max_examples=8, deadline=None)
@given(st.lists(steps, min_size=2, max_size=4))
@example([(dict.fromkeys(ARTICLES, (0, 0, 1, CALL)), set()), ({0: None, 2: None, 4: None}, set())])
@example([({n: (1, 0, n % 5, "") for n in ARTICLES}, set()), ({}, {4, 5}), ({4: None, 9: None}, set())])
@example([({0: (1, 0, 1, ""), 1: (1, 0, 2, "")}, set()), ({1: None}, set())])
@example([({3: (0, 0, 1, ""), 4: (0, 0, 1, "")}, set()), ({3: None}, set())])
@example([(dict.fromkeys(ARTICLES, (0, 1, 1, SLOGAN)), set()), (dict.fromkeys(ARTICLES, (0, 2, 1, "")), set())])
def test_it_is_the_index_that_is_made_of_nothing(history: list[tuple[dict[int, Kind | None], set[int]]]) -> None:
    """Whatever came, changed, left, was taken down or came back: rows, words, vectors, marks, copies are the same."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        world: dict[int, Kind] = {99: (0, 0, 1, "")}
        incremental = settings_of(folder, "incremental")
        for number, (change, withdrawn) in enumerate(history):
            world = {n: kind for n, kind in {**world, **change}.items() if kind}
            write(folder / "articles", world)
            anew = settings_of(folder, f"anew {number}")
            for one in (incremental, anew):
                withdraw(one.storage.folder, withdrawn)
            assert built(incremental) == built(anew)


def withdraw(storage: Path, articles: Set[int]) -> None:
    """Take these articles down, and no others."""
    storage.mkdir(exist_ok=True)
    path = Store(storage).layout.taken_down
    for entry in TakenDown.read(path).entries:
        undo(path, entry.given)
    for number in articles:
        take_down(path, f"article {number}", datetime.now(UTC))


def numbers(given: Settings) -> dict[str, int]:
    """In which order the articles were written."""
    with Store(given.storage.folder).open_current() as snapshot:
        return dict(snapshot.connection.execute("SELECT id, number FROM articles"))


def test_rows_of_unchanged_articles_stay(tmp_path: Path) -> None:
    """Only what is new is written: it comes last, where a build of everything anew writes in the order of the ids."""
    given_settings = settings_of(tmp_path, "storage")
    write(tmp_path / "articles", dict.fromkeys((4, 5, 6), (0, 0, 1, "")))
    built(given_settings)
    write(tmp_path / "articles", {n: (0, int(n == 5), 1, "") for n in (1, 4, 5, 6)})
    built(given_settings)
    assert sorted(numbers(given_settings), key=numbers(given_settings).__getitem__)[:2] == ["article 4", "article 6"]


@pytest.mark.parametrize("change", ["settings", "encoder", "damage", "format"])
def test_nothing_is_taken_over_from_what_does_not_fit(tmp_path: Path, change: str) -> None:
    """A snapshot of other settings, of another encoder or format, or that is damaged, is no beginning."""
    given_settings, encoder = settings_of(tmp_path, "storage"), FakeEncoder()
    write(tmp_path / "articles", dict.fromkeys((4, 5), (0, 0, 1, "")))
    built(given_settings)
    write(tmp_path / "articles", dict.fromkeys((1, 4, 5), (0, 0, 1, "")))
    store = Store(given_settings.storage.folder)
    layout = store.layout.snapshot(store.current())
    if change == "settings":
        given_settings = given_settings.model_copy(update={"index": IndexSection(passage_words=20)})
    if change == "encoder":
        encoder = FakeEncoder(identity="another")
    if change == "damage":
        layout.articles.write_bytes(layout.articles.read_bytes()[::-1])
    if change == "format":
        layout.manifest.write_text(json.dumps(json.loads(layout.manifest.read_text()) | {"format": 3}))
    build_index(given_settings, encoder=encoder)
    assert list(numbers(given_settings)) == sorted(numbers(given_settings), key=numbers(given_settings).__getitem__)
    assert numbers(given_settings)["article 1"] == 1


def test_vectors_are_taken_over(tmp_path: Path) -> None:
    """What the published snapshot has is neither encoded nor looked for elsewhere; what its title changed, is."""
    given_settings = settings_of(tmp_path, "storage")
    write(tmp_path / "articles", dict.fromkeys((4, 5), (0, 0, 1, "")))
    assert build_index(given_settings, encoder=FakeEncoder()).encoded == 6
    Store(given_settings.storage.folder).layout.cache.unlink()
    write(tmp_path / "articles", {4: (0, 0, 1, ""), 5: (0, 0, 1, ""), 6: (0, 0, 1, "")})
    assert build_index(given_settings, encoder=FakeEncoder()).encoded == 3
    path = tmp_path / "articles" / "all.jsonl"
    path.write_text(path.read_text().replace("Title 0", "Another title", 1))
    assert build_index(given_settings, encoder=FakeEncoder()).encoded == 3
    assert built(given_settings)["vectors"] == built(settings_of(tmp_path, "anew"))["vectors"]


def test_articles_that_left_leave_no_empty_file(tmp_path: Path) -> None:
    """A snapshot is about as large as one that was made of nothing, whatever its beginning held."""
    given_settings, anew = settings_of(tmp_path, "storage"), settings_of(tmp_path, "anew")
    write(tmp_path / "articles", dict.fromkeys(range(300), (0, 0, 1, "")))
    build_index(given_settings, encoder=FakeEncoder())
    write(tmp_path / "articles", dict.fromkeys(range(200, 300), (0, 0, 1, "")))
    sizes = [size_of_articles(one) for one in (given_settings, anew)]
    assert sizes[0] < 1.4 * sizes[1]


def size_of_articles(given: Settings) -> int:
    """Build, and return how many bytes the file of articles and words has."""
    settings = given.model_copy(update={"gate": given.gate.model_copy(update={"max_fall": 1.0})})
    name = build_index(settings, encoder=FakeEncoder()).snapshot
    return Store(given.storage.folder).layout.snapshot(name).articles.stat().st_size
