"""``verbatim-bot``: run, chat, ask, evaluate, check, backup, restore.

It parses, calls and prints. Answers and figures go to standard output, everything else to standard error.
Exit: 0 done, 1 failed, 2 usage or settings.
"""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from bot.settings import BotSettings
from index import (
    Program,
    Progress,
    SettingsError,
    VerbatimError,
    closed_to_others,
    find_settings,
    load_settings,
    overrides,
    positive,
)

if TYPE_CHECKING:
    from bot.checks import Check
    from bot.evaluation import Case, Outcome
    from index import Backup

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

NO_TOKEN = (
    "No TELEGRAM_BOT_TOKEN is set, so this is the terminal: for Telegram, send /newbot to @BotFather"
    " and put the token that it gives into TELEGRAM_BOT_TOKEN."
)


@dataclass(frozen=True, slots=True)
class _Call:
    """One command as it was given."""

    settings: BotSettings
    arguments: argparse.Namespace
    where: str
    reread: Callable[[], BotSettings]


@closed_to_others()
def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else DONE
    _accept_any_bytes()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for package in ("bot", "index"):
        logging.getLogger(package).setLevel(logging.INFO if arguments.verbose else logging.WARNING)
    try:
        path = find_settings(arguments.config)
        reread = partial(load_settings, BotSettings, path, overrides(arguments))
        status: int = arguments.run(_Call(reread(), arguments, str(path or "defaults, no file"), reread))
        return status
    except SettingsError as error:
        return _refused(arguments, error)
    except (VerbatimError, OSError) as error:
        return _fail(error, FAILED)
    except KeyboardInterrupt:
        return _fail("interrupted", INTERRUPTED)


