"""The reader that ships: weighs the evidence."""

import json
from collections.abc import Callable
from importlib import resources

import numpy as np
import pytest
from fakes import FakeEncoder
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.evidence import EVIDENCE_NAMES
from bot.answering.generation import Generation
from bot.answering.scoring import CONFIDENCE_NAMES, Linear, SentenceReader, load_weights, logistic
from bot.errors import ReaderError
from bot.records import Question
from index import QuestionTerms

QUESTIONS = ("How tall is the tower?", "When did Ole Rømer measure it?", "zzz", "Where is the city's honey?")


def packaged() -> str:
    return resources.files("bot.answering").joinpath("weights.json").read_text(encoding="utf-8")


def altered(change: Callable[[dict[str, dict[str, dict[str, float]]]], object]) -> str:
    content = json.loads(packaged())
    change(content)
    return json.dumps(content)


def test_the_packaged_weights_are_for_the_evidence_that_is_collected() -> None:
    """Weights and code are of one version; nothing is infinite, the threshold is a probability."""
    weights = load_weights()
    assert weights.score.weights.shape == (len(EVIDENCE_NAMES),)
    assert weights.confidence.weights.shape == (len(CONFIDENCE_NAMES),)
    for linear in (weights.score, weights.confidence):
        assert np.isfinite([*linear.mean, *linear.scale, *linear.weights, linear.bias]).all()
        assert (linear.scale > 0).all()
    assert 0 < weights.threshold < 1


@pytest.mark.parametrize("part", ["score", "confidence"])
def test_weights_of_another_version_are_refused(part: str) -> None:
    """With both lists of names, and how to fit them anew."""
    for change in (
        lambda content: content[part]["weights"].pop("cosine"),
        lambda content: content[part]["weights"].update(another=1.0),
        lambda content: content[part].update(weights=dict(reversed(content[part]["weights"].items()))),
    ):
        with pytest.raises(ReaderError, match=r"this version collects .*fit_reader"):
            load_weights(altered(change))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        altered(lambda content: content.pop("threshold")),
        altered(lambda content: content["score"].pop("mean")),
        altered(lambda content: content["score"]["scale"].pop("words")),
    ],
)
def test_altered_weights_are_an_error_that_says_what_to_do(text: str) -> None:
    """Cut off, empty, or with a number missing."""
    with pytest.raises(ReaderError, match="install Verbatim anew"):
        load_weights(text)


def test_what_never_varied_in_the_fit_is_no_division_by_zero() -> None:
    """A scale of 0 would make every confidence NaN, and every question would be declined."""
    weights = load_weights(altered(lambda content: content["confidence"]["scale"].update(question=0.0)))
    assert np.isfinite(weights.confidence(np.zeros((1, len(CONFIDENCE_NAMES))))).all()


@pytest.fixture
def reader(generation: Generation) -> SentenceReader:
    """The reader over the small corpus."""
    assert isinstance(generation.reader, SentenceReader)
    return generation.reader


@pytest.mark.parametrize("question", QUESTIONS)
def test_readings_come_best_first_and_the_first_has_the_confidence(
    reader: SentenceReader, generation: Generation, question: str
) -> None:
    """Scores and probabilities fall; the confidence is the first one's probability, 0 to 1."""
    result = reader.read(Question(question), generation.candidates(question, 20))
    scores = [one.score for one in result.readings]
    chances = [one.probability for one in result.readings]
    assert len(scores) > 3
    assert scores == sorted(scores, reverse=True)
    assert chances == sorted(chances, reverse=True)
    assert all(0 <= chance <= 1 for chance in chances)
    assert chances[0] == result.confidence


def test_the_sentence_that_answers_is_the_best(reader: SentenceReader, generation: Generation) -> None:
    """Even with vectors of hashed words: words, kind and neighbours say enough; its words are marked."""
    question = "How tall is the Eiffel Tower?"
    first = reader.read(Question(question), generation.candidates(question, 20)).readings[0]
    article = first.candidate.article
    assert article.text[first.sentence.start : first.sentence.end].startswith("The tower is 330 metres tall")
    assert first.answer and article.text[first.answer.start : first.answer.end] == "330 metres"


def test_no_answer_is_marked_where_several_things_could_be_it(reader: SentenceReader, generation: Generation) -> None:
    """ "A twelfth of a teaspoon" holds no number; "six weeks" and "one light second" are one each, two are none."""
    question = "Who wrote of the Champ de Mars?"
    for one in reader.read(Question(question), generation.candidates(question, 20)).readings:
        words = one.candidate.article.text[one.sentence.start : one.sentence.end]
        if words.startswith("The Eiffel Tower stands"):
            assert one.answer is None
        if one.answer:
            assert one.sentence.start <= one.answer.start < one.answer.end <= one.sentence.end


def test_nothing_found_gives_no_readings() -> None:
    """No candidates: no readings, confidence 0."""
    result = SentenceReader(FakeEncoder(), lambda _: QuestionTerms((), ())).read(Question("why"), [])
    assert (result.readings, result.confidence) == ((), 0.0)


def test_a_single_sentence_has_no_rival(generation: Generation, reader: SentenceReader) -> None:
    """One candidate passage is enough."""
    result = reader.read(Question("bee"), generation.candidates("A worker bee lives for weeks", 1))
    assert 0 <= result.confidence <= 1 and result.readings


@given(st.floats(-1e6, 1e6))
def test_logistic_stays_a_probability(value: float) -> None:
    """Without overflow, and symmetric."""
    assert 0 <= logistic(value) <= 1
    assert logistic(value) + logistic(-value) == pytest.approx(1)


def test_linear_is_a_weighted_sum_of_standardised_numbers() -> None:
    """((x - mean) / scale) @ weights + bias, a row each."""
    linear = Linear(np.array([1.0, 2.0]), np.array([2.0, 4.0]), np.array([3.0, -1.0]), 0.5)
    assert linear(np.array([[1.0, 2.0], [3.0, 6.0]])).tolist() == [0.5, 2.5]
