"""Writing vectors in lists: what is found, and what the next generation takes over."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from builders import add_candidate, retell, three_articles
from fakes import FakeEncoder

from index.snapshot import Store
from index.snapshot.checks import check_contents
from index.snapshot.manifest import describe
from index.vectors import Floats, Ids
from index.vectors.building import write_vectors
from index.vectors.kinds import FLAT, Kind, Training
from index.vectors.mapped import MappedVectors

LISTED = Kind(lists=32, probes=8)


def clustered(count: int, seed: int = 3) -> Floats:
    """Unit vectors about some two hundred matters, as passages are."""
    rng = np.random.default_rng(seed)
    matters = np.random.default_rng(1).standard_normal((200, 48))
    rows = matters[rng.integers(0, 200, count)] + 0.7 * rng.standard_normal((count, 48))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module")
def rows() -> Floats:
    return clustered(4000)


@pytest.fixture(scope="module")
def ids() -> Ids:
    return np.sort(np.random.default_rng(2).choice(2**62, 4000, replace=False)).astype(np.int64)


def written(path: Path, ids: Ids, rows: Floats, base: Path | None = None, kind: Kind = LISTED) -> MappedVectors:
    write_vectors(path, ids, rows, base, kind)
    return MappedVectors.open(path)


def recall(index: MappedVectors, ids: Ids, rows: Floats) -> float:
    """Of the ten nearest to some sixty questions, how many are found."""
    asked = clustered(60, seed=9)
    nearest = ids[np.argsort(-(asked @ rows.T), axis=1)[:, :10]]
    found = [np.isin(index.search(one, 10).ids, right).sum() for one, right in zip(asked, nearest, strict=True)]
    return float(np.mean(found)) / 10


def test_most_of_the_nearest_are_found_in_a_few_lists(tmp_path: Path, ids: Ids, rows: Floats) -> None:
    """A quarter of the lists holds nearly all of the nearest, in half precision too."""
    index = written(tmp_path / "v", ids, rows)

    assert recall(index, ids, rows) > 0.97
    assert recall(written(tmp_path / "flat", ids, rows, kind=FLAT), ids, rows) > 0.995
    assert np.bincount(index.lists(), minlength=32).max() < 1000


def test_each_vector_lies_in_the_list_of_its_nearest_centroid(tmp_path: Path, ids: Ids, rows: Floats) -> None:
    """Who looks into the nearest list finds a vector by itself."""
    index = written(tmp_path / "v", ids, rows)
    products = index.vectors(ids) @ index.centroids().T

    assert (products[np.arange(len(ids)), index.lists()] > products.max(axis=1) - 1e-5).all()


def test_the_same_vectors_give_the_same_file(tmp_path: Path, ids: Ids, rows: Floats) -> None:
    """Nothing in a file depends on chance or on the moment."""
    for name in "ab":
        write_vectors(tmp_path / name, ids, rows, kind=LISTED)

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_centroids_are_taken_over(tmp_path: Path, ids: Ids, rows: Floats) -> None:
    """Where little changed nothing is trained: what stayed stays in its list, what came finds its own."""
    base = written(tmp_path / "base", ids, rows)
    others = rows.copy()
    others[100:140] = clustered(40, seed=4)
    index = written(tmp_path / "v", ids[50:], others[50:], tmp_path / "base")

    assert np.array_equal(base.centroids(), index.centroids())
    assert Training(4000, 40) == index.training
    stayed = np.r_[50:100, 140:4000]
    assert np.array_equal(base.lists()[stayed], index.lists()[stayed - 50])
    assert np.array_equal(others[50:].astype(np.float16), index.vectors(ids[50:]).astype(np.float16))
    assert recall(index, ids[50:], others[50:]) > 0.97


def test_a_generation_after_the_next_remembers_what_came(tmp_path: Path, ids: Ids, rows: Floats) -> None:
    """Many small changes count as much as one large one."""
    written(tmp_path / "0", ids[:2000], rows[:2000])
    counts = [
        written(tmp_path / str(n + 1), ids[:end], rows[:end], tmp_path / str(n)).training
        for n, end in enumerate((2500, 2990, 3010))
    ]

    assert [Training(2000, 500), Training(2000, 990), Training(3010)] == counts


@pytest.mark.parametrize("case", ["few are left", "most are new", "another kind", "from a flat one"])
def test_centroids_that_no_longer_fit_are_trained_anew(tmp_path: Path, ids: Ids, rows: Floats, case: str) -> None:
    """Centroids are for as many vectors as there are, and for those."""
    kind = {"another kind": Kind(16, 4), "from a flat one": FLAT}.get(case, LISTED)
    written(tmp_path / "base", ids, rows, kind=kind)
    if case == "few are left":
        ids, rows = ids[:1900], rows[:1900]
    if case == "most are new":
        rows = clustered(4000, seed=5)
    index = written(tmp_path / "v", ids, rows, tmp_path / "base")

    assert Training(len(ids)) == index.training
    assert (LISTED, len(index.centroids())) == (index.kind, 32)


def test_a_snapshot_with_lists_is_sound(tmp_path: Path) -> None:
    """What verifies a snapshot finds every vector where the search looks for it."""
    store = Store(tmp_path)
    name = add_candidate(tmp_path, three_articles())
    layout = store.layout.snapshot(name)
    with store.open(name) as snapshot:
        ids = snapshot.vectors.ids.copy()
        rows = snapshot.vectors.vectors(ids)
    write_vectors(layout.vectors, ids, rows, kind=Kind(lists=3, probes=1))
    content = json.loads(layout.manifest.read_text())
    content["files"] = {file: asdict(digest) for file, digest in describe(layout.payload).items()}

    with store.open(retell(store, name, json.dumps(content))) as snapshot:
        check_contents(snapshot, FakeEncoder().encode)