def _accept_any_bytes() -> None:
    """One line that is no text in the terminal's encoding must not end the answers to the others."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _refused(arguments: argparse.Namespace, error: SettingsError) -> int:
    """Settings that cannot be used; for who asked for a check, as a check."""
    if arguments.run is not _check:
        return _fail(error, USAGE)
    from bot.checks import Check

    _show_check(Check("settings", good=False, text=str(error)), json_lines=arguments.json)
    return USAGE


def _fail(error: object, status: int) -> int:
    print(f"verbatim-bot: {error}", file=sys.stderr)
    return status


def _run(call: _Call) -> int:
    """Telegram where there is a token, else the same conversation here."""
    from bot.token import find_token

    token = find_token()
    if token is None:
        print(NO_TOKEN, file=sys.stderr)
        return _chat(call)
    from bot import chat
    from bot.safekeeping import CHAT
    from bot.wiring import open_answerer

    logging.getLogger("bot").setLevel(logging.INFO)  # a service's log tells when it started and what it was told
    secrets = chat.Secrets(token, _webhook_secret(call.settings))
    metrics = chat.open_metrics(call.settings)
    service = open_answerer(call.settings, metrics)
    return chat.run(service, call.settings, secrets, call.settings.storage.folder / CHAT, call.reread, metrics)


def _webhook_secret(settings: BotSettings) -> str:
    """Find the secret before anything is loaded: without it, webhook mode does not begin."""
    from bot.token import find_webhook_secret

    return find_webhook_secret() if settings.telegram.mode == "webhook" else ""


def _chat(call: _Call) -> int:
    from bot.console import converse
    from bot.wiring import open_answerer

    minutes = call.settings.answers.followup_minutes
    converse(open_answerer(call.settings), interactive=sys.stdin.isatty(), followup_minutes=minutes)
    return DONE


def _ask(call: _Call) -> int:
    from bot.console import explained, shown
    from bot.json_records import answer_json, explanation_json
    from bot.records import Question
    from bot.wiring import open_answerer

    service = open_answerer(call.settings)
    asked, day = call.arguments.question, call.arguments.asked or date.today()
    for text in _lines(sys.stdin) if asked == "-" else [asked]:
        question = Question(text, day)
        if call.arguments.explain:
            explanation = service.explain(question)
            said = _line(explanation_json(explanation)) if call.arguments.json else explained(explanation, day)
        else:
            answer = service.answer(question)
            said = _line(answer_json(answer)) if call.arguments.json else shown(answer, day)
        print(said, flush=True)
    return DONE


def _line(record: dict[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False)


def _evaluate(call: _Call) -> int:
    from bot.evaluation import evaluate
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
        figures = evaluate(asked, open_evaluation(settings), encoding, strangers, tell=tell)
    if given.draw:
        draw(given.draw, figures)
    print(json.dumps(asdict(figures)) if given.json else figures_text(figures))
    return DONE


def _tell_into(file: TextIO) -> "Callable[[Outcome], object]":
    from bot.json_records import outcome_json

    return lambda outcome: print(json.dumps(outcome_json(outcome), ensure_ascii=False), file=file, flush=True)


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


def _check(call: _Call) -> int:
    from bot import chat
    from bot.checks import run_checks

    good = True
    for check in run_checks(call.settings, call.where, lambda token: chat.identify(call.settings.telegram, token)):
        _show_check(check, json_lines=call.arguments.json)
        good = good and check.good
    return DONE if good else FAILED


def _show_check(check: "Check", *, json_lines: bool) -> None:
    print(json.dumps(asdict(check), ensure_ascii=False) if json_lines else check, flush=True)


def _backup(call: _Call) -> int:
    from bot.safekeeping import save

    folder = call.arguments.folder
    return _kept(call, save(call.settings, find_settings(call.arguments.config), folder), f"{folder} holds")


def _restore(call: _Call) -> int:
    from bot.safekeeping import put_back

    found = put_back(call.settings, call.arguments.folder, replace=call.arguments.replace)
    return _kept(call, found, f"{call.settings.storage.folder} holds again")


def _kept(call: _Call, backup: "Backup", what: str) -> int:
    from bot.safekeeping import backup_json, backup_text

    print(_line(backup_json(backup)) if call.arguments.json else f"{what} {backup_text(backup)}")
    return DONE


def _lines(stream: Iterable[str]) -> Iterator[str]:
    return (line.strip() for line in stream if line.strip())


def _counted(cases: "Sequence[Case]", progress: Progress, stage: str) -> "Iterator[Case]":
    for done, case in enumerate(cases, 1):
        yield case
        progress(stage, done, len(cases))


def _parser() -> argparse.ArgumentParser:
    program = Program("verbatim-bot", "Answer questions about the indexed articles in the articles' own words.")
    program.command("run", _run, "answer on Telegram; without a token, in the terminal")
    program.command("chat", _chat, "answer in the terminal")
    ask = program.command("ask", _ask, "answer one question, or with - one a line of standard input")
    ask.add_argument("question")
    ask.add_argument("--asked", type=date.fromisoformat, metavar="DAY", help="the day of asking (today)")
    ask.add_argument(
        "--explain", action="store_true", help="show what speaks for each candidate, instead of the answer"
    )
    measure = program.command("evaluate", _evaluate, "measure the answers on a question set")
    measure.add_argument("--articles", type=Path, required=True, metavar="FILE", help="JSON lines, also gzipped")
    measure.add_argument("--questions", type=Path, required=True, metavar="FILE", help="JSON lines, also gzipped")
    measure.add_argument("--every", type=positive, default=1, metavar="N", help="take each N-th question (1)")
    measure.add_argument("--foreign", type=Path, metavar="FILE", help="questions of another set, to be declined")
    measure.add_argument("--without-time", action="store_true", help="do not tell on which day a question was asked")
    measure.add_argument("--draw", type=Path, metavar="FOLDER", help="draw risk over coverage, and reliability (SVG)")
    measure.add_argument("--answers", type=Path, metavar="FILE", help="write every answer, and how it was judged, too")
    program.command("check", _check, "look at settings, encoder, reader, snapshot, token and clock")
    backup = program.command("backup", _backup, "save everything into a new folder, while the bot and builds go on")
    backup.add_argument("folder", type=Path, metavar="FOLDER")
    restore = program.command("restore", _restore, "put a backup into the storage folder, while nothing uses it")
    restore.add_argument("folder", type=Path, metavar="FOLDER")
    restore.add_argument("--replace", action="store_true", help="also where the storage folder holds something")
    return program.parser
