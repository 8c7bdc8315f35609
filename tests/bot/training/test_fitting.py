"""Fitted weights, over made-up evidence: what tells the answer is found out, and nothing else is."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from fakes import ARTICLE, SENTENCES

from bot.answering.evidence import EVIDENCE_NAMES, Evidence, ReadSentence, matrix
from bot.answering.reader import Candidate
from bot.answering.scoring import CONFIDENCE_NAMES
from bot.records import Question
from bot.training.fitting import FALSE_ANSWERS, FOLDS, Fitted, Row, as_json, fit, report, threshold_of
from bot.training.observing import Observation
from index import Hit, Passage, QuestionTerms, ScoreParts, Sentence

SENTENCE = Sentence(0, len(SENTENCES[0]))
CANDIDATES = tuple(
    Candidate(
        Hit(Passage(number, "bees", 0, SENTENCE.end, (SENTENCE,)), 1.0 - number / 10, ScoreParts(0.5, 1.0)), ARTICLE
    )
    for number in range(2)
)
NONE = Evidence(**dict.fromkeys(EVIDENCE_NAMES, 0.0))
ALLOWED = frozenset({"cover", "bm25", "age"})
LEFT_OUT = frozenset(EVIDENCE_NAMES) - ALLOWED
TELLING, USELESS, FORBIDDEN = "cover", "bm25", "span"


def row(number: int, way: str, chance: np.random.Generator) -> Row:
    """Four sentences, the first of which answers what is answered: "cover" tells, "span" tells more, "bm25" nothing."""
    right = np.array([way == "asked", False, False, False])
    sentences = [
        ReadSentence(
            CANDIDATES[i % 2],
            SENTENCE,
            replace(NONE, cover=answers + chance.normal(), span=9.0 * answers, bm25=chance.normal()),
            None,
        )
        for i, answers in enumerate(right)
    ]
    terms = QuestionTerms((), ())
    of = Observation("news", way, f"group {number // 5}", Question("Who?"), terms, CANDIDATES, (), {})
    return Row(of, sentences, matrix(sentences), right)


@cache
def rows() -> list[Row]:
    """Of every way of asking, in groups of five."""
    chance = np.random.default_rng(0)
    ways = ("asked", "asked", "removed", "bent", "foreign")
    return [row(number, ways[number % 5], chance) for number in range(400)]


@cache
def fitted() -> Fitted:
    """Fitted once for all tests."""
    return fit(rows(), LEFT_OUT, lambda one: 1.0)


def test_what_tells_gets_the_weight() -> None:
    """And what tells nothing next to none."""
    weights = dict(zip(EVIDENCE_NAMES, fitted().score.weights.tolist(), strict=True))
    assert weights[TELLING] > 0.5
    assert abs(weights[USELESS]) < 0.2
    confidence = dict(zip(CONFIDENCE_NAMES, fitted().confidence.weights.tolist(), strict=True))
    assert confidence[TELLING] > 0.3


def test_what_is_not_allowed_weighs_nothing() -> None:
    """However well it tells: in other languages it is not known."""
    for linear, names in ((fitted().score, EVIDENCE_NAMES), (fitted().confidence, CONFIDENCE_NAMES)):
        weights = dict(zip(names, linear.weights.tolist(), strict=True))
        assert all(weights[name] == 0 for name in set(EVIDENCE_NAMES).intersection(names) - ALLOWED)
    free = fit(rows(), LEFT_OUT - {FORBIDDEN}, lambda one: 1.0)
    assert free.score.weights[EVIDENCE_NAMES.index(FORBIDDEN)] > 0.5
    assert free.first_right.sum() > fitted().first_right.sum()


def test_evidence_that_never_varies_weighs_nothing() -> None:
    """And divides nothing by zero."""
    age = EVIDENCE_NAMES.index("age")
    assert (fitted().score.weights[age], fitted().score.scale[age]) == (0.0, 1.0)
    assert np.isfinite(fitted().confidences).all()


def test_confidence_is_higher_where_there_is_an_answer() -> None:
    """A probability, of about the right size on the average."""
    asked = np.array([one.of.way == "asked" for one in rows()])
    confidences = fitted().confidences
    assert ((confidences > 0) & (confidences < 1)).all()
    assert confidences[asked].mean() > confidences[~asked].mean() + 0.1
    assert confidences.mean() == pytest.approx(fitted().first_right.mean(), abs=0.05)


def test_a_question_is_judged_without_its_group() -> None:
    """Questions of one text are in one fold, or the figures would flatter."""
    folds: dict[str, set[int]] = {}
    for one in rows():
        folds.setdefault(one.of.group, set()).add(one.fold)
    assert all(len(found) == 1 for found in folds.values())
    assert set.union(*folds.values()) == set(range(FOLDS))


@pytest.mark.parametrize("count", [30, 100, 1234])
def test_the_threshold_keeps_its_promise(count: int) -> None:
    """Of the foreign questions at most the promised share is answered, and not far fewer."""
    confidences = np.random.default_rng(1).random(count)
    answered = (confidences >= threshold_of(confidences)).mean()
    assert FALSE_ANSWERS - 2 / count - 0.002 <= answered <= FALSE_ANSWERS + 1 / count


def test_an_answer_that_is_not_worth_its_risk_is_not_given() -> None:
    """Where foreign questions are told well, the harm of a wrong answer chooses the threshold."""
    assert threshold_of(np.full(100, 0.01)) == pytest.approx(0.131, abs=0.001)


def test_the_report_gives_each_figure() -> None:
    """A line for the corpus, one for each way without an answer, and what each threshold would give."""
    lines = report(rows(), fitted()).splitlines()
    assert lines[0].startswith("news: 160 questions, found 1.000, first sentence right 0.")
    assert [line.split(":")[0] for line in lines[1:4]] == ["removed", "bent", "foreign"]
    shares = [[float(share) for share in line.split(":")[1].split()] for line in lines[6:-1]]
    assert all(len(line) == 4 for line in shares)
    assert [sorted(column, reverse=True) for column in zip(*shares, strict=True)] == [
        list(column) for column in zip(*shares, strict=True)
    ]
    assert lines[-1].startswith(f"{fitted().threshold:.3f}: ")


def test_fitted_weights_are_stored_by_name() -> None:
    """As the reader loads them."""
    stored = as_json(fitted().score, EVIDENCE_NAMES)
    assert list(stored["weights"]) == list(EVIDENCE_NAMES)
    assert stored["weights"]["cover"] == pytest.approx(fitted().score.weights[EVIDENCE_NAMES.index("cover")], abs=1e-6)
    assert stored["bias"] == {"bias": 0.0}
