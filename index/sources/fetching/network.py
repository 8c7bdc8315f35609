"""One exchange over the network: the only place from which a byte leaves, and the only one that knows httpcore2.

Names are resolved here, what they lead to is checked, and exactly that is connected to: no name server can lead
elsewhere in between. The name stays what TLS is checked for and what the ``Host`` field says. No proxy, no cookies, no
environment. Every wait is cut to what is left of the exchange's limit, so that a server that sends a byte a second
gains nothing by it.
"""

import queue
import selectors
import socket
import ssl
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from typing import Any

import httpcore2

from index.sources.fetching.addresses import Address
from index.sources.fetching.answers import Answer, Interrupted
from index.sources.fetching.limits import Limit
from index.sources.fetching.names import Resolve, reachable

_LIMIT: ContextVar[Limit] = ContextVar("_LIMIT")
"""Of the exchange that goes on in this thread: connections outlive it, and cannot keep it."""

_KEPT_CONNECTIONS = 32
_KEPT_SECONDS = 15.0
"""Below what common servers keep an idle connection for, so that few are found closed."""

_FAILURES = (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError)


class Network:
    """Open connections, kept for the next exchange with the same site. Threads may share it."""

    def __init__(self, allowed: Collection[str], resolve: Resolve) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpcore2.default_ssl_context(),
            max_connections=None,
            max_keepalive_connections=_KEPT_CONNECTIONS,
            keepalive_expiry=_KEPT_SECONDS,
            network_backend=_Backend(frozenset(allowed), resolve),
        )

    def close(self) -> None:
        """Close every connection. Whatever goes on was stopped before."""
        self._pool.close()

    @contextmanager
    def get(self, address: Address, fields: Mapping[str, str], limit: Limit) -> Iterator[Answer]:
        """Ask for an address once; the body is to be read within.

        Raises:
            AddressRefused: its host leads to where it may not.
            Interrupted: no whole answer came within the limit.
        """
        token = _LIMIT.set(limit)
        url = httpcore2.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target)
        headers = [("Host", address.authority), *fields.items()]
        try:
            with self._pool.stream("GET", url, headers=headers) as response:
                yield Answer(response.status, tuple(_fields(response.headers)), response.iter_stream())
        except _FAILURES as error:
            raise Interrupted(_reason(error), again=not isinstance(error, _Final)) from error
        finally:
            _LIMIT.reset(token)


def _fields(raw: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    for name, value in raw:
        try:
            yield name.decode("latin-1").lower(), value.decode("utf-8")
        except UnicodeDecodeError:
            yield name.decode("latin-1").lower(), value.decode("latin-1")


def _reason(error: Exception) -> str:
    if isinstance(error, httpcore2.TimeoutException):
        return "it took longer than fetch.timeout_seconds"
    return str(error) or type(error).__name__


class _Final(httpcore2.ConnectError):
    """Another try would end the same: there is no such name, or TLS does not come about."""


class _Backend(httpcore2.NetworkBackend):
    def __init__(self, allowed: Collection[str], resolve: Resolve) -> None:
        self._allowed, self._resolve = allowed, resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of the host that takes the call, all of them checked."""
        addresses = reachable(host, port, self._found(host, port), self._allowed)
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for position, address in enumerate(addresses):
            try:
                return _Stream(_connected(address, port, _left() / (len(addresses) - position)))
            except TimeoutError as error:
                failure = httpcore2.ConnectTimeout(error)
            except OSError as error:
                failure = httpcore2.ConnectError(f"{host} does not take calls: {error.strerror or error}")
        raise failure

    def _found(self, host: str, port: int) -> list[str]:
        try:
            return list(_in_time(partial(self._resolve, host, port)))
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(error) from error
        except OSError as error:
            kind = _Final if error.errno == socket.EAI_NONAME else httpcore2.ConnectError
            raise kind(f"{host} cannot be found: {error.strerror or error}") from error


def _in_time(work: partial[Any]) -> Any:
    """Do what knows no limit (the system's resolver) in a thread of its own, and wait no longer than may be."""
    done: queue.SimpleQueue[tuple[Any, Exception | None]] = queue.SimpleQueue()
    late = (None, TimeoutError("stopped"))

    def run() -> None:
        try:
            done.put((work(), None))
        except Exception as error:  # noqa: BLE001 -- raised where it is waited for
            done.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        with _LIMIT.get().stop.waking(lambda: done.put(late)):
            result, error = done.get(timeout=_left())
    except queue.Empty:
        result, error = late
    if error is not None:
        raise error
    return result


def _connected(address: str, port: int, seconds: float) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.settimeout(seconds)
        with _LIMIT.get().stop.waking(lambda: _shut(sock)):
            sock.connect((address, port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        sock.close()
        raise
    return sock


def _left() -> float:
    """Seconds for the next wait.

    Raises:
        TimeoutError: there are none.
    """
    left = _LIMIT.get().left
    if left <= 0:
        raise TimeoutError("the time is over")
    return left


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):  # it is closed, or was never connected
        sock.shutdown(socket.SHUT_RDWR)


def _secured(sock: socket.socket, context: ssl.SSLContext, name: str | None) -> ssl.SSLSocket:
    try:
        return context.wrap_socket(sock, server_hostname=name)
    except ssl.SSLError as error:
        raise _Final(f"no TLS with {name}: {getattr(error, 'verify_message', '') or error.reason or error}") from error


class _Stream(httpcore2.NetworkStream):
    """A connection of which each wait ends with the exchange, or when that is stopped."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with self._waiting(httpcore2.ReadTimeout, httpcore2.ReadError):
            return self._sock.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with self._waiting(httpcore2.WriteTimeout, httpcore2.WriteError):
            self._sock.sendall(buffer)

    def close(self) -> None:
        self._sock.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        try:
            with self._waiting(httpcore2.ConnectTimeout, httpcore2.ConnectError):
                return _Stream(_secured(self._sock, ssl_context, server_hostname))
        except BaseException:
            self.close()
            raise

    def get_extra_info(self, info: str) -> Any:
        """Answer what the pool asks: whether the other side has closed, or sent what nobody asked for."""
        if info != "is_readable":
            return None
        if self._sock.fileno() < 0:
            return True
        with selectors.DefaultSelector() as selector:
            selector.register(self._sock, selectors.EVENT_READ)
            return bool(selector.select(0))

    @contextmanager
    def _waiting(self, late: type[Exception], failed: type[Exception]) -> Iterator[None]:
        try:
            self._sock.settimeout(_left())
            with _LIMIT.get().stop.waking(lambda: _shut(self._sock)):
                yield
        except TimeoutError as error:
            raise late(str(error)) from error
        except OSError as error:
            raise failed(str(error)) from error
