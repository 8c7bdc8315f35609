"""Which addresses are public, and hosts of which one is not."""

import pytest

from index.errors import AddressRefused
from index.sources.fetching.names import is_public, reachable

PUBLIC = ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1", "2002:101:101::1"]
PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "0.1.2.3",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "169.254.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::1",
    "2001::1",
    "2001:db8::1",
    "3fff::1",
    "100::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "4000::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address: str) -> None:
    """What anybody on the internet reaches may be fetched."""
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_all_others_are_not(address: str) -> None:
    """This machine, its networks, the metadata of clouds, and all of these inside IPv6 addresses."""
    assert not is_public(address)


@pytest.mark.parametrize("found", [["127.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["10.0.0.1", "1.1.1.1"]])
def test_one_private_address_spoils_a_host(found: list[str]) -> None:
    """A host with a public and a private address is somebody's attempt."""
    with pytest.raises(AddressRefused, match=r"news\.example .* fetch\.allow_hosts"):
        reachable("news.example", 80, found, allowed=())


@pytest.mark.parametrize("allowed", [["wiki.local"], ["wiki.local:8080"]])
def test_an_allowed_host_may_be_anywhere(allowed: list[str]) -> None:
    """Operators name the hosts, with or without the port, that are theirs."""
    assert reachable("wiki.local", 8080, ["10.0.0.1"], allowed) == ["10.0.0.1"]


@pytest.mark.parametrize("allowed", ["local", "wiki.local:80", "10.0.0.1", "*", ""])
def test_only_exactly_that_host_is_allowed(allowed: str) -> None:
    """Nothing is allowed by likeness."""
    with pytest.raises(AddressRefused):
        reachable("wiki.local", 8080, ["10.0.0.1"], [allowed])
