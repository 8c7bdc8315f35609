"""What every engine of vectors does: empty, ties, fewer than asked for, unknown ids, opened again.

Another engine joins the contract by how it writes a generation, and opens it.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from milvus_server import MilvusServer

from index.settings import VectorsSection
from index.vectors import Floats, Ids, VectorIndex, open_vectors, write_vectors
from index.vectors.building import write_vectors as write_kind
from index.vectors.kinds import FLAT, Kind

Make = Callable[[Path, Ids, Floats], VectorIndex]

LISTED = Kind(lists=5, probes=2)


def by_size(path: Path, ids: Ids, rows: Floats) -> VectorIndex:
    """A file of the kind that its size calls for."""
    write_vectors(path, ids, rows)
    return open_vectors(path)


def in_lists(path: Path, ids: Ids, rows: Floats) -> VectorIndex:
    """A file of inverted lists, however few vectors there are."""
    write_kind(path, ids, rows, kind=LISTED if len(ids) else FLAT)
    return open_vectors(path)


def in_milvus(path: Path, ids: Ids, rows: Floats, section: VectorsSection) -> VectorIndex:
    """A collection of a real server."""
    written = write_vectors(path, ids, rows, section=section, owner="contract")
    assert not path.exists()
    return open_vectors(path, written.collection, section)


ENGINES: dict[str, Make] = {"file": by_size, "file of lists": in_lists}


@pytest.fixture(params=[*ENGINES, "milvus"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Ids, Floats], VectorIndex]:
    if request.param == "milvus":
        server: MilvusServer = request.getfixturevalue("milvus")
        return partial(in_milvus, tmp_path / "vectors", section=server.section())
    return partial(ENGINES[request.param], tmp_path / "vectors")


def unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture
def rows() -> Floats:
    return unit(np.random.default_rng(7).standard_normal((40, 16)).astype(np.float32))


@pytest.fixture
def ids() -> Ids:
    return np.random.default_rng(8).permutation(2**62 + np.arange(40)).astype(np.int64)


@pytest.fixture
def index(make: Callable[[Ids, Floats], VectorIndex], ids: Ids, rows: Floats) -> VectorIndex:
    return make(ids, rows)


def test_every_vector_finds_itself_first(index: VectorIndex, rows: Floats, ids: Ids) -> None:
    """A vector's nearest is itself, with cosine one."""
    found = [index.search(row, 1) for row in rows]

    assert ids.tolist() == [int(one.ids[0]) for one in found]
    assert np.allclose([one.scores[0] for one in found], 1, atol=1e-3)


def test_neighbours_come_best_first(index: VectorIndex, rows: Floats, ids: Ids) -> None:
    """All there are, in the order and with the scores of the plain product of matrix and vector."""
    products = rows @ rows[3]

    found = index.search(rows[3], 40)

    assert ids[np.argsort(-products)].tolist() == found.ids.tolist()
    assert np.allclose(np.sort(products)[::-1], found.scores, atol=1e-3)
    assert np.allclose(index.scores(rows[3], found.ids), found.scores, atol=1e-5)


def test_more_asked_for_than_there_are(index: VectorIndex, rows: Floats) -> None:
    """Asking for more than there are gives all there are."""
    assert len(set(index.search(rows[0], 1000).ids.tolist())) == 40


@pytest.mark.parametrize("limit", [0, -1])
def test_nothing_asked_for(index: VectorIndex, rows: Floats, limit: int) -> None:
    """Asking for none gives none."""
    assert len(index.search(rows[0], limit).ids) == 0


def test_ids_ascend(index: VectorIndex, ids: Ids) -> None:
    """The ids are there in their order, whatever the order of adding."""
    assert sorted(ids.tolist()) == index.ids.tolist()
    assert (len(index), index.dimension) == (40, 16)


def test_scores_and_vectors_of_given_ids(index: VectorIndex, rows: Floats, ids: Ids) -> None:
    """Cosines and vectors come in the order in which the ids were given, repeated where they repeat."""
    wanted = [5, 2, 5, 39]

    assert np.allclose(rows[wanted] @ rows[1], index.scores(rows[1], ids[wanted]), atol=1e-3)
    assert np.allclose(rows[wanted], index.vectors(ids[wanted]), atol=1e-3)
    assert index.scores(rows[1], ids[:0]).shape == (0,)
    assert index.vectors(ids[:0]).shape == (0, 16)


