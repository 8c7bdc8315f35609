"""A queue that is fair between those who ask: they take turns, each with the oldest of his own.

Not safe from threads; its owner locks. Invariant: who asks his first waits for at most one of each other's.
"""

from collections import deque
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Items by who asks. The asker whose turn it is comes first in the dictionary."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, deque[T]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def put(self, asker: Hashable, item: T) -> None:
        """Queue an item behind the asker's others; a new asker's turn comes last."""
        self._waiting.setdefault(asker, deque()).append(item)

    def take(self) -> T:
        """Take the oldest item of whose turn it is.

        Raises:
            LookupError: nothing is queued.
        """
        if not self._waiting:
            raise LookupError("nothing is queued")
        asker = next(iter(self._waiting))
        items = self._waiting.pop(asker)
        item = items.popleft()
        if items:
            self._waiting[asker] = items
        return item

    def displace(self, asker: Hashable) -> T | None:
        """Take away the youngest item of who has most, to make room for one of ``asker``'s.

        ``None``: nobody has so many that it would be fairer.
        """
        if not self._waiting:
            return None
        greedy = max(self._waiting, key=lambda one: len(self._waiting[one]))
        if len(self._waiting[greedy]) <= len(self._waiting.get(asker, ())) + 1:
            return None
        return self._waiting[greedy].pop()

    def before(self, asker: Hashable) -> int:
        """Return how many items are taken before the youngest of ``asker``'s, if nobody else comes."""
        mine = len(self._waiting.get(asker, ()))
        return sum(self._turns(asker, mine)) + max(0, mine - 1)

    def _turns(self, asker: Hashable, mine: int) -> Iterator[int]:
        """How many items each other asker has taken by then: one more for who comes first in each round."""
        earlier = True
        for other, items in self._waiting.items():
            if other == asker:
                earlier = False
            else:
                yield min(len(items), mine if earlier else mine - 1)
