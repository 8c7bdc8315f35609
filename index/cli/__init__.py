"""``verbatim-index``: bring articles into the index, look at it, take things out of it.

It parses, calls and prints; it decides nothing about the index. Results go to standard output, everything
else to standard error; with ``--json`` a command that fails prints ``{"error", "status"}``, too. Exit: 0 done, 1 failed
(of ``status``: stale), 2 usage or settings, 3 done but documents or sources were skipped, 4 another process is changing
the index, 5 built but held back by the gate; 124 out of time, 130 interrupted, 143 terminated: the next run goes on.
"""

import argparse
import logging
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from index.cli import articles, building, snapshots
from index.cli.call import (
    DONE,
    FAILED,
    INTERRUPTED,
    LOCKED,
    OUT_OF_TIME,
    TERMINATED,
    USAGE,
    Call,
    print_json,
    printable,
)
from index.errors import BuildLocked, SettingsError, TimeUp, VerbatimError
from index.files import closed_to_others
from index.options import Program, minutes, overrides, positive
from index.settings import Settings, find_settings, load_settings

log = logging.getLogger(__name__)

_SPOKEN = "%(levelname)s: %(message)s"


class _Terminated(KeyboardInterrupt):
    """SIGTERM came: everything is left consistent, as with Ctrl-C."""


@closed_to_others()
def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    try:
        arguments = _program().parser.parse_args(argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else DONE
    try:
        written = logging.FileHandler(arguments.log_file, encoding="utf-8") if arguments.log_file else None
    except OSError as error:
        return _fail(arguments, f"--log-file {arguments.log_file} cannot be written: {error.strerror}", USAGE)
    with _logged(arguments.verbose, written), _terminable():
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    try:
        settings = load_settings(Settings, find_settings(arguments.config), overrides(arguments))
        status: int = arguments.run(Call(settings, arguments))
        return status
    except SettingsError as error:
        return _end(arguments, error, USAGE)
    except BuildLocked as error:
        return _end(arguments, error, LOCKED)
    except TimeUp as error:
        return _end(arguments, error, OUT_OF_TIME)
    except (VerbatimError, OSError) as error:
        return _end(arguments, error, FAILED)
    except _Terminated:
        return _end(arguments, "terminated: what was published stays published, the next run goes on", TERMINATED)
    except KeyboardInterrupt:
        return _end(arguments, "interrupted: what was published stays published, the next run goes on", INTERRUPTED)


def _end(arguments: argparse.Namespace, error: object, status: int) -> int:
    log.error("%s", error)
    return _fail(arguments, error, status)


def _fail(arguments: argparse.Namespace, error: object, status: int) -> int:
    print(printable(f"verbatim-index: {error}"), file=sys.stderr)
    if arguments.json:
        print_json({"error": str(error), "status": status})
    return status


@contextmanager
def _logged(verbose: bool, written: logging.FileHandler | None) -> Iterator[None]:
    """Warnings to standard error, or more where that was asked for; everything, with its time, to a file."""
    logging.basicConfig(format=_SPOKEN)
    logger = logging.getLogger("index")
    logger.setLevel(logging.INFO if verbose or written else logging.WARNING)
    spoken = logging.getLogger().handlers[0]
    level, spoken_level = spoken.level, logging.INFO if verbose else logging.WARNING
    formatter = spoken.formatter
    spoken.setFormatter(_Printable(_SPOKEN))
    spoken.setLevel(spoken_level)
    spoken.addFilter(_is_not_printed)
    if written:
        written.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(written)
    try:
        yield
    finally:
        spoken.removeFilter(_is_not_printed)
        spoken.setFormatter(formatter)
        spoken.setLevel(level)
        if written:
            logger.removeHandler(written)
            written.close()


class _Printable(logging.Formatter):
    """Lines that a terminal only shows."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))


def _is_not_printed(record: logging.LogRecord) -> bool:
    return record.name != __name__  # why a command failed is printed, and logged for the file alone


@contextmanager
def _terminable() -> Iterator[None]:
    """Take SIGTERM as Ctrl-C, so that what is under way ends in order; a second one does not disturb that."""

    def terminate(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # timeout(1) sends it twice: to the child, then to the group
        raise _Terminated("terminated")

    try:
        before = signal.signal(signal.SIGTERM, terminate)
    except ValueError:  # not the main thread, which alone receives signals
        yield
        return
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGTERM) is terminate:  # else the process is about to end, and is let do so
            signal.signal(signal.SIGTERM, before)


def _program() -> Program:
    program = Program("verbatim-index", "Build and search the index of the articles.")
    program.everywhere("--log-file", "FILE", "also write what is done to a file, with times")
    _add_building(program)
    _add_articles(program)
    _add_snapshots(program)
    return program


def _add_building(program: Program) -> None:
    build = program.command("build", building.build, "collect the articles, index what has changed, verify, publish")
    build.add_argument("--max-time", type=minutes, metavar="MINUTES", help="end after so long; the next run goes on")
    build.add_argument("--threads", type=positive, metavar="N", help="cores to encode with (all)")
    build.add_argument("--encode-with", choices=["ray"], help="encode on the Ray cluster that RAY_ADDRESS names")
    add = program.command("add", building.add, "add pages, or articles as JSON lines; the next build indexes them")
    add.add_argument("urls", nargs="*", metavar="URL", help="pages, which the next build fetches")
    add.add_argument("--jsonl", metavar="FILE", help="articles, one a line; - is standard input")


def _add_articles(program: Program) -> None:
    search = program.command("search", articles.search, "the passages nearest to a question")
    search.add_argument("question", help="in whole words, in quotes")
    search.add_argument("--limit", type=positive, default=5, metavar="N", help="passages to show (5)")
    down = program.command("take-down", articles.take_down, "stop quoting an article, at once and until undone")
    down.add_argument("article", nargs="?", metavar="ID|URL", help="without it: what is taken down")
    down.add_argument("--undo", action="store_true", help="let it be quoted again")
    down.add_argument("--reason", default="", help="kept beside it")
    program.command("export", articles.export, "every collected article as a JSON line")
    history = program.command("history", articles.history, "what an article has said, and when")
    history.add_argument("article", metavar="ID|URL", help="as search and export name it, or its address")
    history.add_argument("--revision", help="show the words of this one")
    program.command("skipped", articles.skipped, "pages without an article, gone, or not fetched, and why")


def _add_snapshots(program: Program) -> None:
    program.command("status", snapshots.status, "what is published, how fresh it is, what is kept")
    diff = program.command("diff", snapshots.diff, "how the held snapshot, or an older one, differs from the published")
    diff.add_argument("older", nargs="?", metavar="OLDER", help="a kept snapshot; verify names them")
    diff.add_argument("newer", nargs="?", metavar="NEWER", help="another one (the published)")
    publish = program.command("publish", snapshots.publish, "publish a kept snapshot")
    publish.add_argument("snapshot", metavar="ID", help="as verify names it")
    publish.add_argument("--force", action="store_true", help="also where the gate held it back")
    program.command("verify", snapshots.verify, "check every kept snapshot: files, tables, finding")
    program.command("rollback", snapshots.rollback, "publish the snapshot before the published one again")
    prune = program.command("prune", snapshots.prune, "remove old snapshots")
    prune.add_argument("--keep", type=positive, metavar="N", help="how many to keep (storage.keep)")
