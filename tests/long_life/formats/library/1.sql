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
INSERT INTO "articles" VALUES('samples/paper.md',0,'samples/paper.md','Paper','Paper was first made in China. Cai Lun described the craft to the court in the year 105.','https://example.org/paper',NULL,NULL,'example.org','en','samples','1a54018fbf0ee0f5','21d97eb6ba298230e9b202f282045326','2026-11-26T03:10:44.026283+00:00','2026-11-26T03:10:44.026283+00:00',0);
INSERT INTO "articles" VALUES('samples/tides.md',0,'samples/tides.md','Tides','The moon raises two tides a day. In the Bay of Fundy they rise by sixteen metres.','https://example.org/tides',NULL,NULL,'example.org','en','samples','38f9b5995cc7f4fc','9e5db649b322716169cbd3235b18cdd3','2026-11-26T03:10:44.027150+00:00','2026-11-26T03:10:44.027150+00:00',0);
INSERT INTO "articles" VALUES('samples/bees.md',0,'samples/bees.md','Bees','Honey bees dance to tell others where flowers are. Karl von Frisch read the dance in 1927.','https://example.org/bees',NULL,NULL,'example.org','en','samples','bc446cfc7e9cd609','848dd1d09c887c98df91008b53b3e465','2026-11-26T03:10:44.017094+00:00','2026-11-26T03:10:44.442857+00:00',0);
CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    location TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    place INTEGER NOT NULL,  -- in the last collection: of articles with one id, the first document's counts
    reason TEXT              -- why it is unreadable; its articles are those of the last time it was readable
);
INSERT INTO "documents" VALUES('samples/bees.md','/srv/verbatim/articles/bees.md','1 163 1795662644414619542',0,NULL);
INSERT INTO "documents" VALUES('samples/paper.md','/srv/verbatim/articles/paper.md','1 164 1795662643701454779',1,NULL);
INSERT INTO "documents" VALUES('samples/tides.md','/srv/verbatim/articles/tides.md','1 157 1795662643701405586',2,NULL);
CREATE TABLE failures (
    document TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    location TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX articles_by_id ON articles (id, hidden, digest, first_seen, changed);
CREATE INDEX failures_by_document ON failures (document);
COMMIT;
PRAGMA user_version = 1;
