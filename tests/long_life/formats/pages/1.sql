BEGIN TRANSACTION;
CREATE TABLE addresses (
    address TEXT PRIMARY KEY,      -- in canonical form
    page INTEGER NOT NULL REFERENCES pages ON DELETE CASCADE
) WITHOUT ROWID;
INSERT INTO "addresses" VALUES('ink',1);
CREATE TABLE listings (            -- what each source says of an address
    source TEXT NOT NULL,
    address TEXT NOT NULL REFERENCES addresses,
    mark TEXT NOT NULL,            -- when that changes, the page has changed
    PRIMARY KEY (source, address)
) WITHOUT ROWID;
INSERT INTO "listings" VALUES('added','ink','');
CREATE TABLE lists (
    source TEXT NOT NULL,
    url TEXT NOT NULL,             -- of a feed or a sitemap
    stamp TEXT NOT NULL,           -- digest of the source's settings with which it was read
    etag TEXT, modified TEXT,
    stated TEXT,                   -- when it changed last, as the index of sitemaps says
    PRIMARY KEY (source, url)
) WITHOUT ROWID;
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
INSERT INTO "pages" VALUES(1,'ink','added','https://example.org/ink','Ink',NULL,NULL,NULL,0,0,'5dcdbd41454f0cbb',NULL,NULL,'2026-11-26T03:12:21.103257+00:00','2026-11-26T03:12:21.103257+00:00','2026-11-26T03:12:21.103257+00:00',NULL,0,0,NULL,NULL,'{"text": "Ink was made of soot and glue in Egypt.", "id": "ink", "title": "Ink", "url": "https://example.org/ink", "language": "en", "line": 1}');
CREATE INDEX pages_due ON pages (source, urgent, due);
CREATE INDEX addresses_of_page ON addresses (page);
COMMIT;
PRAGMA user_version = 1;
