"""Servers that lie, break off, drip, never end, or lead to where nobody may go."""

import socket
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from raw_server import Connection, RawServer, reply

from index.errors import AddressRefused, FetchError, Unreachable, Unsuitable
from index.sources.fetching import Fetcher, Request

Make = Callable[..., Fetcher]


def test_a_gzip_bomb_ends_at_the_limit(server: RawServer, fetcher: Fetcher) -> None:
    """A gigabyte of zeros in a megabyte: refused within the memory that a page may take."""
    packer = zlib.compressobj(9, wbits=31)
    start = packer.compress(b"\0") + packer.flush(zlib.Z_FULL_FLUSH)
    megabyte = packer.compress(b"\0" * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    server.replies["/page"] = reply(start + megabyte * 950, content_encoding="gzip")
    started = time.perf_counter()
    tracemalloc.start()
    try:
        with pytest.raises(Unsuitable, match="/page is not read: it unpacks to more than 1,000,000 bytes"):
            fetcher.fetch(Request(server.url()))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000
    assert time.perf_counter() - started < 2


def test_an_endless_body_ends_at_the_limit(server: RawServer, fetcher: Fetcher) -> None:
    """Who never stops sending is not listened to for ever."""

    def endless(connection: Connection) -> None:
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while connection.send(b"x" * 10_000):
            pass

    server.replies["/page"] = endless
    with pytest.raises(Unsuitable, match="larger than 1,000,000 bytes"):
        fetcher.fetch(Request(server.url()))


def test_a_body_said_to_be_too_large_is_not_read(server: RawServer, fetcher: Fetcher) -> None:
    """The declared length is enough to know."""
    server.replies["/page"] = reply("x", content_length="20000000")
    with pytest.raises(Unsuitable, match="it has 20,000,000 bytes, 1,000,000 are allowed"):
        fetcher.fetch(Request(server.url()))


def test_a_request_may_allow_less(server: RawServer, fetcher: Fetcher) -> None:
    """Each knows what it can take."""
    server.replies["/page"] = reply("x" * 11)
    with pytest.raises(Unsuitable, match="10 are allowed"):
        fetcher.fetch(Request(server.url(), max_bytes=10))


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    "act",
    [
        lambda connection: connection.drip(HEAD * 100, 0.05),
        lambda connection: connection.drip(HEAD + b"\r\n" + b"x" * 1_000, 0.05),
        lambda connection: connection.closing.wait(5),
        lambda connection: connection.send(HEAD) and connection.closing.wait(5),
        lambda connection: connection.send(HEAD + b"\r\nx") and connection.closing.wait(5),
        lambda connection: connection.drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 100, 0.02),
    ],
    ids=["dripping head", "dripping body", "silence", "half a head", "half a body", "promises"],
)
def test_an_answer_takes_no_longer_than_allowed(
    server: RawServer, made: Make, act: Callable[[Connection], None]
) -> None:
    """timeout_seconds count from the call to the last byte, however lively the server looks."""
    server.replies["/page"] = act
    fetcher = made(timeout_seconds=0.4)
    started = time.perf_counter()
    with pytest.raises(Unreachable, match=r"longer than fetch\.timeout_seconds"):
        fetcher.fetch(Request(server.url()))
    assert 0.3 < time.perf_counter() - started < 2


def test_a_body_that_ends_too_early_is_no_page(server: RawServer, fetcher: Fetcher) -> None:
    """Half an article is not stored."""

    def broken_off(connection: Connection) -> None:
        connection.send(reply("half of it", content_length="5000"))

    server.replies["/page"] = broken_off
    with pytest.raises(Unreachable, match="/page could not be fetched"):
        fetcher.fetch(Request(server.url()))


def test_chunks_that_end_too_early_are_no_page(server: RawServer, fetcher: Fetcher) -> None:
    """As with a length."""

    def broken_off(connection: Connection) -> None:
        connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nhalf")

    server.replies["/page"] = broken_off
    with pytest.raises(Unreachable):
        fetcher.fetch(Request(server.url()))


def test_what_is_sent_beyond_the_length_is_nobodys(server: RawServer, made: Make) -> None:
    """The body is as long as said; the next page on the connection is still its own."""
    server.replies["/page"] = reply("bees and more", content_length="4")
    server.replies["/next"] = reply("wasps")
    fetcher = made(retries=1)
    assert fetcher.fetch(Request(server.url())).body == b"bees"
    assert fetcher.fetch(Request(server.url("/next"))).body == b"wasps"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"hello\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"X: " + b"y" * 300_000,
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000,
    ],
)
def test_what_is_no_http_is_no_answer(server: RawServer, fetcher: Fetcher, said: bytes) -> None:
    """Whatever comes, it ends as an error of this page."""

    def say(connection: Connection) -> None:
        connection.send(said)

    server.replies["/page"] = say
    with pytest.raises(Unreachable):
        fetcher.fetch(Request(server.url()))


def reset(connection: Connection) -> None:
    """Hang up in the rudest way."""
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.socket.close()


def test_a_connection_reset_is_unreachable(server: RawServer, fetcher: Fetcher) -> None:
    """The network's errors are told in our own words."""
    server.replies["/page"] = reset
    with pytest.raises(Unreachable, match="/page could not be fetched"):
        fetcher.fetch(Request(server.url()))


