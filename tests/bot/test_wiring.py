"""Settings to objects: what is opened, in which order, and what is told where it cannot be."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from corpus import LIGHT, built_corpus, corpus_settings

from bot.errors import ReaderError
from bot.meter import Event, Stage
from bot.records import Question
from bot.settings import BotSettings
from bot.wiring import open_answerer, open_model
from index import EncoderError, Part, SnapshotError, Store, build_index
from index.errors import LibraryError


def with_reader(settings: BotSettings, folder: Path) -> BotSettings:
    return settings.model_copy(update={"answers": settings.answers.model_copy(update={"reader": folder})})


def store_of(settings: BotSettings) -> Store:
    return Store(settings.storage.folder)


def test_without_an_index_no_model_is_loaded(tmp_path: Path) -> None:
    """Who has not built one yet is told at once, not after seconds of loading."""
    program = """
import sys
from pathlib import Path
from bot.settings import BotSettings
from bot.wiring import open_answerer
from index import NoSnapshot, StorageSettings
try:
    open_answerer(BotSettings(storage=StorageSettings(folder=Path(sys.argv[1]))))
except NoSnapshot:
    print("torch" in sys.modules)
"""
    told = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_a_restore_that_was_cut_off_is_finished_before_anything_is_opened(tmp_path: Path) -> None:
    """So that the bot answers from all of the backup, and from nothing of what was there."""
    settings = corpus_settings(tmp_path)
    layout = store_of(settings).layout
    layout.restored.mkdir(parents=True)
    (layout.restored / layout.current.name).write_text("20261126T000000-0123abcd\n")
    with pytest.raises(SnapshotError, match="20261126T000000-0123abcd"):
        open_answerer(settings)
    assert layout.current.exists() and not layout.restored.exists()


def test_a_damaged_list_of_what_is_taken_down_ends_the_start(tmp_path: Path) -> None:
    """Before anything is loaded, and so before anything could be quoted that must not be."""
    settings = built_corpus(tmp_path)
    store_of(settings).layout.taken_down.write_text("[")
    with pytest.raises(LibraryError, match="does not tell what is taken down"):
        open_answerer(settings)


@pytest.mark.model
class TestModel:
    @pytest.fixture
    def copied(self, tmp_path: Path) -> Path:
        """A reading model of one's own: here, that of the package under other languages."""
        from bot.answering.spans.model import CARD, WEIGHTS, packaged_model

        folder = tmp_path / "own"
        folder.mkdir()
        shutil.copy(packaged_model() / WEIGHTS, folder)
        card = json.loads((packaged_model() / CARD).read_text())
        (folder / CARD).write_text(json.dumps({**card, "languages": ["de", "en"]}))
        return folder

    def test_by_default_it_is_the_packaged_one(self, tmp_path: Path) -> None:
        """Which reads English."""
        settings = corpus_settings(tmp_path)
        assert open_model(settings, store_of(settings)).languages == {"en"}

    def test_a_folder_in_the_settings_is_taken_instead(self, tmp_path: Path, copied: Path) -> None:
        """``answers.reader``: the languages are what its card says."""
        settings = with_reader(corpus_settings(tmp_path), copied)
        assert open_model(settings, store_of(settings)).languages == {"de", "en"}

    def test_a_folder_without_a_model_is_told(self, tmp_path: Path) -> None:
        """By its name."""
        settings = with_reader(corpus_settings(tmp_path), tmp_path / "nothing")
        with pytest.raises(ReaderError, match="nothing holds no reading model"):
            open_model(settings, store_of(settings))

    def test_a_model_that_grew_from_an_encoder_which_is_not_there_is_told(self, tmp_path: Path, copied: Path) -> None:
        """It has no word embeddings of its own."""
        card = json.loads((copied / "reader.json").read_text())
        (copied / "reader.json").write_text(json.dumps({**card, "encoder": str(tmp_path / "gone")}))
        settings = with_reader(corpus_settings(tmp_path), copied)
        with pytest.raises(EncoderError, match="gone"):
            open_model(settings, store_of(settings))

    def test_the_parts_together_answer(self, tmp_path: Path) -> None:
        """Search, reading model and weights as they ship, on an easy question."""
        settings = corpus_settings(tmp_path)
        build_index(settings)
        service = open_answerer(settings)
        question = Question("When did Ole Rømer measure the speed of light?")
        first = service.explain(question).weighed[0]
        assert "Rømer measured its speed in 1676" in first.place.text
        assert first.answer and "1676" in first.place.article.text[first.answer.start : first.answer.end]
        for quote in service.answer(question).quotes:
            assert quote.text in LIGHT or quote.article.id != "light"

    def test_a_snapshot_of_another_encoder_is_refused(self, tmp_path: Path) -> None:
        """Its vectors mean nothing to this one."""
        with pytest.raises(SnapshotError, match="verbatim-index build"):
            open_answerer(built_corpus(tmp_path))


class Stages:
    """A meter that remembers what was timed."""

    def __init__(self) -> None:
        self.timed: list[Stage] = []

    def took(self, stage: Stage, seconds: float) -> None:
        self.timed.append(stage)

    def count(self, event: Event, kind: str) -> None:
        """Not of interest."""


@pytest.mark.model
def test_whoever_asks_first_does_not_wait_for_what_is_cold(tmp_path: Path) -> None:
    """Every snapshot was searched and read in before it answers anybody."""
    settings, stages = corpus_settings(tmp_path), Stages()
    build_index(settings)
    open_answerer(settings, stages)
    assert Counter(stages.timed) == Counter([*map(Stage, Part), Stage.SEARCH, Stage.READ])
