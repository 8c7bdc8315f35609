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
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from index.errors import BuildError

log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float32]

_VERSION = 1
"""Of the file; 0 held vectors in full precision."""

_STEP = 500
"""Keys of one query: SQLite takes at least 999 values."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, vector BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS uses (
    snapshot TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (snapshot, number)
) WITHOUT ROWID;
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
        """Store ``vectors`` (n, d) under ``keys`` (n,), durably when this returns."""
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
            if np.allclose(np.linalg.norm(rows := rows.astype(np.float32), axis=1), 1, atol=1e-3):
                return rows
        raise BuildError(f"{self._path} holds damaged vectors: delete it and build again")

    def mark(self, snapshot: str, keys: Iterable[bytes]) -> None:
        """Remember that a snapshot uses the vectors under ``keys``."""
        with self._connection:
            self._connection.execute("CREATE TEMP TABLE used (key BLOB PRIMARY KEY) WITHOUT ROWID")
            # in the order of both indexes: at a million keys half of the time
            self._connection.executemany("INSERT OR IGNORE INTO used VALUES (?)", ((key,) for key in sorted(keys)))
            self._connection.execute(_MARK, (snapshot,))
            self._connection.execute("DROP TABLE used")

    def prune(self, snapshots: Iterable[str]) -> int:
        """Forget every vector that none of ``snapshots`` uses, and return how many those were."""
        kept = json.dumps(list(snapshots))
        with self._connection:
            self._connection.execute("DELETE FROM uses WHERE snapshot NOT IN (SELECT value FROM json_each(?))", (kept,))
            return self._connection.execute(
                "DELETE FROM vectors WHERE number NOT IN (SELECT number FROM uses)"
            ).rowcount


_MARK = """
    INSERT OR IGNORE INTO uses SELECT ?, number FROM used CROSS JOIN vectors USING (key) ORDER BY number
"""
_FIND_KEYS = "SELECT key FROM vectors WHERE key IN"
_FIND_VECTORS = "SELECT key, vector FROM vectors WHERE key IN"


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
        connection.executescript(_SCHEMA)
        if connection.execute("PRAGMA user_version").fetchone()[0] < _VERSION:
            _round(connection)
        return connection
    except sqlite3.DatabaseError:
        connection.close()
        raise


def _round(connection: sqlite3.Connection) -> None:
    """Round vectors in full precision to half, once."""
    connection.create_function("halved", 1, _halved, deterministic=True)
    with connection:
        rounded = connection.execute("UPDATE vectors SET vector = halved(vector)").rowcount
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    if rounded:
        connection.execute("VACUUM")


def _halved(blob: bytes) -> bytes:
    return np.frombuffer(blob, "<f4").astype("<f2").tobytes()
