"""Snapshots: written, opened, verified, published, rolled back and pruned on a real disk."""

import json
import logging
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from builders import BEES, add_snapshot, an_article, three_articles
from fakes import FakeEncoder

from index.errors import NoSnapshot, SnapshotDamaged, SnapshotIncompatible
from index.records import SourceSummary
from index.snapshot import Snapshot, Store
from index.snapshot.checks import check_contents
from index.snapshot.manifest import read_manifest, snapshot_name


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def snapshot(store: Store) -> Iterator[Snapshot]:
    add_snapshot(store.layout.storage, three_articles())
    with store.open_current() as opened:
        yield opened


def generations(store: Store, count: int) -> list[str]:
    """Publish ``count`` snapshots, a day apart by their names, the last one published."""
    names = []
    for day in range(count):
        made = store.layout.snapshot(add_snapshot(store.layout.storage, [an_article("a", f"{BEES} {day}.")]))
        named = store.layout.snapshot(f"202401{day + 1:02}T000000-{day:08}")
        made.folder.rename(named.folder)
        names.append(named.folder.name)
        store.publish(names[-1])
    return names


def damage(path: Path) -> None:
    """Flip one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


class TestReading:
    def test_sentences_come_back_as_what_they_are(self, store: Store) -> None:
        """Headings and furniture are known in a snapshot as they were when it was cut."""
        text = f"A heading\n\n{BEES}\n\nRead more: All about bees"
        add_snapshot(store.layout.storage, [an_article("a", text)], words=99)
        with store.open_current() as snapshot:
            (passage,) = snapshot.passages_of("a")
        assert [(s.heading, s.furniture) for s in passage.sentences] == [
            (True, False),
            (False, False),
            (False, False),
            (False, True),
        ]

    def test_articles_come_back_as_they_were(self, snapshot: Snapshot) -> None:
        """Every field of every article survives."""
        assert [snapshot.article(one.id) for one in three_articles()] == list(three_articles())
        assert snapshot.article_ids() == ("bees", "tides", "paper")

    def test_an_unknown_article_is_none(self, snapshot: Snapshot) -> None:
        """An article that left the index is nothing found, not an error."""
        assert snapshot.article("gone") is None
        assert snapshot.passages_of("gone") == ()

    def test_passages_are_verbatim_slices_with_their_sentences(self, snapshot: Snapshot) -> None:
        """Offsets and sentence borders survive."""
        passages = snapshot.passages_of("bees")
        sentences = [BEES[s.start : s.end] for passage in passages for s in passage.sentences]

        assert " ".join(BEES[p.start : p.end] for p in passages) == BEES
        assert sentences == [
            "Honey bees dance to tell others where flowers are.",
            "Karl von Frisch read the dance in 1927.",
        ]

    def test_passages_come_in_the_order_asked(self, snapshot: Snapshot) -> None:
        """Hits are ranked before they are read."""
        ids = list(reversed(snapshot.passage_ids()))

        assert [passage.id for passage in snapshot.passages([*ids, ids[0]])] == [*ids, ids[0]]
        assert snapshot.passage(ids[0]) == snapshot.passages(ids)[0]
        assert snapshot.passages([]) == []

    def test_an_unknown_passage_is_an_error(self, snapshot: Snapshot) -> None:
        """A passage id that is not there is a broken promise."""
        with pytest.raises(KeyError):
            snapshot.passage(1)

    def test_sources_are_counted(self, snapshot: Snapshot) -> None:
        """Readers are told what is indexed and how fresh it is."""
        assert snapshot.sources() == (
            SourceSummary("crafts", 1, None),
            SourceSummary("samples", 2, date(2024, 5, 1)),
        )

    def test_threads_read_at_once(self, snapshot: Snapshot) -> None:
        """A pool of threads answers on one snapshot."""
        found: list[bool] = []

        def read() -> None:
            ok = all(snapshot.article(one.id) == one for one in three_articles() * 50)
            vector = snapshot.vectors.vectors(snapshot.vectors.ids[:1])[0]
            found.append(ok and snapshot.vectors.search(vector, 1).ids[0] == snapshot.vectors.ids[0])

        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert found == [True] * 8

    def test_it_cannot_be_written(self, snapshot: Snapshot) -> None:
        """A snapshot is immutable once published."""
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            snapshot.connection.execute("DELETE FROM articles")


class TestOpening:
    @pytest.mark.parametrize("file", ["articles.sqlite", "vectors.faiss", "manifest.json"])
    def test_a_missing_file_is_named(self, store: Store, file: str) -> None:
        """The error names the snapshot, what is wrong and the way out."""
        name = add_snapshot(store.layout.storage, three_articles())
        (store.layout.snapshot(name).folder / file).unlink()

        with pytest.raises(SnapshotDamaged, match=f"(?s)snapshot {name}.*verbatim-index rollback"):
            store.open(name)

    @pytest.mark.parametrize("file", ["articles.sqlite", "vectors.faiss"])
    def test_one_wrong_bit_is_found(self, store: Store, file: str) -> None:
        """Neither SQLite nor FAISS would notice."""
        name = add_snapshot(store.layout.storage, three_articles())
        damage(store.layout.snapshot(name).folder / file)

        with pytest.raises(SnapshotDamaged, match=f"{file} has SHA-256"):
            store.open(name)

    @pytest.mark.parametrize("verify", [True, False])
    def test_a_truncated_file_is_found_even_without_digests(self, store: Store, verify: bool) -> None:
        """Sizes are always compared."""
        name = add_snapshot(store.layout.storage, three_articles())
        path = store.layout.snapshot(name).vectors
        path.write_bytes(path.read_bytes()[:-1])

        with pytest.raises(SnapshotDamaged, match=r"vectors\.faiss has \d+ bytes, not \d+"):
            store.open(name, verify=verify)

    def test_another_encoder_is_refused_by_name(self, store: Store) -> None:
        """Vectors of two encoders must never meet."""
        name = add_snapshot(store.layout.storage, three_articles(), FakeEncoder(identity="A"))

        with pytest.raises(SnapshotIncompatible, match=f"{name} was built with encoder A, .* name B: run"):
            store.open(name, encoder="B")

    def test_an_unknown_format_is_refused(self, store: Store) -> None:
        """A snapshot of a newer program is not misread."""
        manifest = store.layout.snapshot(add_snapshot(store.layout.storage, three_articles())).manifest
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 99}))

        with pytest.raises(SnapshotIncompatible, match="has format 99, this program reads 2"):
            store.open_current()

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 2}', '{"format": 2, "files": 3}', "\xff"])
    def test_a_manifest_that_is_none_is_damage(self, store: Store, text: str) -> None:
        """Whatever lies there, the error is ours."""
        name = add_snapshot(store.layout.storage, three_articles())
        store.layout.snapshot(name).manifest.write_text(text, encoding="latin-1")

        with pytest.raises(SnapshotDamaged, match=name):
            store.open(name)

    def test_the_manifest_is_read_as_it_was_written(self, snapshot: Snapshot) -> None:
        """The name is the manifest's time and digest, so a swapped manifest shows."""
        assert snapshot_name(snapshot.manifest) == snapshot.name
        assert (snapshot.manifest.articles, snapshot.manifest.dimension) == (3, 64)
        assert set(snapshot.manifest.files) == {"articles.sqlite", "vectors.faiss"}


