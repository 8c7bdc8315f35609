"""Words in a real Milvus beside the vectors: built, searched, rolled back, and told while the engine is away."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import BEES, PAPER, TIDES, retell
from corpus import hand_weights
from fakes import FakeEncoder, FakePassageReader
from milvus_server import MilvusServer

from bot.answering.generation import Generation
from bot.answering.scoring import SentenceReader
from bot.records import Question
from index.build import build_index
from index.errors import SnapshotDamaged, VectorsUnavailable
from index.records import Hit
from index.search import FusedRetriever
from index.settings import FilesSource, Settings, StorageSettings
from index.snapshot import Store
from index.snapshot.checks import problem_of
from index.status import describe_status

pytestmark = pytest.mark.process

ASKED = ("Where do honey bees dance?", "How many tides does the moon raise?", "paper in the Bay of Fundy", "zebra")


@pytest.fixture
def settings(tmp_path: Path, own_milvus: MilvusServer) -> Settings:
    """Three articles whose vectors and words go into the own_milvus."""
    (tmp_path / "articles").mkdir()
    for name, text in {"bees": BEES, "tides": TIDES, "paper": PAPER}.items():
        (tmp_path / "articles" / f"{name}.txt").write_text(f"About this\n\n{text}\n", encoding="utf-8")
    return Settings(
        storage=StorageSettings(folder=tmp_path / "storage", keep=2),
        sources=(FilesSource(kind="files", folder=tmp_path / "articles"),),
        vectors=own_milvus.section(timeout_seconds=12).model_copy(update={"words": "engine"}),
    )


def own_words(settings: Settings) -> Settings:
    """The same, words in tables."""
    return settings.model_copy(update={"vectors": settings.vectors.model_copy(update={"words": "own"})})


def store_of(settings: Settings) -> Store:
    return Store(settings.storage.folder, settings.vectors)


def build(settings: Settings, bees: str = BEES) -> str:
    """Change an article, build, and return the name of what was published."""
    (settings.storage.folder.parent / "articles" / "bees.txt").write_text(f"About this\n\n{bees}\n", encoding="utf-8")
    return build_index(settings, encoder=FakeEncoder()).snapshot


def asked(settings: Settings) -> list[list[Hit]]:
    """What is found in what is published."""
    with store_of(settings).open_current() as snapshot:
        retriever = FusedRetriever(snapshot, FakeEncoder(), words_suffice=True)
        return [retriever.search(question, 3) for question in ASKED]


def tables_of(settings: Settings, name: str) -> dict[str, int]:
    """The word tables of a snapshot, and how many rows each has."""
    with closing(sqlite3.connect(store_of(settings).layout.snapshot(name).articles)) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'word%'")
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for (name,) in names.fetchall()}


def test_the_answers_are_those_of_own_words(settings: Settings) -> None:
    """Every hit with both its scores; the manifest says where the words are, and no occurrence is stored here."""
    first = build(settings)
    in_engine = asked(settings)
    with store_of(settings).open_current() as snapshot:
        assert (snapshot.manifest.words, snapshot.manifest.vectors) == ("engine", "Milvus, exact, with words")
    assert tables_of(settings, first).keys() == {"word_stems", "word_totals", "word_languages"}

    build(own_words(settings))

    assert in_engine == asked(own_words(settings)) and any(in_engine)


def test_a_changed_index_is_what_it_would_be_made_anew(settings: Settings, tmp_path: Path) -> None:
    """Vocabulary, mean length and weights are those of the generation, not of the one before."""
    build(settings)
    changed = BEES + " They return by noon, and dance in the hive again."
    second = build(settings, changed)
    other = settings.model_copy(update={"storage": StorageSettings(folder=tmp_path / "anew")})
    anew = build(other, changed)
    assert tables_of(settings, second) == tables_of(other, anew)
    assert asked(settings) == asked(other)


def test_generations_are_verified_rolled_back_and_pruned(settings: Settings, own_milvus: MilvusServer) -> None:
    """Each has the words that its own articles have; what no snapshot needs is dropped."""
    first = build(settings, BEES + " They return by noon.")
    second = build(settings)
    store = store_of(settings)
    assert (problem_of(store, first), problem_of(store, second)) == (None, None)
    with store.open_current() as snapshot:
        assert snapshot.words.holder("noon") is None

    store.rollback()

    with store.open_current() as snapshot:
        assert snapshot.name == first and snapshot.words.holder("noon") is not None
    store.prune(1)
    store.settle()
    with own_milvus.client() as client:
        assert len(client.list_collections()) == 1


def test_words_that_are_lost_are_found_out(settings: Settings, own_milvus: MilvusServer) -> None:
    """A collection without words, and one with others', are no sound snapshot."""
    name = build(settings)
    store = store_of(settings)
    with store.open(name) as snapshot:
        collection = snapshot.manifest.collection
        ids = snapshot.vectors.ids
        rows = snapshot.vectors.vectors(ids)
    with own_milvus.client() as client:
        client.upsert(
            collection,
            [{"id": id_, "vector": row, "words": {0: 1.0}} for id_, row in zip(ids.tolist(), rows, strict=True)],
        )
        assert "is not found by its own words" in (problem_of(store, name) or "")
    build(own_words(settings))
    with store_of(settings).open_current() as snapshot:
        bare = snapshot.manifest.collection
    manifest = store.layout.snapshot(name).manifest
    name = retell(store, name, manifest.read_text().replace(collection, bare))
    with pytest.raises(SnapshotDamaged, match=f"collection {bare} holds no words"):
        store.open(name)


