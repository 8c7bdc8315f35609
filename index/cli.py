"""``verbatim-index``: build, status, search, verify, rollback, prune.

It parses, calls and prints; it decides nothing about the index. Results go to standard output, everything
else to standard error. Exit: 0 done, 1 failed, 2 usage or settings, 3 built but documents were skipped,
4 another process is changing the index.
"""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from index.errors import BuildLocked, SettingsError, SnapshotDamaged, VerbatimError
from index.options import Program, overrides, positive
from index.records import Hit
from index.settings import Settings, find_settings, load_settings
from index.snapshot import Snapshot, Store

log = logging.getLogger(__name__)

DONE, FAILED, USAGE, SKIPPED, LOCKED, INTERRUPTED = 0, 1, 2, 3, 4, 130


@dataclass(frozen=True, slots=True)
class _Call:
    """One command as it was given."""

    settings: Settings
    arguments: argparse.Namespace

    @property
    def store(self) -> Store:
        return Store(self.settings.storage.folder)

    def show(self, record: object, text: str) -> None:
        print(json.dumps(record, default=str, ensure_ascii=False) if self.arguments.json else text)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else DONE
    logging.basicConfig(format="%(levelname)s: %(message)s")
    logging.getLogger("index").setLevel(logging.INFO if arguments.verbose else logging.WARNING)
    try:
        settings = load_settings(Settings, find_settings(arguments.config), overrides(arguments))
        status: int = arguments.run(_Call(settings, arguments))
        return status
    except SettingsError as error:
        return _fail(error, USAGE)
    except BuildLocked as error:
        return _fail(error, LOCKED)
    except (VerbatimError, OSError) as error:
        return _fail(error, FAILED)
    except KeyboardInterrupt:
        return _fail("interrupted: what was published stays published", INTERRUPTED)


def _fail(error: object, status: int) -> int:
    print(f"verbatim-index: {error}", file=sys.stderr)
    return status


def _build(call: _Call) -> int:
    from index.build import build_index
    from index.progress import bars, silent

    with ExitStack() as stack:
        progress = stack.enter_context(bars()) if sys.stderr.isatty() else silent
        report = build_index(call.settings, progress=progress)
    for failure in report.failures:
        log.warning("skipped %s: %s", failure.location, failure.reason)
    if call.arguments.json or call.arguments.verbose or sys.stdout.isatty():
        call.show(asdict(report), str(report))
    return SKIPPED if report.failures else DONE


def _status(call: _Call) -> int:
    from index.status import describe

    status = describe(call.store, datetime.now(UTC))
    call.show(asdict(status), str(status))
    return DONE


def _search(call: _Call) -> int:
    from index.encoder import load_encoder
    from index.search import FusedRetriever

    encoder = load_encoder(call.settings.index.encoder, remember=call.store.layout.weights)
    with call.store.open_current(encoder=encoder.identity) as snapshot:
        hits = FusedRetriever(snapshot, encoder).search(call.arguments.question, call.arguments.limit)
        found = [_found(snapshot, hit) for hit in hits]
    lines = (f"{one.score:6.2f}  {one.title}  {one.url or one.article_id}\n        {one.text}" for one in found)
    call.show([asdict(one) for one in found], "\n".join(lines) or "nothing found")
    return DONE


@dataclass(frozen=True, slots=True)
class _Found:
    """A hit with the words that people read."""

    article_id: str
    title: str
    url: str | None
    start: int
    end: int
    text: str
    score: float
    cosine: float
    words: float


def _found(snapshot: Snapshot, hit: Hit) -> _Found:
    place = hit.passage
    article = snapshot.article(place.article_id)
    if article is None:
        raise SnapshotDamaged(f"snapshot {snapshot.name} has a passage of an article that it lacks")
    text = article.text[place.start : place.end]
    return _Found(
        article.id,
        article.title,
        article.url,
        place.start,
        place.end,
        text,
        hit.score,
        hit.parts.cosine,
        hit.parts.words,
    )


def _verify(call: _Call) -> int:
    from index.snapshot.checks import problem_of

    store, current = call.store, call.store.current()
    problems = {name: problem_of(store, name) for name in sorted({*store.names(), current})}
    lines = [
        f"✗ {problem}" if problem else f"✓ {name}{' (published)' if name == current else ''}"
        for name, problem in problems.items()
    ]
    call.show({"published": current, "problems": problems}, "\n".join(lines))
    return FAILED if any(problems.values()) else DONE


def _rollback(call: _Call) -> int:
    from index.lock import build_lock

    with build_lock(call.store.layout):
        before = call.store.current()
        now = call.store.rollback()
    call.show({"before": before, "now": now}, f"{now} is published again; the next build replaces it")
    return DONE


def _prune(call: _Call) -> int:
    from index.lock import build_lock

    store = call.store
    with build_lock(store.layout):
        gone = store.prune(call.arguments.keep or call.settings.storage.keep)
    kept = store.names()
    call.show({"removed": gone, "kept": kept}, f"{len(gone)} snapshots removed, {len(kept)} kept")
    return DONE


def _parser() -> argparse.ArgumentParser:
    program = Program("verbatim-index", "Build and search the index of the articles.")
    program.command("build", _build, "collect the articles, index what has changed, verify it and publish it")
    program.command("status", _status, "what is published and what is kept")
    search = program.command("search", _search, "the passages nearest to a question")
    search.add_argument("question")
    search.add_argument("--limit", type=positive, default=5, metavar="N", help="passages to show (5)")
    program.command("verify", _verify, "check every kept snapshot: files, tables, and that passages find themselves")
    program.command("rollback", _rollback, "publish the snapshot before the published one again")
    prune = program.command("prune", _prune, "remove old snapshots")
    prune.add_argument("--keep", type=positive, metavar="N", help="how many to keep (storage.keep)")
    return program.parser
