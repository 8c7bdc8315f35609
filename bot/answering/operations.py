"""What who runs the bot does to the articles from a chat: going back to an earlier snapshot, taking down, grouping.

The index does it; this asks for it, and changes nothing without the build lock but what is taken down. Every call may
take seconds.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.records import Rollback
from index import Encoder, NoSnapshot, Settings, SnapshotError, Store, VerbatimError, Withdrawals, build_lock

ALIKE = 0.7
"""The cosine from which two questions count as one: of all-MiniLM-L6-v2, rewordings of a question have 0.75 and more
with each other, other questions about the same thing mostly less than 0.65."""


class NoOperations:
    """A fixed body of articles, such as one that is measured: nothing can be done to it."""

    def group(self, questions: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        return tuple((number,) for number in range(len(questions)))

    def rollback(self) -> Rollback | None:
        return None

    def roll_back(self, rollback: Rollback) -> None:
        raise VerbatimError("these articles are fixed: there is no other snapshot")

    def take_down(self, given: str) -> bool:
        raise VerbatimError("these articles are fixed: none can be taken down")

    def undo_take_down(self, given: str) -> bool:
        raise VerbatimError("these articles are fixed: none was taken down")


class StorageOperations:
    """Over the storage folder of the settings; safe from many threads."""

    def __init__(self, settings: Settings, encoder: Encoder) -> None:
        """Read what is taken down.

        Raises:
            LibraryError: that file is damaged.
        """
        self._store, self._encoder = Store(settings.storage.folder, settings.vectors), encoder
        self._withdrawals = Withdrawals(self._store.layout.taken_down)

    def group(self, questions: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """Group questions by their meaning; see ``Operations``."""
        rows = self._encoder.encode(questions)
        alike = (rows @ rows.T >= ALIKE).tolist() if questions else []
        groups: dict[int, list[int]] = {}
        for number in range(len(questions)):
            first = next((one for one in groups if alike[number][one]), number)
            groups.setdefault(first, []).append(number)
        return tuple(map(tuple, sorted(groups.values(), key=len, reverse=True)))

    def rollback(self) -> Rollback | None:
        """Tell which snapshot would be published in the place of which; ``None``: there is no sound earlier one."""
        try:
            return Rollback(self._store.current(), self._store.earlier())
        except NoSnapshot:
            return None

    def roll_back(self, rollback: Rollback) -> None:
        """Publish the earlier snapshot; see ``Operations``."""
        with build_lock(self._store.layout):
            if self._store.current() != rollback.published or self._store.earlier() != rollback.earlier:
                raise SnapshotError("other snapshots were published or removed meanwhile: nothing was changed")
            self._store.publish(rollback.earlier)
            self._store.settle()

    def take_down(self, given: str) -> bool:
        """Quote an article no more, by its id or address; ``False``: it was taken down already."""
        return self._withdrawals.take_down(given, datetime.now(UTC))

    def undo_take_down(self, given: str) -> bool:
        """Let an article be quoted again; ``False``: it was not taken down."""
        return self._withdrawals.undo(given)
