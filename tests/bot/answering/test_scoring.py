"""The reader that ships: weighs the evidence."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from corpus import hand_weights, weighted
from fakes import FakePassageReader
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.evidence import EVIDENCE_NAMES
from bot.answering.generation import Generation
from bot.answering.reader import Candidate, Reading
from bot.answering.scoring import (
    CONFIDENCE_NAMES,
    GROUPS,
    OF_MODELS,
    Linear,
    ReaderWeights,
    SentenceReader,
    Weighing,
    load_weights,
    logistic,
)
from bot.answering.spans.reading import PassageReading, PassageText
from bot.errors import ReaderError
from bot.records import Question
from index import FusedRetriever, QuestionTerms

TALL = "How tall is the Eiffel Tower?"
QUESTIONS = ("How tall is the tower?", "When did Ole Rømer measure it?", "zzz", "Where is the city's honey?")

Content = dict[str, Any]


def content_of(linear: Linear, names: Sequence[str]) -> Content:
    columns = {"mean": linear.mean, "scale": linear.scale, "weights": linear.weights}
    return {
        **{key: dict(zip(names, column.tolist(), strict=True)) for key, column in columns.items()},
        "bias": {"bias": linear.bias},
    }


def weights_text(change: Callable[[Content], object] = lambda content: None) -> str:
    """Weights made by hand as a fit would write them, with a change."""
    weights = hand_weights()
    content: Content = {
        kind: {
            "score": content_of(weighing.score, EVIDENCE_NAMES),
            "confidence": content_of(weighing.confidence, CONFIDENCE_NAMES),
        }
        for kind, weighing in (("reading", weights.reading), ("words", weights.words))
    }
    content["threshold"] = weights.threshold
    change(content)
    return json.dumps(content)


def without_languages(language: str) -> bool:
    return False


def reader_over(
    generation: Generation,
    model: FakePassageReader | None = None,
    covers: Callable[[str], bool] = "en".__eq__,
    weights: ReaderWeights | None = None,
) -> SentenceReader:
    assert isinstance(generation.retriever, FusedRetriever)
    return SentenceReader(model or FakePassageReader(), generation.retriever.terms, covers, weights or hand_weights())


def text_of(reading: Reading) -> str:
    return reading.candidate.article.text[reading.sentence.start : reading.sentence.end]


def in_language(candidate: Candidate, language: str) -> Candidate:
    return replace(candidate, article=replace(candidate.article, language=language))


class TestWeights:
    def test_the_packaged_weights_are_for_the_evidence_that_is_collected(self) -> None:
        """Weights and code are of one version; nothing is infinite, the threshold is a probability."""
        weights = load_weights()
        for weighing in (weights.reading, weights.words):
            assert weighing.score.weights.shape == (len(EVIDENCE_NAMES),)
            assert weighing.confidence.weights.shape == (len(CONFIDENCE_NAMES),)
            for linear in (weighing.score, weighing.confidence):
                assert np.isfinite([*linear.mean, *linear.scale, *linear.weights, linear.bias]).all()
                assert (linear.scale > 0).all()
        assert 0 < weights.threshold < 1

    def test_where_nothing_is_read_words_alone_weigh(self) -> None:
        """What the model would say is 0 there: a weight for it could only be a mistake of the fit."""
        words = load_weights().words
        for names, linear in ((EVIDENCE_NAMES, words.score), (CONFIDENCE_NAMES, words.confidence)):
            weighing = {name for name, weight in zip(names, linear.weights.tolist(), strict=True) if weight}
            assert weighing and not weighing & OF_MODELS

    def test_weights_are_read_as_they_were_written(self) -> None:
        """Each kind of language has its own."""
        read, written = load_weights(weights_text()), hand_weights()
        for one, other in ((read.reading, written.reading), (read.words, written.words)):
            assert one.score.weights.tolist() == other.score.weights.tolist()
            assert one.confidence.weights.tolist() == other.confidence.weights.tolist()
        assert read.threshold == written.threshold

    @pytest.mark.parametrize("kind", ["reading", "words"])
    @pytest.mark.parametrize("part", ["score", "confidence"])
    def test_weights_of_another_version_are_refused(self, kind: str, part: str) -> None:
        """With both lists of names, and how to fit them anew."""
        for change in (
            lambda content: content[kind][part]["weights"].pop("cover"),
            lambda content: content[kind][part]["weights"].update(another=1.0),
            lambda content: content[kind][part].update(weights=dict(reversed(content[kind][part]["weights"].items()))),
        ):
            with pytest.raises(ReaderError, match=r"this version collects .*bot\.training fit"):
                load_weights(weights_text(change))

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            "[]",
            "null",
            "{}",
            weights_text(lambda content: content.pop("threshold")),
            weights_text(lambda content: content.pop("words")),
            weights_text(lambda content: content["reading"].pop("confidence")),
            weights_text(lambda content: content["reading"]["score"].pop("mean")),
            weights_text(lambda content: content["words"]["score"]["scale"].pop("words")),
            weights_text(lambda content: content["words"]["score"]["scale"].update(words="much")),
        ],
    )
    def test_altered_weights_are_an_error_that_says_what_to_do(self, text: str) -> None:
        """Cut off, empty, or with a number missing."""
        with pytest.raises(ReaderError, match="install Verbatim anew"):
            load_weights(text)

    def test_what_never_varied_in_the_fit_is_no_division_by_zero(self) -> None:
        """It would make every confidence NaN, and everything would be declined."""
        zero = weights_text(lambda content: content["words"]["confidence"]["scale"].update(question=0.0))
        assert np.isfinite(load_weights(zero).words.confidence(np.zeros((1, len(CONFIDENCE_NAMES))))).all()

    def test_every_number_is_explained_once(self) -> None:
        """The groups that ``ask --explain`` shows share out the evidence."""
        grouped = [name for names in GROUPS.values() for name in names]
        assert sorted(grouped) == sorted(EVIDENCE_NAMES)
        assert {*EVIDENCE_NAMES, *CONFIDENCE_NAMES} >= OF_MODELS


@pytest.fixture
def reader(generation: Generation) -> SentenceReader:
    """The reader over the small corpus."""
    return reader_over(generation)


@pytest.mark.parametrize("covers", ["en".__eq__, without_languages])
@pytest.mark.parametrize("question", QUESTIONS)
def test_readings_come_best_first_and_the_first_has_the_confidence(
    generation: Generation, question: str, covers: Callable[[str], bool]
) -> None:
    """Scores and probabilities fall; the confidence is the first one's probability, 0 to 1."""
    reader = reader_over(generation, covers=covers)
    result = reader.read(Question(question), generation.candidates(Question(question), 20))
    scores = [one.score for one in result.readings]
    chances = [one.probability for one in result.readings]
    assert len(scores) > 3
    assert scores == sorted(scores, reverse=True)
    assert chances == sorted(chances, reverse=True)
    assert all(0 <= chance <= 1 for chance in chances)
    assert chances[0] == result.confidence


