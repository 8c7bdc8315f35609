"""How the chat's SQLite file is made, and brought from one version to the next.

Invariants: a step is taken wholly or not at all, whoever kills the process; before the first step of an older file a
copy of it lies beside; a file of a newer version is left as it is.

A column that holds somebody's Telegram number is called as ``forgetting.COLUMNS`` says: /forget_me goes by that.
"""

import os
import sqlite3
from pathlib import Path

from bot.chat.storage.backups import back_up
from bot.errors import ChatDatabaseError

_FIRST = """
CREATE TABLE answers (
    token TEXT PRIMARY KEY, created REAL NOT NULL, snapshot TEXT NOT NULL,
    answered INTEGER NOT NULL, pages TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX answers_created ON answers (created);
CREATE TABLE feedback (
    token TEXT NOT NULL, user INTEGER NOT NULL, up INTEGER NOT NULL, given REAL NOT NULL,
    snapshot TEXT NOT NULL, quotes TEXT NOT NULL, PRIMARY KEY (token, user)
) WITHOUT ROWID;
CREATE INDEX feedback_user ON feedback (user);
CREATE TABLE handled (update_id INTEGER PRIMARY KEY, at REAL NOT NULL);
"""
_ADMINS = """
CREATE TABLE told (admin INTEGER NOT NULL, trouble TEXT NOT NULL, PRIMARY KEY (admin, trouble)) WITHOUT ROWID;
"""
_PEOPLE = """
CREATE TABLE invitations (code TEXT PRIMARY KEY, expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE guests (user INTEGER PRIMARY KEY, since REAL NOT NULL);
CREATE TABLE strangers (user INTEGER PRIMARY KEY, told REAL NOT NULL);
CREATE TABLE keys (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE declined (day INTEGER NOT NULL, words TEXT NOT NULL, nearest TEXT);
CREATE INDEX declined_day ON declined (day);
CREATE TABLE days (day INTEGER PRIMARY KEY, asked INTEGER NOT NULL, declined INTEGER NOT NULL);
"""
_REPLICAS = """
CREATE TABLE claims (update_id INTEGER PRIMARY KEY, holder TEXT NOT NULL, until REAL NOT NULL);
CREATE INDEX claims_holder ON claims (holder);
"""
_MESSAGES = """
CREATE TABLE messages (
    chat INTEGER NOT NULL, message INTEGER NOT NULL, token TEXT NOT NULL, page INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (chat, message)
) WITHOUT ROWID;
CREATE INDEX messages_at ON messages (at);
"""
_REPLIES = """
CREATE TABLE replies (update_id INTEGER PRIMARY KEY, stage INTEGER NOT NULL, token TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX replies_at ON replies (at);
"""
_LANGUAGES = """
CREATE TABLE languages (user INTEGER PRIMARY KEY, code TEXT NOT NULL);
"""
_PRESSES = """
CREATE TABLE presses (press TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
"""
STEPS = (_FIRST, _ADMINS, _PEOPLE, _REPLICAS, _MESSAGES, _REPLIES, _LANGUAGES, _PRESSES)
"""What makes each version out of the one before. No semicolon but at the end of a statement."""
VERSION = len(STEPS)
_SECURE = 3
"""Files of earlier versions were written without ``secure_delete``: they hold what was deleted until written anew."""
BUSY_SECONDS = 2.0


def connect(path: Path) -> sqlite3.Connection:
    """Open the file at ``path``, of this version; make it, and its folder, where there is none, for its owner only.

    Raises:
        ChatDatabaseError: it is no such file, or of a newer version.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise ChatDatabaseError(f"{path} cannot be opened: {error}") from error
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of an open file; 0: it is empty."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    try:
        version = version_of(connection)
        if version > VERSION:
            raise ChatDatabaseError(f"{path} is of version {version}, this program knows {VERSION}: update it")
        connection.execute("PRAGMA journal_mode = WAL")
        # A power cut may lose the last few rows, never the file; that is enough for buttons and votes.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")
        if 0 < version < VERSION:
            if version < _SECURE:
                connection.execute("VACUUM")
            back_up(connection, path)
        _migrate(connection)
    except (OSError, sqlite3.Error) as error:
        raise ChatDatabaseError(f"{path} cannot be used ({error}): move it away, and a new one is made") from error


def _migrate(connection: sqlite3.Connection) -> None:
    """Take the missing steps in one transaction; nobody else may take them at the same time."""
    if version_of(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in "".join(STEPS[version_of(connection) :]).split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite itself rolls back when the disk is full
            connection.execute("ROLLBACK")
        raise
