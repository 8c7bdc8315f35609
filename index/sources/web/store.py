"""The page store: every page that a list has named, what was read in it, and when to look again.

It fetches nothing and reads no page. Each step is kept when its method returns, so that a run that dies has lost
nothing. Invariants: an address leads to one page; a page is one article, under one id that it keeps.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from index.errors import LibraryError
from index.records import Draft, Listed
from index.sources.web import tables
from index.sources.web.addresses import canonical_address
from index.sources.web.drafts import packed, unpacked
from index.sources.web.visits import next_check, next_try, patience

_VISIT = "number, article, url, source, own, etag, modified, draft IS NOT NULL AND gone IS NULL"


@dataclass(frozen=True, slots=True)
class Visit:
    """A page to look at. ``own``: its text is to be read; else only whether it is still there.

    ``etag`` and ``modified`` are those of the answer that was read last; ``known``: there is an article in it.
    """

    number: int
    article: str
    url: str
    source: str
    own: bool
    etag: str | None
    modified: str | None
    known: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """An article that was read: its id, where it is, and a digest of all that was read."""

    article: str
    url: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class ListState:
    """A feed or a sitemap as it was read last; ``stated``: when it changed, as an index of sitemaps says."""

    etag: str | None = None
    modified: str | None = None
    stated: str | None = None


class PageStore:
    """The page store in the file at ``path``, which is made if there is none. Use it with ``with``; for one thread.

    Every method raises ``LibraryError`` where the file is damaged, in use or of a newer version.
    """

    def __init__(self, path: Path, wait_seconds: float = 5.0) -> None:
        self._path = path
        with self._sound():
            self._database = tables.open_database(path, wait_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    # --- what lists say -------------------------------------------------------------------------------------------

    def list_state(self, source: str, stamp: str, url: str) -> ListState:
        """Return how a list was when a source with settings of this ``stamp`` read it last."""
        query = "SELECT etag, modified, stated FROM lists WHERE source = ? AND stamp = ? AND url = ?"
        with self._sound():
            row = self._database.execute(query, (source, stamp, url)).fetchone()
        return ListState(*row) if row else ListState()

    def keep_list(self, source: str, stamp: str, url: str, state: ListState) -> None:
        """Remember how a list is; only once everything that it names was noted."""
        row = (source, url, stamp, state.etag, state.modified, state.stated)
        with self._sound():
            self._database.execute("INSERT OR REPLACE INTO lists VALUES (?, ?, ?, ?, ?, ?)", row)

    def note(self, source: str, pages: Iterable[tuple[Listed, Draft | None]], now: datetime, most: timedelta) -> int:
        """Take note of what a list names, with what it says itself of an article; return how many pages are new.

        All of it is kept, or none. An address that is none is passed over.
        """
        with self._transaction():
            return sum(self._note(source, listed, draft, now, most) for listed, draft in pages)

    def hand_in(self, source: str, article: str, url: str | None, draft: Draft, now: datetime) -> bool:
        """Keep an article that needs no fetching; return whether it is new or has changed."""
        with self._transaction():
            number = self._page_at(article)
            if number is None:
                number = self._insert(source, article, Listed(url or "", title=draft.title), "", now)
            query = "UPDATE pages SET source = ?, url = ?, own = 0 WHERE number = ?"
            self._database.execute(query, (source, url, number))
            self._database.execute("INSERT OR IGNORE INTO listings VALUES (?, ?)", (number, source))
            changed = self._keep_draft(number, draft, now)
            self._settle(number, now, None)
        return changed

    def _note(self, source: str, listed: Listed, draft: Draft | None, now: datetime, most: timedelta) -> bool:
        try:
            address = canonical_address(listed.url)
        except ValueError:
            return False
        mark = listed.modified or listed.title or ""
        number = self._page_at(address)
        new = number is None
        if number is None:
            number = self._insert(source, address, listed, mark, now)
        self._database.execute("INSERT OR IGNORE INTO listings VALUES (?, ?)", (number, source))
        if draft is not None:
            self._take_over(number, listed, draft, now, most)
        elif not new:
            self._expect_change(number, listed, mark, now)
        return new

    def _insert(self, source: str, address: str, listed: Listed, mark: str, now: datetime) -> int:
        published = listed.published.isoformat() if listed.published else None
        came = now.isoformat()
        row = (address, source, listed.url or None, listed.title, listed.author, published, mark, came, came)
        number = self._database.execute(tables.NEW_PAGE, row).lastrowid
        assert number is not None  # sqlite3 promises it after an INSERT
        self._database.execute("INSERT INTO addresses VALUES (?, ?)", (address, number))
        return number

    def _take_over(self, number: int, listed: Listed, draft: Draft, now: datetime, most: timedelta) -> None:
        """The list holds the article itself: nothing needs to be fetched, but the page may disappear one day."""
        self._database.execute("UPDATE pages SET own = 0, title = ? WHERE number = ?", (listed.title, number))
        if self._keep_draft(number, draft, now):
            self._settle(number, now, next_check(now, now, most))

    def _expect_change(self, number: int, listed: Listed, mark: str, now: datetime) -> None:
        query = "SELECT mark, futile, checked FROM pages WHERE number = ?"
        known, futile, checked = self._database.execute(query, (number,)).fetchone()
        if mark == known or not mark:
            return
        due = max(now, datetime.fromisoformat(checked) + patience(futile)) if checked else now
        self._database.execute(
            "UPDATE pages SET mark = ?, title = coalesce(?, title), urgent = 1, due = ? WHERE number = ?",
            (mark, listed.title, due.isoformat(), number),
        )

    # --- what visits find -----------------------------------------------------------------------------------------

    def to_visit(self, source: str, new: int, again: int, now: datetime) -> list[Visit]:
        """Return the pages of a source to look at now: new and changed ones, newest first, then those that are due."""
        query = tables.TO_VISIT.format(_VISIT)
        given = {"source": source, "new": new, "again": again, "now": now.isoformat()}
        with self._sound():
            rows = self._database.execute(query, given).fetchall()
        return [Visit(n, a, url, s, bool(own), e, m, bool(known)) for n, a, url, s, own, e, m, known in rows]

    def unchanged(self, visit: Visit, now: datetime, most: timedelta) -> None:
        """The page is as it was."""
        with self._transaction():
            self._found_unchanged(self._number(visit), now, most)

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
        with self._transaction():
            number = self._joined(visit, addresses)
            self._database.execute(
                "UPDATE pages SET url = ?, etag = ?, modified = ? WHERE number = ?", (url, *validators, number)
            )
            if draft is not None and self._keep_draft(number, draft, now):
                self._settle(number, now, next_check(now, now, most))
                return True
            self._found_unchanged(number, now, most)
            return False

    def gone(self, visit: Visit, reason: str, now: datetime, most: timedelta) -> None:
        """The article is no more, for the time being."""
        with self._transaction():
            number = self._number(visit)
            self._found_unchanged(number, now, most)
            query = "UPDATE pages SET gone = ?, etag = NULL, modified = NULL WHERE number = ?"
            self._database.execute(query, (reason, number))

    def unreadable(self, visit: Visit, problem: str, now: datetime, most: timedelta) -> None:
        """There is no article in the page; one that was there before is kept."""
        with self._transaction():
            self._found_unchanged(self._number(visit), now, most)
            self._database.execute("UPDATE pages SET problem = ? WHERE number = ?", (problem, self._number(visit)))

    def failed(self, visit: Visit, problem: str, now: datetime, most: timedelta) -> None:
        """The page could not be fetched."""
        with self._transaction():
            query = "UPDATE pages SET failures = failures + 1, problem = ? WHERE number = ? RETURNING failures"
            number = self._number(visit)
            ((failures,),) = self._database.execute(query, (problem, number)).fetchall()
            due = next_try(failures, now, most)
            self._database.execute("UPDATE pages SET due = ? WHERE number = ?", (due.isoformat(), number))

    def _found_unchanged(self, number: int, now: datetime, most: timedelta) -> None:
        query = "SELECT coalesce(changed, added) FROM pages WHERE number = ?"
        (since,) = self._database.execute(query, (number,)).fetchone()
        self._database.execute("UPDATE pages SET futile = futile + urgent WHERE number = ?", (number,))
        self._settle(number, now, next_check(datetime.fromisoformat(since), now, most))

    def _settle(self, number: int, now: datetime, due: datetime | None) -> None:
        """The page was looked at, and is to be looked at again when it is due."""
        self._database.execute(
            "UPDATE pages SET checked = ?, due = ?, urgent = 0, failures = 0, problem = NULL, gone = NULL"
            " WHERE number = ?",
            (now.isoformat(), due.isoformat() if due else None, number),
        )

    def _keep_draft(self, number: int, draft: Draft, now: datetime) -> bool:
        """Keep what was read; return whether it differs from what is kept, or stands for what was gone."""
        content = packed(draft)
        query = """UPDATE pages SET draft = ?, digest = ?, changed = ?, futile = 0
                   WHERE number = ? AND (draft IS NOT ? OR gone IS NOT NULL)"""
        digest = sha256(content.encode()).hexdigest()[:16]
        row = (content, digest, now.isoformat(), number, content)
        return self._database.execute(query, row).rowcount > 0

    # --- one article, many addresses ------------------------------------------------------------------------------

    def _page_at(self, address: str) -> int | None:
        row = self._database.execute("SELECT page FROM addresses WHERE address = ?", (address,)).fetchone()
        return row[0] if row else None

    def _number(self, visit: Visit) -> int:
        """The page that a visit was to: another one than before, where both turned out to be one meanwhile."""
        number = self._page_at(visit.article)
        return visit.number if number is None else number

    def _joined(self, visit: Visit, addresses: Sequence[str]) -> int:
        """Make all pages at these addresses one, and return its number: the one that was known first stays."""
        pages = {self._number(visit), *(page for address in addresses if (page := self._page_at(address)) is not None)}
        kept = min(pages)
        for page in pages - {kept}:
            self._database.execute("UPDATE addresses SET page = ? WHERE page = ?", (kept, page))
            self._database.execute("UPDATE OR IGNORE listings SET page = ? WHERE page = ?", (kept, page))
            self._database.execute("DELETE FROM pages WHERE number = ?", (page,))
        rows = [(address, kept) for address in addresses]
        self._database.executemany("INSERT OR IGNORE INTO addresses VALUES (?, ?)", rows)
        if len(pages) == 1 and addresses:  # before it was read, its id was only what its list called it
            query = "UPDATE pages SET article = ? WHERE number = ? AND draft IS NULL"
            self._database.execute(query, (addresses[0], kept))
        return kept

    # --- what there is --------------------------------------------------------------------------------------------

    def adopt(self, labels: Sequence[str]) -> None:
        """Give pages whose source is no longer one of ``labels`` to another that lists them, if there is one."""
        with self._transaction():
            self._database.execute(tables.ADOPT, {"labels": json.dumps(list(labels))})

    def articles(self, source: str) -> Iterator[Stored]:
        """Yield the articles of a source, by id; what is gone is none."""
        query = "SELECT article, url, digest FROM pages WHERE source = ? AND draft IS NOT NULL AND gone IS NULL"
        with self._sound():
            for row in self._database.execute(f"{query} ORDER BY article", (source,)):
                yield Stored(*row)

    def has(self, source: str) -> bool:
        """Tell whether there is any page of a source."""
        with self._sound():
            return (
                self._database.execute("SELECT 1 FROM pages WHERE source = ? LIMIT 1", (source,)).fetchone() is not None
            )

    def draft(self, article: str) -> Draft:
        """Return what was read of an article; where the page says nothing, what its list says.

        Raises:
            KeyError: nothing was.
        """
        query = "SELECT draft, url, title, author, published FROM pages WHERE article = ?"
        with self._sound():
            row = self._database.execute(query, (article,)).fetchone()
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
        query = """SELECT article FROM pages JOIN addresses ON page = number
                   WHERE source = ? AND address IN (SELECT value FROM json_each(?))"""
        with self._sound():
            rows = self._database.execute(query, (source, json.dumps(list(addresses))))
            return {article for (article,) in rows}

    def due(self, now: datetime) -> tuple[int, datetime | None]:
        """Return how many pages are to be looked at now, and when the next one is after that."""
        with self._sound():
            query = "SELECT count(*) FILTER (WHERE due <= ?1), min(due) FILTER (WHERE due > ?1) FROM pages"
            count, after = self._database.execute(query, (now.isoformat(),)).fetchone()
        return count, datetime.fromisoformat(after) if after else None

    def problems(self) -> list[tuple[str, str, str]]:
        """Return source, address and reason of every page without an article, or that could not be fetched last."""
        query = "SELECT source, coalesce(url, article), coalesce(gone, problem) FROM pages"
        with self._sound():
            rows = self._database.execute(f"{query} WHERE gone IS NOT NULL OR problem IS NOT NULL ORDER BY source, url")
            return rows.fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._sound():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self._database.in_transaction:  # SQLite itself rolls back when the disk is full
                    self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    @contextmanager
    def _sound(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:  # in use, or the disk is full: the file may be sound
            raise LibraryError(f"the pages in {self._path} cannot be used now: {error}") from error
        except sqlite3.Error as error:
            raise LibraryError(
                f"the pages in {self._path} are damaged ({error}): delete the file, the next build fetches them again"
            ) from error
