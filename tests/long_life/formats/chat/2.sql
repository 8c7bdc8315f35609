BEGIN TRANSACTION;
CREATE TABLE answers (
    token TEXT PRIMARY KEY, created REAL NOT NULL, snapshot TEXT NOT NULL,
    answered INTEGER NOT NULL, pages TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "answers" VALUES('token-1',1795000000.0,'20261120T000000-0123abcd',1,'[[["bees", "revision-1", 0, 50, [0, 10], 0.75]]]');
CREATE TABLE feedback (
    token TEXT NOT NULL, user INTEGER NOT NULL, up INTEGER NOT NULL, given REAL NOT NULL,
    snapshot TEXT NOT NULL, quotes TEXT NOT NULL, PRIMARY KEY (token, user)
) WITHOUT ROWID;
INSERT INTO "feedback" VALUES('token-1',7,1,1795000000.0,'20261120T000000-0123abcd','[["bees", "revision-1", 0, 50, [0, 10], 0.75]]');
INSERT INTO "feedback" VALUES('token-1',8,0,1795000001.0,'20261120T000000-0123abcd','[["bees", "revision-1", 0, 50, [0, 10], 0.75]]');
CREATE TABLE handled (update_id INTEGER PRIMARY KEY, at REAL NOT NULL);
INSERT INTO "handled" VALUES(1000,1795000000.0);
CREATE TABLE told (admin INTEGER NOT NULL, trouble TEXT NOT NULL, PRIMARY KEY (admin, trouble)) WITHOUT ROWID;
INSERT INTO "told" VALUES(9,'stale');
CREATE INDEX answers_created ON answers (created);
CREATE INDEX feedback_user ON feedback (user);
COMMIT;
PRAGMA user_version = 2;
