"""Snapshots are swapped under questions in flight."""

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from corpus import ROWS, built_corpus, open_generation, rewrite_rows
from fakes import FakeEncoder

from bot.answering.generation import Generation, Generations
from bot.records import Question
from bot.settings import BotSettings
from index import SnapshotError, Store, build_index


@dataclass
class World:
    """A corpus that changes, and everything that was opened of it."""

    settings: BotSettings
    opened: list[Generation] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return Store(self.settings.storage.folder)

    def generations(self) -> Generations:
        return Generations(self._open, self.store.current)

    def _open(self) -> Generation:
        self.opened.append(open_generation(self.settings))
        return self.opened[-1]

    def publish(self, text: str) -> str:
        """Add an article, build, and return the new snapshot's name."""
        rows = [*ROWS, {"id": "new", "title": "News", "text": text, "language": "en"}]
        rewrite_rows(self.settings, rows)
        return build_index(self.settings, encoder=FakeEncoder()).snapshot

    def damage(self, name: str) -> None:
        self.store.layout.snapshot(name).vectors.write_bytes(b"no vectors")


class Watched:
    """Holds a connection of a generation, which tells whether that was closed."""

    def __init__(self, generation: Generation) -> None:
        self._connection = generation.snapshot.connection

    @property
    def closed(self) -> bool:
        try:
            self._connection.execute("SELECT 1")
        except sqlite3.ProgrammingError:
            return True
        return False


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A small corpus of its own."""
    return World(built_corpus(tmp_path))


def test_nothing_new_is_nothing_done(world: World) -> None:
    """The snapshot in use stays, and is not opened again."""
    generations = world.generations()
    assert not generations.refresh()
    assert len(world.opened) == 1


def test_a_new_snapshot_is_swapped_in(world: World) -> None:
    """Who asks afterwards is answered from it; the old one, unused, is closed."""
    generations = world.generations()
    old = Watched(world.opened[0])
    name = world.publish("Comet Halley returns in 2061.")
    assert generations.refresh()
    with generations.use() as generation:
        assert generation.snapshot.name == name
        assert generation.article("new").text == "Comet Halley returns in 2061."
    assert old.closed
    assert not generations.refresh()


def test_questions_in_flight_finish_on_the_snapshot_they_began_with(world: World) -> None:
    """It stays open until the last of them has left it, and is then closed."""
    generations = world.generations()
    old = Watched(world.opened[0])
    with generations.use() as first:
        with generations.use():
            world.publish("Comet Halley returns in 2061.")
            assert generations.refresh()
        assert not old.closed
        assert first.snapshot.article("new") is None
        assert first.candidates(Question("How tall is the tower?"), 3)
    assert old.closed
    with generations.use() as second:
        assert second is world.opened[1]


def test_a_damaged_new_snapshot_leaves_the_one_in_use(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """It says so once; the next good one is taken."""
    generations = world.generations()
    world.damage(world.publish("Comet Halley returns in 2061."))
    with generations.use() as generation:
        assert not generations.refresh()
        assert "damaged" in caplog.text
        assert generation.candidates(Question("How tall is the tower?"), 3)
    caplog.clear()
    assert not generations.refresh()
    assert caplog.text == ""
    with generations.use() as generation:
        assert generation is world.opened[0]
    name = world.publish("Comet Halley was seen in 1986.")
    assert generations.refresh()
    with generations.use() as generation:
        assert generation.snapshot.name == name


def test_a_start_on_a_damaged_snapshot_falls_back_once(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """The newest sound one is used, the log says so, and refreshing does not open it again and again."""
    sound = world.store.current()
    world.damage(world.publish("Comet Halley returns in 2061."))
    generations = world.generations()
    with generations.use() as generation:
        assert generation.snapshot.name == sound
    assert f"snapshot {sound} is used" in caplog.text
    assert not generations.refresh()
    assert len(world.opened) == 1


def test_where_nothing_can_be_used_the_one_in_use_stays(world: World) -> None:
    """The error is told, and questions are still answered."""
    generations = world.generations()
    old = world.store.current()
    with generations.use() as generation:
        assert generation.candidates(Question("tower"), 3)
    world.damage(world.publish("Comet Halley returns in 2061."))
    world.store.layout.snapshot(old).manifest.unlink()
    with pytest.raises(SnapshotError):
        generations.refresh()
    with generations.use() as generation:
        assert generation.snapshot.name == old
        assert generation.candidates(Question("tower"), 3)


def test_a_rollback_is_picked_up(world: World) -> None:
    """An older snapshot is another snapshot too."""
    first = world.store.current()
    world.publish("Comet Halley returns in 2061.")
    generations = world.generations()
    assert world.store.rollback() == first
    assert generations.refresh()
    with generations.use() as generation:
        assert generation.snapshot.name == first


def test_sentences_of_an_article_come_once_and_in_order(generation: Generation) -> None:
    """From overlapping passages, headings among them."""
    article = generation.article("tower")
    found = generation.sentences(article)
    assert [s.start for s in found] == sorted({s.start for s in found})
    words = [article.text[s.start : s.end] for s in found]
    assert words[0] == "The tower" and found[0].heading
    assert words[-1] == "The city does."


def test_a_passage_without_its_article_is_a_broken_promise(generation: Generation) -> None:
    """Said with both names."""
    with pytest.raises(LookupError, match=rf"snapshot {generation.snapshot.name} .* nowhere"):
        generation.article("nowhere")