class TestContents:
    def test_a_good_snapshot_passes(self, snapshot: Snapshot) -> None:
        """A sample of passages finds itself by vector, by words and by a new encoding."""
        check_contents(snapshot, FakeEncoder().encode)

    def test_copies_and_passages_without_words_pass(self, store: Store) -> None:
        """Wire copies tie with one another; a row of stars has nothing to be found by."""
        copies = [an_article(f"copy-{number}", BEES) for number in range(150)]
        add_snapshot(store.layout.storage, [*copies, an_article("stars", "* * *"), an_article("x", "A B.")])

        with store.open_current() as snapshot:
            check_contents(snapshot, FakeEncoder().encode)

    def test_vectors_of_another_encoder_are_found_out(self, snapshot: Snapshot) -> None:
        """A cache that holds another model's vectors must not be published."""
        with pytest.raises(SnapshotDamaged, match="gives other vectors"):
            check_contents(snapshot, lambda texts: FakeEncoder().encode([text[::-1] for text in texts]))

    @pytest.mark.parametrize(
        ("statement", "reason"),
        [
            ("DELETE FROM articles WHERE id = 'tides'", "articles, passages and dimension"),
            ("DELETE FROM passages WHERE id = (SELECT max(id) FROM passages)", "articles, passages and"),
            ("UPDATE passages SET id = 1 WHERE id = (SELECT max(id) FROM passages)", "vectors are not"),
            ("INSERT INTO words (words) VALUES ('delete-all')", "not found by its own words"),
        ],
    )
    def test_tables_that_disagree_are_found_out(self, store: Store, statement: str, reason: str) -> None:
        """Counts, ids and words are compared, not only digests: a writer with a bug is found out."""
        name = add_snapshot(store.layout.storage, three_articles())
        with sqlite3.connect(store.layout.snapshot(name).articles) as connection:
            connection.execute(statement)
        connection.close()
        layout = store.layout.snapshot(name)

        with Snapshot(layout, read_manifest(layout)) as snapshot, pytest.raises(SnapshotDamaged, match=reason):
            check_contents(snapshot)

    def test_the_counts_of_the_manifest_are_compared(self, snapshot: Snapshot, store: Store) -> None:
        """A manifest that claims more than there is fails."""
        layout = store.layout.snapshot(snapshot.name)
        with (
            Snapshot(layout, replace(snapshot.manifest, passages=99)) as claimed,
            pytest.raises(SnapshotDamaged, match="99"),
        ):
            check_contents(claimed)


