"""Vectors that were encoded before, by encoder and text: one SQLite file in the storage folder.

It does not encode. Every batch is committed as it comes, so a build that dies goes on where it stopped.
The file holds nothing that cannot be made again: a damaged one is moved out of the way. Invariant: a vector
is stored under the digest of exactly the encoder and the text that made it.
"""

import json
import logging
import sqlite3
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from index.errors import BuildError

log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float32]

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
        self._connection, self._known = _open(path)

    def __enter__(self) -> "VectorCache":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, key: bytes) -> bool:
        return key in self._known

    def key(self, text: str) -> bytes:
        """Return the key under which the vector of ``text`` lies."""
        return sha256(f"{self._encoder}\0{text}".encode()).digest()

    def put(self, keys: Sequence[bytes], vectors: Floats) -> None:
        """Store ``vectors`` (n, d) under ``keys`` (n,), durably when this returns."""
        rows = [(key, row.tobytes()) for key, row in zip(keys, vectors.astype("<f4"), strict=True)]
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)", rows)
        self._known.update(keys)

    def fetch(self, keys: Sequence[bytes]) -> Floats:
        """Return the vectors (n, d) under ``keys`` (n,), in their order; ``keys`` must not be empty.

        Raises:
            KeyError: nothing was stored under one of them.
            BuildError: what is stored is no unit vector.
        """
        find = "SELECT vector FROM vectors WHERE key = ?"
        found = [self._connection.execute(find, (key,)).fetchone() for key in keys]
        if None in found:
            raise KeyError(keys[found.index(None)].hex())
        if len({len(blob) for (blob,) in found}) == 1:
            rows = np.frombuffer(b"".join(blob for (blob,) in found), "<f4").reshape(len(keys), -1)
            if np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3):
                return rows.astype(np.float32)
        raise BuildError(f"{self._path} holds damaged vectors: delete it and build again")

    def mark(self, snapshot: str, keys: Iterable[bytes]) -> None:
        """Remember that a snapshot uses the vectors under ``keys``."""
        with self._connection:
            self._connection.executemany(
                "INSERT OR IGNORE INTO uses SELECT ?, number FROM vectors WHERE key = ?",
                ((snapshot, key) for key in keys),
            )

    def prune(self, snapshots: Iterable[str]) -> int:
        """Forget every vector that none of ``snapshots`` uses, and return how many those were."""
        kept = json.dumps(list(snapshots))
        with self._connection:
            self._connection.execute("DELETE FROM uses WHERE snapshot NOT IN (SELECT value FROM json_each(?))", (kept,))
            gone = self._connection.execute(
                "DELETE FROM vectors WHERE number NOT IN (SELECT number FROM uses)"
            ).rowcount
        self._known = _keys(self._connection)
        return gone


def _open(path: Path) -> tuple[sqlite3.Connection, set[bytes]]:
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


def _connect(path: Path) -> tuple[sqlite3.Connection, set[bytes]]:
    connection = sqlite3.connect(path)
    try:
        connection.executescript(_SCHEMA)
        return connection, _keys(connection)
    except sqlite3.DatabaseError:
        connection.close()
        raise


def _keys(connection: sqlite3.Connection) -> set[bytes]:
    return {key for (key,) in connection.execute("SELECT key FROM vectors")}
