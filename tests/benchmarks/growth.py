"""Did something grow? Samples of the time after the start laid beside the last ones, figure by figure. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sampling import Sample

Wait = tuple[float, float]
"""When a question was asked, in seconds since the start, and the seconds until its reply."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What is compared. The last median may be ``times`` the first and ``more``; or, where given, up to ``floor``."""

    name: str
    unit: str
    of: Callable[[Sample], float]
    times: float
    more: float
    floor: float = 0.0


FIGURES = (
    Figure("memory of its own", "MB", lambda one: one.own, 1.05, 16),
    Figure("memory mapped from files", "MB", lambda one: one.mapped, 1.10, 16),
    Figure("shared memory", "MB", lambda one: one.shared, 1.0, 1),
    Figure("threads", "", lambda one: one.threads, 1.0, 2),
    Figure("file handles", "", lambda one: one.handles, 1.0, 8),
    # while it is swapped two are open, each with four or five
    Figure("handles of snapshots", "", lambda one: one.reading, 1.0, 8),
    Figure("removed files held open", "", lambda one: one.unnamed, 1.0, 1),
    Figure("temporary files", "", lambda one: one.temporary, 1.0, 0),
    # answers, votes and updates are kept for days, so the file grows by its rows and has to grow by nothing else
    Figure("chat's database, for each row kept", "bytes", lambda one: one.row, 1.25, 0),
    # SQLite writes the log back when it has a thousand pages: https://sqlite.org/wal.html#ckpt
    Figure("its write-ahead log", "bytes", lambda one: one.log, 1.0, 0, floor=4.5e6),
    Figure("library, pages and cached vectors", "bytes", lambda one: one.index, 1.10, 256 * 1024),
    Figure("snapshots", "", lambda one: one.snapshots, 1.0, 1),
)
P95 = "wait while Telegram is well, p95"
_SLOWER, _LATER = 1.5, 0.5
"""Builds share the processor with the bot, and their moments differ; what others take, ``Sample.machine`` tells."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure after the start and at the end, and the bound that the end may not pass."""

    name: str
    unit: str
    first: float
    last: float
    bound: float

    def __str__(self) -> str:
        return f"{self.name} grew from {self.first:.4g} to {self.last:.4g} {self.unit}".strip()

    @property
    def grew(self) -> bool:
        return self.last > self.bound


def findings(samples: Sequence[Sample], waits: Sequence[Wait], warm: float, span: float) -> list[Finding]:
    """Compare the ``span`` seconds after ``warm`` ones with the last ``span`` seconds, figure by figure.

    Waits are not compared where one of the two has none.

    Raises:
        ValueError: one of the two has no sample.
    """
    end = samples[-1].at if samples else 0.0
    first, last = between(samples, warm, warm + span), between(samples, end - span, end)
    if not (first and last):
        raise ValueError(f"{len(first)} and {len(last)} samples tell nothing")
    found = [_compared(figure, first, last) for figure in FIGURES]
    early, late = waited(waits, warm, warm + span), waited(waits, end - span, end)
    if early and late:
        before, after = (float(np.percentile(one, 95)) for one in (early, late))
        slower = max(1.0, _machine(last) / _machine(first))
        found.append(Finding(P95, "s", before, after, slower * _SLOWER * before + _LATER))
    return found


def _machine(samples: Sequence[Sample]) -> float:
    """How slow the machine was, for all its work."""
    return float(np.mean([one.machine for one in samples]))


def between(samples: Sequence[Sample], begin: float, end: float) -> list[Sample]:
    """Return the samples of a stretch of time."""
    return [one for one in samples if begin <= one.at <= end]


def waited(waits: Sequence[Wait], begin: float, end: float) -> list[float]:
    """Return the waits of those who asked in a stretch of time."""
    return [seconds for at, seconds in waits if begin <= at < end]


def _compared(figure: Figure, first: Sequence[Sample], last: Sequence[Sample]) -> Finding:
    before, after = (float(np.median([figure.of(one) for one in some])) for some in (first, last))
    return Finding(figure.name, figure.unit, before, after, max(figure.floor, figure.times * before + figure.more))
