"""The command that measures: ``evaluate``."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from typing import TYPE_CHECKING, TextIO

from bot.cli.call import DONE, Call, line
from index import Progress

if TYPE_CHECKING:
    from bot.evaluation import Case, Outcome


def evaluate(call: Call) -> int:
    """Ask the questions of a set, and print how well they were answered."""
    from bot import evaluation
    from bot.evaluation.articles import index_articles
    from bot.evaluation.drawing import draw
    from bot.evaluation.printing import figures_text
    from bot.wiring import open_evaluation
    from index import bars, silent

    given = call.arguments
    cases, foreign = _cases(given)
    if given.draw:
        given.draw.mkdir(parents=True, exist_ok=True)  # fails now, not when all is asked
    with ExitStack() as stack:
        tell = _tell_into(stack.enter_context(given.answers.open("w", encoding="utf-8"))) if given.answers else _nobody
        progress = stack.enter_context(bars()) if sys.stderr.isatty() else silent
        settings, encoding = index_articles(call.settings, given.articles, progress)
        strangers = None if foreign is None else _counted(foreign, progress, "asking foreign")
        asked = _counted(cases, progress, "asking")
        figures = evaluation.evaluate(asked, open_evaluation(settings), encoding, strangers, tell=tell)
    if given.draw:
        draw(given.draw, figures)
    print(json.dumps(asdict(figures)) if given.json else figures_text(figures))
    return DONE


def _tell_into(file: TextIO) -> "Callable[[Outcome], object]":
    from bot.json_records import outcome_json

    return lambda outcome: print(line(outcome_json(outcome)), file=file, flush=True)


def _nobody(outcome: "Outcome") -> None:
    """Tell nobody what came of a question."""


def _cases(given: argparse.Namespace) -> "tuple[list[Case], list[Case] | None]":
    """Read the set's questions, and those of the foreign set where one is given."""
    from bot.evaluation import read_cases, read_foreign

    cases = read_cases(given.questions, given.articles, given.every)
    foreign = read_foreign(given.foreign, given.every) if given.foreign else None
    if given.without_time:
        cases = [case.without_time() for case in cases]
        foreign = foreign and [case.without_time() for case in foreign]
    return cases, foreign


def _counted(cases: "Sequence[Case]", progress: Progress, stage: str) -> "Iterator[Case]":
    for done, case in enumerate(cases, 1):
        yield case
        progress(stage, done, len(cases))
