BEGIN TRANSACTION;
CREATE TABLE answers (
    token TEXT PRIMARY KEY, created REAL NOT NULL, snapshot TEXT NOT NULL,
    answered INTEGER NOT NULL, pages TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "answers" VALUES('token-1',1795000000.0,'20261120T000000-0123abcd',1,'[[["bees", "revision-1", 0, 50, [0, 10], 0.75]]]');
CREATE TABLE claims (update_id INTEGER PRIMARY KEY, holder TEXT NOT NULL, until REAL NOT NULL);
INSERT INTO "claims" VALUES(1001,'replica-1',1795000330.0);
CREATE TABLE days (day INTEGER PRIMARY KEY, asked INTEGER NOT NULL, declined INTEGER NOT NULL);
INSERT INTO "days" VALUES(20775,1,1);
CREATE TABLE declined (day INTEGER NOT NULL, words TEXT NOT NULL, nearest TEXT);
INSERT INTO "declined" VALUES(20775,'Who wrote it?','["bees", "revision-1", 0, 50, [0, 10], 0.75]');
CREATE TABLE feedback (
    token TEXT NOT NULL, user INTEGER NOT NULL, up INTEGER NOT NULL, given REAL NOT NULL,
    snapshot TEXT NOT NULL, quotes TEXT NOT NULL, PRIMARY KEY (token, user)
) WITHOUT ROWID;
INSERT INTO "feedback" VALUES('token-1',7,1,1795000000.0,'20261120T000000-0123abcd','[["bees", "revision-1", 0, 50, [0, 10], 0.75]]');
INSERT INTO "feedback" VALUES('token-1',8,0,1795000001.0,'20261120T000000-0123abcd','[["bees", "revision-1", 0, 50, [0, 10], 0.75]]');
CREATE TABLE guests (user INTEGER PRIMARY KEY, since REAL NOT NULL);
INSERT INTO "guests" VALUES(10,1795000000.0);
CREATE TABLE handled (update_id INTEGER PRIMARY KEY, at REAL NOT NULL);
INSERT INTO "handled" VALUES(1000,1795000000.0);
CREATE TABLE invitations (code TEXT PRIMARY KEY, expires REAL NOT NULL) WITHOUT ROWID;
INSERT INTO "invitations" VALUES('0caa88c257d7122268f6494539faedf6b1d213409ff0dd264107182f174ea14a',1795086400.0);
CREATE TABLE keys (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO "keys" VALUES('log',X'00010203');
CREATE TABLE messages (
    chat INTEGER NOT NULL, message INTEGER NOT NULL, token TEXT NOT NULL, page INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (chat, message)
) WITHOUT ROWID;
INSERT INTO "messages" VALUES(7,70,'token-1',0,1795000000.0);
CREATE TABLE strangers (user INTEGER PRIMARY KEY, told REAL NOT NULL);
CREATE TABLE told (admin INTEGER NOT NULL, trouble TEXT NOT NULL, PRIMARY KEY (admin, trouble)) WITHOUT ROWID;
INSERT INTO "told" VALUES(9,'stale');
CREATE INDEX answers_created ON answers (created);
CREATE INDEX feedback_user ON feedback (user);
CREATE INDEX declined_day ON declined (day);
CREATE INDEX claims_holder ON claims (holder);
CREATE INDEX messages_at ON messages (at);
COMMIT;
PRAGMA user_version = 5;
