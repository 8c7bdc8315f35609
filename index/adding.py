"""Adding by hand: pages by their addresses, fetched at once, and articles as they are. The next build indexes them.

What was added stays, whatever the sources list, until it is taken down.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from index.credentials import without_credentials
from index.errors import FormatError
from index.progress import silent
from index.records import Draft, Failure, Listed, revision
from index.settings import FetchSection
from index.sources import ADDED
from index.sources.formats.jsonl import read_stream
from index.sources.web.addresses import canonical_address, web_address
from index.sources.web.store import PageStore


@dataclass(frozen=True, slots=True)
class Added:
    """How many articles are new or have changed, how many are as they were, and what could not be added."""

    added: int
    known: int
    failures: tuple[Failure, ...]

    def __str__(self) -> str:
        known = f", {self.known} were there already" if self.known else ""
        return f'{self.added} added{known}; "verbatim-index build" indexes them'


def add_pages(settings: FetchSection, pages: PageStore, urls: Sequence[str]) -> Added:
    """Fetch the pages that no source has yet, and keep their articles."""
    from index.sources.added import AddedSource
    from index.sources.fetching import Fetcher
    from index.sources.web.crawl import Crawl

    wrong = tuple(_refused(url) for url in urls if not web_address(url))
    right = [url for url in urls if web_address(url)]
    pages.note(ADDED, [(Listed(url), None) for url in right], datetime.now(UTC), timedelta())
    with Fetcher(settings, time.monotonic() + 60 * settings.max_minutes) as fetcher:
        (crawled,) = Crawl(pages, fetcher, lambda: datetime.now(UTC), silent).visit([AddedSource(pages)])
    failed = tuple(Failure(*problem) for problem in crawled.problems)
    return Added(crawled.changed, len(right) - crawled.changed - len(failed), (*wrong, *failed))


def add_lines(pages: PageStore, stream: BinaryIO, place: str) -> Added:
    """Keep articles as they stand in JSON lines, each under its id, else its address, else a digest of its words."""
    failures: list[Failure] = []
    changed = known = 0
    for found in _read(stream, place):
        if isinstance(found, Failure):
            failures.append(found)
        elif pages.hand_in(ADDED, _identity(found), found.url, found, datetime.now(UTC)):
            changed += 1
        else:
            known += 1
    return Added(changed, known, tuple(failures))


def _read(stream: BinaryIO, place: str) -> Iterable[Draft | Failure]:
    try:
        yield from read_stream(stream, Path(place))
    except FormatError as error:
        yield Failure(place, str(error))


def _identity(draft: Draft) -> str:
    if draft.id:
        return draft.id
    if draft.url and _is_address(draft.url):
        return canonical_address(draft.url)
    return f"{ADDED}/{revision(draft.title or '', draft.text)}"


def _refused(url: str) -> Failure:
    shown = without_credentials(url)
    more = "" if shown == url else ", or holds a name or a password: take them out"
    return Failure(shown, f"this is no address of a page{more}")


def _is_address(url: str) -> bool:
    try:
        return bool(canonical_address(url))
    except ValueError:
        return False