@pytest.mark.parametrize(("covers", "marked"), [("en".__eq__, "330"), (without_languages, "330 metres")])
def test_the_sentence_that_answers_is_the_best(
    generation: Generation, covers: Callable[[str], bool], marked: str
) -> None:
    """Its words are marked: those that the model read, else the only ones of the kind asked for."""
    reader = reader_over(generation, covers=covers)
    first = reader.read(Question(TALL), generation.candidates(Question(TALL), 20)).readings[0]
    assert text_of(first).startswith("The tower is 330 metres tall")
    assert first.answer and first.candidate.article.text[first.answer.start : first.answer.end] == marked


def test_where_the_model_does_not_read_only_a_single_thing_is_marked(generation: Generation) -> None:
    """ "A twelfth of a teaspoon" holds no number; "six weeks" and "one light second" are one each, two are none."""
    question = "Who wrote of the Champ de Mars?"
    reader = reader_over(generation, covers=without_languages)
    for one in reader.read(Question(question), generation.candidates(Question(question), 20)).readings:
        if text_of(one).startswith("The Eiffel Tower stands"):
            assert one.answer is None
        if one.answer:
            assert one.sentence.start <= one.answer.start < one.answer.end <= one.sentence.end


class TestParts:
    def test_they_add_up_to_the_score_beside_the_mean(self, reader: SentenceReader, generation: Generation) -> None:
        """What is shown explains the order entirely: differences of scores are differences of parts."""
        readings = reader.read(Question(TALL), generation.candidates(Question(TALL), 20)).readings
        mean = sum(one.score for one in readings) / len(readings)
        for one in readings:
            assert one.parts.keys() == GROUPS.keys()
            assert sum(one.parts.values()) == pytest.approx(one.score - mean, abs=1e-6)

    def test_each_is_the_sum_of_its_numbers(self, generation: Generation) -> None:
        """A weight on the words moves the part called words, and no other."""
        score = weighted(EVIDENCE_NAMES, cover=2.0, title_cover=1.0)
        weighing = Weighing(score, hand_weights().reading.confidence)
        reader = reader_over(generation, weights=replace(hand_weights(), reading=weighing))
        readings = reader.read(Question(TALL), generation.candidates(Question(TALL), 20)).readings
        assert readings[0].parts["words"] > 0
        assert {name for one in readings for name, part in one.parts.items() if abs(part) > 1e-9} == {"words"}


