"""What a source on the web has to be able to say: which pages it lists, and where more of them are listed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, runtime_checkable

from index.records import Document, Draft, Listed
from index.settings import WebSource as WebSettings
from index.sources.fetching import Response

MOST_ENTRIES = 50_000
"""In one list; what holds more is refused before it is read. https://www.sitemaps.org/protocol.html#index"""


@dataclass(frozen=True, slots=True)
class Listing:
    """Pages that were named, with the article where the list itself holds it, and further lists to read.

    ``complete``: the source lists no other pages than these.
    """

    pages: Sequence[tuple[Listed, Draft | None]] = ()
    lists: Sequence[Listed] = ()
    complete: bool = False


@runtime_checkable
class WebSource(Protocol):
    """A source whose articles are pages: it names them, and holds those of them that were read."""

    @property
    def kind(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def settings(self) -> WebSettings: ...

    def begin(self) -> Listing:
        """Return what is known without fetching anything.

        Raises:
            SourceError: it is not known now.
        """
        ...

    def read(self, response: Response) -> Listing:
        """Return what a fetched list names.

        Raises:
            FormatError: it is no list of the kind expected.
        """
        ...

    def documents(self) -> Iterator[Document]:
        """Go through the articles read so far."""
        ...


def patience_of(source: WebSource) -> timedelta:
    """Return how long at most a page of the source is left alone; no time: it is never looked at again."""
    return timedelta(days=source.settings.recheck_days)
