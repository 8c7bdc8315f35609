"""Names to the addresses of machines, and which of these anybody on the internet could reach.

Invariant: ``reachable`` returns addresses only if every one that the name has is public: one bad one is an attempt.
Sources: https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry.
"""

import socket
from collections.abc import Callable, Collection, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from index.errors import AddressRefused

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to addresses, the preferred one first. Raises OSError."""

_PROTOCOLS = IPv4Network("192.0.0.0/24")
"""For protocols, not for hosts; older Pythons take parts of it for public."""

_UNICAST = IPv6Network("2000::/3")
"""All that was ever given out: https://www.iana.org/assignments/ipv6-address-space"""

_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 as networks without it see it; the last 32 bits are the address (RFC 6052)."""

_DOCUMENTATION = IPv6Network("3fff::/20")
"""RFC 9637; younger than some of the Pythons."""


def system_resolve(host: str, port: int) -> list[str]:
    """Ask the system, as every program does.

    Raises:
        OSError: there is no such name, or nobody who would know it answers.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def reachable(host: str, port: int, found: Iterable[str], allowed: Collection[str]) -> list[str]:
    """Return the addresses found for a host, all public, or the host is allowed ("host" or "host:port").

    Raises:
        AddressRefused: at least one is not public.
    """
    addresses = list(found)
    if host in allowed or f"{host}:{port}" in allowed or f"[{host}]:{port}" in allowed:
        return addresses
    for address in addresses:
        if not is_public(address):
            raise AddressRefused(
                f"{host} is refused: it leads to {address}, which is not on the public internet; "
                "if that is meant, name the host in fetch.allow_hosts"
            )
    return addresses


def is_public(text: str) -> bool:
    """Tell whether an address is one of the public internet, also if it is an IPv4 address in IPv6 clothes."""
    address = ip_address(text)
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and address not in _PROTOCOLS
    inner = _embedded(address)
    if inner is not None:
        return is_public(str(inner))
    return address.is_global and address in _UNICAST and address not in _DOCUMENTATION and not address.scope_id


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
