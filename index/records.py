"""The nouns of the index: what the stages hand to one another.

All offsets are code points into ``Article.text``. Records are immutable; a stage makes new ones.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Draft:
    """What a format found in one document, before normalisation. ``None``: the document does not say.

    ``line`` is where it begins in a document of several articles, from 1.
    """

    text: str
    id: str | None = None
    title: str | None = None
    url: str | None = None
    published: date | None = None
    author: str | None = None
    site: str | None = None
    language: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page as a feed, a sitemap or a list names it, not fetched. ``None``: that is not said.

    ``modified`` is when the page changed last, as it is written there: another text means another page.
    ``content`` is the article itself as HTML, where an entry holds it; ``whole`` tells whether all of it.
    """

    url: str
    title: str | None = None
    published: datetime | None = None
    author: str | None = None
    modified: str | None = None
    content: str | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not become an article: where it is and why."""

    location: str
    reason: str


@dataclass(frozen=True, slots=True)
class Article:
    """A stored article. ``text`` is fixed once stored; ``revision`` is the digest of title and text."""

    id: str
    title: str
    text: str
    url: str | None
    published: date | None
    author: str | None
    site: str | None
    language: str
    source: str
    revision: str

    @property
    def is_intact(self) -> bool:
        """Whether title and text are those that were stored."""
        return revision(self.title, self.text) == self.revision


def revision(title: str, text: str) -> str:
    """Return the digest of what people read: 16 hexadecimal digits."""
    return sha256(f"{title}\n{text}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Document:
    """Something a source holds, not read yet: a file today, a page tomorrow.

    ``id`` is the same in every build; ``location`` is where people find it; as long as ``fingerprint`` is
    the same, so are its articles. ``read`` yields them and raises ``FormatError`` where it cannot go on.
    """

    id: str
    location: str
    fingerprint: str
    read: Callable[[], Iterator[Article | Failure]]


class Source(Protocol):
    """Where articles come from. ``kind`` is that of the settings; ``label`` is what readers see, one source's alone."""

    @property
    def kind(self) -> str: ...

    @property
    def label(self) -> str: ...

    def documents(self) -> Iterator[Document]:
        """Go through everything the source holds now, in a stable order, reading none of it.

        Raises:
            SourceError: that cannot be told now.
        """
        ...


@dataclass(frozen=True, slots=True)
class Sentence:
    """``article.text[start:end]`` is one sentence, or one heading, without surrounding white space.

    ``furniture``: it belongs to the page and not to the article: a caption, a link, a line to sign up.
    """

    start: int
    end: int
    heading: bool = False
    furniture: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive whole sentences of an article: ``article.text[start:end]``.

    ``id`` is a 63-bit digest of the article's id, the place and the words: the same in every build.
    """

    id: int
    article_id: str
    start: int
    end: int
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """What finding copies needs of an article that has no copies: when and by whom it was published, and its bands.

    ``published``: as ISO 8601, "" where that is not known; ``bands``: see ``index.duplicates``, b"" without words.
    """

    id: str
    published: str
    outlet: str
    bands: bytes


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a question is about, both included: the day on which it was asked, or those that it names."""

    first: date
    last: date

    def distance(self, day: date) -> int:
        """Return by how many days ``day`` misses them; 0 is one of them."""
        return max(0, (self.first - day).days, (day - self.last).days)


@dataclass(frozen=True, slots=True)
class ScoreParts:
    """Where a hit's score comes from.

    ``cosine`` of question and passage; ``words`` is bm25 (higher is better, 0 where no word is shared).
    """

    cosine: float
    words: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question. Scores are comparable within one search, higher is better."""

    passage: Passage
    score: float
    parts: ScoreParts


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """One source as an index holds it: how many articles, the newest one's day."""

    name: str
    articles: int
    newest: date | None


@dataclass(frozen=True, slots=True)
class FileDigest:
    """A file as it was written: its size in bytes and its hexadecimal SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The last file written into a snapshot: a folder without it is no snapshot.

    ``settings`` and ``library`` are digests of what shaped it and of the articles it was made of: a build
    that finds both unchanged has nothing to do. ``trust``: how far the encoder's cosine is to be trusted, 0 to 1,
    in languages that it was not made for; 1 in those not named. ``vectors`` says how they are searched; ``collection``
    is the name under which an engine elsewhere holds them, "" where they lie in one of the files. ``words``: "own"
    where they lie in the snapshot's own tables, "engine" where that collection has them.
    """

    format: int
    created: datetime
    encoder: str
    dimension: int
    articles: int
    passages: int
    settings: str
    library: str
    files: Mapping[str, FileDigest]
    vectors: str
    trust: Mapping[str, float] = field(default_factory=dict)
    collection: str = ""
    words: str = "own"
