"""A feed: RSS, Atom, RDF or JSON Feed. An archive: what it no longer lists stays until the page itself is gone.

An article belongs to the host that served it: what a feed holds is the article only where the page is one of the feed's
own site. Whatever else it names is read at its page, so that no feed puts words into another site's mouth.
"""

from index.errors import FormatError
from index.records import Draft, Listed
from index.settings import FeedSource as FeedSettings
from index.sources.fetching import Response
from index.sources.web.addresses import same_site
from index.sources.web.feeds import read_feed
from index.sources.web.listing import MOST_ENTRIES, Listing
from index.sources.web.pages import read_fragment
from index.sources.web.stored import StoredSource
from index.sources.web.verdicts import word_count


class FeedSource(StoredSource[FeedSettings]):
    """The entries of one feed, and everything that it listed before."""

    kind = "feed"

    def begin(self) -> Listing:
        """Return the feed as what is to be read."""
        return Listing(lists=[Listed(self.settings.url)])

    def read(self, response: Response) -> Listing:
        """Return the entries, those with their articles that hold them.

        Raises:
            FormatError: it is no feed.
        """
        entries = read_feed(response.body, response.url, response.charset, MOST_ENTRIES)
        return Listing([(entry, self._draft(entry, response.url)) for entry in entries])

    def _draft(self, entry: Listed, feed: str) -> Draft | None:
        """The article, where the entry is to be it, and may be, and is long enough for one."""
        if not same_site(entry.url, feed):
            return None
        usable = {"entry": True, "page": False, "auto": entry.whole}[self.settings.text]
        text = _text(entry.content) if usable and entry.content else ""
        if word_count(text) < self.settings.least_words and self.settings.text == "auto":
            return None
        published = entry.published.date() if entry.published else None
        return Draft(text, title=entry.title, published=published, author=entry.author) if text else None


def _text(content: str) -> str:
    try:
        return read_fragment(content)
    except FormatError:  # nothing that an article looks like; its page may be one
        return ""
