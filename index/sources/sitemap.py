"""A sitemap, or an index of them. An archive: what it no longer lists stays until the page itself is gone."""

from collections.abc import Iterator

from index.records import Document, Listed
from index.settings import SitemapSource as SitemapSettings
from index.sources.fetching import Response
from index.sources.web.listing import MOST_ENTRIES, Listing
from index.sources.web.sitemaps import read_sitemap, selected
from index.sources.web.store import PageStore
from index.sources.web.stored import stored_documents


class SitemapSource:
    """The pages that the sitemap lists and the patterns select, and all that it listed before."""

    kind = "sitemap"

    def __init__(self, settings: SitemapSettings, store: PageStore) -> None:
        self.settings = settings
        self._store = store

    @property
    def label(self) -> str:
        """What readers see of the source."""
        return self.settings.label

    def begin(self) -> Listing:
        """Return the sitemap as what is to be read."""
        return Listing(lists=[Listed(self.settings.url)])

    def read(self, response: Response) -> Listing:
        """Return the pages selected, and the sitemaps that an index names.

        Raises:
            FormatError: it is no sitemap.
        """
        sitemap = read_sitemap(response.body, response.url, MOST_ENTRIES)
        pages = selected(sitemap.pages, self.settings.include, self.settings.exclude)
        return Listing([(page, None) for page in pages], sitemap.children)

    def documents(self) -> Iterator[Document]:
        """Go through the articles read so far."""
        return stored_documents(self._store, self.label)
