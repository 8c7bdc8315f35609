"""What a web source holds: the articles that the page store has of it, as documents for the library."""

from collections.abc import Iterator
from functools import partial

from index.records import Article, Document, Failure
from index.sources.articles import EXTRACTION, articles
from index.sources.web.store import PageStore, Stored


def stored_documents(store: PageStore, label: str) -> Iterator[Document]:
    """Go through the articles of the source that readers see as ``label``; reading one fetches nothing."""
    for stored in store.articles(label):
        identity, location = f"{label}/{stored.article}", stored.url or stored.article
        read = partial(_read, store, stored, identity, location, label)
        yield Document(identity, location, f"{EXTRACTION} {stored.digest} {stored.url}", read)


def _read(store: PageStore, stored: Stored, identity: str, location: str, label: str) -> Iterator[Article | Failure]:
    yield from articles([store.draft(stored.article)], identity, location, label)
