"""Outcomes are added up."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from corpus import ROWS, TOWER, built_corpus, open_generation, write_rows
from fakes import FakeEncoder

from bot.answering.generation import Generations
from bot.answering.policy import Answerer
from bot.answering.times import days_of
from bot.evaluation import Case, Encoding, Evaluation, Measured, Outcome, evaluate, read_cases, read_foreign, summary
from bot.evaluation.calibration import ReliabilityBin, RiskPoint
from bot.evaluation.words import Marked
from bot.records import Answer, Question
from bot.settings import AnswersSection
from index import Store, retrievers


def outcome(
    rank: int | None,
    confidence: float = 0.5,
    *,
    answerable: bool = True,
    declined: bool = False,
    ms: float = 1.0,
    marked: Marked | None = None,
) -> Outcome:
    case = Case(Question("?", date(2024, 2, 3) if answerable else None), answerable, ())
    answer = Answer(case.question, (), (), (), confidence, "s", ms)
    return Outcome(case, answer, {"fused": rank}, rank, marked, confidence, declined, 3, 3, 10, ms)


SIX = [
    outcome(0, 0.9, ms=10, marked=Marked(exact=True, f1=1.0)),
    outcome(2, 0.8, declined=True, ms=20, marked=Marked(exact=False, f1=0.6)),
    outcome(4, 0.7, ms=30),
    outcome(None, 0.1, declined=True, ms=40, marked=Marked(exact=False, f1=0.0)),
    outcome(0, 0.2, answerable=False, declined=True, ms=50, marked=Marked(exact=True, f1=1.0)),
    outcome(None, 0.75, answerable=False, ms=60),
]


def added(outcomes: Sequence[Outcome], foreign: Sequence[Outcome] | None = None) -> Evaluation:
    return summary(outcomes, ["fused"], 0.3, Encoding(100, 4.0), "name", foreign)


def test_figures_are_shares_of_the_answerable() -> None:
    """Recall, quotes and marked words over the answerable, declining over both, latency over all."""
    figures = added(SIX)
    assert (figures.questions, figures.answerable, figures.dated) == (6, 4, 4)
    assert figures.recall == {"fused": {"1": 0.25, "5": 0.75, "20": 0.75}}
    assert figures.quote == {"1": 0.25, "3": 0.5}
    assert figures.shown == {"1": 0.25, "3": 0.25}
    assert figures.marked == {"any": 0.75, "exact": 0.25, "f1": pytest.approx(0.4)}
    assert figures.declined == {"answerable": 0.5, "unanswerable": 0.5}
    assert figures.auroc == pytest.approx(5 / 8)
    assert figures.verbatim == 1
    assert figures.latency_ms == {"p50": 40, "p95": 60}
    assert figures.encode == {"passages": 100, "per_second": 25}
    assert (figures.threshold, figures.snapshot, figures.foreign) == (0.3, "name", None)
    assert figures.peak_mb > 10


def test_confidence_is_judged_over_all_questions() -> None:
    """Only the surest is right: an answer to what is not answerable is wrong however well it fits."""
    figures = added(SIX)
    assert figures.risk_coverage[0] == RiskPoint(1 / 6, 0.9, 0.0)
    assert figures.risk_coverage[-1] == RiskPoint(1.0, 0.1, 5 / 6)
    assert figures.aurc == pytest.approx((0 + 1 / 2 + 2 / 3 + 3 / 4 + 4 / 5 + 5 / 6) / 6)
    assert figures.reliability[-1] == ReliabilityBin(0.9, 1.0, 1)
    assert figures.ece == pytest.approx((0.1 + 0.8 + 0.7 + 0.1 + 0.2 + 0.75) / 6)


def test_foreign_questions_stand_against_the_answerable() -> None:
    """The right ones, and all; the unanswerable ones of the set itself have no part in it."""
    foreign = added(SIX, [outcome(None, 0.85, answerable=False), outcome(None, 0.05, answerable=False)]).foreign
    assert foreign is not None and foreign.questions == 2
    assert foreign.auroc_right == 1.0
    assert foreign.auroc_answerable == pytest.approx(5 / 8)
    assert (foreign.falsely_answered, foreign.kept) == (0.5, 1.0)


def test_nothing_to_take_a_share_of_is_none() -> None:
    """No questions, or only answerable ones; nothing encoded."""
    figures = summary([], ["fused"], 0.3, Encoding(0, 0.0), "name")
    assert (figures.questions, figures.auroc, figures.verbatim, figures.quote["1"]) == (0, None, None, None)
    assert figures.declined == {"answerable": None, "unanswerable": None}
    assert figures.marked == {"any": None, "exact": None, "f1": None}
    assert (figures.risk_coverage, figures.aurc, figures.reliability, figures.ece) == ((), None, (), None)
    assert figures.encode == {"passages": 0, "per_second": None}
    assert added([outcome(0)]).auroc is None


def test_a_set_is_asked_over_a_real_index(tmp_path: Path) -> None:
    """Searches, quotes and declining are judged by places and by text; everything is verbatim."""
    tall = "How tall is the Eiffel Tower?"
    place = {"article": "tower", "start": TOWER.index("330 metres"), "text": "330 metres"}
    questions = [
        {"id": 1, "question": tall, "answerable": True, "answers": [place]},
        {"id": 2, "question": tall, "answerable": True, "answers": [{"text": "not there"}]},
        {"id": 3, "question": "?!", "answerable": False, "answers": []},
    ]
    rows = write_rows(tmp_path / "questions.jsonl", questions)
    cases = read_cases(rows, write_rows(tmp_path / "articles.jsonl", ROWS))
    settings = built_corpus(tmp_path / "corpus")
    generations = Generations(lambda: open_generation(settings), Store(settings.storage.folder).current)
    with generations.use() as generation:
        ways = retrievers(generation.snapshot, FakeEncoder())
        measured = Measured(
            ways, Answerer(generations, AnswersSection(), 0.0), generation.article, threshold=2.0, days=days_of
        )
        figures = evaluate(cases, measured, Encoding(0, 0.0), read_foreign(rows, 2))
    assert list(figures.recall) == ["dense", "words", "fused"]
    assert figures.recall["words"]["1"] == figures.recall["fused"]["20"] == 0.5
    assert figures.quote == {"1": 0.5, "3": 0.5}
    assert figures.shown == {"1": 0.0, "3": 0.0}
    assert figures.declined == {"answerable": 1.0, "unanswerable": 1.0}
    assert figures.verbatim == 1.0
    assert figures.foreign and (figures.foreign.questions, figures.foreign.falsely_answered) == (2, 0.0)
