"""When a source, or the whole index, counts as stale. It only computes: days and moments in, an answer out."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import ceil

from index.report import moment_text
from index.settings import FreshnessSection
from index.status.records import Rhythm, SourceStatus

RHYTHM_DAYS = 90
"""A source's usual rhythm is that of so many days before its newest article."""

FEWEST_GAPS = 8
"""With fewer gaps between days with articles, a source has no rhythm yet."""

ARCHIVE_DAYS = 365
"""A source that has been silent for longer is an archive: nobody waits for it."""


def rhythm_of(source: str, days: Collection[date], today: date, factor: float) -> Rhythm:
    """Return how often a source publishes, by the days on which it did.

    It is silent when ``today`` is more than ``factor`` times its usual gap after its newest article. Days to come do
    not count: one article with a wrong date must not hide that nothing comes any more.
    """
    past = {day for day in days if day <= today}
    usual = usual_gap(past)
    silent = usual is not None and factor * usual < (today - max(past)).days <= ARCHIVE_DAYS
    return Rhythm(source, max(past or days, default=None), usual, silent)


def usual_gap(days: Collection[date]) -> int | None:
    """Return the gap between days with articles that nine in ten do not exceed; ``None``: there are too few to tell."""
    newest = max(days, default=None)
    recent = sorted({day for day in days if newest and day > newest - timedelta(days=RHYTHM_DAYS)})
    gaps = sorted((later - day).days for day, later in pairwise(recent))
    return gaps[ceil(0.9 * len(gaps)) - 1] if len(gaps) >= FEWEST_GAPS else None


def run_problems(
    freshness: FreshnessSection, last_good: datetime | None, created: datetime, now: datetime
) -> Iterator[str]:
    """Tell whether no run has gone well for too long; where none is known, the snapshot's making counts as one."""
    if (last_good or created) >= _oldest(freshness, now):
        return
    if last_good:
        yield f"the last good run ended on {moment_text(last_good)}, {_allowed(freshness)}"
    else:
        yield f"the snapshot was built on {moment_text(created)}, {_allowed(freshness)}, and no good run is known"


def source_problems(freshness: FreshnessSection, sources: Iterable[SourceStatus], now: datetime) -> Iterator[str]:
    """Tell which sources could not be read for too long."""
    for one in sources:
        if one.last_error and one.last_good and one.last_good < _oldest(freshness, now):
            yield f"{one.name} could be read last on {moment_text(one.last_good)}, {_allowed(freshness)}"


def silences(rhythms: Iterable[Rhythm]) -> Iterator[str]:
    """Tell which sources are silent."""
    for one in rhythms:
        if one.silent:
            usual = "day" if one.usual_days == 1 else f"{one.usual_days} days"
            yield f"{one.source} has published nothing since {one.newest}; it usually does so every {usual}"


def _oldest(freshness: FreshnessSection, now: datetime) -> datetime:
    return now - timedelta(hours=freshness.max_age_hours)


def _allowed(freshness: FreshnessSection) -> str:
    return f"more than {freshness.max_age_hours:g} hours ago"
