"""What a web source holds: the articles that the page store has of it, as documents for the library."""

from collections.abc import Iterator
from functools import partial
from typing import Generic, Protocol, TypeVar

from index.records import Article, Document, Failure
from index.sources.articles import EXTRACTION, articles
from index.sources.web.store import PageStore, Stored


class Labelled(Protocol):
    """Settings that say what readers see of a source."""

    @property
    def label(self) -> str: ...


S = TypeVar("S", bound=Labelled)


class StoredSource(Generic[S]):
    """What sources have in common whose articles lie in the page store: their settings, label and documents."""

    def __init__(self, settings: S, store: PageStore) -> None:
        self.settings = settings
        self._store = store

    @property
    def label(self) -> str:
        """What readers see of the source."""
        return self.settings.label

    def documents(self) -> Iterator[Document]:
        """Go through the articles read so far."""
        return stored_documents(self._store, self.label)


def stored_documents(store: PageStore, label: str) -> Iterator[Document]:
    """Go through the articles of the source that readers see as ``label``; reading one fetches nothing."""
    for stored in store.articles(label):
        identity, location = f"{label}/{stored.article}", stored.url or stored.article
        read = partial(_read, store, stored, identity, location, label)
        yield Document(identity, location, f"{EXTRACTION} {stored.digest} {stored.url}", read)


def _read(store: PageStore, stored: Stored, identity: str, location: str, label: str) -> Iterator[Article | Failure]:
    yield from articles([store.draft(stored.article)], identity, location, label)
