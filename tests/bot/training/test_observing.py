"""What is observed of questions, over a real index that the fake encoder fills and a model that likes no passage."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from corpus import LIGHT, ROWS, built_corpus
from fakes import FakeEncoder

from bot.answering.spans.reading import PassageReading, PassageText
from bot.records import Span
from bot.training.corpora import Asked, Corpus
from bot.training.examples import articles_of
from bot.training.keeping import Kept, write
from bot.training.observing import Observation, Observer, observed, without_answer
from index import Article, FusedRetriever, Store


class EvenReader:
    """Finds every word of a passage equally likely."""

    def read(self, question: str, passages: Sequence[PassageText]) -> list[PassageReading]:
        """Return a token for each character."""
        return [self._reading(len(passage.text)) for passage in passages]

    def _reading(self, length: int) -> PassageReading:
        places = np.stack([np.arange(length), np.arange(1, length + 1)], axis=1)
        return PassageReading(places, np.zeros(length, np.float32), np.zeros(length, np.float32), 0.0)


def speed(article: Article) -> Sequence[Span]:
    """Where the article about light tells who measured its speed."""
    start = LIGHT.index("Ole Rømer")
    return (Span(start, start + 9),) if article.id == "light" else ()


MEASURED = Asked("Who was the first who measured the speed of light in 1676?", "Light", speed)
FOREIGN = Asked("Who is the king?", "Kings", lambda article: ())


@pytest.fixture(scope="module")
def observer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observer]:
    """It asks the same question often, so that chance bends some."""
    settings = built_corpus(tmp_path_factory.mktemp("observed"))
    encoder = FakeEncoder()
    with Store(settings.storage.folder).open_current(encoder=encoder.identity) as snapshot:
        corpus = Corpus("light", ROWS, [MEASURED] * 10)
        yield Observer(corpus, articles_of(snapshot), FusedRetriever(snapshot, encoder), EvenReader())


@pytest.fixture(scope="module")
def observations(observer: Observer) -> list[Observation]:
    """All that is observed."""
    return list(observer.observations([FOREIGN]))


def test_observations_are_kept_to_the_bit(observations: list[Observation], tmp_path: Path) -> None:
    """What is read again is what was observed, and nothing is observed twice."""
    given = [replace(one, readings=tuple(_uneven(reading) for reading in one.readings)) for one in observations]
    keep = Kept(tmp_path / "observed")
    for observe in (lambda: given, pytest.fail):
        found = keep("light", observe)
        assert [str(one) for one in found] == [str(one) for one in given]
        for one, other in zip(found, given, strict=True):
            assert (one.question, one.terms, one.candidates, one.answers) == (
                other.question, other.terms, other.candidates, other.answers
            )  # fmt: skip
            for mine, true in zip(one.readings, other.readings, strict=True):
                assert _bits(mine) == _bits(true)
                assert mine.answers == true.answers


def _uneven(reading: PassageReading) -> PassageReading:
    logits = np.linspace(-1 / 3, 1e30, len(reading.starts), dtype=np.float32)
    return replace(reading, starts=logits, answers=1 / 3)


def test_only_questions_as_they_are_have_answers(observations: list[Observation]) -> None:
    """A bent question is another question, and no article is about a foreign one."""
    ways = {one.way: one for one in observations}
    assert [one.way for one in observations].count("asked") == 10
    assert set(ways) == {"asked", "bent", "foreign"}
    assert ways["asked"].answers["light"] and ways["asked"].question.text == MEASURED.text
    assert ways["bent"].answers == ways["foreign"].answers == {}
    assert ways["bent"].question.text != MEASURED.text and ways["bent"].group == MEASURED.group
    assert ways["foreign"].question.text == FOREIGN.text and ways["foreign"].group == FOREIGN.group


def test_every_passage_is_read(observations: list[Observation]) -> None:
    """A reading for each candidate, of its words."""
    for one in observations:
        for candidate, reading in zip(one.candidates, one.readings, strict=True):
            assert len(reading.places) == candidate.hit.passage.end - candidate.hit.passage.start


def test_the_answering_sentences_are_right(observations: list[Observation]) -> None:
    """Those that hold the answer's place, not those that only hold its words."""
    sentences = observations[0].sentences()
    right = observations[0].right(sentences)
    said = {LIGHT[s.sentence.start : s.sentence.end] for s, is_right in zip(sentences, right, strict=True) if is_right}
    assert said == {"Ole Rømer measured its speed in 1676."}
    foreign = observations[-1]
    assert not foreign.right(foreign.sentences()).any()


def test_an_answer_can_be_taken_away(observations: list[Observation]) -> None:
    """With every passage that touches it; the others stay with their readings."""
    whole = observations[0]
    gone = without_answer(whole)
    assert gone is not None and gone.way == "removed" and gone.answers == {}
    answer = speed(next(c.article for c in whole.candidates if c.article.id == "light"))[0]
    kept = [
        (candidate, reading)
        for candidate, reading in zip(whole.candidates, whole.readings, strict=True)
        if candidate.article.id != "light"
        or candidate.hit.passage.end <= answer.start
        or candidate.hit.passage.start >= answer.end
    ]
    assert 2 <= len(kept) < len(whole.candidates)
    assert list(gone.candidates) == [candidate for candidate, _ in kept]
    assert all(ours is theirs for ours, (_, theirs) in zip(gone.readings, kept, strict=True))


def test_nothing_is_left_where_everything_answers(observer: Observer) -> None:
    """Two passages at least, or there is no choice to learn from."""
    everywhere = Asked(MEASURED.text, "Light", lambda article: (Span(0, len(article.text)),))
    assert without_answer(observer.observe(everywhere)) is None


def test_a_file_is_kept_for_each_corpus(tmp_path: Path, observations: list[Observation]) -> None:
    """What was observed is read back, not observed again."""
    write(tmp_path / "light.json", observations[:1])
    (found,) = observed(Corpus("light", (), ()), EvenReader(), tmp_path, Kept(tmp_path), ())
    assert found.question == observations[0].question


def _bits(reading: PassageReading) -> list[tuple[str, tuple[int, ...], bytes]]:
    arrays: list[npt.NDArray[Any]] = [reading.places, reading.starts, reading.ends]
    return [(one.dtype.str, one.shape, one.tobytes()) for one in arrays]
