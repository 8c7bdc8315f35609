"""Every way of writing a local address, at every place where one can stand: nobody is led to this machine."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

import pytest
from raw_server import RawServer, reply
from websites import WebSite, websites

from index.errors import AddressRefused, FetchError
from index.settings import FetchSection
from index.sources.fetching import Fetcher, Request

LOCAL = ["127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"]


def in_ipv4(address: str) -> Iterator[str]:
    """The address with one to four numbers, each in any base, as the resolvers of systems read them."""
    number = int(IPv4Address(address))
    for tail_bytes in (4, 3, 2, 1):
        shift = 8 * tail_bytes
        front = [number >> (24 - 8 * place) & 255 for place in range(4 - tail_bytes)]
        numbers = [*front, number & ((1 << shift) - 1)]
        for write in (str, hex, lambda one: f"0{one:o}", lambda one: f"0x{one:08X}", lambda one: f"000{one:o}"):
            yield ".".join(write(one) for one in numbers)
    yield address.replace(".", "。")
    yield address.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    yield f"{address}."


def in_ipv6(address: str) -> Iterator[str]:
    """The address within one of IPv6: mapped, compatible, NAT64, 6to4, Teredo, and with a zone."""
    number = int(IPv4Address(address))
    whole = [0xFFFF << 32 | number, number, 0x64FF9B << 96 | number, 0x64FF9B0001 << 88 | number]
    whole += [0x2002 << 112 | number << 80, 0x20010000 << 96 | (number ^ 0xFFFFFFFF), 0xFFFF0000 << 32 | number]
    for one in whole:
        yield f"[{IPv6Address(one)}]"
        yield f"[{IPv6Address(one).exploded}]"
        yield f"[{IPv6Address(one)}%25lo]"
    yield f"[::ffff:{address}]"
    yield f"[64:ff9b::{address}]"


OTHERS = ["localhost", "localhost.", "LOCALHOST", "[::1]", "[::]", "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]", "0"]
HOSTS = [*dict.fromkeys(host for one in LOCAL for host in (*in_ipv4(one), *in_ipv6(one))), *OTHERS]


@pytest.fixture
def server() -> Iterator[RawServer]:
    """This machine, on all of its addresses of IPv4 that are tried."""
    with RawServer() as server:
        server.replies["/page"] = reply("secret")
        yield server


@pytest.fixture
def guide() -> Iterator[WebSite]:
    """A site that may be fetched, on an address of its own."""
    with websites(2) as (_, site):
        yield site


def test_none_is_fetched(server: RawServer) -> None:
    """Nor is a connection opened."""
    with Fetcher(FetchSection(delay_seconds=0.0, retries=0, timeout_seconds=2.0)) as fetcher:
        fetched = [host for host in HOSTS if not refused(fetcher, server.url(host=host))]
    assert fetched == [] and server.connections == 0 and len(HOSTS) > 200


def test_no_redirect_leads_to_one(server: RawServer, guide: WebSite) -> None:
    """From a site that may be fetched, whatever kind of redirect."""
    settings = FetchSection(allow_hosts=(guide.host,), delay_seconds=0.0, retries=0, timeout_seconds=2.0)
    hosts = [host for host in HOSTS if host.isascii()]  # what a header can hold
    for number, host in enumerate(hosts):
        guide.move(f"/{number}", server.url(host=host), (301, 302, 303, 307, 308)[number % 5])
    guide.move("/relative", f"//127.0.0.1:{server.port}/page")
    guide.move("/file", "file:///etc/passwd")
    guide.put("/robots.txt", "User-agent: *\nAllow: /\n", "text/plain")
    with Fetcher(settings) as fetcher:
        places = [*map(str, range(len(hosts))), "relative", "file"]
        fetched = [place for place in places if not refused(fetcher, f"{guide.url}/{place}")]
    assert fetched == [] and server.connections == 0


@pytest.mark.parametrize("scheme", ["file", "ftp", "gopher", "data", "jar", "dict", "unix", "ldap", "view-source:http"])
def test_other_schemes_are_refused(scheme: str) -> None:
    """No library below is ever asked."""
    with Fetcher(FetchSection(delay_seconds=0.0)) as fetcher:
        for url in (f"{scheme}:///etc/passwd", f"{scheme}://localhost/etc/passwd", f"{scheme}:x"):
            assert refused(fetcher, url)


def refused(fetcher: Fetcher, url: str) -> bool:
    """Tell whether an address is refused for what it is."""
    try:
        fetcher.fetch(Request(url))
    except AddressRefused:
        return True
    except FetchError as error:
        return "cannot be found" in str(error)  # a host that no resolver here takes for an address
    return False