def test_a_closed_port_is_unreachable(fetcher: Fetcher) -> None:
    """Nobody is there."""
    with RawServer() as gone:
        url = gone.url()
    with pytest.raises(Unreachable, match="does not take calls: Connection refused"):
        fetcher.fetch(Request(url))


def test_tls_with_who_speaks_none_is_unreachable(server: RawServer, made: Make) -> None:
    """And is not tried again: it would not learn it."""
    server.instead = lambda connection: connection.sendall(reply(status=400))
    started = time.perf_counter()
    with pytest.raises(Unreachable, match=r"no TLS with 127\.0\.0\.1"):
        made(retries=3).fetch(Request(server.url().replace("http:", "https:")))
    assert time.perf_counter() - started < 1
    assert server.connections == 1


def test_tls_asks_for_the_name(server: RawServer, made: Make) -> None:
    """The address was looked up here, but the certificate has to be the name's (SNI, RFC 6066, 3)."""
    heard: list[bytes] = []
    server.instead = lambda connection: heard.append(connection.recv(2_000))
    fetcher = made(allow_hosts=("news.example",), resolve=lambda host, port: ["127.0.0.1"])
    with pytest.raises(Unreachable):
        fetcher.fetch(Request(server.url(host="news.example").replace("http:", "https:")))
    assert b"news.example" in heard[0]


# --- where names lead --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "169.254.169.254",
        "10.1.2.3",
        "224.0.0.1",
        "１２７.0.0.1",
        "127。0。0。1",
    ],
)
def test_no_way_of_writing_it_leads_to_this_machine(server: RawServer, made: Make, host: str) -> None:
    """Whatever the system's resolver makes of a host is checked, not how it is written."""
    server.replies["/page"] = reply("secret")
    with pytest.raises(AddressRefused):
        made(allow_hosts=()).fetch(Request(server.url(host=host)))
    assert server.connections == 0


def test_a_dot_at_the_end_is_no_way_either(server: RawServer, made: Make) -> None:
    """It is the same name, though some resolvers know it and some do not."""
    with pytest.raises((AddressRefused, Unreachable)):
        made(allow_hosts=()).fetch(Request(server.url(host="localhost.")))
    assert server.connections == 0


def test_an_allowed_host_keeps_its_name(server: RawServer, made: Make) -> None:
    """It is connected to where it leads, and asked by its name."""
    server.replies["/page"] = reply("bees")
    fetcher = made(allow_hosts=("News.Example",), resolve=lambda host, port: ["127.0.0.1"])
    assert fetcher.fetch(Request(server.url(host="news.example"))).body == b"bees"
    assert server.seen[-1].fields["host"] == f"news.example:{server.port}"


def test_a_name_cannot_change_its_mind(server: RawServer, made: Make) -> None:
    """What was checked is what is called: the name server is asked once a call, and each answer is checked."""
    answers = [["192.0.2.1"], ["127.0.0.1"]]
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[min(len(asked) - 1, 1)]

    server.replies["/page"] = reply("secret")
    fetcher = made(allow_hosts=("other.example",), resolve=rebinding)
    for _ in range(2):
        with pytest.raises(AddressRefused):
            fetcher.fetch(Request(server.url(host="news.example")))
    assert asked == ["news.example"] * 2
    assert server.connections == 0


def test_a_public_answer_first_does_not_help(server: RawServer, made: Make) -> None:
    """A first call to a public address that nobody answers, then loopback: the second is refused, nothing is asked."""
    answers = iter([["198.41.0.4"], ["127.0.0.1"]])
    fetcher = made(allow_hosts=(), timeout_seconds=0.2, retries=1, resolve=lambda host, port: next(answers))
    server.replies["/page"] = reply("secret")
    with pytest.raises(AddressRefused, match=r"news\.example is refused: it leads to 127\.0\.0\.1"):
        fetcher.fetch(Request(server.url(host="news.example")))
    assert server.connections == 0
    assert next(answers, None) is None


def test_a_name_that_nobody_knows_is_unreachable(made: Make) -> None:
    """Names are mistyped, and domains run out."""

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(Unreachable, match=r"news\.example cannot be found: Name or service not known"):
        made(retries=3, resolve=unknown).fetch(Request("http://news.example/"))


def test_a_slow_name_server_is_not_waited_for(made: Make) -> None:
    """The system's resolver knows no limit; the request has one."""

    def slow(host: str, port: int) -> list[str]:
        time.sleep(3)
        return ["127.0.0.1"]

    started = time.perf_counter()
    with pytest.raises(Unreachable, match="longer than"):
        made(timeout_seconds=0.2, resolve=slow).fetch(Request("http://news.example/"))
    assert time.perf_counter() - started < 2


def test_every_error_names_its_page(server: RawServer, fetcher: Fetcher) -> None:
    """The report of a run is a list of such lines."""
    server.replies.update({"/big": reply("x" * 1_000_001), "/odd": reply("x", content_encoding="zstd")})
    server.replies.update({"/pdf": reply("x", content_type="application/pdf"), "/no": reply(status=403)})
    for path in ("/big", "/odd", "/pdf", "/no"):
        with pytest.raises(FetchError, match=server.url(path)):
            fetcher.fetch(Request(server.url(path)))
