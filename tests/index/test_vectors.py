"""Nearest vectors: the contract of VectorIndex, over real FAISS."""

from pathlib import Path

import numpy as np
import pytest

from index.errors import SnapshotDamaged
from index.vectors import Floats, VectorIndex


def unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture
def rows() -> Floats:
    return unit(np.random.default_rng(7).standard_normal((40, 16)).astype(np.float32))


@pytest.fixture
def ids() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.random.default_rng(8).permutation(2**62 + np.arange(40)).astype(np.int64)


@pytest.fixture(params=["built", "reopened"])
def index(request: pytest.FixtureRequest, rows: Floats, ids: np.ndarray, tmp_path: Path) -> VectorIndex:
    built = VectorIndex.build(ids, rows)
    if request.param == "built":
        return built
    built.save(tmp_path / "v.faiss")
    return VectorIndex.open(tmp_path / "v.faiss")


def test_every_vector_finds_itself_first(index: VectorIndex, rows: Floats, ids: np.ndarray) -> None:
    """A vector's nearest is itself, with cosine one."""
    found = [index.search(row, 1) for row in rows]

    assert ids.tolist() == [int(one.ids[0]) for one in found]
    assert np.allclose([one.scores[0] for one in found], 1, atol=1e-5)


def test_neighbours_are_exact_and_best_first(index: VectorIndex, rows: Floats, ids: np.ndarray) -> None:
    """The search agrees with the plain product of matrix and vector."""
    products = rows @ rows[3]
    expected = ids[np.argsort(-products)][:10]

    found = index.search(rows[3], 10)

    assert expected.tolist() == found.ids.tolist()
    assert np.allclose(np.sort(products)[::-1][:10], found.scores, atol=1e-6)


def test_more_asked_for_than_there_are(index: VectorIndex, rows: Floats) -> None:
    """Asking for more than there are gives all there are."""
    assert len(index.search(rows[0], 1000).ids) == 40


@pytest.mark.parametrize("limit", [0, -1])
def test_nothing_asked_for(index: VectorIndex, rows: Floats, limit: int) -> None:
    """Asking for none gives none."""
    assert len(index.search(rows[0], limit).ids) == 0


def test_scores_and_vectors_of_given_ids(index: VectorIndex, rows: Floats, ids: np.ndarray) -> None:
    """Cosines and vectors come in the order in which the ids were given, repeated where they repeat."""
    wanted = [5, 2, 5, 39]

    assert np.allclose(rows[wanted] @ rows[1], index.scores(rows[1], ids[wanted]), atol=1e-6)
    assert np.array_equal(rows[wanted], index.vectors(ids[wanted]))
    assert index.scores(rows[1], ids[:0]).shape == (0,)


@pytest.mark.parametrize("unknown", [0, 2**62 - 1, 2**63 - 1])
def test_an_unknown_id_is_an_error(index: VectorIndex, unknown: int) -> None:
    """An id that was never added is not silently another one's vector."""
    with pytest.raises(KeyError, match=str(unknown)):
        index.vectors(np.array([unknown]))


def test_another_width_is_an_error_that_states_both(index: VectorIndex) -> None:
    """A vector of another model is refused."""
    with pytest.raises(ValueError, match=r"\(4,\).*16"):
        index.search(np.ones(4, np.float32), 3)


@pytest.mark.parametrize("limit", [1, 3, 50, 150])
def test_ties_are_broken_by_id(limit: int) -> None:
    """Of equal vectors the smaller ids come first, whatever the order of adding."""
    same = np.tile(unit(np.ones((1, 8), np.float32)), (200, 1))
    ids = np.random.default_rng(1).permutation(200).astype(np.int64)

    found = VectorIndex.build(ids, same).search(same[0], limit)

    assert list(range(limit)) == found.ids.tolist()


@pytest.mark.parametrize("count", [50, 51, 57, 1003])
def test_scores_of_equal_vectors_are_equal(count: int) -> None:
    """Wherever a vector stands among others, its score is the same to the last bit: ties stay ties."""
    rng = np.random.default_rng(0)
    asked, same = unit(rng.normal(size=(2, 384)).astype(np.float32))
    index = VectorIndex.build(np.arange(count, dtype=np.int64), np.tile(same, (count, 1)))

    assert len(set(index.scores(asked, index.ids).tolist())) == 1


def test_an_empty_index_is_saved_opened_and_finds_nothing(tmp_path: Path) -> None:
    """No articles yet is not an error."""
    VectorIndex.build(np.empty(0, np.int64), np.empty((0, 8), np.float32)).save(tmp_path / "v.faiss")

    index = VectorIndex.open(tmp_path / "v.faiss")

    assert (len(index), index.dimension) == (0, 8)
    assert len(index.search(np.ones(8, np.float32), 5).ids) == 0


def test_an_id_twice_is_refused(rows: Floats) -> None:
    """FAISS would keep both silently."""
    with pytest.raises(ValueError, match="2 ids stand twice, the first is 3"):
        VectorIndex.build(np.array([3, 1, 3, 3]), rows[:4])


def test_a_truncated_file_is_damaged(index: VectorIndex, tmp_path: Path) -> None:
    """Half a file is named as damaged, at whatever place it was cut."""
    path = tmp_path / "cut.faiss"
    index.save(path)
    content = path.read_bytes()
    for length in (0, 3, 50, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:length])
        with pytest.raises(SnapshotDamaged, match=r"cut\.faiss"):
            VectorIndex.open(path)


def test_a_missing_file_is_damaged(tmp_path: Path) -> None:
    """A file that is not there is an error of ours, with the cause."""
    with pytest.raises(SnapshotDamaged, match=r"none\.faiss"):
        VectorIndex.open(tmp_path / "none.faiss")
