"""What a build did, as a record and as the one line that is printed; and how much of a long list is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from index.records import Failure

_SHORT = 4
"""Lines of a list that are shown: a problem that lasts is told by every run, and has to be short."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. ``new``, ``changed``, ``removed``: articles, beside the snapshot published before.

    ``published``: false where nothing had changed, and where the gate held the snapshot back, which ``held`` tells.
    ``superseded``: articles that their outlet has a newer version of; ``copies``: those that tell the same
    as another. ``seconds`` are the whole build's, ``encode_seconds`` those that the encoder took for the ``encoded``
    passages. ``failures`` are documents and sources that could not be read, ``skipped`` pages without an article, and
    ``left`` is how many pages the time did not suffice for.
    """

    snapshot: str
    published: bool
    held: str | None
    articles: int
    new: int
    changed: int
    removed: int
    superseded: int
    copies: int
    passages: int
    encoded: int
    encode_seconds: float
    requests: int
    left: int
    seconds: float
    failures: tuple[Failure, ...]
    skipped: tuple[Failure, ...]

    def __str__(self) -> str:
        articles, passages = counted(self.articles, "article"), counted(self.passages, "passage")
        left = f"; {counted(self.left, 'page')} left for the next run" if self.left else ""
        if self.held:
            return self.held
        if not self.published:
            return f"{articles}, {passages}: nothing changed since {self.snapshot}, {self.seconds:.1f} s{left}"
        changes = f"{grouped(self.new)} new, {grouped(self.changed)} changed, {grouped(self.removed)} removed"
        return f"{articles} ({changes}), {passages} ({grouped(self.encoded)} encoded), {self.seconds:.1f} s{left}"


def grouped(number: int) -> str:
    """Write a number as people read it: from five digits on, in groups of three."""
    return f"{number:,}".replace(",", " ") if number >= 10_000 else str(number)


def counted(number: int, noun: str) -> str:
    """Write so many of something: ``1 article``, ``20 000 articles``."""
    return f"{grouped(number)} {noun}{'' if number == 1 else 's'}"


def some(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines, or, where they would fill a screen, the first three and how many more there are."""
    yield from lines if len(lines) <= _SHORT else lines[: _SHORT - 1]
    if len(lines) > _SHORT:
        yield f"{grouped(len(lines) - _SHORT + 1)} more"


def moment_text(moment: datetime) -> str:
    """``2026-11-22 02:07 UTC``"""
    return f"{moment:%Y-%m-%d %H:%M} {moment.tzname()}"


def age_text(age: timedelta) -> str:
    """The two greatest units: ``3 d 4 h``, ``12 min``; what is of a time to come is as of now."""
    minutes = max(0, int(age.total_seconds())) // 60
    hours, days = minutes // 60, minutes // 1440
    if days:
        return f"{days} d {hours % 24} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
