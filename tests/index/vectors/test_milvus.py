"""Collections of a real Milvus server: whose they are, what is lost, and what happens while the server is away."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from milvus_server import MilvusServer

from index.errors import SettingsError, VectorsUnavailable
from index.settings import VectorsSection
from index.vectors import Floats, Ids, VectorIndex, lost_vectors, open_vectors, settle_vectors, write_vectors

pytestmark = pytest.mark.process

IDS = np.arange(30, dtype=np.int64)


def unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


ROWS = unit(np.random.default_rng(3).standard_normal((30, 16)).astype(np.float32))


@pytest.fixture
def section(milvus: MilvusServer, request: pytest.FixtureRequest) -> VectorsSection:
    """Settings with a prefix that no other test has."""
    return milvus.section(prefix=request.node.name.partition("[")[0])


@dataclass(frozen=True)
class There:
    """What is in the server, as its own client tells it."""

    client: Any
    prefix: str

    @property
    def collections(self) -> set[str]:
        return {name for name in self.client.list_collections() if name.startswith(self.prefix)}

    @property
    def live(self) -> str:
        return str(self.client.describe_alias(f"{self.prefix}_live")["collection_name"])


@pytest.fixture
def there(section: VectorsSection, milvus: MilvusServer) -> Iterator[There]:
    with milvus.client() as client:
        yield There(client, section.prefix)


def written(section: VectorsSection, owner: str = "mine", ids: Ids = IDS, rows: Floats = ROWS) -> str:
    """Write a collection, and return its name."""
    return write_vectors(Path(), ids, rows, section=section, owner=owner).collection


def test_a_cosine_is_the_same_number_in_every_engine(section: VectorsSection, tmp_path: Path) -> None:
    """To the last bit: what was tuned over files holds over a cluster."""
    write_vectors(tmp_path / "file", IDS, ROWS)
    asked = unit(ROWS[:1] + 1)[0]

    here, far = open_vectors(tmp_path / "file"), open_vectors(tmp_path, written(section), section)

    assert np.array_equal(here.vectors(IDS), far.vectors(IDS))
    assert np.array_equal(here.scores(asked, IDS), far.scores(asked, IDS))
    assert here.search(asked, 10).ids.tolist() == far.search(asked, 10).ids.tolist()


def test_a_graph_finds_nearly_all(section: VectorsSection) -> None:
    """Where there are too many vectors to look at each: of the ten nearest, at least 0.98."""
    from index.vectors.milvus.collections import Milvus

    rng = np.random.default_rng(5)
    centres = rng.standard_normal((40, 64)).astype(np.float32)
    rows = unit(centres[rng.integers(40, size=3000)] + rng.standard_normal((3000, 64)).astype(np.float32))
    engine = Milvus(section, "mine", exact=1000)
    made = engine.write(np.arange(3000), rows)
    vectors = engine.open(made.collection)

    found = [set(vectors.search(row, 10).ids.tolist()) for row in rows[:50]]

    best = [set(np.argsort(-(rows @ row))[:10].tolist()) for row in rows[:50]]
    assert made.kind == "Milvus, a graph of 24 neighbours"
    assert np.mean([len(one & other) / 10 for one, other in zip(found, best, strict=True)]) >= 0.98


def test_more_vectors_than_one_request_holds(section: VectorsSection) -> None:
    """They come and go in parts, and none is left out."""
    rows = unit(np.random.default_rng(6).standard_normal((2500, 1024)).astype(np.float32))
    vectors = open_vectors(Path(), written(section, ids=np.arange(2500), rows=rows), section)

    assert vectors.ids.tolist() == list(range(2500))
    assert np.allclose(rows, vectors.vectors(np.arange(2500)), atol=1e-3)


def test_the_alias_leads_to_the_published_one(section: VectorsSection, there: There) -> None:
    """It moves when another one is published, and back."""
    first, second = written(section), written(section)

    for live in (first, second, second, first):
        settle_vectors(section, "mine", live, {first, second})
        assert there.live == live
    assert there.collections == {first, second}


def test_what_no_snapshot_names_is_dropped(section: VectorsSection, there: There) -> None:
    """What a build that died left, and what was pruned, even while an alias leads to it."""
    old = written(section)
    settle_vectors(section, "mine", old, {old})
    left, new = written(section), written(section)
    there.client.create_alias(old, f"{section.prefix}_somebodys")

    settle_vectors(section, "mine", new, {new})

    assert (there.collections, there.live) == ({new}, new)
    assert {old, left}.isdisjoint(there.client.list_collections())


def test_what_others_have_is_never_touched(section: VectorsSection, there: There) -> None:
    """Another storage folder with the same prefix, one whose prefix begins alike, and what somebody made by hand."""
    longer = section.model_copy(update={"prefix": f"{section.prefix}_b"})
    kept = {written(section, "another"), written(longer), f"{section.prefix}_mine", f"{section.prefix}_mine_notes"}
    for name in sorted(kept & {f"{section.prefix}_mine", f"{section.prefix}_mine_notes"}):
        there.client.create_collection(name, dimension=4)
    mine = written(section)

    settle_vectors(section, "mine", "", frozenset())

    assert mine not in there.collections
    assert there.collections == kept


def test_a_loss_is_told(section: VectorsSection, there: There) -> None:
    """A collection that is gone, and one that holds fewer vectors than it should."""
    name = written(section)

    assert lost_vectors(section, name, 30) is None
    assert lost_vectors(section, name, 31) == f"collection {name} holds 30 vectors, not 31"
    there.client.drop_collection(name)
    assert lost_vectors(section, name, 30) == f"Milvus has no collection {name}"


def ended(call: Callable[[], object]) -> float:
    """Return after how many seconds a call says that the vectors cannot be had."""
    started = time.monotonic()
    with pytest.raises(VectorsUnavailable, match=r"Milvus at http://127\.0\.0\.1:\d+ does not give the vectors: "):
        call()
    return time.monotonic() - started


def again(vectors: VectorIndex) -> None:
    """Ask until there is an answer; without end if there is none."""
    while True:
        try:
            assert vectors.search(ROWS[4], 1).ids.tolist() == [4]
            return
        except VectorsUnavailable:
            time.sleep(0.05)


def test_a_killed_server_is_told_and_found_again(own_milvus: MilvusServer, caplog: pytest.LogCaptureFixture) -> None:
    """Killed and started again, it has what it had; nobody opens anything anew. The log says both, once."""
    caplog.set_level(logging.INFO, "index")
    section = own_milvus.section(timeout_seconds=1.6)
    vectors = open_vectors(Path(), written(own_milvus.section()), section)
    again(vectors)
    caplog.clear()

    own_milvus.kill()
    for _ in range(5):
        ended(lambda: vectors.search(ROWS[0], 3))
        ended(lambda: vectors.scores(ROWS[0], IDS))
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    own_milvus.start()
    again(vectors)

    assert "asked again every 1.6 s" in caplog.messages[0]
    assert caplog.messages[1:] == [f"Milvus at {section.address} answers again"]


def test_a_question_does_not_wait_for_a_frozen_server(own_milvus: MilvusServer) -> None:
    """One request waits for its part of the time, and those after it not at all, until it is time to try again."""
    vectors = open_vectors(Path(), written(own_milvus.section()), own_milvus.section(timeout_seconds=8))
    again(vectors)

    own_milvus.freeze()
    first = ended(lambda: vectors.search(ROWS[0], 3))
    others = [ended(lambda: vectors.search(ROWS[0], 3)) for _ in range(20)]
    own_milvus.thaw()

    assert 0.9 < first < 8
    assert sum(others) < first
    again(vectors)


def test_nobody_at_the_address(own_milvus: MilvusServer) -> None:
    """Opening needs no server; asking tells that there is none, and finds one that is started later."""
    name = written(own_milvus.section())
    own_milvus.kill()
    vectors = open_vectors(Path(), name, own_milvus.section(timeout_seconds=1))
    ended(lambda: len(vectors))
    ended(lambda: settle_vectors(own_milvus.section(timeout_seconds=1), "mine", name, {name}))
    own_milvus.start()
    again(vectors)


def test_without_its_client_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client is an extra: who chooses the engine without it learns its name."""
    for name in [name for name in sys.modules if name.startswith("index.vectors.milvus.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pymilvus", None)

    with pytest.raises(SettingsError, match=r'pymilvus is not installed: pip install "verbatim\[milvus\]"'):
        open_vectors(Path(), "any", VectorsSection(engine="milvus"))
