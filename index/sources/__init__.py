"""Where articles come from: a kind in the settings, a class in the module of that name, records for the library.

Importing this package is instant; what a kind needs is loaded when a source of that kind is opened.
"""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from index.errors import SettingsError
from index.records import Source
from index.settings import FeedSource as FeedSettings
from index.settings import FilesSource as FilesSettings
from index.settings import SitemapSource as SitemapSettings
from index.settings import SourceSettings
from index.settings import UrlsSource as UrlsSettings

if TYPE_CHECKING:
    from index.sources.web.store import PageStore

ADDED = "added"
"""The label of what operators add by hand."""


def open_sources(settings: Iterable[SourceSettings], pages: "PageStore") -> tuple[Source, ...]:
    """Return the sources that the settings describe, in their order, and what was added by hand; nothing is read yet.

    Raises:
        SettingsError: two sources have the same label.
    """
    sources = tuple(open_source(section, pages) for section in settings)
    counts = Counter([ADDED, *(source.label for source in sources)])
    if twice := [label for label, count in counts.items() if count > 1]:
        raise SettingsError(f'two sources are called {", ".join(twice)}: give each a "name" of its own')
    if not pages.has(ADDED):
        return sources
    from index.sources.added import AddedSource

    return (*sources, AddedSource(pages))


def open_source(section: SourceSettings, pages: "PageStore") -> Source:
    """Return the source that one table of the settings describes. The registry: another kind is another case here."""
    match section:
        case FilesSettings():
            from index.sources.files import FilesSource

            return FilesSource(section)
        case FeedSettings():
            from index.sources.feed import FeedSource

            return FeedSource(section, pages)
        case SitemapSettings():
            from index.sources.sitemap import SitemapSource

            return SitemapSource(section, pages)
        case UrlsSettings():
            from index.sources.urls import UrlsSource

            return UrlsSource(section, pages)
