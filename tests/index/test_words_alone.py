"""Vectors in a real Milvus that goes away and comes back while questions are asked: built, searched, told."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import BEES, PAPER, TIDES, add_candidate, three_articles
from fakes import FakeEncoder
from milvus_server import MilvusServer

from bot.answering.upkeep import StorageUpkeep
from index.build import build_index
from index.errors import SnapshotDamaged, SnapshotIncompatible, VectorsUnavailable
from index.gating import check
from index.records import Hit
from index.search import TYPICAL_COSINE, DenseRetriever, FusedRetriever
from index.settings import FilesSource, GateSection, Settings, StorageSettings, VectorsSection
from index.snapshot import Snapshot, Store
from index.snapshot.checks import problem_of
from index.status import describe_status
from index.vectors import write_vectors

pytestmark = pytest.mark.process

ASKED = "Where do honey bees dance?"


@pytest.fixture
def settings(tmp_path: Path, own_milvus: MilvusServer) -> Settings:
    """Three articles, of two languages, whose vectors go into the own_milvus; a second for each request."""
    (tmp_path / "articles").mkdir()
    for name, text in {"bees": BEES, "tides": TIDES, "paper": PAPER}.items():
        (tmp_path / "articles" / f"{name}.txt").write_text(f"About this\n\n{text}\n", encoding="utf-8")
    return Settings(
        storage=StorageSettings(folder=tmp_path / "storage", keep=2),
        sources=(FilesSource(kind="files", folder=tmp_path / "articles"),),
        vectors=own_milvus.section(timeout_seconds=8),
    )


def store_of(settings: Settings) -> Store:
    return Store(settings.storage.folder, settings.vectors)


def edited(settings: Settings, text: str) -> str:
    """Change an article, build, and return the name of what was published."""
    (settings.storage.folder.parent / "articles" / "bees.txt").write_text(f"About this\n\n{text}\n", encoding="utf-8")
    return build_index(settings, encoder=FakeEncoder()).snapshot


def found(hits: list[Hit]) -> list[str]:
    return [Path(hit.passage.article_id).name for hit in hits]


def test_questions_are_answered_while_the_engine_is_killed_and_started(
    settings: Settings, own_milvus: MilvusServer
) -> None:
    """Four askers without a pause: nobody gets an error, the best comes first, and in the end all is as before."""
    build_index(settings, encoder=FakeEncoder())
    over, asked = threading.Event(), list[Hit]()

    def ask(retriever: FusedRetriever) -> None:
        while not over.is_set():
            asked.append(retriever.search(ASKED, 3)[0])

    with store_of(settings).open_current() as snapshot, ThreadPoolExecutor(4) as pool:
        retriever = FusedRetriever(snapshot, FakeEncoder(), words_suffice=True)
        before = retriever.search(ASKED, 3)
        asking = [pool.submit(ask, retriever) for _ in range(4)]
        own_milvus.kill()
        while asked[-1:] == [before[0]] or not asked:
            time.sleep(0.01)
        own_milvus.start()
        while retriever.search(ASKED, 3) != before:
            time.sleep(0.05)
        over.set()
        for one in asking:
            one.result()
    assert {hit.passage for hit in asked} == {before[0].passage}
    cosines = {round(hit.parts.cosine, 4) for hit in asked}
    assert TYPICAL_COSINE in cosines and len(cosines) == 2


def test_words_alone_find_what_shares_a_word(settings: Settings, own_milvus: MilvusServer) -> None:
    """With the cosine that counts where it is not trusted; ``inside`` an article, too. The strict ways refuse."""
    build_index(settings, encoder=FakeEncoder())
    own_milvus.kill()
    with store_of(settings).open_current() as snapshot:
        retriever = FusedRetriever(snapshot, FakeEncoder(), words_suffice=True)
        hits = retriever.search(ASKED, 3)
        assert found(hits) == ["bees.txt"]
        assert hits[0].parts.cosine == pytest.approx(TYPICAL_COSINE) and hits[0].parts.words > 0
        assert retriever.inside(ASKED, [hits[0].passage.article_id], 1) == hits
        with pytest.raises(VectorsUnavailable):
            FusedRetriever(snapshot, FakeEncoder()).search(ASKED, 3)
        with pytest.raises(VectorsUnavailable):
            DenseRetriever(snapshot, FakeEncoder()).search(ASKED, 3)


def until_well(upkeep: StorageUpkeep) -> None:
    """Ask until there is no trouble; without end if there is always one. A busy machine may miss a request's time."""
    while upkeep.health().troubles:
        time.sleep(0.05)


