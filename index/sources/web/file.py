"""The page store's open file: transactions, and what its errors mean to who uses it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import LibraryError
from index.sources.web import tables


class PageFile:
    """The file at ``path``, which is made if there is none. For one thread.

    Every method raises ``LibraryError`` where the file is damaged, in use or of a newer version.
    """

    def __init__(self, path: Path, wait_seconds: float) -> None:
        self._path = path
        with self._sound():
            self._database = tables.open_database(path, wait_seconds)

    def close(self) -> None:
        """Close it; what was not kept is not."""
        self._database.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the database for what needs no transaction."""
        with self._sound():
            yield self._database

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the database for a transaction: kept whole when the block ends, not at all when it raises."""
        with self._sound():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
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
