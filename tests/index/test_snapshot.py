"""Snapshots: written, opened, verified, published, rolled back and pruned on a real disk."""

import json
import logging
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from builders import BEES, add_candidate, add_snapshot, an_article, retell, three_articles
from fakes import FakeEncoder

from index.errors import NoSnapshot, SnapshotDamaged, SnapshotIncompatible
from index.records import SourceSummary
from index.snapshot import Snapshot, Store
from index.snapshot.checks import check_contents
from index.snapshot.held import UNJUDGED, HeldSnapshot
from index.snapshot.manifest import FORMAT, read_manifest, snapshot_name


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
        named = store.layout.snapshot(f"202401{day + 1:02}T000000{made.folder.name[15:]}")
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
        assert snapshot.article_ids() == ("bees", "paper", "tides")

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

    def test_copies_are_known_by_their_story(self, store: Store) -> None:
        """The other articles of the story, the first published first; an article of its own has none."""
        days = (("a", None), ("b", date(2024, 5, 3)), ("c", date(2024, 5, 1)), ("d", None), ("e", None))
        articles = [an_article(id_, f"{BEES} {id_}.", published=day) for id_, day in days]
        add_snapshot(store.layout.storage, articles, stories={"a": "c", "b": "c", "c": "c"})
        with store.open_current() as snapshot:
            told = [snapshot.copies(article.id) for article in articles]
            of_passages = {
                article.id: set(snapshot.stories(p.id for p in snapshot.passages_of(article.id)))
                for article in articles
            }
            assert snapshot.copies("gone") == ()
        assert told == [("c", "b"), ("c", "a"), ("b", "a"), (), ()]
        assert of_passages == {"a": {"c"}, "b": {"c"}, "c": {"c"}, "d": {None}, "e": {None}}

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

        with pytest.raises(SnapshotIncompatible, match=f"has format 99, this program reads {FORMAT}"):
            store.open_current()

    @pytest.mark.parametrize(
        "text", ["", "{", "[]", f'{{"format": {FORMAT}}}', f'{{"format": {FORMAT}, "files": 3}}', "\xff"]
    )
    def test_a_manifest_that_is_none_is_damage(self, store: Store, text: str) -> None:
        """Whatever lies there, the error is ours."""
        name = add_snapshot(store.layout.storage, three_articles())
        store.layout.snapshot(name).manifest.write_text(text, encoding="latin-1")

        with pytest.raises(SnapshotDamaged, match=name):
            store.open(name)

    def test_a_manifest_that_says_nothing_of_words_has_its_own(self, store: Store) -> None:
        """So it was before an engine could hold them: such a snapshot is searched as it was."""
        name = add_snapshot(store.layout.storage, three_articles())
        manifest = store.layout.snapshot(name).manifest
        content = json.loads(manifest.read_text())
        assert content.pop("words") == "own"
        name = retell(store, name, json.dumps(content))
        with store.open(name) as snapshot:
            assert [hit.score > 0 for hit in snapshot.words.search(snapshot.words.terms("honey bees"), 5)][:1] == [True]

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
            ("DELETE FROM word_stems", "not found by its own words"),
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
        """Questions in flight finish on the generation they began with, also on threads that did not read it yet."""
        names = generations(store, 3)
        with store.open(names[0]) as old, ThreadPoolExecutor(1) as thread:
            ids = old.passage_ids()

            assert store.prune(1) == (names[1],)

            assert [passage.id for passage in thread.submit(old.passages, ids).result()] == list(ids)
            vectors = thread.submit(lambda: old.vectors).result()
            assert len(vectors.search(vectors.vectors(vectors.ids[:1])[0], 9).ids) == len(ids)
        assert store.prune(1) == (names[0],)

    def test_what_was_pruned_while_it_was_being_opened_is_opened_as_what_is_published_now(
        self, store: Store, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Between reading which one is published and opening it, another may be published and this one removed.

        Nobody is told that a snapshot is damaged.
        """
        old, new = generations(store, 2)
        store.publish(old)

        class Overtaken(Store):
            def open(self, name: str, *, verify: bool = True, encoder: str | None = None) -> Snapshot:
                if name == old:
                    store.publish(new)
                    store.prune(1)
                return super().open(name, verify=verify, encoder=encoder)

        with Overtaken(store.layout.storage).open_current() as opened:
            assert opened.name == new
        assert caplog.records == []


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


class TestHolding:
    """``generations`` are of the year 2024, so that what is adopted after them is newer, as in life."""

    def hold(self, store: Store, text: str = BEES) -> str:
        name = add_candidate(store.layout.storage, [an_article("a", text)])
        store.hold(name, ["it has no tides"], "basis")
        return name

    def test_nothing_is_held_at_first(self, store: Store) -> None:
        """No record is no held snapshot, also where nothing was published yet."""
        assert store.held() is None
        generations(store, 1)
        assert store.held() is None

    def test_why_it_is_held_is_remembered(self, store: Store) -> None:
        """The record tells the next program which snapshot, why, and by what it was judged."""
        (published,) = generations(store, 1)
        name = self.hold(store, "Bienen tänzeln.")

        held = Store(store.layout.storage).held()

        assert held is not None
        assert (held.name, held.reasons, held.basis) == (name, ("it has no tides",), "basis")
        assert f"{held.since:%Y}" >= "2025" and held.since.tzinfo is not None
        assert (
            f'it has no tides; "verbatim-index diff" shows what is worse, "verbatim-index publish --force {name}"'
            in (str(held))
        )
        assert store.current() == published

    def test_what_is_not_judged_yet_is_held(self, store: Store) -> None:
        """A build that dies between naming a snapshot and judging it leaves none that anybody would fall back to."""
        (published,) = generations(store, 1)
        name = add_candidate(store.layout.storage, three_articles())

        held = store.held()

        assert held is not None and (held.name, held.reasons, held.basis) == (name, (UNJUDGED,), "")
        assert store.names() == (published, name)
        assert store.passed() == (published,)

    def test_a_newer_candidate_takes_its_place(self, store: Store) -> None:
        """Only the newest is held: the one before it is removed, and is never taken for one that was published."""
        (published,) = generations(store, 1)
        first, second = self.hold(store), self.hold(store, f"{BEES} They hum.")

        held = store.held()

        assert held is not None and held.name == second
        assert first not in store.names()
        assert store.names() == (published, second)

    def test_publishing_it_lets_it_go(self, store: Store) -> None:
        """The override: from then on it is a published snapshot as any other."""
        (published,) = generations(store, 1)
        name = self.hold(store)

        store.publish(name)

        assert (store.current(), store.held(), store.passed()) == (name, None, (published, name))
        assert not store.layout.held.exists()
        assert store.rollback() == published
        assert store.passed() == (published, name)

    def test_a_record_of_what_is_published_does_not_count(self, store: Store) -> None:
        """A program that died between publishing and clearing the record leaves nothing held, then or later."""
        (published,) = generations(store, 1)
        name = self.hold(store)
        store.layout.current.write_text(f"{name}\n")

        assert store.held() is None
        assert store.rollback() == published
        assert store.held() is None

    def test_publishing_another_one_leaves_it_held(self, store: Store) -> None:
        """Going back does not make a good one of it."""
        names = generations(store, 2)
        name = self.hold(store)

        assert store.rollback() == names[0]

        held = store.held()
        assert held is not None and held.name == name

    def test_pruning_keeps_it_beside_the_published_ones(self, store: Store) -> None:
        """It takes nobody's place: as many published ones are kept as without it."""
        names = generations(store, 5)
        name = self.hold(store)

        assert store.prune(3) == tuple(names[:2])
        assert store.names() == (*names[2:], name)
        assert store.prune(1) == tuple(names[2:4])
        assert store.names() == (names[4], name) == store.newest(1)

    def test_going_back_passes_it_over(self, store: Store) -> None:
        """Who rolls back lands on what was published before, even where a clock made the held one look older."""
        names = generations(store, 2)
        store.layout.snapshot(names[1]).folder.rename(store.layout.snapshot("20990101T000000-00000000").folder)
        store.publish("20990101T000000-00000000")
        held = store.layout.snapshot("20500101T000000-00000000")
        store.layout.snapshot(self.hold(store)).folder.rename(held.folder)
        store.hold(held.folder.name, ["worse"])

        assert store.rollback() == names[0]

    def test_a_damaged_published_one_does_not_fall_to_it(self, store: Store) -> None:
        """What failed the gate is served under no circumstances but that somebody said so."""
        (published,) = generations(store, 1)
        self.hold(store)
        damage(store.layout.snapshot(published).articles)

        with pytest.raises(SnapshotDamaged, match=f"(?s){published}.*no other snapshot can be used"):
            store.open_current()

    @pytest.mark.parametrize("content", ["", "[]", "{", "null", '{"name": 3}', "\xff", '{"name": "x", "since": "now"}'])
    def test_where_the_record_is_damaged_the_newest_one_is_held(self, store: Store, content: str) -> None:
        """The held one is always the newest: nobody falls to it because a file cannot be read."""
        names = generations(store, 2)
        name = self.hold(store)
        store.layout.held.write_text(content, encoding="latin-1")

        held = store.held()

        assert held is not None and (held.name, held.basis) == (name, "")
        assert "held.json cannot be read" in held.reasons[0]
        assert store.passed() == tuple(names)
        store.publish(name)
        assert store.held() is None
        assert not store.layout.held.exists()

    def test_a_damaged_record_holds_nothing_that_is_published(self, store: Store) -> None:
        """Where the newest is the published one, nothing is held."""
        generations(store, 2)
        store.layout.held.write_text("{")

        assert store.held() is None

    def test_a_record_without_its_snapshot_holds_nothing(self, store: Store) -> None:
        """Whoever removed the folder by hand has decided."""
        generations(store, 1)
        store.layout.snapshot(self.hold(store)).manifest.unlink()

        assert store.held() is None

    def test_it_can_be_discarded(self, store: Store) -> None:
        """Where the articles are again those that are published, nothing is left to decide."""
        (published,) = generations(store, 1)
        self.hold(store)

        store.discard_held()

        assert (store.held(), store.names()) == (None, (published,))
        store.discard_held()
        assert sorted(path.name for path in store.layout.snapshots.iterdir()) == [published]

    def test_the_record_is_as_it_was_written(self, store: Store) -> None:
        """What ``hold`` returns is what is read."""
        generations(store, 1)
        name = add_candidate(store.layout.storage, three_articles())

        written = store.hold(name, ["one", "zwei — drei"], "b")

        assert isinstance(written, HeldSnapshot)
        assert store.held() == written


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
