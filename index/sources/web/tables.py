"""The page store's file: SQLite, its tables, and the queries that are longer than a line.

A page is one article, however many addresses lead to it and however many sources list it. Times are ISO texts in UTC,
so that their order is that of time.
"""

import sqlite3
from pathlib import Path

from index.errors import LibraryError

VERSION = 1
"""The file's format, in SQLite's user_version."""

_TABLES = f"""
BEGIN;
CREATE TABLE pages (
    number INTEGER PRIMARY KEY,
    article TEXT NOT NULL UNIQUE,  -- the article's id: an address of it in canonical form
    source TEXT NOT NULL,          -- label of the source whose article it is
    url TEXT,                      -- where it is now; none for what was handed in without one
    title TEXT, author TEXT,       -- as the list says
    published TEXT,
    newest TEXT,                   -- when it was published or changed, as the list says: newer ones are read first
    futile INTEGER NOT NULL DEFAULT 0,  -- how often in a row it had changed and the page had not
    own INTEGER NOT NULL DEFAULT 1,     -- whether its text is the page's own; else it is the list's
    digest TEXT,                   -- of the draft; none: nothing was read yet, or there is no article
    etag TEXT, modified TEXT,
    added TEXT NOT NULL,
    changed TEXT,                  -- when the page became what it is: an article, another one, gone
    checked TEXT,                  -- when the page was asked for last
    due TEXT,                      -- when to ask again; none: never
    urgent INTEGER NOT NULL DEFAULT 1,  -- it is new, or the list says that it changed
    failures INTEGER NOT NULL DEFAULT 0,  -- in a row
    problem TEXT,                  -- why there is no article in it, or why it could not be fetched
    gone TEXT,                     -- why the article is no more: 404, 410, noindex
    draft TEXT                     -- what was read, as JSON; last, as SQLite reads a row up to what is asked for
);
CREATE INDEX pages_due ON pages (source, urgent, due);
CREATE TABLE addresses (
    address TEXT PRIMARY KEY,      -- in canonical form
    page INTEGER NOT NULL REFERENCES pages ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX addresses_of_page ON addresses (page);
CREATE TABLE listings (            -- what each source says of an address
    source TEXT NOT NULL,
    address TEXT NOT NULL REFERENCES addresses,
    mark TEXT NOT NULL,            -- when that changes, the page has changed
    PRIMARY KEY (source, address)
) WITHOUT ROWID;
CREATE TABLE lists (
    source TEXT NOT NULL,
    url TEXT NOT NULL,             -- of a feed or a sitemap
    stamp TEXT NOT NULL,           -- digest of the source's settings with which it was read
    etag TEXT, modified TEXT,
    stated TEXT,                   -- when it changed last, as the index of sitemaps says
    PRIMARY KEY (source, url)
) WITHOUT ROWID;
PRAGMA user_version = {VERSION};
COMMIT;
"""

NEW_PAGE = """
INSERT INTO pages (article, source, url, title, author, published, newest, added, due)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""

VISIT = "number, article, url, source, own, etag, modified, digest IS NOT NULL AND gone IS NULL"
"""What is to be known of a page to look at it."""

UNREAD = f"""
SELECT {VISIT} FROM pages WHERE source = :source AND urgent = 1 AND due <= :now AND digest IS NULL
ORDER BY newest DESC, number LIMIT :most"""

CHANGED = f"""
SELECT {VISIT} FROM pages WHERE source = :source AND urgent = 1 AND due <= :now AND digest IS NOT NULL
ORDER BY newest DESC, number LIMIT :most"""

AGAIN = f"""
SELECT {VISIT} FROM pages
WHERE source = :source AND urgent = 0 AND (due <= :now OR due IS NULL AND own AND digest IS NOT NULL)
ORDER BY due, number LIMIT :most"""
"""Those that are never due were read while nothing was to be looked at again."""

CORRECT = """
UPDATE pages SET checked = min(checked, :now), added = min(added, :now), changed = min(changed, :now),
    due = min(due, :now) WHERE coalesce(checked, added) > :now"""
"""Of what was noted in times to come; all of it is due."""

_LISTED = "FROM addresses AS a JOIN listings AS l ON l.address = a.address WHERE a.page = number AND l.source"

ADOPT = f"""
UPDATE pages SET source = (SELECT min(l.source) {_LISTED} IN (SELECT value FROM json_each(:labels)))
WHERE (source NOT IN (SELECT value FROM json_each(:labels)) OR NOT EXISTS (SELECT 1 {_LISTED} = pages.source))
  AND EXISTS (SELECT 1 {_LISTED} IN (SELECT value FROM json_each(:labels)))"""

LISTED_BY = """
SELECT article FROM json_each(:addresses) CROSS JOIN addresses ON address = value CROSS JOIN pages ON number = page
WHERE source = :source"""
"""From the addresses to the pages: the other way round each page would be looked for among all addresses."""

UNLISTED = """
DELETE FROM listings WHERE source = :source AND address NOT IN (SELECT value FROM json_each(:addresses))"""

FORMER_NAMES = """
SELECT DISTINCT source FROM lists
WHERE url IN (SELECT value FROM json_each(:urls)) AND source NOT IN (SELECT value FROM json_each(:labels))
  AND NOT EXISTS (SELECT 1 FROM lists WHERE source = :source)"""


def open_database(path: Path, wait_seconds: float) -> sqlite3.Connection:
    """Open the file, or make it. Transactions are the caller's.

    Raises:
        LibraryError: the file is of a newer version.
        sqlite3.Error: it is damaged, or no page store.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path, isolation_level=None, timeout=wait_seconds)
    try:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise LibraryError(f"the pages in {path} have format {version}, this program knows {VERSION}: update it")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA foreign_keys = ON")
        if version < VERSION:
            database.executescript(_TABLES)
    except BaseException:
        database.close()
        raise
    return database
