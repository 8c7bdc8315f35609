"""Packed bodies: read right, within bounds of memory and time."""

import gzip
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import Unsuitable
from index.sources.fetching.unpacking import beginning, unpacked


def bare(data: bytes) -> bytes:
    """Deflate without its wrapping."""
    return zlib.compress(data)[2:-4]


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare),
    "brotli": ("br", brotli.compress),
}


def cut(data: bytes, size: int) -> Iterator[bytes]:
    """In pieces, as the wire brings it."""
    return (data[at : at + size] for at in range(0, len(data), size))


@pytest.mark.parametrize("kind", PACKERS)
@given(data=st.binary(max_size=3_000), size=st.integers(1, 4_000))
def test_what_was_packed_comes_out(kind: str, data: bytes, size: int) -> None:
    """Whatever the pieces in which it comes."""
    name, pack = PACKERS[kind]
    assert unpacked(cut(pack(data), size), (name,), 3_000) == data


@pytest.mark.parametrize("kind", PACKERS)
def test_much_comes_out_in_pieces(kind: str) -> None:
    """More than one piece of output from one piece of input."""
    name, pack = PACKERS[kind]
    data = b"Bees keep warm in winter. " * 40_000
    assert unpacked([pack(data)], (name,), len(data)) == data
    with pytest.raises(Unsuitable, match="unpacks to more than"):
        unpacked([pack(data)], (name,), len(data) - 1)


@pytest.mark.parametrize("kind", PACKERS)
def test_what_is_cut_short_is_no_body(kind: str) -> None:
    """Half a page is not taken for the page."""
    name, pack = PACKERS[kind]
    packed = pack(bytes(range(256)) * 40)
    with pytest.raises(Unsuitable, match="is no whole"):
        unpacked([packed[: len(packed) // 2]], (name,), 100_000)


@pytest.mark.parametrize("name", ["gzip", "br"])
def test_what_is_not_packed_at_all_is_refused(name: str) -> None:
    """Servers lie about that, too."""
    with pytest.raises(Unsuitable, match=f"no whole {name}"):
        unpacked([b"<html>not packed</html>"], (name,), 1_000)


@pytest.mark.parametrize("packings", [("zstd",), ("compress",), ("gzip", "gzip"), ("gzip", "br")])
def test_other_packings_are_refused(packings: tuple[str, ...]) -> None:
    """Nothing was asked for that cannot be unpacked; packed twice is how bombs are built."""
    with pytest.raises(Unsuitable, match="only gzip, deflate, br can be unpacked"):
        unpacked([b"x"], packings, 1_000)


@pytest.mark.parametrize("name", ["gzip", "deflate", "br"])
def test_nothing_is_nothing(name: str) -> None:
    """Servers say gzip, too, of an empty body."""
    assert unpacked([b""], (name,), 1_000) == b""


def test_parts_of_a_gzip_are_joined() -> None:
    """Compressed logs and sitemaps are made by appending; what follows and is no part is padding."""
    parts = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 100
    assert [unpacked(cut(parts, size), ("gzip",), 1_000) for size in (1, 7, 1_000)] == [b"one two"] * 3


def test_a_gzip_of_endless_empty_parts_is_refused() -> None:
    """Each part costs time and yields nothing."""
    with pytest.raises(Unsuitable, match="more than 64 parts"):
        unpacked([gzip.compress(b"") * 10_000], ("gzip",), 1_000_000)


def bomb(megabytes: int) -> Iterator[bytes]:
    """So many megabytes of zeros as gzip, a thousandth of that large. Its end is never reached."""
    packer = zlib.compressobj(9, wbits=31)
    yield packer.compress(b"\0") + packer.flush(zlib.Z_FULL_FLUSH)
    megabyte = packer.compress(b"\0" * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(megabytes):
        yield megabyte


def test_a_gzip_bomb_costs_neither_memory_nor_time() -> None:
    """Ten gigabytes of zeros, ten megabytes on the wire, are refused at the limit of what may come out."""
    packed = b"".join(bomb(10_000))
    assert 5_000_000 < len(packed) < 20_000_000
    started = time.perf_counter()
    tracemalloc.start()
    try:
        with pytest.raises(Unsuitable, match="unpacks to more than 10,000,000 bytes"):
            unpacked(cut(packed, 65_536), ("gzip",), 10_000_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 13_000_000
    assert time.perf_counter() - started < 2.0


def test_a_brotli_bomb_is_refused_likewise() -> None:
    """Brotli packs zeros a thousand times denser still."""
    packed = brotli.compress(b"\0" * 50_000_000, quality=2)
    tracemalloc.start()
    try:
        with pytest.raises(Unsuitable, match="unpacks to more than 1,000,000 bytes"):
            unpacked([packed], ("br",), 1_000_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3_000_000


def test_what_comes_over_the_wire_is_counted() -> None:
    """An endless body ends at the limit, and no more of it is taken in."""
    taken = []

    def endless() -> Iterator[bytes]:
        while True:
            taken.append(1)
            yield b"x" * 1_000

    with pytest.raises(Unsuitable, match="is larger than 10,000 bytes"):
        unpacked(endless(), (), 10_000)
    assert len(taken) == 11


@pytest.mark.parametrize(("packings", "pack"), [((), bytes), (("gzip",), gzip.compress)])
def test_a_beginning_is_all_that_is_taken(packings: tuple[str, ...], pack: Callable[[bytes], bytes]) -> None:
    """Of a file that is too large by the rules the first part counts."""
    assert beginning([pack(b"x" * 1_000_000)], packings, 100) == b"x" * 100
    assert beginning([pack(b"short")], packings, 100) == b"short"
