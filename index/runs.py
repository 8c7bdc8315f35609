"""How the last builds went, as the builds themselves wrote it down. It decides nothing about the index.

A run is written down when it begins and again when it ends: one that was killed stays without an end. Who writes holds
the build lock. Runs stand in the order in which they were written, whatever the clock said. Invariant: however many
runs fail, the last good one, and the last in which each source could be read, stay known.
"""

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from index import files

log = logging.getLogger(__name__)

KEPT = 50
"""Runs that are remembered, beside the last good ones."""


class Ended(StrEnum):
    """How a run ended. ``INTERRUPTED``: a signal or the clock stopped it, which says nothing for or against it."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    HELD = "held"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


GOOD = (Ended.PUBLISHED, Ended.UNCHANGED)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run found and did: articles, and requests for pages."""

    articles: int = 0
    new: int = 0
    changed: int = 0
    removed: int = 0
    skipped: int = 0
    requests: int = 0


@dataclass(frozen=True, slots=True)
class SourceRun:
    """One source in one run. ``error``: why it could not be read; ``None`` where it could."""

    kind: str
    name: str
    error: str | None = None
    listed: int = 0
    new: int = 0
    fetched: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One build. Without ``ended`` it goes on, or was killed."""

    started: datetime
    seconds: float = 0.0
    ended: Ended | None = None
    reason: str = ""
    counts: Counts = Counts()
    sources: tuple[SourceRun, ...] = ()

    @property
    def finished(self) -> datetime:
        """When it ended; when it began, where it has not."""
        return self.started + timedelta(seconds=self.seconds)

    @property
    def good(self) -> bool:
        return self.ended in GOOD


def read_runs(path: Path) -> tuple[Run, ...]:
    """Return the runs that are remembered, the oldest first; none, and a warning, where the file is damaged.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        return tuple(_run(stored) for stored in json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return ()
    except (ValueError, KeyError, TypeError) as error:
        log.warning("%s does not tell how the last runs went (%r): the next build begins it anew", path, error)
        return ()


def begin_run(path: Path, started: datetime) -> Run:
    """Write down that a run began, and return it."""
    run = Run(started)
    _write(path, (*read_runs(path), run))
    return run


def end_run(path: Path, run: Run) -> None:
    """Write down how a run ended, in the place of its beginning."""
    _write(path, (*(one for one in read_runs(path) if one.started != run.started), run))


def last_good(runs: Iterable[Run]) -> Run | None:
    """Return the newest run that published, or found nothing to publish."""
    return next((run for run in _newest_first(runs) if run.good), None)


def last_failure(runs: Iterable[Run]) -> Run | None:
    """Return the newest run that failed, was held back by the gate, or never ended.

    A run without an end has certainly died where another began after it; the newest may still be going on.
    """
    ordered = _newest_first(runs)
    bad = (run for run in ordered if run.ended in (Ended.FAILED, Ended.HELD) or never_ended(run, ordered[0]))
    return next(bad, None)


def never_ended(run: Run, newest: Run) -> bool:
    """Tell whether a run died without a word: it has no end, and is not the newest."""
    return run.ended is None and run != newest


def last_good_of(runs: Iterable[Run], source: str) -> datetime | None:
    """Return when a source could be read last: the end of that run, good or not."""
    run = _last_that_read(_newest_first(runs), source)
    return run.finished if run else None


def last_error_of(runs: Iterable[Run], source: str) -> str | None:
    """Return why a source could not be read the last time; ``None`` where it could, or was never tried."""
    tried = (one for run in _newest_first(runs) for one in run.sources if one.name == source)
    last = next(tried, None)
    return last.error if last else None


def _newest_first(runs: Iterable[Run]) -> list[Run]:
    """Runs are written one after the other; what the clock said then may go back."""
    return list(runs)[::-1]


def _kept(runs: Sequence[Run]) -> list[Run]:
    """The newest, and of the older ones those without which it would be forgotten when all was well."""
    newest = _newest_first(runs)
    recent = newest[:KEPT]
    names = {one.name for run in recent for one in run.sources}
    needed = [*recent, last_good(runs), *(_last_that_read(newest, name) for name in names)]
    return [run for run in runs if run in needed]


def _last_that_read(newest_first: Iterable[Run], source: str) -> Run | None:
    return next((run for run in newest_first if any(one.name == source and not one.error for one in run.sources)), None)


def _write(path: Path, runs: Sequence[Run]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    stored = [asdict(run) for run in _kept(runs)]
    files.replace_text(path, json.dumps(stored, ensure_ascii=False, default=datetime.isoformat))


def _run(stored: dict[str, Any]) -> Run:
    sources = tuple(SourceRun(**one) for one in stored["sources"])
    ended = Ended(stored["ended"]) if stored["ended"] is not None else None
    started, counts = datetime.fromisoformat(stored["started"]), Counts(**stored["counts"])
    return Run(started, float(stored["seconds"]), ended, str(stored["reason"]), counts, sources)
