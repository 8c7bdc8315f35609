"""``verbatim-bot``: run, chat, ask, evaluate, check.

It parses, calls and prints. Answers and figures go to standard output, everything else to standard error.
Exit: 0 done, 1 failed, 2 usage or settings.
"""

import argparse
import json
import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from bot.evaluation import Case
from bot.settings import BotSettings
from index import (
    Program,
    Progress,
    SettingsError,
    VerbatimError,
    find_settings,
    load_settings,
    overrides,
    positive,
)

if TYPE_CHECKING:
    from bot.checks import Check

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
        settings = load_settings(BotSettings, path, overrides(arguments))
        status: int = arguments.run(_Call(settings, arguments, str(path or "defaults, no file")))
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
    from bot.wiring import open_answerer

    logging.getLogger("bot").setLevel(logging.INFO)  # a service's log tells when it started and what it was told
    database = call.settings.storage.folder / "bot.sqlite"
    return chat.run(open_answerer(call.settings), call.settings.telegram, token, database)


def _chat(call: _Call) -> int:
    from bot.console import converse
    from bot.wiring import open_answerer

    converse(open_answerer(call.settings), interactive=sys.stdin.isatty())
    return DONE


def _ask(call: _Call) -> int:
    from bot.console import shown
    from bot.json_records import answer_json
    from bot.records import Question
    from bot.wiring import open_answerer

    service = open_answerer(call.settings)
    asked = call.arguments.question
    for text in _lines(sys.stdin) if asked == "-" else [asked]:
        answer = service.answer(Question(text, call.arguments.asked))
        if call.arguments.json:
            print(json.dumps(answer_json(answer), ensure_ascii=False), flush=True)
        else:
            print(shown(answer, call.arguments.asked or date.today()), flush=True)
    return DONE


def _evaluate(call: _Call) -> int:
    from bot.evaluation import evaluate, read_cases
    from bot.figures import figures_text
    from bot.question_sets import index_articles
    from bot.wiring import open_evaluation
    from index import bars, silent

    given = call.arguments
    cases = read_cases(given.questions, given.articles, given.every)
    with ExitStack() as stack:
        progress = stack.enter_context(bars()) if sys.stderr.isatty() else silent
        settings, encoding = index_articles(call.settings, given.articles, progress)
        measured = open_evaluation(settings)
        figures = evaluate(_counted(cases, progress), measured, encoding)
    print(json.dumps(asdict(figures)) if given.json else figures_text(figures))
    return DONE


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


def _lines(stream: Iterable[str]) -> Iterator[str]:
    return (line.strip() for line in stream if line.strip())


def _counted(cases: Sequence[Case], progress: Progress) -> Iterator[Case]:
    for done, case in enumerate(cases, 1):
        yield case
        progress("asking", done, len(cases))


def _parser() -> argparse.ArgumentParser:
    program = Program("verbatim-bot", "Answer questions about the indexed articles in the articles' own words.")
    program.command("run", _run, "answer on Telegram; without a token, in the terminal")
    program.command("chat", _chat, "answer in the terminal")
    ask = program.command("ask", _ask, "answer one question, or with - one a line of standard input")
    ask.add_argument("question")
    ask.add_argument("--asked", type=date.fromisoformat, metavar="DAY", help="the day of asking (today)")
    measure = program.command("evaluate", _evaluate, "measure the answers on a question set")
    measure.add_argument("--articles", type=Path, required=True, metavar="FILE", help="JSON lines, also gzipped")
    measure.add_argument("--questions", type=Path, required=True, metavar="FILE", help="JSON lines, also gzipped")
    measure.add_argument("--every", type=positive, default=1, metavar="N", help="take each N-th question (1)")
    program.command("check", _check, "look at settings, encoder, reader, snapshot, token and clock")
    return program.parser
