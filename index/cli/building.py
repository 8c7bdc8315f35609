"""``build`` and ``add``: what brings articles into the index."""

import logging
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from index.cli.call import DONE, HELD, SKIPPED, USAGE, Call
from index.report import BuildReport, some

log = logging.getLogger(__name__)


def build(call: Call) -> int:
    """Collect, index, verify and publish; say what went wrong, and on a terminal what was done."""
    from index.build import build_index
    from index.progress import bars, silent

    given = call.arguments
    with ExitStack() as stack:
        progress = stack.enter_context(bars()) if sys.stderr.isatty() else silent
        limit = 60 * given.max_time if given.max_time else None
        report = build_index(
            call.settings,
            progress=progress,
            threads=given.threads,
            on_ray=given.encode_with == "ray",
            max_seconds=limit,
        )
    _tell(report)
    if given.json or given.verbose or sys.stdout.isatty():
        call.show(asdict(report), str(report))
    if report.held:
        return HELD
    return SKIPPED if report.failures else DONE


def _tell(report: BuildReport) -> None:
    """A few lines of what is wrong, for cron's mail; all of it, and what was done, for the log."""
    failures = [f"{one.location}: {one.reason}" for one in report.failures]
    shown = list(some(failures))
    for line in shown:
        log.warning("skipped %s", line)
    for line in failures if len(shown) < len(failures) else ():
        log.info("skipped %s", line)
    for skipped in report.skipped:
        log.info("no article in %s: %s", skipped.location, skipped.reason)
    if report.held:
        log.warning("%s", report.held)
    log.info(
        "%d articles, %d new, %d changed, %d removed, %d passages, %d encoded, %d requests, %d pages left, in %.0f ms",
        *(report.articles, report.new, report.changed, report.removed, report.passages, report.encoded),
        *(report.requests, report.left, 1000 * report.seconds),
    )


def add(call: Call) -> int:
    """Add pages by their addresses, or articles as JSON lines; the next build indexes them."""
    from index.adding import add_lines, add_pages
    from index.lock import build_lock
    from index.sources.web.store import PageStore

    given, layout = call.arguments, call.store.layout
    if bool(given.urls) == bool(given.jsonl):
        print("verbatim-index add: name addresses, or --jsonl with a file or - for standard input", file=sys.stderr)
        return USAGE
    with build_lock(layout), PageStore(layout.pages) as pages, ExitStack() as stack:
        if given.urls:
            added = add_pages(call.settings.fetch, pages, given.urls)
        elif given.jsonl == "-":
            added = add_lines(pages, sys.stdin.buffer, "standard input")
        else:
            added = add_lines(pages, stack.enter_context(Path(given.jsonl).open("rb")), given.jsonl)
    for line in some([f"{one.location}: {one.reason}" for one in added.failures]):
        log.warning("not added: %s", line)
    call.show(asdict(added), str(added))
    return SKIPPED if added.failures else DONE
