"""What a collection finds, and what it decides. Pure: records in, records out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from index.records import Document, Failure


@dataclass(frozen=True, slots=True)
class History:
    """When an article was collected first, when it changed last, and the digest of everything about it."""

    digest: str
    first_seen: datetime
    changed: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    """What an article said, from when it was collected first to when it was collected last."""

    article: str
    revision: str
    title: str
    text: str
    url: str | None
    published: date | None
    source: str
    first_seen: datetime
    last_seen: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """How many articles differ from the collection before."""

    new: int
    changed: int
    removed: int


@dataclass(frozen=True, slots=True)
class Collection:
    """What going through the sources found; ``read`` of the ``documents`` were new, changed or moved.

    ``listed``: how many documents each source holds, by label; ``unlisted``: the labels of sources that could not be
    listed, with the reason; what they held is kept.
    """

    documents: int
    read: int
    articles: int
    changes: Changes
    failures: tuple[Failure, ...]
    listed: Mapping[str, int]
    unlisted: tuple[Failure, ...] = ()

    @property
    def failed_share(self) -> float:
        """Failures among everything that could have been an article, 0 to 1."""
        return len(self.failures) / max(1, self.articles + len(self.failures))


@dataclass(frozen=True, slots=True)
class Known:
    """A document as it was when it was read."""

    location: str
    fingerprint: str


def has_to_be_read(document: Document, known: Mapping[str, Known]) -> bool:
    """Whether the document is not, by its id, the one that was read last time, readable or not."""
    return known.get(document.id) != Known(document.location, document.fingerprint)


def history_of(digest: str, known: History | None, now: datetime) -> History:
    """Return the history of an article that was read now, whose history is known or begins."""
    if known is None:
        return History(digest, now, now)
    return known if known.digest == digest else History(digest, known.first_seen, now)


def changes_between(before: Mapping[str, str], after: Mapping[str, str]) -> Changes:
    """Compare two collections by the digests of their articles, which are given by id."""
    both = before.keys() & after.keys()
    changed = sum(before[name] != after[name] for name in both)
    return Changes(len(after) - len(both), changed, len(before) - len(both))
