"""The library: collects documents of sources into its file, and gives the articles back in one order.

Knows no formats and decides nothing about the index. Collecting is one transaction: kept whole or not at all.
Invariant: after it, the library holds what a first collection of the same documents would hold; only a
document that has become unreadable keeps its last good articles, and is reported every time, and so does a
source that cannot be listed. What articles said before is kept as their revisions.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from index.errors import FormatError, LibraryError, SourceError
from index.library import schema
from index.library.changes import Collection, History, Known, Revision, changes_between, has_to_be_read, history_of
from index.records import Article, Document, Failure, Source

_HistoryRow = tuple[str, str, str]
"""Of an article its digest, and when it came and changed, as the file has it."""

Progress = Callable[[int, int], None]
"""Told how many documents are done, and of how many."""


def _now() -> datetime:
    return datetime.now(UTC)


def _unwatched(done: int, total: int) -> None:
    """Show no progress."""


class Library:
    """The library in the file at ``path``, which is made if there is none. Use it with ``with``.

    Every method raises ``LibraryError`` where the file is damaged, no library, in use or of a newer version.
    """

    def __init__(self, path: Path, now: Callable[[], datetime] = _now, wait_seconds: float = 5.0) -> None:
        self._path = path
        self._now = now
        with self._sound():
            self._database = schema.open_database(path, wait_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    @contextmanager
    def collect(self, sources: Iterable[Source], progress: Progress = _unwatched) -> Iterator[Collection]:
        """Go through the sources: read what is new or changed, forget what is gone.

        The library keeps it when the ``with`` block ends, and is as before when the block raises. Every
        source is listed before the first document is read; what it held stays where that raises ``SourceError``.
        """
        listed, failed = _listed(sources)
        with self._transaction():
            with self._sound():
                collection = self._collect(listed, failed, progress)
            yield collection

    def articles(self, ids: Set[str] | None = None) -> Iterator[Article]:
        """Yield every article, or those of some ids, by id."""
        query, given = (schema.ARTICLES, ()) if ids is None else (schema.ARTICLES_OF, (json.dumps(list(ids)),))
        with self._sound():
            for row in self._database.execute(query, given):
                yield _article(*row)

    def digests(self) -> Iterator[tuple[str, str | None, str]]:
        """Yield the id and the address of every article, and a digest of everything about it."""
        with self._sound():
            yield from self._database.execute("SELECT id, url, digest FROM articles WHERE hidden = 0")

    def history(self) -> dict[str, History]:
        """Return when each article came and changed, by its id."""
        with self._sound():
            return {name: _history(row) for name, row in self._histories().items()}

    def digest(self) -> str:
        """Return a digest of everything about every article; no text is read for it."""
        total = sha256()
        with self._sound():
            for name, digest, *_ in self._database.execute(schema.HISTORIES):
                total.update(f"{name}\n{digest}\n".encode())
        return total.hexdigest()

    def revisions(self, article_id: str) -> list[Revision]:
        """Return what an article has said, oldest first; none where there never was one of that id."""
        with self._sound():
            (collected,) = self._database.execute("SELECT at FROM collected").fetchone()
            return [_revision(row, collected) for row in self._database.execute(schema.REVISIONS, (article_id,))]

    def _collect(
        self, listed: Sequence[tuple[str, Document]], failed: Sequence[Failure], progress: Progress
    ) -> Collection:
        before, known, places = self._histories(), self._known(), self._places()
        read = 0
        for place, (label, document) in enumerate(listed):
            if has_to_be_read(document, known):
                self._read(document, label, place, before)
                read += 1
            elif places[document.id] != (place, label):
                query = "UPDATE documents SET place = ?, source = ? WHERE id = ?"
                self._database.execute(query, (place, label, document.id))
                places[document.id] = (place, label)
            progress(place + 1, len(listed))
        self._forget(self._gone({document.id for _, document in listed}, failed))
        self._hide_duplicates()
        self._database.execute("UPDATE collected SET at = ?", (self._now().isoformat(),))
        after = self._histories()
        counts = Counter(label for label, _ in listed)
        changes, failures = changes_between(_digests(before), _digests(after)), tuple(self._failures())
        return Collection(len(listed), read, len(after), changes, failures, counts, tuple(failed))

    def _histories(self) -> dict[str, _HistoryRow]:
        rows = self._database.execute(schema.HISTORIES)
        return {name: (digest, seen, changed) for name, digest, seen, changed in rows}

    def _known(self) -> dict[str, Known]:
        rows = self._database.execute("SELECT id, location, fingerprint FROM documents")
        return {name: Known(location, fingerprint) for name, location, fingerprint in rows}

    def _places(self) -> dict[str, tuple[int, str]]:
        rows = self._database.execute("SELECT id, place, source FROM documents")
        return {name: (place, source) for name, place, source in rows}

    def _gone(self, listed: Set[str], failed: Sequence[Failure]) -> list[str]:
        """The documents that are no more; of a source that could not be listed nobody knows."""
        unlisted = {failure.location for failure in failed}
        rows = self._database.execute("SELECT id, source FROM documents").fetchall()
        return [name for name, label in rows if name not in listed and label not in unlisted]

    def _read(self, document: Document, label: str, place: int, histories: dict[str, _HistoryRow]) -> None:
        """Store the document's articles in place of its last; where it is unreadable, store why instead."""
        self._database.execute("SAVEPOINT document")
        try:
            self._replace(document, label, place, histories)
        except FormatError as error:
            self._database.execute("ROLLBACK TO document")
            self._add_document(document, label, place, self._reason(document, error))
        self._database.execute("RELEASE document")

    def _replace(self, document: Document, label: str, place: int, histories: dict[str, _HistoryRow]) -> None:
        self._keep_revisions(document.id)
        self._add_document(document, label, place, None)
        self._database.execute("DELETE FROM articles WHERE document = ?", (document.id,))
        for part, found in enumerate(document.read()):
            if isinstance(found, Failure):
                self._add_failure(document, found)
            else:
                row = histories.get(found.id)
                self._add_article(document, part, found, _history(row) if row else None)
        self._database.execute(schema.DROP_CURRENT_REVISIONS, (document.id,))

    def _keep_revisions(self, document_id: str) -> None:
        self._database.execute(schema.KEEP_REVISIONS, (self._now().isoformat(), document_id))

    def _reason(self, document: Document, error: FormatError) -> str:
        query = "SELECT 1 FROM articles WHERE document = ? LIMIT 1"
        had_articles = self._database.execute(query, (document.id,)).fetchone()
        return f"{error}; what it held before is kept" if had_articles else str(error)

    def _add_document(self, document: Document, label: str, place: int, reason: str | None) -> None:
        row = (document.id, document.location, document.fingerprint, label, place, reason)
        self._database.execute(schema.ADD_DOCUMENT, row)
        self._database.execute("DELETE FROM failures WHERE document = ?", (document.id,))

    def _add_failure(self, document: Document, failure: Failure) -> None:
        row = (document.id, failure.location, failure.reason)
        self._database.execute("INSERT INTO failures VALUES (?, ?, ?)", row)

    def _add_article(self, document: Document, part: int, article: Article, known: History | None) -> None:
        history = history_of(_digest(article), known, self._now())
        row = (document.id, part, *_columns(article), *_texts(history))
        self._database.execute(schema.ADD_ARTICLE, row)

    def _forget(self, names: Iterable[str]) -> None:
        for name in names:
            self._keep_revisions(name)
            self._database.execute("DELETE FROM documents WHERE id = ?", (name,))

    def _hide_duplicates(self) -> None:
        self._database.execute("UPDATE articles SET hidden = 0 WHERE hidden = 1")
        self._database.execute(schema.HIDE_ALL_BUT_THE_FIRST)

    def _failures(self) -> Iterator[Failure]:
        for location, reason in self._database.execute(schema.FAILURES):
            yield Failure(location, reason)

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
        with self._sound():
            self._database.execute("COMMIT")

    @contextmanager
    def _sound(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:  # in use, or the disk is full: the file may be sound
            raise LibraryError(f"the library {self._path} cannot be used now: {error}") from error
        except sqlite3.Error as error:
            raise LibraryError(
                f"the library {self._path} is damaged ({error}): delete it, the next build collects it anew"
            ) from error


def _listed(sources: Iterable[Source]) -> tuple[list[tuple[str, Document]], list[Failure]]:
    """Every source's documents with its label, and why some could not be listed."""
    listed: list[tuple[str, Document]] = []
    failed: list[Failure] = []
    for source in sources:
        try:
            listed += [(source.label, document) for document in list(source.documents())]
        except SourceError as error:
            failed.append(Failure(source.label, str(error)))
    return listed, failed


def _revision(row: tuple[str, ...], collected: str) -> Revision:
    article, revision, title, text, url, published, source, first_seen, last_seen = row
    day = date.fromisoformat(published) if published else None
    # a library of version 1 did not say when it was gone through last: until it is again, only this much is known
    first, last = datetime.fromisoformat(first_seen), datetime.fromisoformat(last_seen or collected or first_seen)
    return Revision(article, revision, title, text, url, day, source, first, last, current=last_seen is None)


def _article(name: str, title: str, text: str, url: str | None, published: str | None, *rest: str) -> Article:
    author, site, language, source, revision = rest
    day = date.fromisoformat(published) if published else None
    return Article(name, title, text, url, day, author, site, language, source, revision)


def _columns(article: Article) -> tuple[str | None, ...]:
    published = article.published.isoformat() if article.published else None
    return (
        *(article.id, article.title, article.text, article.url, published),
        *(article.author, article.site, article.language, article.source, article.revision),
    )


def _history(row: _HistoryRow) -> History:
    digest, seen, changed = row
    return History(digest, datetime.fromisoformat(seen), datetime.fromisoformat(changed))


def _digests(histories: Mapping[str, _HistoryRow]) -> dict[str, str]:
    return {name: row[0] for name, row in histories.items()}


def _texts(history: History) -> tuple[str, ...]:
    return history.digest, history.first_seen.isoformat(), history.changed.isoformat()


def _digest(article: Article) -> str:
    """The digest of everything about an article; its revision stands for its title and its text."""
    name, _, _, *about = _columns(article)
    return sha256(json.dumps([name, *about]).encode()).hexdigest()[:32]
