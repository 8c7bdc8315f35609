"""The library's file: SQLite, its tables, and the queries that are longer than a line.

A document is a file of a folder, an article is a part of one. What could not be read is remembered like what
could: both are left alone until they change.
"""

import sqlite3
from pathlib import Path

from index.errors import LibraryError

VERSION = 2
"""The file's format, in SQLite's user_version."""

_TABLES = """
BEGIN;
CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    location TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    source TEXT NOT NULL,    -- label of the source that holds it
    place INTEGER NOT NULL,  -- in the last collection: of articles with one id, the first document's counts
    reason TEXT              -- why it is unreadable; its articles are those of the last time it was readable
);
CREATE TABLE articles (
    document TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    part INTEGER NOT NULL,   -- which of the document's articles
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    url TEXT,
    published TEXT,
    author TEXT,
    site TEXT,
    language TEXT NOT NULL,
    source TEXT NOT NULL,
    revision TEXT NOT NULL,
    digest TEXT NOT NULL,    -- of everything about the article
    first_seen TEXT NOT NULL,
    changed TEXT NOT NULL,
    hidden INTEGER NOT NULL DEFAULT 0,  -- an earlier article has the same id
    PRIMARY KEY (document, part)
);
CREATE INDEX articles_by_id ON articles (id, hidden, digest, first_seen, changed);
CREATE TABLE failures (
    document TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    location TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX failures_by_document ON failures (document);
COMMIT;
"""

_REVISIONS = """
BEGIN;
CREATE TABLE revisions (     -- what articles said before they said something else, or were taken away
    article TEXT NOT NULL,
    revision TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    url TEXT,
    published TEXT,
    source TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    PRIMARY KEY (article, revision)
);
CREATE TABLE collected (at TEXT NOT NULL);  -- one row: when everything was gone through last
INSERT INTO collected VALUES ('');
PRAGMA user_version = 2;
COMMIT;
"""

_SOURCES = """
BEGIN;
ALTER TABLE documents ADD COLUMN source TEXT NOT NULL DEFAULT '';
UPDATE documents SET source = coalesce((SELECT source FROM articles WHERE document = documents.id LIMIT 1), '');
COMMIT;
"""
"""What version 1 lacks beside the revisions."""

ADD_DOCUMENT = """
INSERT INTO documents (id, location, fingerprint, source, place, reason) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET (location, fingerprint, source, place, reason)
    = (excluded.location, excluded.fingerprint, excluded.source, excluded.place, excluded.reason)"""

ADD_ARTICLE = f"INSERT INTO articles VALUES ({', '.join('?' * 15)}, 0)"

_ARTICLES = """
SELECT id, title, text, url, published, author, site, language, source, revision
FROM articles WHERE hidden = 0"""

ARTICLES = f"{_ARTICLES} ORDER BY id"

ARTICLES_OF = f"{_ARTICLES} AND id IN (SELECT value FROM json_each(?)) ORDER BY id"

HISTORIES = "SELECT id, digest, first_seen, changed FROM articles WHERE hidden = 0 ORDER BY id"

KEEP_REVISIONS = """
INSERT INTO revisions SELECT id, revision, title, text, url, published, source, changed, ? FROM articles
WHERE document = ? AND hidden = 0
ON CONFLICT (article, revision) DO UPDATE SET last_seen = excluded.last_seen"""

DROP_CURRENT_REVISIONS = """
DELETE FROM revisions WHERE (article, revision) IN (SELECT id, revision FROM articles WHERE document = ?)"""

REVISIONS = """
SELECT article, revision, title, text, url, published, source, first_seen, last_seen FROM revisions WHERE article = ?1
UNION ALL
SELECT id, revision, title, text, url, published, source, changed, NULL FROM articles WHERE id = ?1 AND hidden = 0
ORDER BY first_seen, last_seen NULLS LAST"""

HIDE_ALL_BUT_THE_FIRST = """
UPDATE articles SET hidden = 1 WHERE (document, part) IN (
    SELECT document, part FROM (
        SELECT document, part, row_number() OVER (PARTITION BY a.id ORDER BY place, part) AS number
        FROM articles AS a JOIN documents AS d ON d.id = document
        WHERE a.id IN (SELECT id FROM articles GROUP BY id HAVING count(*) > 1)
    ) WHERE number > 1
)"""

FAILURES = """
SELECT location, reason FROM (
    SELECT place, 0 AS line, location, reason FROM documents WHERE reason IS NOT NULL
    UNION ALL
    SELECT place, f.rowid, f.location, f.reason FROM failures AS f JOIN documents AS d ON d.id = document
    UNION ALL
    SELECT d.place, a.part, d.location, 'the id ' || a.id || ' is taken by an article of ' || owner.location
    FROM articles AS a JOIN documents AS d ON d.id = a.document
    JOIN articles AS taken ON taken.id = a.id AND taken.hidden = 0
    JOIN documents AS owner ON owner.id = taken.document
    WHERE a.hidden = 1
) ORDER BY place, line"""


def open_database(path: Path, wait_seconds: float) -> sqlite3.Connection:
    """Open the file, or make it, waiting so long for who writes to it. Transactions are the caller's.

    Raises:
        LibraryError: the file is of a newer version.
        sqlite3.Error: it is damaged, or no library.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path, isolation_level=None, timeout=wait_seconds)
    try:
        _prepare(database, path)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    # Read before anything is written: a file of a newer version stays as it is.
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise LibraryError(f"the library {path} has format {version}, this program knows {VERSION}: update the program")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("PRAGMA foreign_keys = ON")
    if version == 0:
        database.executescript(_TABLES)
    if version == 1:
        database.executescript(_SOURCES)
    if version < VERSION:
        database.executescript(_REVISIONS)