def test_operators_are_told_while_it_is_away(settings: Settings, own_milvus: MilvusServer) -> None:
    """In the same words for as long as that lasts, so that one alarm comes of it; and no more when it is back."""
    build_index(settings, encoder=FakeEncoder())
    upkeep = StorageUpkeep(settings)
    until_well(upkeep)

    own_milvus.kill()
    troubles = [upkeep.health().troubles for _ in range(2)]
    status = str(describe_status(settings, datetime.now(UTC)))
    own_milvus.start()

    assert troubles[0] == troubles[1]
    assert f"VECTORS: {troubles[0][0].text}" in status.splitlines()
    assert [one.key for one in troubles[0]] == ["vectors"]
    assert f"Milvus at {settings.vectors.address} does not give the vectors" in troubles[0][0].text
    until_well(upkeep)


def test_a_build_without_the_engine_publishes_nothing(settings: Settings, own_milvus: MilvusServer) -> None:
    """What was published stays; when the engine is back, the next build encodes nothing again."""
    first = build_index(settings, encoder=FakeEncoder())
    own_milvus.kill()
    with pytest.raises(VectorsUnavailable):
        edited(settings, BEES + " They return by noon.")
    assert store_of(settings).current() == first.snapshot
    assert build_index_unchanged(settings, first.snapshot)

    own_milvus.start()
    (settings.storage.folder.parent / "articles" / "bees.txt").write_text(
        f"About this\n\n{BEES} They return by noon.\n", encoding="utf-8"
    )
    second = build_index(settings, encoder=FakeEncoder())
    assert second.published and second.encoded == 0


def build_index_unchanged(settings: Settings, name: str) -> bool:
    """Whether a build of the first article finds nothing to do, engine or no engine."""
    (settings.storage.folder.parent / "articles" / "bees.txt").write_text(f"About this\n\n{BEES}\n", encoding="utf-8")
    report = build_index(settings, encoder=FakeEncoder())
    return report.snapshot == name and not report.published


def collections(settings: Settings) -> list[str]:
    """The collection of each kept snapshot."""
    store = store_of(settings)
    names = []
    for name in store.names():
        with store.open(name, verify=False) as snapshot:
            names.append(snapshot.manifest.collection)
    return names


def there(server: MilvusServer) -> tuple[set[str], str]:
    """The collections that the server has, and the one that the alias leads to."""
    with server.client() as client:
        live = client.describe_alias("verbatim_live")["collection_name"]
        return set(client.list_collections()), str(live)


def test_a_generation_is_a_collection(settings: Settings, own_milvus: MilvusServer) -> None:
    """A new one a build, the alias at the published one; nothing is left of what is pruned, or of a dead build."""
    for number in range(3):
        edited(settings, f"{BEES} They return by {number + 1} in the afternoon.")
        assert there(own_milvus) == (set(collections(settings)), collections(settings)[-1])
    assert len(collections(settings)) == 2

    store = store_of(settings)
    with store.open_current() as snapshot:
        ids = snapshot.vectors.ids
        rows = snapshot.vectors.vectors(ids)
        write_vectors(Path(), ids, rows, section=settings.vectors, owner=store.owner())
    assert len(there(own_milvus)[0]) == 3
    build_index(settings, encoder=FakeEncoder())
    assert there(own_milvus) == (set(collections(settings)), collections(settings)[-1])

    store.rollback()
    store.settle()
    assert there(own_milvus) == (set(collections(settings)), collections(settings)[0])


