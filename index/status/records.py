"""A status as a record, and as the lines that people read. It looks at nothing itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from textwrap import shorten

from index.report import age_text, counted, grouped, moment_text

_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many articles of a source were published on a day."""

    day: date | None
    source: str
    articles: int


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source. ``kind``: ``None`` where the settings name it no more; ``last_error``: why it could not be read."""

    kind: str | None
    name: str
    articles: int
    last_good: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a source publishes. ``usual_days`` from one day with articles to the next; ``None``: not known yet."""

    source: str
    newest: date | None
    usual_days: int | None
    silent: bool


@dataclass(frozen=True, slots=True)
class FailedRun:
    """The last run that went wrong. ``since_good``: no good one came after it."""

    started: datetime
    reason: str
    since_good: bool


@dataclass(frozen=True, slots=True)
class EndedRun:
    """The last run that came to an end. ``ended``: "published", "unchanged", "held", "failed" or "interrupted"."""

    started: datetime
    ended: str
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class HeldSnapshot:
    """The snapshot that did not pass the gate, and why."""

    snapshot: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rechecks:
    """How many pages have to be looked at again by now, and when the next one has to."""

    due: int
    next: datetime | None


@dataclass(frozen=True, slots=True)
class Status:
    """The published snapshot and its surroundings. ``bytes``: everything under the storage folder.

    Where nothing can be used, ``snapshot``, ``created``, ``age_seconds``, ``encoder`` and ``vectors``, how
    vectors are searched, are ``None``.

    ``vectors_away``: that an engine elsewhere does not give the vectors, and what follows; in words as ``problems``.
    ``problems``: why it is stale, each in words that stay the same for as long as that lasts. ``days``: the last ones
    with articles, newest first. ``running``: when a run began that has not ended; it may have been killed.
    """

    articles: int
    passages: int
    snapshot: str | None
    created: datetime | None
    newest: date | None
    stale: bool
    problems: tuple[str, ...]
    sources: tuple[SourceStatus, ...]
    rhythms: tuple[Rhythm, ...]
    days: tuple[DayCount, ...]
    last_good: datetime | None
    last_failure: FailedRun | None
    last_run: EndedRun | None
    running: datetime | None
    held: HeldSnapshot | None
    rechecks: Rechecks | None
    age_seconds: int | None
    encoder: str | None
    vectors: str | None
    vectors_away: str | None
    kept: tuple[str, ...]
    bytes: int

    def __str__(self) -> str:
        newest = {rhythm.source: rhythm.newest for rhythm in self.rhythms}
        sources = [_source_line(one, newest.get(one.name)) for one in self.sources]
        kept = f"{counted(len(self.kept), 'snapshot')} kept, {self.bytes / 1e6:.1f} MB in all"
        stale = [f"STALE: {problem}" for problem in self.problems]
        stale += [f"VECTORS: {self.vectors_away}"] if self.vectors_away else []
        return "\n".join((_head(self), "sources:", *sources, *_day_lines(self.days), *_run_lines(self), kept, *stale))


def _head(status: Status) -> str:
    if status.snapshot is None:
        return "nothing can be used"
    age = age_text(timedelta(seconds=status.age_seconds or 0))
    counts = f"{counted(status.articles, 'article')}, {counted(status.passages, 'passage')}"
    return f"{status.snapshot}, {age} old: {counts}, encoder {status.encoder}, vectors in {status.vectors}"


def _source_line(source: SourceStatus, newest: date | None) -> str:
    dated = f", newest {newest}" if newest else ", without a date" if source.articles else ""
    line = f"  {source.name}: {counted(source.articles, 'article')}{dated}"
    if not source.last_error:
        return line
    since = f" since {moment_text(source.last_good)}" if source.last_good else ""
    return f"{line}; could not be read{since}: {source.last_error}"


def _day_lines(counts: Iterable[DayCount]) -> list[str]:
    by_day: dict[date | None, list[str]] = {}
    for one in counts:
        by_day.setdefault(one.day, []).append(f"{one.source} {grouped(one.articles)}")
    lines = [f"  {day}: {', '.join(sources)}" for day, sources in by_day.items()]
    return ["articles by day:", *lines] if lines else []


def _run_lines(status: Status) -> list[str]:
    lines = [f"last good run: {moment_text(status.last_good)}"] if status.last_good else []
    if failure := status.last_failure:
        later = "" if failure.since_good else ", all was well again later"
        reason = shorten(failure.reason, _LONGEST_REASON, placeholder=" …")
        lines.append(f"last failure: the run of {moment_text(failure.started)}{later}: {reason}")
    if (last := status.last_run) and last.ended == "interrupted":
        lines.append(f"interrupted: the run of {moment_text(last.started)}: {last.reason}")
    if status.running:
        lines.append(f"a run began on {moment_text(status.running)} and has not ended: it goes on, or was killed")
    if status.held:
        lines.append(f"held back by the gate: {status.held.snapshot}: {'; '.join(status.held.reasons)}")
    if status.rechecks:
        after = f", the next one on {moment_text(status.rechecks.next)}" if status.rechecks.next else ""
        lines.append(f"pages to look at again: {grouped(status.rechecks.due)} now{after}")
    return lines