class TestLanguages:
    def test_the_model_reads_the_passages_under_their_titles(self, generation: Generation) -> None:
        """Once a question, word for word, all that search found."""
        model = FakePassageReader()
        candidates = generation.candidates(Question(TALL), 20)
        reader_over(generation, model).read(Question(TALL), candidates)
        passages = [
            PassageText(c.article.title, c.article.text[c.hit.passage.start : c.hit.passage.end]) for c in candidates
        ]
        assert model.read_for == [(TALL, passages)]

    def test_passages_beyond_what_the_model_reads_are_left_out(self, generation: Generation) -> None:
        """It may read the first ones only; what was not read cannot be weighed."""

        class FirstTwo(FakePassageReader):
            def read(self, question: str, passages: Sequence[PassageText]) -> list[PassageReading]:
                return super().read(question, passages[:2])

        candidates = generation.candidates(Question(TALL), 20)
        result = reader_over(generation, FirstTwo()).read(Question(TALL), candidates)
        assert len(candidates) > 2
        assert {one.candidate.hit.passage.id for one in result.readings} == {c.hit.passage.id for c in candidates[:2]}

    def test_what_the_model_does_not_read_it_is_not_asked_about(self, generation: Generation) -> None:
        """And the words' own weights count."""
        model = FakePassageReader()
        candidates = [in_language(c, "xx") for c in generation.candidates(Question(TALL), 20)]
        result = reader_over(generation, model).read(Question(TALL), candidates)
        assert model.read_for == []
        weights = hand_weights()
        only_words = reader_over(generation, weights=replace(weights, reading=weights.words), covers=without_languages)
        same = only_words.read(Question(TALL), generation.candidates(Question(TALL), 20))
        assert [one.score for one in result.readings] == [one.score for one in same.readings]

    @pytest.mark.parametrize(("strange", "read"), [((), True), ((1, 2, 3), True), ((0,), False), ((0, 1, 2, 3), False)])
    def test_the_language_of_the_best_hit_decides(
        self, generation: Generation, strange: tuple[int, ...], read: bool
    ) -> None:
        """Scores of two kinds of weights do not compare, so candidates of the other kind are left out."""
        found = generation.candidates(Question(TALL), 4)
        candidates = [in_language(c, "xx") if i in strange else c for i, c in enumerate(found)]
        model = FakePassageReader()
        result = reader_over(generation, model).read(Question(TALL), candidates)
        languages = {one.candidate.article.language for one in result.readings}
        assert len(found) == 4
        if read:
            assert languages == {"en"} and [len(passages) for _, passages in model.read_for] == [4 - len(strange)]
        else:
            assert "xx" in languages and model.read_for == []


@pytest.mark.parametrize("covers", ["en".__eq__, without_languages])
def test_nothing_found_gives_no_readings(covers: Callable[[str], bool]) -> None:
    """No candidates: no readings, confidence 0."""
    reader = SentenceReader(FakePassageReader(), lambda _: QuestionTerms((), ()), covers, hand_weights())
    result = reader.read(Question("why"), [])
    assert (result.readings, result.confidence) == ((), 0.0)


def test_a_single_sentence_has_no_rival(generation: Generation, reader: SentenceReader) -> None:
    """One candidate passage is enough."""
    result = reader.read(Question("bee"), generation.candidates(Question("A worker bee lives for weeks"), 1))
    assert 0 <= result.confidence <= 1 and result.readings


def test_confidence_does_not_look_at_dates() -> None:
    """How old an article is says which of two to quote, not whether it answers."""
    assert not set(CONFIDENCE_NAMES) & set(GROUPS["time"])


@given(st.floats(-1e6, 1e6))
def test_logistic_stays_a_probability(value: float) -> None:
    """Without overflow, and symmetric."""
    assert 0 <= logistic(value) <= 1
    assert logistic(value) + logistic(-value) == pytest.approx(1)


def test_linear_is_a_weighted_sum_of_standardised_numbers() -> None:
    """((x - mean) / scale) @ weights + bias, a row each."""
    linear = Linear(np.array([1.0, 2.0]), np.array([2.0, 4.0]), np.array([3.0, -1.0]), 0.5)
    assert linear(np.array([[1.0, 2.0], [3.0, 6.0]])).tolist() == [0.5, 2.5]
