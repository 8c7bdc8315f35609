"""Measure answers on a question set: how often search, first quote and declining are right, and what it costs.

``cases`` reads the questions, ``asking`` asks and judges, ``figures`` adds up with ``calibration`` and ``separation``,
``printing`` and ``drawing`` show. It does not know what answers: it asks an ``AnswerService``. ``articles`` builds the
index of a set, and is imported by name: it needs the whole index.
"""

from bot.evaluation.asking import Measured, Outcome, ask
from bot.evaluation.cases import Case, Expected, read_cases, read_foreign
from bot.evaluation.figures import Encoding, Evaluation, evaluate, summary
from bot.evaluation.separation import auroc
from bot.evaluation.words import folded

__all__ = [
    "Case",
    "Encoding",
    "Evaluation",
    "Expected",
    "Measured",
    "Outcome",
    "ask",
    "auroc",
    "evaluate",
    "folded",
    "read_cases",
    "read_foreign",
    "summary",
]