def test_the_setting_is_for_the_next_build(settings: Settings) -> None:
    """A snapshot opens as it was written, whatever the setting says now; a build makes another one."""
    first = build(own_words(settings))
    before = asked(settings)
    assert before == asked(own_words(settings))
    second = build(settings)
    assert second != first
    assert asked(own_words(settings)) == before
    assert build(own_words(settings)) not in (first, second)


def until(ask: Callable[[], object]) -> object:
    """Ask until there is an answer; without end if there is none."""
    while True:
        try:
            return ask()
        except VectorsUnavailable:
            time.sleep(0.05)


def test_nothing_is_found_while_the_engine_is_away(settings: Settings, own_milvus: MilvusServer) -> None:
    """There are no words to fall back on: whoever asks is told, at once after the first, and it recovers by itself."""
    build(settings)
    with store_of(settings).open_current() as snapshot:
        retriever = FusedRetriever(snapshot, FakeEncoder(), words_suffice=True)
        hits = retriever.search(ASKED[0], 3)
        own_milvus.kill()
        with pytest.raises(VectorsUnavailable):
            retriever.search(ASKED[0], 3)
        with pytest.raises(VectorsUnavailable):
            retriever.holder("danc")
        assert retriever.nearest_word("flwoers") is None  # of one passage only
        assert [word.known for word in retriever.terms("dancing zebras").words] == [False, True]
        status = describe_status(settings, datetime.now(UTC))
        assert str(status.vectors_away).endswith("does not give the vectors: no question can be answered")
        own_milvus.start()
        assert until(lambda: retriever.search(ASKED[0], 3)) == hits
    assert describe_status(settings, datetime.now(UTC)).vectors_away is None


def test_the_bot_opens_a_snapshot_while_the_engine_is_away(settings: Settings, own_milvus: MilvusServer) -> None:
    """It starts, or takes up a new snapshot, and finds something as soon as there is somebody to ask."""
    build(settings, BEES + " It has happened there before.")  # words that the bot tries
    own_milvus.kill()
    with store_of(settings).open_current(encoder=FakeEncoder().identity) as snapshot:
        retriever = FusedRetriever(snapshot, FakeEncoder(), words_suffice=True)
        reader = SentenceReader(FakePassageReader(), retriever.terms, {"en"}.__contains__, hand_weights())
        generation = Generation(snapshot, retriever, reader)
        generation.warm()
        own_milvus.start()
        assert until(lambda: generation.candidates(Question(ASKED[0]), 3))
