"""A sitemap, or an index of them. An archive: what it no longer lists stays until the page itself is gone."""

from index.records import Listed
from index.settings import SitemapSource as SitemapSettings
from index.sources.fetching import Response
from index.sources.web.listing import MOST_ENTRIES, Listing
from index.sources.web.sitemaps import read_sitemap, selected
from index.sources.web.stored import StoredSource


class SitemapSource(StoredSource[SitemapSettings]):
    """The pages that the sitemap lists and the patterns select, and all that it listed before."""

    kind = "sitemap"

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
