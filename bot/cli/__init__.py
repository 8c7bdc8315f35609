"""``verbatim-bot``: run, chat, ask, evaluate, check, backup, restore.

It parses, calls and prints. Answers and figures go to standard output, everything else to standard error.
Exit: 0 done, 1 failed, 2 usage or settings.
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from datetime import date
from functools import partial
from io import TextIOWrapper
from pathlib import Path

from bot.cli.answering import ask, chat, run
from bot.cli.call import DONE, FAILED, INTERRUPTED, USAGE, Call
from bot.cli.keeping import backup, check, restore, show_check
from bot.cli.measuring import evaluate
from bot.settings import BotSettings
from index import (
    Program,
    SettingsError,
    VerbatimError,
    closed_to_others,
    find_settings,
    load_settings,
    overrides,
    positive,
)


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
        status: int = arguments.run(Call(reread(), arguments, str(path or "defaults, no file"), reread))
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
    if arguments.run is not check:
        return _fail(error, USAGE)
    from bot.checks import Check

    show_check(Check("settings", good=False, text=str(error)), json_lines=arguments.json)
    return USAGE


def _fail(error: object, status: int) -> int:
    print(f"verbatim-bot: {error}", file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    program = Program("verbatim-bot", "Answer questions about the indexed articles in the articles' own words.")
    program.command("run", run, "answer on Telegram; without a token, in the terminal")
    program.command("chat", chat, "answer in the terminal")
    asking = program.command("ask", ask, "answer one question, or with - one a line of standard input")
    asking.add_argument("question")
    asking.add_argument("--asked", type=date.fromisoformat, metavar="DAY", help="the day of asking (today)")
    asking.add_argument(
        "--explain", action="store_true", help="show what speaks for each candidate, instead of the answer"
    )
    measure = program.command("evaluate", evaluate, "measure the answers on a question set")
    measure.add_argument("--articles", type=Path, required=True, metavar="FILE", help="JSON lines, also gzipped")
    measure.add_argument("--questions", type=Path, required=True, metavar="FILE", help="JSON lines, also gzipped")
    measure.add_argument("--every", type=positive, default=1, metavar="N", help="take each N-th question (1)")
    measure.add_argument("--foreign", type=Path, metavar="FILE", help="questions of another set, to be declined")
    measure.add_argument("--without-time", action="store_true", help="do not tell on which day a question was asked")
    measure.add_argument("--draw", type=Path, metavar="FOLDER", help="draw risk over coverage, and reliability (SVG)")
    measure.add_argument("--answers", type=Path, metavar="FILE", help="write every answer, and how it was judged, too")
    program.command("check", check, "look at settings, encoder, reader, snapshot, token and clock")
    saving = program.command("backup", backup, "save everything into a new folder, while the bot and builds go on")
    saving.add_argument("folder", type=Path, metavar="FOLDER")
    putting_back = program.command("restore", restore, "put a backup into the storage folder, while nothing uses it")
    putting_back.add_argument("folder", type=Path, metavar="FOLDER")
    putting_back.add_argument("--replace", action="store_true", help="also where the storage folder holds something")
    return program.parser
