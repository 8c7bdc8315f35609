"""The crawl: asks the lists what is new, looks at the pages that need it, and keeps what they say.

It decides nothing that a pure function decides (``visits``), and waits for nobody that the fetcher does not wait for.
Whatever was found is kept at once: a crawl that is cut off goes on in the next run.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from index.errors import FetchError, OutOfTime
from index.progress import Progress
from index.sources.fetching import PAGES, Fetcher, Request, Response
from index.sources.web.addresses import canonical_address, same_site, web_address
from index.sources.web.discovery import Crawled, Discovery
from index.sources.web.listing import WebSource, patience_of
from index.sources.web.pages import PageReading, read_page
from index.sources.web.redirects import is_above, leads_nowhere
from index.sources.web.store import PageStore, Visit
from index.sources.web.verdicts import MISSING


@dataclass(frozen=True, slots=True)
class Crawl:
    """Goes through sources once."""

    store: PageStore
    fetcher: Fetcher
    now: Callable[[], datetime]
    progress: Progress

    def run(self, sources: Sequence[WebSource]) -> tuple[Crawled, ...]:
        """List, visit, and say what was found, in the order of the sources, which are all that there are."""
        found = _nothing_yet(sources)
        Discovery(self.store, self.fetcher, self.now, found).run(sources)
        self.store.adopt(list(found))
        self._visit(sources, found)
        return tuple(found.values())

    def visit(self, sources: Sequence[WebSource]) -> tuple[Crawled, ...]:
        """Look at the pages of some sources that need it, and at no list."""
        found = _nothing_yet(sources)
        self._visit(sources, found)
        return tuple(found.values())

    def _visit(self, sources: Sequence[WebSource], found: dict[str, Crawled]) -> None:
        self.store.correct(self.now())
        by_label = {source.label: source for source in sources}
        visits = {visit.url: visit for source in sources for visit in self._due(source)}
        requests = [Request(v.url, v.etag, v.modified, PAGES) for v in visits.values()]
        with closing(self.fetcher.fetch_all(requests)) as answers:
            for done, (request, answer) in enumerate(answers, start=1):
                visit = visits[request.url]
                self._settle(by_label[visit.source], visit, answer, found[visit.source])
                self.progress("fetching", done, len(requests))

    def _due(self, source: WebSource) -> list[Visit]:
        settings = source.settings
        again = settings.recheck_pages if settings.recheck_days else 0
        return self.store.to_visit(source.label, settings.pages_a_run, again, self.now())

    def _settle(self, source: WebSource, visit: Visit, answer: Response | FetchError, found: Crawled) -> None:
        now, most = self.now(), patience_of(source)
        if isinstance(answer, OutOfTime):
            found.left += 1
            return
        found.requests += 1
        if isinstance(answer, FetchError) or web_address(answer.url) is None:
            problem = str(answer) if isinstance(answer, FetchError) else "leads to an address that is too long, or none"
            self.store.failed(visit, problem, now, most)
            found.failed += 1
            found.problems.append((visit.url, problem))
            return
        found.fetched += 1
        if answer.status == 304 and answer.url == visit.url:
            self.store.unchanged(visit, now, most)
        elif answer.status not in (200, 304):
            self._gone(visit, f"HTTP {answer.status}", now, most, found)
        elif leads_nowhere(answer.url, visit.url):
            self._gone(visit, f"leads to {answer.url}", now, most, found)
        elif answer.status == 304:  # it has moved, and says there what it said here
            known = (visit.etag, visit.modified)
            self.store.keep_page(visit, None, answer.url, _addresses([answer.url]), known, now, most)
        else:
            self._read_page(source, visit, answer, found)

    def _gone(self, visit: Visit, reason: str, now: datetime, most: timedelta, found: Crawled) -> None:
        self.store.gone(visit, reason, now, most)
        found.gone += visit.known
        found.problems.append((visit.url, reason))

    def _read_page(self, source: WebSource, visit: Visit, answer: Response, found: Crawled) -> None:
        now, most = self.now(), patience_of(source)
        page = read_page(
            answer.body,
            answer.url,
            media_type=answer.media_type,
            charset=answer.charset,
            robots=answer.robots,
            least_words=source.settings.least_words,
        )
        if not page.indexable:
            self._gone(visit, "noindex", now, most, found)
            return
        if page.problem == MISSING:
            self._gone(visit, page.problem, now, most, found)
            return
        if visit.own and page.draft is None:
            problem = page.problem or "no article"
            self.store.unreadable(visit, problem, now, most)
            found.problems.append((visit.url, problem))
            return
        self._keep(source, visit, answer, page, found)

    def _keep(self, source: WebSource, visit: Visit, answer: Response, page: PageReading, found: Crawled) -> None:
        """Keep the article, unless the page has become that of another one that is known."""
        now, most = self.now(), patience_of(source)
        draft, arrived = page.draft if visit.own else None, canonical_address(answer.url)
        if visit.known and self.store.others(visit, [arrived], None):
            self._gone(visit, f"leads to {answer.url}, another article", now, most, found)
            return
        named = [url for url in (page.canonical, answer.url, *page.links) if url and web_address(url)]
        told = [url for url in named if not is_above(url, answer.url)]
        others = self.store.others(visit, _addresses(told), draft)
        own = [url for url in told if (form := canonical_address(url)) == arrived or form not in others]
        validators = (answer.etag, answer.modified)
        found.changed += self.store.keep_page(visit, draft, own[0], _addresses(own), validators, now, most)


def _nothing_yet(sources: Sequence[WebSource]) -> dict[str, Crawled]:
    return {source.label: Crawled(source.kind, source.label) for source in sources}


def _addresses(urls: Iterable[str]) -> list[str]:
    """The canonical forms of all addresses that are of the first one's site, in order."""
    own, *others = urls
    forms = [canonical_address(own)]
    for url in others:
        if same_site(own, url) and (form := canonical_address(url)) not in forms:
            forms.append(form)
    return forms
