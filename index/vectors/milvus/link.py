"""The connection to a Milvus: bounded waiting, and no asking while it does not answer. It knows nothing of vectors.

After a failure every call fails at once, for as long as a question may wait; then one tries again. So a question waits
for an engine that is away once at most. Whether it answers is logged when that changes.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import grpc
from pymilvus import DataType, MilvusClient, MilvusException

from index.credentials import read_secret
from index.errors import VectorsUnavailable
from index.settings import VectorsSection

log = logging.getLogger(__name__)

T = TypeVar("T")

_REQUESTS, _OF_WORDS = 8, 4
"""What a question asks for at most: to connect (two), and what is near, cosines and copies, twice; where the words are
there, too, by how many passages phrases are held, and who shares words, twice."""

_NOT_LOADED = 101
"""https://github.com/milvus-io/milvus/blob/master/pkg/util/merr/errors.go"""


class Link:
    """Calls to one Milvus, about one ``collection`` or, where that is "", about all; safe from many threads."""

    def __init__(self, section: VectorsSection, collection: str = "", *, seconds: float | None = None) -> None:
        """Connect to nothing yet. ``seconds``: how long a call may take; by default a part of what a question has."""
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL + 1)  # it logs what it raises; that is told here
        self._section, self._collection = section, collection
        requests = _REQUESTS + (_OF_WORDS if section.words == "engine" else 0)
        self._connecting = section.timeout_seconds / requests
        self._seconds = seconds or self._connecting
        self._pause = section.timeout_seconds
        self._lock = threading.RLock()
        self._client: MilvusClient | None = None
        self._calls, self._closed = 0, False
        self._silent_until, self._failure = 0.0, ""

    def ask(self, call: Callable[[Any, float], T]) -> T:
        """Return what ``call`` returns of the client and the seconds that it may take.

        Raises:
            VectorsUnavailable: there is no answer, or none that is of use.
            ValueError: the link was closed.
        """
        with self._used() as client:
            try:
                answer = self._loaded(client, call)
            except (MilvusException, grpc.RpcError) as error:
                raise self._failed(error) from error
        self._answered()
        return answer

    def close(self) -> None:
        """Disconnect as soon as the calls that have begun are done."""
        with self._lock:
            self._closed = True
            self._disconnect()

    @contextmanager
    def _used(self) -> Iterator[Any]:
        with self._lock:
            client = self._connected()
            self._calls += 1
        try:
            yield client
        finally:
            with self._lock:
                self._calls -= 1
                self._disconnect()

    def _connected(self) -> Any:
        if self._closed:
            raise ValueError("the vectors were closed")
        if time.monotonic() < self._silent_until:
            raise VectorsUnavailable(self._failure)
        if self._client is None:
            section = self._section
            try:
                self._client = MilvusClient(
                    section.address,
                    token=read_secret("Milvus token", "MILVUS_TOKEN") or "",
                    db_name=section.database,
                    timeout=self._connecting,
                    dedicated=True,
                    grpc_options=self._channel_options(),
                )
            except (MilvusException, grpc.RpcError) as error:
                raise self._failed(error) from error
        return self._client

    def _channel_options(self) -> dict[str, int]:
        """Return where the client's own are wrong here: https://grpc.io/docs/guides/keepalive/."""
        return {
            # the pause between two attempts would grow to two minutes
            "grpc.max_reconnect_backoff_ms": int(1000 * self._pause),
            # pings of idle connections: servers that allow one in five minutes hang up on who sends one in ten seconds
            "grpc.keepalive_permit_without_calls": 0,
        }

    def _disconnect(self) -> None:
        if self._closed and not self._calls and self._client is not None:
            self._client.close()
            self._client = None

    def _loaded(self, client: Any, call: Callable[[Any, float], T]) -> T:
        """Call; where the engine was started anew and has not taken up the collection, let it, and call again."""
        try:
            return call(client, self._seconds)
        except MilvusException as error:
            if error.code != _NOT_LOADED or not self._collection:
                raise
        client.load_collection(self._collection, timeout=self._seconds)
        return call(client, self._seconds)

    def _failed(self, error: Exception) -> VectorsUnavailable:
        told = error.message if isinstance(error, MilvusException) else _details(error)
        failure = f"Milvus at {self._section.address} does not give the vectors: {told}"
        with self._lock:
            if not self._failure:
                log.warning("%s; it is asked again every %g s", failure, self._pause)
            self._failure, self._silent_until = failure, time.monotonic() + self._pause
        return VectorsUnavailable(failure)

    def _answered(self) -> None:
        with self._lock:
            if self._failure:
                log.warning("Milvus at %s answers again", self._section.address)
                self._failure = ""


def _details(error: Exception) -> str:
    """What a failed call says of itself, in a line."""
    return str(error.details()) if isinstance(error, grpc.Call) else str(error)


def is_absent(error: VectorsUnavailable) -> bool:
    """Tell whether the engine answered that there is no such thing, as against not answering."""
    return isinstance(error.__cause__, MilvusException) and error.__cause__.code in _ABSENT


_ABSENT = {100, 1600}
"""No such collection, no such alias: see ``_NOT_LOADED`` for the source."""


def schema(client: Any, dimension: int, *, words: bool) -> Any:
    """Return the schema of a collection: 63-bit ids, vectors, and sparse vectors of ``words`` where they are wanted."""
    made = client.create_schema(auto_id=False, enable_dynamic_field=False)
    made.add_field("id", DataType.INT64, is_primary=True)
    # Half precision would take half the room, but not every server has it: the lite one has not.
    made.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    if words:
        made.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
    return made
