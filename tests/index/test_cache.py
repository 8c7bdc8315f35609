"""Vectors encoded before, over real SQLite."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEncoder

from index.cache import VectorCache
from index.errors import BuildError
from index.vectors import Floats

TEXTS = ("the bee dances", "the moon pulls", "paper was made", "tides rise")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "storage" / "vectors.sqlite"


def fill(path: Path, texts: tuple[str, ...] = TEXTS, encoder: str = "one") -> list[bytes]:
    with VectorCache(path, encoder) as cache:
        keys = [cache.key(text) for text in texts]
        cache.put(keys, FakeEncoder().encode(texts))
    return keys


def halves(texts: list[str]) -> Floats:
    """Vectors as they come out of the cache."""
    return FakeEncoder().encode(texts).astype(np.float16).astype(np.float32)


def test_vectors_come_back_in_half_precision_in_the_order_asked(path: Path) -> None:
    """What one process stored another reads, rounded once, in the order of the keys, repeated where they are."""
    keys = fill(path)

    with VectorCache(path, "one") as cache:
        found = cache.fetch([keys[2], keys[0], keys[2]])

    assert np.array_equal(halves([TEXTS[2], TEXTS[0], TEXTS[2]]), found)
    assert found.dtype == np.float32


def test_more_keys_than_one_query_takes(path: Path) -> None:
    """Thousands of vectors are found, each under its own key, and those that are missing are told."""
    texts = [f"word{number} and others" for number in range(1203)]
    keys = fill(path, tuple(texts))

    with VectorCache(path, "one") as cache:
        found, never = cache.fetch(keys[::-1]), [cache.key(f"never {n}") for n in range(3)]
        missing = cache.missing([never[2], *keys, never[0], never[1]])

    assert np.array_equal(halves(texts[::-1]), found)
    assert [never[2], never[0], never[1]] == missing


def test_a_file_in_full_precision_is_rounded(path: Path) -> None:
    """A cache of an earlier version is used on, and takes half the room; what was not damaged stays as it was."""
    path.parent.mkdir()
    expected = FakeEncoder().encode(TEXTS)
    with VectorCache(path, "one") as cache:
        keys = [cache.key(text) for text in TEXTS]
        cache.mark("snapshot", keys)
    with closing(sqlite3.connect(path)) as old, old:
        rows = [(key, row.astype("<f4").tobytes()) for key, row in zip(keys, expected, strict=True)]
        old.executemany("INSERT INTO vectors (key, vector) VALUES (?, ?)", rows)
        old.execute("PRAGMA user_version = 0")

    for _ in range(2):
        with VectorCache(path, "one") as cache:
            assert np.array_equal(halves(list(TEXTS)), cache.fetch(keys))
    with closing(sqlite3.connect(path)) as now:
        assert now.execute("SELECT DISTINCT length(vector) FROM vectors").fetchall() == [(2 * expected.shape[1],)]


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

    with VectorCache(path, "one") as cache:
        never = cache.key("never")
        for asked in ([keys[0], never], [never]):
            with pytest.raises(KeyError, match=never.hex()):
                cache.fetch(asked)


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


def test_a_file_with_a_row_for_each_use_is_taken_over(path: Path) -> None:
    """After an update no vector is forgotten that a kept snapshot uses, and none is kept that none does."""
    keys = fill(path)
    with closing(sqlite3.connect(path)) as old, old:
        numbers = [old.execute("SELECT number FROM vectors WHERE key = ?", (key,)).fetchone()[0] for key in keys]
        old.execute("DROP TABLE marks")
        old.execute("CREATE TABLE uses (snapshot TEXT NOT NULL, number INTEGER NOT NULL)")
        uses = [("old", numbers[0]), ("new", numbers[2]), ("old", numbers[1]), ("new", numbers[1])]
        old.executemany("INSERT INTO uses VALUES (?, ?)", uses)
        old.execute("PRAGMA user_version = 1")

    for _ in range(2):
        with VectorCache(path, "one") as cache:
            cache.prune(["new"])
            assert [key in cache for key in keys] == [False, True, True, False]


def test_a_vector_that_is_none_is_refused(path: Path) -> None:
    """A damaged row names the file and the way out instead of entering an index."""
    with VectorCache(path, "one") as cache:
        (key, *_) = fill(path)
        damaged = np.full(64, np.nan, "<f2").tobytes()
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE vectors SET vector = ? WHERE key = ?", (damaged, key))
        connection.close()
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
