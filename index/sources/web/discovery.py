"""The first half of a crawl: reads the lists that have changed, and those that they name, and notes what is new.

Invariant: a list counts as read only when everything that it names was noted.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from index.errors import FetchError, FormatError, SourceError
from index.records import Listed
from index.sources.fetching import FEEDS, SITEMAPS, Fetcher, Request, Response
from index.sources.web.listing import Listing, WebSource, patience_of
from index.sources.web.store import ListState, PageStore

MOST_LISTS = 1000
"""Lists that are read in one run: with 50 000 pages in each that is far beyond what a run fetches."""


@dataclass(slots=True)
class Crawled:
    """What a crawl found of one source. ``error``: why what it lists could not be read, if so.

    ``requests`` are for lists and pages, without those for robots.txt and of redirects. ``new`` pages are named for
    the first time, ``fetched`` ones were answered, ``changed`` ones said something new, ``left`` ones the time did not
    suffice for.
    """

    kind: str
    name: str
    error: str | None = None
    requests: int = 0
    new: int = 0
    fetched: int = 0
    changed: int = 0
    gone: int = 0
    failed: int = 0
    left: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)


class Discovery:
    """Reads what the sources list; ``found`` is where it is told, by the sources' labels."""

    def __init__(
        self, store: PageStore, fetcher: Fetcher, now: Callable[[], datetime], found: dict[str, Crawled]
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._now = now
        self._found = found
        self._seen: set[tuple[str, str]] = set()
        self._pending: dict[str, list[tuple[WebSource, Listed]]] = {}

    def run(self, sources: Sequence[WebSource]) -> None:
        """Read the lists of all sources, then those that they name, until there are no more."""
        for source in sources:
            try:
                self._begin(source, source.begin())
            except SourceError as error:
                self._found[source.label].error = str(error)
        while self._pending:
            asked, self._pending = self._pending, {}
            for url, answer in self._answers(asked):
                for source, listed in asked[url]:
                    self._read(source, listed, answer)

    def _answers(self, asked: dict[str, list[tuple[WebSource, Listed]]]) -> Iterator[tuple[str, Response | FetchError]]:
        requests = [self._request(url, [source for source, _ in askers]) for url, askers in asked.items()]
        with closing(self._fetcher.fetch_all(requests)) as answers:
            for request, answer in answers:
                yield request.url, answer

    def _request(self, url: str, askers: Sequence[WebSource]) -> Request:
        """Ask for the list only if it has changed, where all who ask know the same version of it."""
        states = {self._store.list_state(source.label, stamp_of(source), url) for source in askers}
        known = states.pop() if len(states) == 1 else ListState()
        return Request(url, known.etag, known.modified, FEEDS if askers[0].kind == "feed" else SITEMAPS)

    def _read(self, source: WebSource, listed: Listed, answer: Response | FetchError) -> None:
        self._found[source.label].requests += 1
        try:
            self._read_answer(source, listed, answer)
        except FormatError as error:
            self._found[source.label].error = f"{listed.url}: {error}"
        except (FetchError, SourceError) as error:
            self._found[source.label].error = str(error)

    def _read_answer(self, source: WebSource, listed: Listed, answer: Response | FetchError) -> None:
        if isinstance(answer, FetchError):
            raise answer
        if answer.status == 304:
            return
        if answer.status != 200:
            raise SourceError(f"{listed.url} answers HTTP {answer.status}")
        listing = source.read(answer)
        self._take(source, listing)
        # a list of lists is read each time: where it is as it was, those that it names may not be
        known = (None, None) if listing.lists else (answer.etag, answer.modified)
        state = ListState(*known, listed.modified)
        self._store.keep_list(source.label, stamp_of(source), listed.url, state)

    def _begin(self, source: WebSource, listing: Listing) -> None:
        self._store.inherit(source.label, [listed.url for listed in listing.lists], list(self._found))
        self._take(source, listing)

    def _take(self, source: WebSource, listing: Listing) -> None:
        """Note the pages that a list names, and ask for the lists that it names and that have changed."""
        self._found[source.label].new += self._store.note(
            source.label, listing.pages, self._now(), patience_of(source), listing.complete
        )
        for listed in listing.lists:
            if (source.label, listed.url) not in self._seen and not self._is_as_before(source, listed):
                self._seen.add((source.label, listed.url))
                if len(self._seen) <= MOST_LISTS:
                    self._pending.setdefault(listed.url, []).append((source, listed))
                else:
                    reason = f"not read: more than {MOST_LISTS} lists have changed, or do not say when they did"
                    self._found[source.label].problems.append((listed.url, reason))

    def _is_as_before(self, source: WebSource, listed: Listed) -> bool:
        known = self._store.list_state(source.label, stamp_of(source), listed.url)
        return listed.modified is not None and listed.modified == known.stated


def stamp_of(source: WebSource) -> str:
    """Return a digest of the source's settings: with others a list that has not changed may name other pages."""
    return sha256(source.settings.model_dump_json().encode()).hexdigest()[:16]
