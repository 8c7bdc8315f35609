"""Bodies: counted on the wire, unpacked piece by piece, never larger than allowed.

Invariant: at no moment does more than ``most`` bytes and one piece lie unpacked; what was packed is whole, or an error.
Source: https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1 (which packings there are).
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Protocol

import brotli

from index.errors import Unsuitable

_PIECE = 64 * 1024
_MEMBERS = 64
"""Parts that a gzip file may consist of (RFC 1952, 2.2). Those of one part only are all that servers send."""

_MAGIC, _PADDING = b"\x1f\x8b", b"\0"
"""How a part begins (RFC 1952, 2.3.1), and how what is none does."""

_ZLIB, _RAW, _GZIP = zlib.MAX_WBITS, -zlib.MAX_WBITS, zlib.MAX_WBITS | 16


def unpacked(chunks: Iterable[bytes], packings: tuple[str, ...], most: int) -> bytes:
    """Return a body, from how it came over the wire.

    Raises:
        Unsuitable: it is larger than ``most`` bytes, packed or unpacked, or packed in a way that cannot be read.
    """
    wire = _at_most(chunks, most, "is larger")
    body = BytesIO()  # whose bytes are handed out without a copy
    for piece in _at_most(_unpacking(wire, packings), most, "unpacks to more"):
        body.write(piece)
    return body.getvalue()


def beginning(chunks: Iterable[bytes], packings: tuple[str, ...], most: int) -> bytes:
    """Return the first ``most`` bytes of a body, or all of a shorter one.

    Raises:
        Unsuitable: it is packed in a way that cannot be read.
    """
    body = BytesIO()
    for piece in _unpacking(chunks, packings):
        body.write(piece)
        if body.tell() >= most:
            break
    return body.getvalue()[:most]


def _unpacking(chunks: Iterable[bytes], packings: tuple[str, ...]) -> Iterator[bytes]:
    if not packings:
        yield from chunks
        return
    if len(packings) > 1 or packings[0] not in _UNPACKERS:
        raise Unsuitable(f"it is packed as {', '.join(packings)}: only {', '.join(ACCEPTED)} can be unpacked")
    try:
        yield from _pieces(chunks, _UNPACKERS[packings[0]]())
    except (zlib.error, brotli.error) as error:
        raise Unsuitable(f"what came is no whole {packings[0]}: {error}") from error


def _pieces(chunks: Iterable[bytes], unpacker: "_Unpacker") -> Iterator[bytes]:
    empty = True
    for chunk in filter(None, chunks):
        empty = False
        yield from unpacker.pieces(chunk)
    if not empty:  # nothing is nothing, whatever it is said to be packed in
        unpacker.finish()


def _at_most(pieces: Iterable[bytes], most: int, what: str) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise Unsuitable(f"it {what} than {most:,} bytes, which is all that fetch.max_megabytes allows")
        yield piece


class _Unpacker(Protocol):
    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Take the next bytes; yield what they hold, in pieces."""
        ...

    def finish(self) -> None:
        """Say that no more will come."""
        ...


class _Zlib:
    """Deflate, in the wrapping that it comes in."""

    def __init__(self, wrapping: int) -> None:
        self._decoder = zlib.decompressobj(wrapping)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while data and not self._decoder.eof:
            yield self._decoder.decompress(data, _PIECE)
            data = self._decoder.unconsumed_tail
        while not self._decoder.eof and (piece := self._decoder.decompress(b"", _PIECE)):
            yield piece

    @property
    def ended(self) -> bool:
        return self._decoder.eof

    @property
    def rest(self) -> bytes:
        return self._decoder.unused_data

    def finish(self) -> None:
        if not self._decoder.eof:
            raise zlib.error("it ends too early")


class _Gzip:
    """One part after another. What follows and is no part is padding."""

    def __init__(self) -> None:
        self._part, self._parts, self._after = _Zlib(_GZIP), 1, b""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if not self._part.ended:
            yield from self._part.pieces(data)
            data = self._part.rest
        self._after += data
        while self._part.ended and self._after.startswith(_MAGIC):
            yield from self._next_part()
        if not _MAGIC.startswith(self._after):
            self._after = _PADDING

    def _next_part(self) -> Iterator[bytes]:
        self._part, self._parts = _Zlib(_GZIP), self._parts + 1
        if self._parts > _MEMBERS:
            raise Unsuitable(f"it is a gzip of more than {_MEMBERS} parts")
        yield from self._part.pieces(self._after)
        self._after = self._part.rest

    def finish(self) -> None:
        self._part.finish()


class _Deflate:
    """As the standard says, wrapped, or as some servers send it, bare: the first byte tells (RFC 1950, 2.2)."""

    def __init__(self) -> None:
        self._stream: _Zlib | None = None

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            self._stream = _Zlib(_ZLIB if data[0] & 15 == zlib.DEFLATED else _RAW)
        yield from self._stream.pieces(data)

    def finish(self) -> None:
        if self._stream is not None:
            self._stream.finish()


class _Brotli:
    """RFC 7932."""

    def __init__(self) -> None:
        self._decoder = brotli.Decompressor()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        yield self._decoder.process(data, output_buffer_limit=_PIECE)
        while not self._decoder.is_finished() and (piece := self._decoder.process(b"", output_buffer_limit=_PIECE)):
            yield piece

    def finish(self) -> None:
        if not self._decoder.is_finished():
            raise brotli.error("it ends too early")


_UNPACKERS: dict[str, Callable[[], _Unpacker]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
}
ACCEPTED = ("gzip", "deflate", "br")
"""What servers are told."""
