"""The nouns of the index: what the stages hand to one another.

All offsets are code points into ``Article.text``. Records are immutable; a stage makes new ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What a format found in one document, before normalisation. ``None``: the document does not say."""

    text: str
    id: str | None = None
    title: str | None = None
    url: str | None = None
    published: date | None = None
    author: str | None = None
    site: str | None = None
    language: str | None = None


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


@dataclass(frozen=True, slots=True)
class Sentence:
    """``article.text[start:end]`` is one sentence, or one heading, without surrounding white space."""

    start: int
    end: int
    heading: bool = False


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
class ScoreParts:
    """Where a hit's score comes from.

    ``cosine`` of question and passage; ``words`` is bm25 (higher is better, 0 where no word is shared);
    ``coverage`` is the share of the question's word weight (idf) that occurs in the passage or its title.
    """

    cosine: float
    words: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question. Scores are comparable within one search, higher is better."""

    passage: Passage
    score: float
    parts: ScoreParts


@dataclass(frozen=True, slots=True)
class Manifest:
    """The last file written into a snapshot: a folder without it is no snapshot."""

    format: int
    created: datetime
    encoder: str
    dimension: int
    articles: int
    passages: int
    settings: str
    files: Mapping[str, str]
