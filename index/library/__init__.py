"""Every article collected so far, with what is needed to read only what has changed."""

from index.library.changes import Changes as Changes
from index.library.changes import Collection as Collection
from index.library.changes import History as History
from index.library.changes import Revision as Revision
from index.library.store import Library as Library
