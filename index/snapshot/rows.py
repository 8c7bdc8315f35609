"""How records lie in the snapshot's SQLite file. It opens no file.

Invariant: reading gives back exactly the records that were written.
"""

import struct
from collections.abc import Callable
from datetime import date

from index.records import Article, Passage, Sentence

# The text stands last: who reads the rest of every row does not have to pass it.
SCHEMA = """
CREATE TABLE articles (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    url TEXT, published TEXT, author TEXT, site TEXT, language TEXT NOT NULL, source TEXT NOT NULL,
    revision TEXT NOT NULL, story TEXT, title TEXT NOT NULL, text TEXT NOT NULL
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES articles (number),
    start INTEGER NOT NULL, end INTEGER NOT NULL, sentences BLOB NOT NULL,
    vector BLOB NOT NULL -- the key under which its vector is remembered
);
CREATE INDEX passages_of_article ON passages (article, start);
CREATE INDEX articles_of_story ON articles (story) WHERE story IS NOT NULL;

-- What the next snapshot takes over: nobody who searches reads it.
CREATE TABLE traces (    -- of everything that was collected, also of what a newer version superseded
    id TEXT PRIMARY KEY, published TEXT NOT NULL, outlet TEXT NOT NULL, bands BLOB NOT NULL,
    digest TEXT NOT NULL -- of everything about the article
) WITHOUT ROWID;
CREATE TABLE lines (     -- what may be repeated by an article's site
    article INTEGER PRIMARY KEY REFERENCES articles (number), site TEXT NOT NULL, lines BLOB NOT NULL
);
CREATE TABLE repeated (  -- what is, by the digests of its lines
    site TEXT NOT NULL, line INTEGER NOT NULL, PRIMARY KEY (site, line)
) WITHOUT ROWID;
"""

ARTICLE_COLUMNS = "id, title, text, url, published, author, site, language, source, revision"

PASSAGE_COLUMNS = "passages.id, articles.id, passages.start, passages.end, passages.sentences"

ArticleRow = tuple[str, str, str, str | None, str | None, str | None, str | None, str, str, str]
PassageRow = tuple[int, str, int, int, bytes]

_SENTENCE = struct.Struct("<IIB")
_HEADING, _FURNITURE, _REPEATED = 1, 2, 4


def article_row(article: Article) -> ArticleRow:
    """Return an article's values in the order of ``ARTICLE_COLUMNS``."""
    return (
        article.id,
        article.title,
        article.text,
        article.url,
        article.published.isoformat() if article.published else None,
        article.author,
        article.site,
        article.language,
        article.source,
        article.revision,
    )


def article_of(row: ArticleRow) -> Article:
    """Return the article of a row of ``ARTICLE_COLUMNS``."""
    id_, title, text, url, published, author, site, language, source, revision = row
    day = date.fromisoformat(published) if published else None
    return Article(id_, title, text, url, day, author, site, language, source, revision)


def pack_sentences(sentences: tuple[Sentence, ...]) -> bytes:
    """Return sentences as nine bytes each: their borders, and what they are as bits."""
    return b"".join(_SENTENCE.pack(s.start, s.end, s.heading * _HEADING | s.furniture * _FURNITURE) for s in sentences)


def remarked(packed: bytes, is_repeated: Callable[[Sentence], bool]) -> bytes:
    """Return packed sentences, those marked as furniture that a site repeats, and no others for that reason."""
    return b"".join(
        _SENTENCE.pack(start, end, bits & ~_REPEATED | is_repeated(Sentence(start, end)) * _REPEATED)
        for start, end, bits in _SENTENCE.iter_unpack(packed)
    )


def unpack_sentences(packed: bytes) -> tuple[Sentence, ...]:
    """Return the sentences that were packed."""
    return tuple(
        Sentence(start, end, bool(bits & _HEADING), bool(bits & (_FURNITURE | _REPEATED)))
        for start, end, bits in _SENTENCE.iter_unpack(packed)
    )


def passage_of(row: PassageRow) -> Passage:
    """Return the passage of a row of ``PASSAGE_COLUMNS``."""
    id_, article_id, start, end, packed = row
    return Passage(id_, article_id, start, end, unpack_sentences(packed))
