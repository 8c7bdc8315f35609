"""Pages that turn out to be one: a step of ``PageStore.keep_page``, within its transaction.

Invariant: whatever is joined, no article is lost of which nothing else has the words.
"""

import json
import sqlite3
from collections.abc import Sequence

from index.sources.web import rows
from index.sources.web.drafts import unpacked
from index.sources.web.sameness import say_the_same

_MOVE_DRAFT = """
UPDATE pages SET (draft, digest, changed, own, source) =
    (SELECT draft, digest, changed, own, source FROM pages WHERE number = :gone)
WHERE number = :kept AND digest IS NULL AND EXISTS (SELECT 1 FROM pages WHERE number = :gone AND digest IS NOT NULL)"""


def joined(database: sqlite3.Connection, page: int, addresses: Sequence[str]) -> int:
    """Make all pages at these addresses one with a page, and return its number: the one that was known first stays."""
    found = (rows.page_at(database, address) for address in addresses)
    pages = {page, *(number for number in found if number is not None)}
    kept = min(pages)
    for other in pages - {kept}:
        database.execute("UPDATE addresses SET page = ? WHERE page = ?", (kept, other))
        database.execute(_MOVE_DRAFT, {"kept": kept, "gone": other})
        database.execute("DELETE FROM pages WHERE number = ?", (other,))
    database.executemany("INSERT OR IGNORE INTO addresses VALUES (?, ?)", [(address, kept) for address in addresses])
    if len(pages) == 1 and addresses:  # before it was read, its id was only what its list called it
        query = "UPDATE pages SET article = ? WHERE number = ? AND digest IS NULL"
        database.execute(query, (addresses[0], kept))
    return kept


def others(database: sqlite3.Connection, page: int, addresses: Sequence[str], text: str | None) -> set[str]:
    """Return those of the addresses at which another article is known than ``text``, or than a page's own."""
    query = """SELECT address, draft FROM addresses JOIN pages ON number = page
               WHERE page <> ? AND digest IS NOT NULL AND address IN (SELECT value FROM json_each(?))"""
    known = database.execute(query, (page, json.dumps(list(addresses)))).fetchall()
    own = text if text is not None or not known else _text(database, page)
    return {address for address, draft in known if own and not say_the_same(own, unpacked(draft).text)}


def _text(database: sqlite3.Connection, page: int) -> str | None:
    row = database.execute("SELECT draft FROM pages WHERE number = ?", (page,)).fetchone()
    return unpacked(row[0]).text if row and row[0] else None
