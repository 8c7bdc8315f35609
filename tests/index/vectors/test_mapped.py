"""The file of vectors: what is damaged is found out before it is searched, and nothing is lost between two opens."""

import subprocess
import sys
from pathlib import Path

import faiss
import numpy as np
import pytest

from index.errors import SnapshotDamaged
from index.vectors import Floats, Ids, kept_rows, open_vectors
from index.vectors.building import write_vectors
from index.vectors.kinds import FLAT, Kind
from index.vectors.mapped import MappedVectors

KINDS = [FLAT, Kind(lists=4, probes=2)]


def unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture
def rows() -> Floats:
    return unit(np.random.default_rng(7).standard_normal((41, 16)).astype(np.float32))


@pytest.fixture
def ids() -> Ids:
    return np.arange(41, dtype=np.int64) * 7


@pytest.fixture(params=KINDS, ids=str)
def path(request: pytest.FixtureRequest, tmp_path: Path, ids: Ids, rows: Floats) -> Path:
    write_vectors(tmp_path / "v.faiss", ids, rows, kind=request.param)
    return tmp_path / "v.faiss"


def test_rows_are_the_given_ones_in_half_precision(path: Path, ids: Ids, rows: Floats) -> None:
    """What is read back is what numpy makes of the vectors with 16 bits, to the last bit."""
    expected = rows.astype(np.float16).astype(np.float32)

    assert np.array_equal(expected, open_vectors(path).vectors(ids))
    assert np.array_equal(expected[[3, 1]], open_vectors(path).vectors(ids[[3, 1]]))


def test_rows_are_copied_as_they_are_kept(path: Path, ids: Ids, rows: Floats) -> None:
    """The next generation takes them over bit by bit, in whatever order it asks for them."""
    asked = np.random.default_rng(5).permutation(len(ids))
    kept = kept_rows(path)

    assert kept(ids[asked]).tobytes() == rows[asked].astype("<f2").tobytes()
    assert kept(ids[:0]).shape == (0, rows.shape[1])
    with pytest.raises(KeyError, match="no vector under id 1"):
        kept(np.array([ids[0], 1]))


def test_rounding_twice_is_rounding_once(path: Path, tmp_path: Path, ids: Ids) -> None:
    """Vectors that are taken from one file into the next do not change."""
    first = MappedVectors.open(path)
    write_vectors(tmp_path / "again.faiss", ids, first.vectors(ids), base=path, kind=first.kind)

    assert path.read_bytes()[:-32] == (tmp_path / "again.faiss").read_bytes()[:-32]


def test_a_truncated_file_is_damaged(path: Path, tmp_path: Path) -> None:
    """Part of a file is named as damaged, at whatever place it was cut; so is one with something behind it.

    A cut before which a file system put zeros would look like a file without ids.
    """
    content, cut = path.read_bytes(), tmp_path / "cut.faiss"
    for length in (*range(0, len(content), 61), *range(len(content) - 40, len(content))):
        cut.write_bytes(content[:length])
        with pytest.raises(SnapshotDamaged, match=r"cut\.faiss"):
            open_vectors(cut)
    for padded in (
        content + b"0",
        content + content[-32:],
        *(content[:length] + bytes(32) for length in range(0, len(content), 61)),
    ):
        cut.write_bytes(padded)
        with pytest.raises(SnapshotDamaged, match=r"cut\.faiss"):
            open_vectors(cut)


def test_a_missing_file_is_damaged(tmp_path: Path) -> None:
    """A file that is not there is an error of ours, with the cause."""
    with pytest.raises(SnapshotDamaged, match=r"none\.faiss"):
        open_vectors(tmp_path / "none.faiss")


def test_a_file_of_another_kind_is_damaged(path: Path) -> None:
    """What FAISS reads but nobody here wrote is not searched."""
    content = path.read_bytes()
    faiss.write_index(faiss.IndexFlatIP(16), str(path))
    path.write_bytes(path.read_bytes() + content[-32 - 41 * 8 : -8])
    path.write_bytes(path.read_bytes() + (path.stat().st_size + 8).to_bytes(8, "little"))

    with pytest.raises(SnapshotDamaged, match="IndexFlat"):
        open_vectors(path)


_FROM_DISK = """
import sys
from pathlib import Path
import numpy as np
from index.vectors import open_vectors

def private():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Anonymous"))

open_vectors(Path(sys.argv[1])).search(np.ones(64, np.float32), 5)
before = private()
vectors = open_vectors(Path(sys.argv[2]))
for place in range(20):
    vectors.search(vectors.vectors(vectors.ids[place:place + 1])[0], 5)
print(private() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="this system does not tell of its memory")
@pytest.mark.parametrize("kind", [FLAT, Kind(lists=32, probes=2)], ids=str)
def test_vectors_stay_on_the_disk(tmp_path: Path, kind: Kind) -> None:
    """A file that was opened and searched is not copied into memory: not one row of 13 MB of them."""
    rows = unit(np.random.default_rng(5).standard_normal((100_000, 64)).astype(np.float32))
    write_vectors(tmp_path / "few", np.arange(50), rows[:50], kind=FLAT)
    write_vectors(tmp_path / "many", np.arange(len(rows)), rows, kind=kind)

    asked = [sys.executable, "-c", _FROM_DISK, str(tmp_path / "few"), str(tmp_path / "many")]
    took = subprocess.run(asked, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])

    assert int(took.stdout) < 2500  # kB; where each row lies in its list takes 800, reading one list 400
