"""The page store: every page that a list has named, what was read in it, and when to look again.

It fetches nothing and reads no page. Each step is kept when its method returns, so that a run that dies has lost
nothing. Invariants: an address leads to one page; a page is one article, under one id that it keeps.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from index.records import Draft, Listed
from index.sources.web import joining, noting, rows, tables
from index.sources.web.addresses import canonical_address
from index.sources.web.drafts import unpacked
from index.sources.web.file import PageFile
from index.sources.web.states import ListState as ListState
from index.sources.web.states import Stored as Stored
from index.sources.web.states import Visit as Visit
from index.sources.web.visits import next_check, next_try, shares


class PageStore:
    """The page store in the file at ``path``, which is made if there is none. Use it with ``with``; for one thread.

    Every method raises ``LibraryError`` where the file is damaged, in use or of a newer version.
    """

    def __init__(self, path: Path, wait_seconds: float = 5.0) -> None:
        self._file = PageFile(path, wait_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    # --- what lists say -------------------------------------------------------------------------------------------

    def list_state(self, source: str, stamp: str, url: str) -> ListState:
        """Return how a list was when a source with settings of this ``stamp`` read it last."""
        query = "SELECT etag, modified, stated FROM lists WHERE source = ? AND stamp = ? AND url = ?"
        with self._file.reading() as database:
            row = database.execute(query, (source, stamp, url)).fetchone()
        return ListState(*row) if row else ListState()

    def keep_list(self, source: str, stamp: str, url: str, state: ListState) -> None:
        """Remember how a list is; only once everything that it names was noted."""
        row = (source, url, stamp, state.etag, state.modified, state.stated)
        with self._file.reading() as database:
            database.execute("INSERT OR REPLACE INTO lists VALUES (?, ?, ?, ?, ?, ?)", row)

    def note(
        self,
        source: str,
        pages: Iterable[tuple[Listed, Draft | None]],
        now: datetime,
        most: timedelta,
        complete: bool = False,
    ) -> int:
        """Take note of what a list names, with what it says itself of an article; return how many pages are new.

        All of it is kept, or none. An address that is none is passed over. ``complete``: the source lists nothing else.
        """
        addresses, new = [], 0
        with self._file.writing() as database:
            for listed, draft in pages:
                if address := _form(listed.url):
                    addresses.append(address)
                    new += noting.note(database, source, address, listed, draft, now, most)
            if complete:
                given = {"source": source, "addresses": json.dumps(addresses)}
                database.execute(tables.UNLISTED, given)
        return new

    def hand_in(self, source: str, article: str, url: str | None, draft: Draft, now: datetime) -> bool:
        """Keep an article that needs no fetching; return whether it is new or has changed."""
        with self._file.writing() as database:
            number = rows.page_at(database, article)
            if number is None:
                number = rows.insert(database, source, article, Listed(url or "", title=draft.title), now)
            query = "UPDATE pages SET source = ?, url = ?, own = 0 WHERE number = ?"
            database.execute(query, (source, url, number))
            database.execute("INSERT OR IGNORE INTO listings VALUES (?, ?, '')", (source, article))
            changed = rows.keep_draft(database, number, draft, now)
            rows.settle(database, number, now, None)
        return changed

    def inherit(self, source: str, urls: Collection[str], labels: Collection[str]) -> None:
        """Give a source that was never read what one held that is no longer among ``labels`` and read the same lists.

        So an operator may give a source another name without losing its archive.
        """
        given = {"source": source, "urls": json.dumps(list(urls)), "labels": json.dumps(list(labels))}
        with self._file.writing() as database:
            for (former,) in database.execute(tables.FORMER_NAMES, given).fetchall():
                for table in ("pages", "listings", "lists"):
                    query = f"UPDATE OR REPLACE {table} SET source = ? WHERE source = ?"
                    database.execute(query, (source, former))

    def adopt(self, labels: Sequence[str]) -> None:
        """Give pages that none of ``labels`` has, or whose source lists them no more, to another that lists them."""
        with self._file.writing() as database:
            database.execute(tables.ADOPT, {"labels": json.dumps(list(labels))})

    # --- what visits find -----------------------------------------------------------------------------------------

    def correct(self, now: datetime) -> None:
        """Take what was noted in times to come for noted now: the clock was wrong, and nobody waits until then."""
        with self._file.writing() as database:
            database.execute(tables.CORRECT, {"now": now.isoformat()})

    def to_visit(self, source: str, new: int, again: int, now: datetime) -> list[Visit]:
        """Return the pages of a source to look at now: new and changed ones, newest first, then those that are due.

        There are at most ``new`` of the former and ``again`` of the latter.
        """
        given = {"source": source, "now": now.isoformat()}
        with self._file.reading() as database:
            unread, changed, due = (
                database.execute(query, {**given, "most": most}).fetchall()
                for query, most in ((tables.UNREAD, new), (tables.CHANGED, new), (tables.AGAIN, again))
            )
        of_unread, of_changed = shares(len(unread), len(changed), new)
        return [_visit(row) for row in (*unread[:of_unread], *changed[:of_changed], *due)]

    def unchanged(self, visit: Visit, now: datetime, most: timedelta) -> None:
        """The page is as it was."""
        with self._file.writing() as database:
            rows.found_unchanged(database, _number(database, visit), now, most)

    def others(self, visit: Visit, addresses: Sequence[str], draft: Draft | None) -> set[str]:
        """Return those of the addresses at which an article is known that is not the one of ``visit``.

        ``draft``: what its page says now; ``None``: what it said last.
        """
        with self._file.reading() as database:
            return joining.others(database, _number(database, visit), addresses, draft.text if draft else None)

    def keep_page(
        self,
        visit: Visit,
        draft: Draft | None,
        url: str,
        addresses: Sequence[str],
        validators: tuple[str | None, str | None],
        now: datetime,
        most: timedelta,
    ) -> bool:
        """Keep what a page says, and what else leads to it; return whether it says anything new.

        ``addresses`` are in canonical form, the one that names the article first. ``draft``: ``None`` where its list
        says what is in it. A page that turns out to be another one that is known becomes one with that.
        """
        with self._file.writing() as database:
            number = joining.joined(database, _number(database, visit), addresses)
            # a page of which nothing was kept has to be read the next time, not to be as it was
            query = "SELECT ? OR digest IS NOT NULL FROM pages WHERE number = ?"
            (read,) = database.execute(query, (draft is not None, number)).fetchone()
            row = (url, *(validators if read else (None, None)), number)
            database.execute("UPDATE pages SET url = ?, etag = ?, modified = ? WHERE number = ?", row)
            if draft is not None and rows.keep_draft(database, number, draft, now):
                rows.settle(database, number, now, next_check(now, now, most))
                return True
            rows.found_unchanged(database, number, now, most)
            return False

    def gone(self, visit: Visit, reason: str, now: datetime, most: timedelta) -> None:
        """The article is no more, for the time being."""
        with self._file.writing() as database:
            number = _number(database, visit)
            rows.found_without_article(database, number, "gone", reason, now, most)
            database.execute("UPDATE pages SET etag = NULL, modified = NULL WHERE number = ?", (number,))

    def unreadable(self, visit: Visit, problem: str, now: datetime, most: timedelta) -> None:
        """There is no article in the page; one that was there before is kept."""
        with self._file.writing() as database:
            rows.found_without_article(database, _number(database, visit), "problem", problem, now, most)

    def failed(self, visit: Visit, problem: str, now: datetime, most: timedelta) -> None:
        """The page could not be fetched."""
        with self._file.writing() as database:
            query = """UPDATE pages SET failures = failures + 1, problem = ?, checked = ? WHERE number = ?
                       RETURNING failures"""
            number = _number(database, visit)
            ((failures,),) = database.execute(query, (problem, now.isoformat(), number)).fetchall()
            due = next_try(failures, now, most)
            database.execute("UPDATE pages SET due = ? WHERE number = ?", (due.isoformat(), number))

    # --- what there is --------------------------------------------------------------------------------------------

    def articles(self, source: str) -> Iterator[Stored]:
        """Yield the articles of a source, by id; what is gone is none."""
        query = "SELECT article, url, digest FROM pages WHERE source = ? AND digest IS NOT NULL AND gone IS NULL"
        with self._file.reading() as database:
            for row in database.execute(f"{query} ORDER BY article", (source,)):
                yield Stored(*row)

    def has(self, source: str) -> bool:
        """Tell whether there is any page that a source lists."""
        with self._file.reading() as database:
            row = database.execute("SELECT 1 FROM listings WHERE source = ? LIMIT 1", (source,)).fetchone()
        return row is not None

    def draft(self, article: str) -> Draft:
        """Return what was read of an article; where the page says nothing, what its list says.

        Raises:
            KeyError: nothing was.
        """
        query = "SELECT draft, url, title, author, published FROM pages WHERE article = ?"
        with self._file.reading() as database:
            row = database.execute(query, (article,)).fetchone()
        if row is None or row[0] is None:
            raise KeyError(article)
        packed, url, title, author, published = row
        draft = unpacked(packed)
        return replace(
            draft,
            id=article,
            url=url,
            title=draft.title or title,
            author=draft.author or author,
            published=draft.published or (datetime.fromisoformat(published).date() if published else None),
        )

    def listed_by(self, source: str, addresses: Collection[str]) -> set[str]:
        """Return the ids of a source's articles at these addresses, in canonical form."""
        given = {"source": source, "addresses": json.dumps(list(addresses))}
        with self._file.reading() as database:
            return {article for (article,) in database.execute(tables.LISTED_BY, given)}

    def article_at(self, address: str) -> str | None:
        """Return the id of the article that an address leads to, in canonical form; ``None``: none is known."""
        query = "SELECT article FROM pages JOIN addresses ON page = number WHERE address = ?"
        with self._file.reading() as database:
            row = database.execute(query, (address,)).fetchone()
        return row[0] if row else None

    def due(self, now: datetime) -> tuple[int, datetime | None]:
        """Return how many pages are to be looked at now, and when the next one is after that."""
        with self._file.reading() as database:
            query = "SELECT count(*) FILTER (WHERE due <= ?1), min(due) FILTER (WHERE due > ?1) FROM pages"
            count, after = database.execute(query, (now.isoformat(),)).fetchone()
        return count, datetime.fromisoformat(after) if after else None

    def problems(self) -> list[tuple[str, str, str]]:
        """Return source, address and reason of every page without an article, or that could not be fetched last."""
        query = "SELECT source, coalesce(url, article), coalesce(gone, problem) FROM pages"
        with self._file.reading() as database:
            rows = database.execute(f"{query} WHERE gone IS NOT NULL OR problem IS NOT NULL ORDER BY source, url")
            return rows.fetchall()


def _form(url: str) -> str | None:
    try:
        return canonical_address(url)
    except ValueError:
        return None


def _number(database: sqlite3.Connection, visit: Visit) -> int:
    """The page that a visit was to: another one than before, where both turned out to be one meanwhile."""
    number = rows.page_at(database, visit.article)
    return visit.number if number is None else number


def _visit(row: tuple[int, str, str, str, int, str | None, str | None, int]) -> Visit:
    number, article, url, source, own, etag, modified, known = row
    return Visit(number, article, url, source, bool(own), etag, modified, bool(known))
