"""What every reader of passages keeps to: the model that ships, and the fake that stands in for it."""

from typing import TYPE_CHECKING

import numpy as np
import pytest
from fakes import FakePassageReader

from bot.answering.spans.reading import PassageReader, PassageText

if TYPE_CHECKING:
    from bot.answering.spans.model import SpanModel

QUESTION = "How tall is the tower?"
TEXTS = ("The tower is 330 metres tall.", "🐝 Bees dance.\n\nThey rest.", "", "\u200b", "\ud83d Київ 中文 cafe\u0301")


class PassageReaderContract:
    """What holds for each of them."""

    def test_there_is_a_reading_for_each_passage_in_its_order(self, reader: PassageReader) -> None:
        """None for none; the same passage twice is read twice alike."""
        assert reader.read(QUESTION, []) == []
        first, _, again = reader.read(QUESTION, [PassageText("", TEXTS[i]) for i in (0, 1, 0)])
        assert first.places.tolist() == again.places.tolist()
        assert first.starts == pytest.approx(again.starts, abs=0.1)

    @pytest.mark.parametrize("title", ["The tower 🐝", ""])
    @pytest.mark.parametrize("text", TEXTS)
    def test_tokens_lie_in_the_passage_in_their_order(self, reader: PassageReader, text: str, title: str) -> None:
        """Two logits for each, all finite; a passage without words has none."""
        (one,) = reader.read(QUESTION, [PassageText(title, text)])
        assert one.places.shape == (len(one.starts), 2) and one.starts.shape == one.ends.shape
        assert (one.places[:, 0] < one.places[:, 1]).all() and (np.diff(one.places, axis=0) >= 0).all()
        assert ((one.places >= 0) & (one.places <= len(text))).all()
        assert np.isfinite([*one.starts, *one.ends, one.answers]).all()
        assert bool(len(one.places)) == any(c.isalnum() for c in text)

    def test_the_passage_that_answers_is_told(self, reader: PassageReader) -> None:
        """Beside one that shares no word with the question."""
        tower, bees = reader.read(QUESTION, [PassageText("", text) for text in TEXTS[:2]])
        assert tower.answers > bees.answers
        start, end = tower.places[int(np.argmax(tower.starts))]
        assert TEXTS[0][start:end] == "330"


class TestFake(PassageReaderContract):
    @pytest.fixture
    def reader(self) -> PassageReader:
        """Without a model."""
        return FakePassageReader()


@pytest.mark.model
class TestModel(PassageReaderContract):
    @pytest.fixture
    def reader(self, packaged: "SpanModel") -> PassageReader:
        """The model that ships."""
        return packaged