def test_verifying_looks_into_the_collection(settings: Settings, own_milvus: MilvusServer) -> None:
    """A collection that lost vectors, holds others, or is gone is found; a server that is away is told."""
    name = build_index(settings, encoder=FakeEncoder()).snapshot
    store = store_of(settings)
    assert problem_of(store, name) is None
    (collection,) = collections(settings)
    with store.open(name) as snapshot:
        ids = snapshot.vectors.ids.tolist()
    with own_milvus.client() as client:
        client.upsert(collection, [{"id": ids[0], "vector": [0.5] * 64}])
        assert "is not the nearest to its own vector" in (problem_of(store, name) or "")
        client.delete(collection, ids=ids[:1])
        assert f"collection {collection} holds 2 vectors, not 3" in (problem_of(store, name) or "")
        client.upsert(collection, [{"id": 5, "vector": [0.125] * 64}])
        assert "the vectors are not those of the passages" in (problem_of(store, name) or "")
    own_milvus.kill()
    assert "does not give the vectors" in (problem_of(store, name) or "")


def test_a_lost_collection_is_made_again(settings: Settings, own_milvus: MilvusServer) -> None:
    """The bot falls back to the snapshot before, the next build makes what was lost, and encodes nothing for it."""
    first = edited(settings, BEES + " They return by noon.")
    second = edited(settings, BEES)
    with own_milvus.client() as client:
        client.drop_collection(collections(settings)[-1])

    with pytest.raises(SnapshotDamaged, match="Milvus has no collection verbatim_"):
        store_of(settings).open(second)
    with store_of(settings).open_current() as snapshot:
        assert snapshot.name == first
    report = build_index(settings, encoder=FakeEncoder())
    assert report.published and report.encoded == 0
    with store_of(settings).open_current() as snapshot:
        assert snapshot.name == report.snapshot


def test_changing_the_engine_makes_another_snapshot(settings: Settings) -> None:
    """From a cluster back to files: what lies elsewhere is not opened, and nothing is encoded again."""
    build_index(settings, encoder=FakeEncoder())
    in_files = settings.model_copy(update={"vectors": VectorsSection()})
    with pytest.raises(SnapshotIncompatible, match="lie in Milvus, the settings name faiss: run"):
        store_of(in_files).open_current()

    report = build_index(in_files, encoder=FakeEncoder())

    assert report.published and report.encoded == 0
    with store_of(in_files).open_current() as snapshot:
        assert found(FusedRetriever(snapshot, FakeEncoder()).search(ASKED, 1)) == ["bees.txt"]
    with store_of(settings).open_current() as snapshot:
        assert isinstance(snapshot, Snapshot) and snapshot.manifest.collection == ""
    assert build_index(settings, encoder=FakeEncoder()).published


def test_the_gate_judges_nothing_by_words_alone(settings: Settings, own_milvus: MilvusServer, tmp_path: Path) -> None:
    """Golden questions need the vectors; a candidate that could not be asked is judged by a later build."""
    golden = tmp_path / "golden.toml"
    golden.write_text(f'[[questions]]\nquestion = "{ASKED}"\nwords = "dance"\n')
    name = build_index(settings, encoder=FakeEncoder()).snapshot
    judged = settings.model_copy(update={"gate": GateSection(golden=golden)})
    in_a_file = add_candidate(settings.storage.folder, three_articles())
    assert check(store_of(settings), name, FakeEncoder(), judged).passed
    own_milvus.kill()
    for candidate in (name, in_a_file):  # whether the new one cannot be asked, or the published one
        with pytest.raises(VectorsUnavailable):
            check(store_of(settings), candidate, FakeEncoder(), judged)
