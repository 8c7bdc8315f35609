"""What an operator added by hand ("verbatim-index add"): pages by their addresses, and articles as JSON lines."""

from collections.abc import Iterator

from index.records import Document
from index.settings import WebSource as WebSettings
from index.sources.fetching import Response
from index.sources.web.listing import Listing
from index.sources.web.store import PageStore
from index.sources.web.stored import stored_documents


class AddedSource:
    """Everything that was added, until it is taken down."""

    kind = "added"
    label = "added"

    def __init__(self, store: PageStore) -> None:
        self.settings = WebSettings()
        self._store = store

    def begin(self) -> Listing:
        """Return nothing: what was added is in the store already."""
        return Listing()

    def read(self, response: Response) -> Listing:
        """Return nothing, as there are no lists."""
        return Listing()

    def documents(self) -> Iterator[Document]:
        """Go through the articles read so far."""
        return stored_documents(self._store, self.label)
