"""What a list says of one page: a step of ``PageStore.note``, within its transaction.

Each source is believed for itself: two lists that write the dates of one page in different ways contradict nobody.
"""

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

from index.records import Draft, Listed
from index.sources.web import rows
from index.sources.web.visits import next_check, patience


def note(
    database: sqlite3.Connection,
    source: str,
    address: str,
    listed: Listed,
    draft: Draft | None,
    now: datetime,
    most: timedelta,
) -> bool:
    """Take note of a page, with the article where the list holds it; return whether the page is new."""
    mark = listed.modified or listed.title or ""
    number = rows.page_at(database, address)
    new = number is None
    if number is None:
        number = rows.insert(database, source, address, listed, now)
    said = _said_before(database, source, address)
    if mark or said is None:
        database.execute("INSERT OR REPLACE INTO listings VALUES (?, ?, ?)", (source, address, mark))
    if draft is not None and _may_take_over(database, number, source):
        _take_over(database, number, source, listed, draft, now, most)
    elif draft is None and _is_the_lists(database, number, source):
        _give_back(database, number, now)
    elif said is not None and mark not in ("", said):
        _expect_change(database, number, listed, now)
    return new


def _said_before(database: sqlite3.Connection, source: str, address: str) -> str | None:
    query = "SELECT mark FROM listings WHERE source = ? AND address = ?"
    row = database.execute(query, (source, address)).fetchone()
    return row[0] if row else None


def _may_take_over(database: sqlite3.Connection, number: int, source: str) -> bool:
    """Another source's article stays as that source has it, and what its own page has withdrawn stays away."""
    query = "SELECT 1 FROM pages WHERE number = ? AND gone IS NULL AND (source = ? OR digest IS NULL)"
    return database.execute(query, (number, source)).fetchone() is not None


def _is_the_lists(database: sqlite3.Connection, number: int, source: str) -> bool:
    query = "SELECT 1 FROM pages WHERE number = ? AND source = ? AND NOT own"
    return database.execute(query, (number, source)).fetchone() is not None


def _take_over(
    database: sqlite3.Connection,
    number: int,
    source: str,
    listed: Listed,
    draft: Draft,
    now: datetime,
    most: timedelta,
) -> None:
    """The list holds the article itself: nothing needs to be fetched, but the page may disappear one day.

    It was published when it was listed first: there are feeds in which everything is always of today.
    """
    (first,) = database.execute("SELECT published FROM pages WHERE number = ?", (number,)).fetchone()
    published = datetime.fromisoformat(first).date() if first else draft.published
    query = "UPDATE pages SET own = 0, source = ?, title = ? WHERE number = ?"
    database.execute(query, (source, listed.title, number))
    if rows.keep_draft(database, number, replace(draft, published=published), now):
        rows.settle(database, number, now, next_check(now, now, most))


def _give_back(database: sqlite3.Connection, number: int, now: datetime) -> None:
    """The list no longer holds the article, so it is its page's; what was known of that was not for reading it."""
    query = "UPDATE pages SET own = 1, etag = NULL, modified = NULL, urgent = 1, due = ? WHERE number = ?"
    database.execute(query, (now.isoformat(), number))


def _expect_change(database: sqlite3.Connection, number: int, listed: Listed, now: datetime) -> None:
    """The page is to be looked at soon, but no sooner than a page that cannot be fetched is tried again."""
    query = "SELECT futile, checked, due, failures FROM pages WHERE number = ?"
    futile, checked, due, failures = database.execute(query, (number,)).fetchone()
    wanted = max(now, datetime.fromisoformat(checked) + patience(futile)) if checked else now
    if due and (failures or datetime.fromisoformat(due) < wanted):
        wanted = datetime.fromisoformat(due)
    database.execute(
        "UPDATE pages SET title = coalesce(?, title), newest = coalesce(?, newest), urgent = 1, due = ?"
        " WHERE number = ?",
        (listed.title, rows.newest(listed), wanted.isoformat(), number),
    )
