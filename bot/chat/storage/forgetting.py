"""Remove everything about one person from the chat's SQLite file, and from the copy beside it.

It goes by the names of the columns, so that no table can be forgotten, and relies on ``secure_delete``, which
overwrites what is deleted with zeros. Invariant: when it returns, no byte of the file, its log or its copy tells the
person's number.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bot.chat.storage.backups import kept

COLUMNS = ("user", "admin", "chat")
"""What a column is called that holds a Telegram number; a private chat has its person's."""


def forget(connection: sqlite3.Connection, path: Path, number: int) -> int:
    """Remove everything about a person; return how many rows that was in the file itself.

    Raises:
        sqlite3.Error: it could not be removed everywhere; what could is gone.
    """
    removed = _remove(connection, number)
    if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        raise sqlite3.OperationalError("another process reads the file, its log still holds what was removed")
    for copy in kept(path):
        _forget_in_copy(copy, number)
    return removed


def personal_columns(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield table and column wherever a Telegram number is stored."""
    yield from connection.execute(
        "SELECT m.name, c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c"
        f" WHERE m.type = 'table' AND c.name IN ({', '.join('?' * len(COLUMNS))})",
        COLUMNS,
    )


def _remove(connection: sqlite3.Connection, number: int) -> int:
    """Remove the rows; pages that were split keep copies of rows, so the tables are written anew."""
    tables: dict[str, list[str]] = {}
    for table, column in personal_columns(connection):
        tables.setdefault(table, []).append(f'"{column}" = :number')
    connection.execute("PRAGMA temp_store = MEMORY")
    with connection:  # commits, or rolls back
        connection.execute("BEGIN IMMEDIATE")
        return sum(_rewritten(connection, table, " OR ".join(meant), number) for table, meant in tables.items())


def _rewritten(connection: sqlite3.Connection, table: str, meant: str, number: int) -> int:
    removed = connection.execute(f'DELETE FROM "{table}" WHERE {meant}', {"number": number}).rowcount
    connection.execute(f'CREATE TEMP TABLE staying AS SELECT * FROM "{table}"')
    connection.execute(f'DELETE FROM "{table}"')  # with secure_delete every page is overwritten
    connection.execute(f'INSERT INTO "{table}" SELECT * FROM staying')
    connection.execute("DROP TABLE staying")
    return removed


def _forget_in_copy(copy: Path, number: int) -> None:
    """A copy that cannot be read is of no use, and may hold anything."""
    try:
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            _remove(connection, number)
    except sqlite3.DatabaseError:
        copy.unlink()
