"""How the articles are kept: what was taken down, and whether they are fresh. The index knows; this asks it.

Invariant: what an operator takes down counts from the next question on.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol

from bot.records import Health, Trouble
from index import (
    Article,
    Settings,
    SnapshotError,
    Status,
    Store,
    Withdrawals,
    describe_status,
    last_good,
    read_runs,
)

UNUSABLE = "snapshot"
"""The key of the trouble that what is published cannot be used."""


class Upkeep(Protocol):
    """What the answers need to know of how their articles are kept. Every call may look at a file."""

    def is_taken_down(self, article: Article) -> bool:
        """Tell whether the operator took an article down."""
        ...

    def looked(self) -> datetime | None:
        """Return when somebody looked for new articles last and nothing went wrong; ``None``: not known."""
        ...

    def health(self) -> Health:
        """Tell what is wrong."""
        ...


class NoUpkeep:
    """A fixed body of articles, such as one that is measured: nobody takes down or renews anything."""

    def is_taken_down(self, article: Article) -> bool:
        return False

    def looked(self) -> datetime | None:
        return None

    def health(self) -> Health:
        return Health()


class StorageUpkeep:
    """What the storage folder of the settings tells; safe from many threads."""

    def __init__(self, settings: Settings) -> None:
        """Read what was taken down.

        Raises:
            LibraryError: that file is damaged: better no answer than one from what was taken down.
        """
        self._settings = settings
        self._layout = Store(settings.storage.folder).layout
        self._withdrawals = Withdrawals(self._layout.taken_down)

    def is_taken_down(self, article: Article) -> bool:
        return self._withdrawals.holds(article.id, (article.url,) if article.url else ())

    def looked(self) -> datetime | None:
        run = last_good(read_runs(self._layout.runs))
        return run.finished if run else None

    def health(self) -> Health:
        try:
            status = describe_status(self._settings, datetime.now(UTC))
        except SnapshotError as error:  # the bot may answer from an older one meanwhile
            return Health((Trouble(UNUSABLE, str(error)),))
        return Health(tuple(troubles(status)))


def troubles(status: Status) -> Iterator[Trouble]:
    """Tell what is wrong by a status: it is stale, vectors are away, the last run failed, or a snapshot was held."""
    yield from (Trouble(problem, problem) for problem in status.problems)
    if status.vectors_away:
        yield Trouble("vectors", status.vectors_away)
    if status.held:
        reasons = "; ".join(status.held.reasons)
        yield Trouble("held", f"snapshot {status.held.snapshot} was held back by the gate: {reasons}")
    elif (failure := status.last_failure) and failure.since_good:
        yield Trouble("failed", f"the run of {failure.started:%Y-%m-%d %H:%M} UTC failed: {failure.reason}")
