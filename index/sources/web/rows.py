"""Steps on the row of one page, which the store takes together in a transaction. Times in, rows changed.

Invariant: a page is due, or it is never looked at again.
"""

import sqlite3
from datetime import datetime, timedelta
from hashlib import sha256

from index.records import Draft, Listed
from index.sources.web import tables
from index.sources.web.drafts import packed
from index.sources.web.moments import moment
from index.sources.web.visits import next_check


def page_at(database: sqlite3.Connection, address: str) -> int | None:
    """Return the page that an address, in canonical form, leads to."""
    row = database.execute("SELECT page FROM addresses WHERE address = ?", (address,)).fetchone()
    return row[0] if row else None


def insert(database: sqlite3.Connection, source: str, address: str, listed: Listed, now: datetime) -> int:
    """Add a page that nobody has looked at, and return its number."""
    published = listed.published.isoformat() if listed.published else None
    came = now.isoformat()
    row = (address, source, listed.url or None, listed.title, listed.author, published, newest(listed), came, came)
    number = database.execute(tables.NEW_PAGE, row).lastrowid
    assert number is not None  # sqlite3 promises it after an INSERT
    database.execute("INSERT INTO addresses VALUES (?, ?)", (address, number))
    return number


def newest(listed: Listed) -> str | None:
    """Return when the page was published or changed last, as its list says."""
    moments = [known for known in (listed.published, moment(listed.modified)) if known]
    return max(moments).isoformat() if moments else None


def keep_draft(database: sqlite3.Connection, number: int, draft: Draft, now: datetime) -> bool:
    """Keep what was read; return whether it differs from what is kept, or stands for what was gone."""
    content = packed(draft)
    query = """UPDATE pages SET draft = ?, digest = ?, changed = ?, futile = 0
               WHERE number = ? AND (draft IS NOT ? OR gone IS NOT NULL)"""
    digest = sha256(content.encode()).hexdigest()[:16]
    return database.execute(query, (content, digest, now.isoformat(), number, content)).rowcount > 0


def settle(database: sqlite3.Connection, number: int, now: datetime, due: datetime | None) -> None:
    """The page was looked at, and is to be looked at again when it is due."""
    database.execute(
        "UPDATE pages SET checked = ?, due = ?, urgent = 0, failures = 0, problem = NULL, gone = NULL WHERE number = ?",
        (now.isoformat(), due.isoformat() if due else None, number),
    )


def found_unchanged(database: sqlite3.Connection, number: int, now: datetime, most: timedelta) -> None:
    """The page was looked at, and is what it was: the longer that is so, the later it is looked at again."""
    query = "SELECT coalesce(changed, added) FROM pages WHERE number = ?"
    (since,) = database.execute(query, (number,)).fetchone()
    database.execute("UPDATE pages SET futile = futile + urgent WHERE number = ?", (number,))
    settle(database, number, now, next_check(datetime.fromisoformat(since), now, most))


def found_without_article(
    database: sqlite3.Connection, number: int, column: str, reason: str, now: datetime, most: timedelta
) -> None:
    """The page was looked at, and there is no article in it; ``column`` is ``gone`` or ``problem``.

    Where there was one before, it may be back soon: the page is looked at as often as one that has just changed.
    """
    database.execute(f"UPDATE pages SET changed = ? WHERE number = ? AND {column} IS NULL", (now.isoformat(), number))
    found_unchanged(database, number, now, most)
    database.execute(f"UPDATE pages SET {column} = ? WHERE number = ?", (reason, number))