class TestPublishing:
    def test_nothing_published_says_what_to_run(self, store: Store) -> None:
        """A new installation is told how to begin."""
        with pytest.raises(NoSnapshot, match='run "verbatim-index build"'):
            store.open_current()

    def test_a_name_without_a_snapshot_is_not_published(self, store: Store) -> None:
        """``current`` never names what is not there."""
        (name,) = generations(store, 1)

        with pytest.raises(SnapshotDamaged, match="no snapshot nonsense"):
            store.publish("nonsense")

        assert store.current() == name

    def test_a_folder_without_manifest_is_no_snapshot(self, store: Store) -> None:
        """A half-written folder is never offered."""
        names = generations(store, 2)
        store.layout.snapshot(names[0]).manifest.unlink()

        assert store.names() == (names[1],)

    def test_rolling_back_goes_one_sound_snapshot_back(self, store: Store) -> None:
        """One command returns to the generation before; a damaged one is passed over."""
        names = generations(store, 4)
        damage(store.layout.snapshot(names[2]).vectors)

        assert store.rollback() == names[1]
        assert store.current() == names[1]
        assert store.rollback() == names[0]
        with pytest.raises(NoSnapshot, match=f"older than {names[0]}"):
            store.rollback()
        assert store.current() == names[0]

    def test_pruning_keeps_the_newest(self, store: Store) -> None:
        """The last few are kept so that going back is possible."""
        names = generations(store, 7)

        assert store.prune(5) == tuple(names[:2])
        assert store.names() == tuple(names[2:])
        assert sorted(path.name for path in store.layout.snapshots.iterdir()) == names[2:]

    @pytest.mark.parametrize("keep", [1, 2])
    def test_pruning_never_removes_the_published_one(self, store: Store, keep: int) -> None:
        """After a rollback the published one is old, and stays."""
        names = generations(store, 4)
        store.publish(names[0])

        store.prune(keep)

        assert store.names() == (names[0], names[3])[:keep]

    def test_a_snapshot_in_use_survives_its_pruning(self, store: Store) -> None:
        """Questions in flight finish on the generation they began with."""
        names = generations(store, 3)
        with store.open(names[0]) as old:
            ids = old.passage_ids()
            vectors = old.vectors
            store.prune(1)

            assert names[0] not in store.names()
            assert [passage.id for passage in old.passages(ids)] == list(ids)
            assert len(vectors.search(vectors.vectors(vectors.ids[:1])[0], 9).ids) == len(ids)


class TestFallingBack:
    def test_a_damaged_one_gives_way_to_the_newest_sound_one(
        self, store: Store, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The bot goes on with what is sound, saying so in the log."""
        names = generations(store, 4)
        damage(store.layout.snapshot(names[3]).articles)
        store.layout.snapshot(names[2]).vectors.unlink()

        with caplog.at_level(logging.WARNING), store.open_current() as snapshot:
            assert snapshot.name == names[1]

        assert f"snapshot {names[3]} is damaged" in caplog.text
        assert f"snapshot {names[1]} is used" in caplog.text
        assert store.current() == names[3]

    def test_what_was_rolled_back_from_is_the_last_resort(self, store: Store) -> None:
        """Somebody had a reason to roll back: older ones come first."""
        names = generations(store, 3)
        store.publish(names[1])
        damage(store.layout.snapshot(names[1]).articles)

        with store.open_current() as snapshot:
            assert snapshot.name == names[0]

        damage(store.layout.snapshot(names[0]).articles)
        with store.open_current() as snapshot:
            assert snapshot.name == names[2]

    def test_none_sound_is_an_error_that_names_the_published_one(self, store: Store) -> None:
        """Where nothing is left, the way out is a new build."""
        names = generations(store, 2)
        for name in names:
            damage(store.layout.snapshot(name).articles)

        with pytest.raises(SnapshotDamaged, match=f"(?s){names[1]}.*verbatim-index build.*no other"):
            store.open_current()

    @pytest.mark.parametrize("content", ["", "20200101T000000-gone\n", "\x00", "../../etc"])
    def test_a_damaged_pointer_is_survived(self, store: Store, content: str) -> None:
        """Whatever ``current`` says, a sound snapshot is found."""
        names = generations(store, 2)
        store.layout.current.write_text(content)

        with store.open_current() as snapshot:
            assert snapshot.name == names[1]


def test_names_are_in_the_order_of_making(store: Store) -> None:
    """Two builds in one second, or a clock that was set back, do not confuse which one is newer."""
    (future,) = generations(store, 1)
    store.layout.snapshot(future).folder.rename(store.layout.snapshots / "29990101T235959-0000000a")

    names = [add_snapshot(store.layout.storage, three_articles()) for _ in range(3)]

    assert [name[:15] for name in names] == ["29990102T000000", "29990102T000001", "29990102T000002"]


def test_leftovers_of_a_dead_build_are_cleared(store: Store) -> None:
    """Half-written and half-removed folders go, snapshots stay."""
    names = generations(store, 2)
    (store.layout.building / "x").mkdir(parents=True)
    (store.layout.snapshots / ".removed-y").mkdir()

    store.clear_leftovers()

    assert sorted(path.name for path in store.layout.snapshots.iterdir()) == names


def test_passages_and_vectors_share_their_ids(snapshot: Snapshot) -> None:
    """A hit's vector is its passage's."""
    assert np.array_equal(snapshot.vectors.ids, np.array(snapshot.passage_ids()))
