BEGIN TRANSACTION;
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
INSERT INTO "articles" VALUES('samples/bees.md',0,'samples/bees.md','Bees','Honey bees dance to tell others where flowers are. Karl von Frisch read the dance in 1927.','https://example.org/bees',NULL,NULL,'example.org','en','samples','bc446cfc7e9cd609','848dd1d09c887c98df91008b53b3e465','2026-11-26T03:12:20.690978+00:00','2026-11-26T03:12:21.314531+00:00',0);
INSERT INTO "articles" VALUES('samples/paper.md',0,'samples/paper.md','Paper','Paper was first made in China. Cai Lun described the craft to the court in the year 105.','https://example.org/paper',NULL,NULL,'example.org','en','samples','1a54018fbf0ee0f5','21d97eb6ba298230e9b202f282045326','2026-11-26T03:12:20.691989+00:00','2026-11-26T03:12:20.691989+00:00',0);
INSERT INTO "articles" VALUES('samples/tides.md',0,'samples/tides.md','Tides','The moon raises two tides a day. In the Bay of Fundy they rise by sixteen metres.','https://example.org/tides',NULL,NULL,'example.org','en','samples','38f9b5995cc7f4fc','9e5db649b322716169cbd3235b18cdd3','2026-11-26T03:12:20.692591+00:00','2026-11-26T03:12:20.692591+00:00',0);
INSERT INTO "articles" VALUES('added/ink',0,'ink','Ink','Ink was made of soot and glue in Egypt.','https://example.org/ink',NULL,NULL,'example.org','en','added','54c7caeddf1bcecc','35fb4feabdaf86fa25c70473fa1d31ea','2026-11-26T03:12:21.316109+00:00','2026-11-26T03:12:21.316109+00:00',0);
CREATE TABLE collected (at TEXT NOT NULL);
INSERT INTO "collected" VALUES('2026-11-26T03:12:21.316283+00:00');
CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    location TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    source TEXT NOT NULL,    -- label of the source that holds it
    place INTEGER NOT NULL,  -- in the last collection: of articles with one id, the first document's counts
    reason TEXT              -- why it is unreadable; its articles are those of the last time it was readable
);
INSERT INTO "documents" VALUES('samples/bees.md','/srv/verbatim/articles/bees.md','1 163 1795662741101986067','samples',0,NULL);
INSERT INTO "documents" VALUES('samples/paper.md','/srv/verbatim/articles/paper.md','1 164 1795662741102186303','samples',1,NULL);
INSERT INTO "documents" VALUES('samples/tides.md','/srv/verbatim/articles/tides.md','1 157 1795662741102084563','samples',2,NULL);
INSERT INTO "documents" VALUES('added/ink','https://example.org/ink','1 5dcdbd41454f0cbb https://example.org/ink','added',3,NULL);
CREATE TABLE failures (
    document TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    location TEXT NOT NULL,
    reason TEXT NOT NULL
);
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
INSERT INTO "revisions" VALUES('samples/bees.md','05a644740e802476','Bees','Honey bees dance. Nobody knows why.','https://example.org/bees',NULL,'samples','2026-11-26T03:12:20.690978+00:00','2026-11-26T03:12:21.313421+00:00');
CREATE INDEX articles_by_id ON articles (id, hidden, digest, first_seen, changed);
CREATE INDEX failures_by_document ON failures (document);
COMMIT;
PRAGMA user_version = 2;
