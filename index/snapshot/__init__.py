"""One immutable generation of the index on disk: write, verify, publish, open, roll back, prune.

It neither collects nor encodes. Invariant: what ``current`` names was complete and verified when it was
named, and no file of a snapshot changes after its manifest was written.
"""

from index.snapshot.reading import Snapshot
from index.snapshot.store import Store

__all__ = ["Snapshot", "Store"]
