"""A web server on loopback that sends exactly the bytes that it is told to, also such as no good server would.

Each path has an answer: bytes, several to be given one after another, or a function that has the connection. What was
asked is in ``seen``. A path that has none answers 404, and so does ``/robots.txt`` unless a test writes one.
"""

import socket
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Seen:
    """One request: its path, its fields (names in lower case), and when it came (monotonic seconds)."""

    path: str
    fields: dict[str, str]
    at: float


@dataclass(frozen=True)
class Connection:
    """What a function that answers can do: send, and wait until the client or the test has gone.

    ``answered`` is told before the first byte goes out: from then on the client may have all it waits for.
    """

    socket: socket.socket
    closing: threading.Event
    answered: Callable[[], None]

    def send(self, data: bytes) -> bool:
        """Send; tell whether anybody was there."""
        self.answered()
        try:
            self.socket.sendall(data)
        except OSError:
            return False
        return not self.closing.is_set()

    def drip(self, data: bytes, seconds: float) -> None:
        """Send the bytes for ever, one every so many seconds."""
        while all(self.send(data[at : at + 1]) and not self.closing.wait(seconds) for at in range(len(data))):
            pass


Act = Callable[[Connection], None]
Reply = bytes | Act


def reply(body: bytes | str = b"", status: int = 200, **fields: str) -> bytes:
    """A whole answer, of HTML unless said otherwise. ``content_length`` and the like may lie."""
    data = body.encode() if isinstance(body, str) else body
    named = {"content_type": "text/html; charset=utf-8", "content_length": str(len(data)), **fields}
    lines = [f"{name.replace('_', '-').title()}: {value}" for name, value in named.items()]
    return "\r\n".join([f"HTTP/1.1 {status} Said", *lines, "", ""]).encode() + data


def sent_to(place: str, status: int = 302) -> bytes:
    """A redirect."""
    return reply(status=status, location=place)


@dataclass
class RawServer:
    """Use as a context manager.

    ``most_at_once``: how many requests were waiting for the first byte of their answers at the same time.
    ``instead``: what is done with a connection when it is not to be HTTP at all.
    """

    replies: dict[str, Reply | list[Reply]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    most_at_once: int = 0
    instead: Callable[[socket.socket], object] | None = None

    def __post_init__(self) -> None:
        self._closing, self._lock = threading.Event(), threading.Lock()
        self._waiting: set[int] = set()  # the numbers of the connections
        self._tcp = _Tcp(("127.0.0.1", 0), self._serve)
        self._thread = threading.Thread(target=self._tcp.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._tcp.shutdown()
        self._tcp.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._tcp.server_address[1])

    def url(self, path: str = "/page", host: str = "127.0.0.1") -> str:
        """The address of a path."""
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked for, in order, but for robots.txt."""
        return [one.path for one in self.seen if one.path != "/robots.txt"]

    def _serve(self, sock: socket.socket) -> None:
        with self._lock:
            self.connections += 1
            number = self.connections
        if self.instead is not None:
            self.instead(sock)
            return
        with sock, sock.makefile("rb") as lines:
            while (head := _head(lines.readline)) is not None:
                path, fields = head
                with self._lock:
                    self.seen.append(Seen(path, fields, time.monotonic()))
                    self._waiting.add(number)
                    self.most_at_once = max(self.most_at_once, len(self._waiting))
                    chosen = self._chosen(path)
                connection = Connection(sock, self._closing, partial(self._answered, number))
                try:
                    if not isinstance(chosen, bytes):
                        chosen(connection)
                        return
                    if not connection.send(chosen):
                        return
                finally:
                    self._answered(number)

    def _answered(self, number: int) -> None:
        with self._lock:
            self._waiting.discard(number)

    def _chosen(self, path: str) -> Reply:
        found = self.replies.get(path, reply(status=404))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found


def _head(readline: Callable[[], bytes]) -> tuple[str, dict[str, str]] | None:
    try:
        first = readline().decode("latin-1").split(" ")
        if len(first) < 2:
            return None
        fields: dict[str, str] = {}
        while line := readline().decode("latin-1").rstrip("\r\n"):
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
    except OSError:
        return None
    return first[1], fields


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], serve: Callable[[socket.socket], None]) -> None:
        self._serve = serve
        super().__init__(address, socketserver.BaseRequestHandler)

    def finish_request(self, request: object, client_address: object) -> None:
        assert isinstance(request, socket.socket)
        self._serve(request)
