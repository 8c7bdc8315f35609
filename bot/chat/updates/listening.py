"""A small HTTP server: requests to ``handle``, replies back. All of tornado; knows nothing of Telegram.

It speaks no TLS: a proxy in front does. What is larger or slower than it may be never reaches ``handle``.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from bot.errors import CannotListen

_log = logging.getLogger(__name__)

_HEADER_BYTES = 16_384
_IDLE_SECONDS, _BODY_SECONDS = 60.0, 10.0


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked. Names of ``headers`` are found however they are written."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


Handle = Callable[[Request], Awaitable[Reply]]


class Listener:
    """An open port."""

    def __init__(self, server: HTTPServer) -> None:
        self._server = server

    def refuse(self) -> None:
        """Take no new connections."""
        self._server.stop()

    async def close(self) -> None:
        """Close every connection."""
        self._server.stop()
        await self._server.close_all_connections()


def listen(address: str, handle: Handle, most_bytes: int) -> Listener:
    """Listen at ``host:port``; without a host, on loopback. Bodies have at most ``most_bytes``.

    Raises:
        CannotListen: somebody else does, or it is no address of this machine.
    """
    host, port = host_and_port(address)
    server = HTTPServer(
        Application([(r".*", _Handler, {"handle": handle})], log_function=_silent),
        max_body_size=most_bytes,
        max_header_size=_HEADER_BYTES,
        idle_connection_timeout=_IDLE_SECONDS,
        body_timeout=_BODY_SECONDS,
        no_keep_alive=False,
    )
    try:
        server.listen(port, host)
    except OSError as error:
        raise CannotListen(f"nothing can listen at {address}: {error.strerror or error}") from error
    return Listener(server)


def host_and_port(address: str) -> tuple[str, int]:
    """Take ``host:port``, ``[::1]:port`` or ``:port`` apart.

    Raises:
        CannotListen: it is none of them.
    """
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal() or not 0 < int(port) < 65536:
        raise CannotListen(f'"{address}" is no address to listen at: write host:port, such as 127.0.0.1:8080')
    return host.strip("[]") or "127.0.0.1", int(port)


def _silent(handler: RequestHandler) -> None:
    """A line for each request is the proxy's to write."""


class _Handler(RequestHandler):
    def initialize(self, handle: Handle) -> None:
        self._handle = handle

    async def get(self) -> None:
        await self._pass_on()

    async def post(self) -> None:
        await self._pass_on()

    async def _pass_on(self) -> None:
        asked = self.request
        reply = await self._handle(Request(asked.method or "", asked.path, asked.headers, asked.body))
        self.set_status(reply.status)
        self.set_header("Content-Type", reply.content_type)
        self.clear_header("Server")
        self.finish(reply.body)
