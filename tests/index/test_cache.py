"""Vectors encoded before, over real SQLite."""

import logging
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEncoder

from index.cache import VectorCache
from index.errors import BuildError

TEXTS = ("the bee dances", "the moon pulls", "paper was made", "tides rise")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "storage" / "vectors.sqlite"


def fill(path: Path, texts: tuple[str, ...] = TEXTS, encoder: str = "one") -> list[bytes]:
    with VectorCache(path, encoder) as cache:
        keys = [cache.key(text) for text in texts]
        cache.put(keys, FakeEncoder().encode(texts))
    return keys


def test_vectors_come_back_as_they_were_in_the_order_asked(path: Path) -> None:
    """What one process stored another reads, bit for bit, in the order of the keys, repeated where they are."""
    keys = fill(path)

    with VectorCache(path, "one") as cache:
        found = cache.fetch([keys[2], keys[0], keys[2]])

    expected = FakeEncoder().encode([TEXTS[2], TEXTS[0], TEXTS[2]])
    assert np.array_equal(expected, found)
    assert found.dtype == np.float32


def test_every_batch_is_kept_at_once(path: Path) -> None:
    """A build that dies after a batch leaves that batch to the next."""
    with VectorCache(path, "one") as dying:
        key = dying.key("a")
        dying.put([key], FakeEncoder().encode(["a"]))
        with VectorCache(path, "one") as other:
            assert key in other


def test_encoders_do_not_share_vectors(path: Path) -> None:
    """The same text has another key with another encoder."""
    fill(path, encoder="one")

    with VectorCache(path, "two") as cache:
        assert cache.key(TEXTS[0]) not in cache


def test_an_unknown_key_is_an_error(path: Path) -> None:
    """A vector that was never stored is not made up."""
    keys = fill(path)

    with VectorCache(path, "one") as cache, pytest.raises(KeyError):
        cache.fetch([keys[0], cache.key("never")])


def test_pruning_forgets_what_no_kept_snapshot_uses(path: Path) -> None:
    """Vectors live as long as one of the kept snapshots uses them, and no longer."""
    keys = fill(path)

    with VectorCache(path, "one") as cache:
        cache.mark("old", keys[:2])
        cache.mark("new", keys[1:3])
        gone = cache.prune(["new", "another"])

        assert gone == 2
        assert [key in cache for key in keys] == [False, True, True, False]
    with VectorCache(path, "one") as reopened:
        assert len(reopened) == 2


def test_a_vector_that_is_none_is_refused(path: Path) -> None:
    """A damaged row names the file and the way out instead of entering an index."""
    with VectorCache(path, "one") as cache:
        key = cache.key("a")
        cache.put([key], np.full((1, 64), np.nan, np.float32))
        with pytest.raises(BuildError, match=r"vectors\.sqlite holds damaged vectors: delete it"):
            cache.fetch([key])


def test_a_damaged_file_is_set_aside(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The cache can be made again: a damaged one costs time, not the build."""
    path.parent.mkdir()
    path.write_bytes(b"this is no database, and never was one" * 100)

    with caplog.at_level(logging.WARNING):
        keys = fill(path)

    with VectorCache(path, "one") as cache:
        assert all(key in cache for key in keys)
    assert "every passage is encoded again" in caplog.text
    assert path.with_name("vectors.sqlite.damaged").exists()
