"""What who runs the bot does to the articles from a chat: over a real storage folder."""

from pathlib import Path

import pytest
from builders import add_snapshot, an_article
from corpus import HONEY, LIGHT, TOWER
from fakes import FakeEncoder

from bot.answering.operations import NoOperations, StorageOperations
from bot.answering.upkeep import StorageUpkeep
from bot.records import Rollback
from bot.settings import BotSettings
from index import StorageSettings, Store, VerbatimError, build_lock, locate_encoder
from index.errors import BuildLocked


@pytest.fixture
def settings(tmp_path: Path) -> BotSettings:
    """Three snapshots, the newest published."""
    settings = BotSettings(storage=StorageSettings(folder=tmp_path / "store"))
    for text in (TOWER, HONEY, LIGHT):
        add_snapshot(settings.storage.folder, [an_article("one", text)])
    return settings


@pytest.fixture
def store(settings: BotSettings) -> Store:
    return Store(settings.storage.folder)


@pytest.fixture
def operations(settings: BotSettings) -> StorageOperations:
    return StorageOperations(settings, FakeEncoder())


class TestRollback:
    def test_what_was_told_is_done(self, operations: StorageOperations, store: Store) -> None:
        """The snapshot before is published, until there is none."""
        first, second, third = store.names()
        assert operations.rollback() == Rollback(third, second)
        operations.roll_back(Rollback(third, second))
        assert store.current() == second and operations.rollback() == Rollback(second, first)
        operations.roll_back(Rollback(second, first))
        assert store.current() == first and operations.rollback() is None

    def test_a_damaged_snapshot_is_passed_over(self, operations: StorageOperations, store: Store) -> None:
        """It says so before, not after."""
        first, second, third = store.names()
        store.layout.snapshot(second).vectors.write_bytes(b"damaged")
        assert operations.rollback() == Rollback(third, first)

    def test_nothing_else_than_what_was_told_is_done(self, operations: StorageOperations, store: Store) -> None:
        """A build may have published, or removed, something between the question and the answer."""
        first, second, third = store.names()
        for told in (Rollback(second, first), Rollback(third, first)):
            with pytest.raises(VerbatimError, match="nothing was changed"):
                operations.roll_back(told)
        assert store.current() == third

    def test_a_build_is_not_disturbed(self, operations: StorageOperations, store: Store) -> None:
        """Who changes what is published holds the build lock."""
        told = operations.rollback()
        assert told is not None
        with build_lock(store.layout), pytest.raises(BuildLocked, match="is being changed by process"):
            operations.roll_back(told)
        assert store.current() == told.published


@pytest.mark.parametrize("given", ["one", "https://example.org/one?utm_source=x"])
def test_what_is_taken_down_counts_at_once(settings: BotSettings, operations: StorageOperations, given: str) -> None:
    """For whoever answers, in whatever process; until it is undone."""
    article, upkeep = an_article("one", TOWER, url="https://example.org/one"), StorageUpkeep(settings)
    assert not upkeep.is_taken_down(article)
    assert (operations.take_down(given), operations.take_down(given)) == (True, False)
    assert upkeep.is_taken_down(article)
    assert (operations.undo_take_down(given), operations.undo_take_down(given)) == (True, False)
    assert not upkeep.is_taken_down(article)


class TestGroups:
    def test_same_words_are_one_group(self, operations: StorageOperations) -> None:
        """The largest group first, each named by its places; no question, no group."""
        questions = ["who made it", "when was that", "when was that", "who made it", "when was that"]
        assert operations.group(questions) == ((1, 2, 4), (0, 3))
        assert operations.group([]) == ()

    @pytest.mark.model
    def test_rewordings_are_one_group_and_other_questions_are_not(self, settings: BotSettings) -> None:
        """By their meaning, as the encoder has it."""
        operations = StorageOperations(settings, locate_encoder(settings.index.encoder))
        questions = [
            "Who won the football world cup in 2022?",
            "When does the museum open on Sunday?",
            "which country won the 2022 world cup in football",
            "What are the museum's opening hours on Sundays?",
            "How much does a ticket for the museum cost?",
            "What is the capital of Mongolia?",
            "2022 football world cup winner",
        ]
        assert operations.group(questions) == ((0, 2, 6), (1, 3), (4,), (5,))


def test_fixed_articles_cannot_be_changed() -> None:
    """And say so."""
    fixed = NoOperations()
    assert (fixed.group(["a", "a"]), fixed.rollback()) == (((0,), (1,)), None)
    for call in (fixed.take_down, fixed.undo_take_down):
        with pytest.raises(VerbatimError, match="fixed"):
            call("a")
    with pytest.raises(VerbatimError, match="fixed"):
        fixed.roll_back(Rollback("a", "b"))