@pytest.mark.parametrize("unknown", [0, 2**62 - 1, 2**63 - 1])
def test_an_unknown_id_is_an_error(index: VectorIndex, unknown: int) -> None:
    """An id that was never added is not silently another one's vector."""
    with pytest.raises(KeyError, match=str(unknown)):
        index.vectors(np.array([unknown]))


def test_another_width_is_an_error_that_states_both(index: VectorIndex) -> None:
    """A vector of another model is refused."""
    narrow = np.ones(4, np.float32)
    with pytest.raises(ValueError, match=r"\(4,\).*16"):
        index.search(narrow, 3)
    with pytest.raises(ValueError, match=r"\(4,\).*16"):
        index.scores(narrow, index.ids[:3])


@pytest.mark.parametrize("limit", [1, 3, 50, 150])
def test_ties_are_broken_by_id(make: Callable[[Ids, Floats], VectorIndex], limit: int) -> None:
    """Of equal vectors the smaller ids come first, whatever the order of adding."""
    same = np.tile(unit(np.ones((1, 8), np.float32)), (200, 1))
    ids = np.random.default_rng(1).permutation(200).astype(np.int64)

    found = make(ids, same).search(same[0], limit)

    assert list(range(limit)) == found.ids.tolist()


@pytest.mark.parametrize("limit", [2, 5, 30, 120])
def test_ties_behind_better_ones_are_broken_by_id(make: Callable[[Ids, Floats], VectorIndex], limit: int) -> None:
    """Equal vectors that are found before a better one, and pushed out by it, leave in the order of their ids, too."""
    near, far = unit(np.array([[1, 0.2] + [0] * 6, [1, 1] + [0] * 6], np.float32))
    rows = np.tile(far, (200, 1))
    rows[[60, 130, 190]] = near

    found = make(np.arange(200), rows).search(near, limit)

    ordered = [60, 130, 190, *(n for n in range(200) if n not in {60, 130, 190})]
    assert ordered[:limit] == found.ids.tolist()


@pytest.mark.parametrize("count", [50, 51, 57, 1003])
def test_scores_of_equal_vectors_are_equal(make: Callable[[Ids, Floats], VectorIndex], count: int) -> None:
    """Wherever a vector stands among others, its score is the same to the last bit: ties stay ties."""
    asked, same = unit(np.random.default_rng(0).normal(size=(2, 384)).astype(np.float32))
    index = make(np.arange(count, dtype=np.int64), np.tile(same, (count, 1)))

    assert len(set(index.scores(asked, index.ids).tolist())) == 1
    assert len(set(index.search(asked, count).scores.tolist())) == 1


def test_the_same_question_gets_the_same_answer(make: Callable[[Ids, Floats], VectorIndex], rows: Floats) -> None:
    """Made again of the same vectors, in another order, it finds the same."""
    ids = np.arange(40, dtype=np.int64)
    first = make(ids, rows).search(rows[1], 10)
    again = make(ids[::-1], rows[::-1]).search(rows[1], 10)

    assert first.ids.tolist() == again.ids.tolist()
    assert first.scores.tolist() == again.scores.tolist()


def test_an_empty_index_finds_nothing(make: Callable[[Ids, Floats], VectorIndex]) -> None:
    """No articles yet is not an error."""
    index = make(np.empty(0, np.int64), np.empty((0, 8), np.float32))

    assert (len(index), index.dimension) == (0, 8)
    assert len(index.search(np.ones(8, np.float32), 5).ids) == 0
    with pytest.raises(KeyError):
        index.vectors(np.array([3]))


def test_an_id_twice_is_refused(make: Callable[[Ids, Floats], VectorIndex], rows: Floats) -> None:
    """An engine would keep both silently."""
    with pytest.raises(ValueError, match="2 ids stand twice, the first is 3"):
        make(np.array([3, 1, 3, 3]), rows[:4])


def test_a_vector_that_is_no_number_is_asked_in_vain(index: VectorIndex) -> None:
    """A question whose vector is damaged finds nothing, or whatever, and ends."""
    assert len(index.search(np.full(16, np.nan, np.float32), 5).ids) <= 5


def test_nothing_is_searched_after_closing(index: VectorIndex, rows: Floats) -> None:
    """A closed index says so; what was read before stays."""
    before = index.search(rows[0], 3)
    index.close()

    with pytest.raises(ValueError, match="closed"):
        index.search(rows[0], 3)
    assert len(before.ids) == 3
