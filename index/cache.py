"""Vectors that were encoded before, by encoder and text: one SQLite file in the storage folder.

They are kept in half precision, as every snapshot keeps them: in full they would take more than twice the room, and no
snapshot would be another ("Vectors" in DECISIONS).

It does not encode. Every batch is committed as it comes, so a build that dies goes on where it stopped.
The file holds nothing that cannot be made again: a damaged one is moved out of the way; one in full precision is
rounded when it is opened. Invariant: a vector is stored under the digest of exactly the encoder and the text that
made it.
"""

import json
import logging
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from index.errors import BuildError

log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float32]

VERSION = 2
"""The file's format, in SQLite's user_version; 0 held vectors in full precision, 1 a row for each use of a vector."""

_STEP = 500
"""Keys of one query: SQLite takes at least 999 values."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, vector BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS marks (snapshot TEXT PRIMARY KEY, numbers BLOB NOT NULL);
"""


class VectorCache:
    """Vectors of one encoder; those of others lie in the same file, out of reach. For one thread."""

    def __init__(self, path: Path, encoder: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._encoder = encoder
        self._connection = _open(path)

    def __enter__(self) -> "VectorCache":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def __len__(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM vectors").fetchone()[0])

    def __contains__(self, key: bytes) -> bool:
        return not self.missing([key])

    def key(self, text: str) -> bytes:
        """Return the key under which the vector of ``text`` lies."""
        return sha256(f"{self._encoder}\0{text}".encode()).digest()

    def put(self, keys: Sequence[bytes], vectors: Floats) -> None:
        """Store ``vectors`` (n, d) under ``keys`` (n,), durably when this returns.

        Raises:
            BuildError: they are no unit vectors; none of them is stored.
        """
        if not _are_units(vectors):
            raise BuildError("the encoder gave vectors that are none: none of them is kept; install its files anew")
        rows = [(key, row.tobytes()) for key, row in zip(keys, vectors.astype("<f2"), strict=True)]
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)", rows)

    def missing(self, keys: Iterable[bytes]) -> list[bytes]:
        """Return those of ``keys`` under which nothing was stored, in their order."""
        found: set[bytes] = set()
        keys = list(keys)
        for part, marks in _parts(keys):
            found.update(key for (key,) in self._connection.execute(f"{_FIND_KEYS} ({marks})", part))
        return [key for key in keys if key not in found]

    def fetch(self, keys: Sequence[bytes]) -> Floats:
        """Return the vectors (n, d) under ``keys`` (n,), in their order; ``keys`` must not be empty.

        Raises:
            KeyError: nothing was stored under one of them.
            BuildError: what is stored is no unit vector.
        """
        found: dict[bytes, bytes] = {}
        for part, marks in _parts(keys):
            found.update(self._connection.execute(f"{_FIND_VECTORS} ({marks})", part))
        if unknown := [key for key in keys if key not in found]:
            raise KeyError(unknown[0].hex())
        if len(widths := {len(blob) for blob in found.values()}) == 1 and not widths.pop() % 2:
            rows = np.frombuffer(b"".join(found[key] for key in keys), "<f2").reshape(len(keys), -1)
            if _are_units(rows := rows.astype(np.float32)):
                return rows
        raise BuildError(f"{self._path} holds damaged vectors: delete it and build again")

    def mark(self, snapshot: str, keys: Iterable[bytes]) -> None:
        """Remember that a snapshot uses the vectors under ``keys``."""
        used = set(keys)
        # by the index of the keys, which holds the numbers, too: no vector is read
        rows = self._connection.execute("SELECT key, number FROM vectors")
        numbers = array("q", (number for key, number in rows if key in used))
        with self._connection:
            self._connection.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (snapshot, numbers.tobytes()))

    def prune(self, snapshots: Iterable[str]) -> int:
        """Forget every vector that none of ``snapshots`` uses, and return how many those were."""
        kept = json.dumps(list(snapshots))
        with self._connection:
            self._connection.execute(
                "DELETE FROM marks WHERE snapshot NOT IN (SELECT value FROM json_each(?))", (kept,)
            )
            marks = self._connection.execute("SELECT numbers FROM marks")
            used = [np.frombuffer(blob, np.int64) for (blob,) in marks]
            there = (number for (number,) in self._connection.execute("SELECT number FROM vectors"))
            unused = _without(np.fromiter(there, np.int64), used)
            self._connection.executemany("DELETE FROM vectors WHERE number = ?", ((int(one),) for one in unused))
        return len(unused)


_FIND_KEYS = "SELECT key FROM vectors WHERE key IN"
_FIND_VECTORS = "SELECT key, vector FROM vectors WHERE key IN"


def _without(numbers: npt.NDArray[np.int64], used: Sequence[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    """Return those of some numbers that are in none of the ``used``."""
    marked = np.zeros(max(int(one.max(initial=0)) for one in (numbers, *used)) + 1, bool)
    for one in used:
        marked[one] = True
    return numbers[~marked[numbers]]


def _are_units(rows: Floats) -> bool:
    """Tell whether all rows (n, d) have length one, and so no number that is none."""
    return bool(np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3))


def _parts(keys: Sequence[bytes]) -> Iterator[tuple[Sequence[bytes], str]]:
    """Yield the keys of one query after another, and as many question marks."""
    for start in range(0, len(keys), _STEP):
        part = keys[start : start + _STEP]
        yield part, ",".join("?" * len(part))


def _open(path: Path) -> sqlite3.Connection:
    try:
        return _connect(path)
    except sqlite3.OperationalError as error:
        raise BuildError(f"{path} cannot be used: {error}") from error
    except sqlite3.DatabaseError as error:
        damaged = path.with_name(f"{path.name}.damaged")
        log.warning("%s is damaged (%s): kept as %s, every passage is encoded again", path, error, damaged.name)
        path.replace(damaged)
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
        return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:  # read before anything is written: a file of a newer version stays as it is
            raise BuildError(
                f"the vectors in {path} have format {version}, this program knows {VERSION}: update it,"
                " or delete the file, and every passage is encoded again"
            )
        connection.executescript(_SCHEMA)
        if version < 1:
            _round(connection)
        if version < VERSION:
            _gather_uses(connection)
        return connection
    except (sqlite3.DatabaseError, BuildError):
        connection.close()
        raise


def _round(connection: sqlite3.Connection) -> None:
    """Round vectors in full precision to half, once."""
    connection.create_function("halved", 1, _halved, deterministic=True)
    with connection:
        rounded = connection.execute("UPDATE vectors SET vector = halved(vector)").rowcount
        connection.execute("PRAGMA user_version = 1")
    if rounded:
        connection.execute("VACUUM")


def _gather_uses(connection: sqlite3.Connection) -> None:
    """Make one row for each snapshot of the rows for each of its vectors, once."""
    with connection:
        connection.execute("BEGIN")
        if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'uses'").fetchone():
            rows = connection.execute("SELECT snapshot, number FROM uses ORDER BY snapshot")
            for snapshot, uses in groupby(rows, itemgetter(0)):
                numbers = array("q", (number for _, number in uses))
                connection.execute("INSERT INTO marks VALUES (?, ?)", (snapshot, numbers.tobytes()))
            connection.execute("DROP TABLE uses")
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _halved(blob: bytes) -> bytes:
    return np.frombuffer(blob, "<f4").astype("<f2").tobytes()
