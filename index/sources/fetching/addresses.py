"""Web addresses: from what people and pages write to what goes over the wire. It resolves no name.

Invariant: an ``Address`` is http or https, holds no credentials and no fragment, and is printable ASCII throughout.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import quote, urljoin, urlsplit

import idna

from index.errors import AddressRefused

_PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
_MOST_CHARACTERS = 8_000
"""What a server has to be ready for: https://www.rfc-editor.org/rfc/rfc9110#section-4.1"""

_KEPT = "%/:@!$&'()*+,;=~?"
"""What may stand in a path or a query as it is, beside letters, digits, "-", "." and "_" (RFC 3986, 3.3 and 3.4)."""


@dataclass(frozen=True, slots=True)
class Address:
    """A checked address. ``host`` has no brackets; ``target`` is the path and the query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as the ``Host`` field has them: no port where it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def site(self) -> str:
        """Whom a request is a burden to: the authority, the same for http and https."""
        return self.authority

    @property
    def origin(self) -> str:
        """Scheme, host and port: what one robots.txt is for (RFC 9309, 2.3)."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The whole address."""
        return self.origin + self.target


def parse(url: str) -> Address:
    """Return what an address says.

    Raises:
        AddressRefused: it is no http or https address, or holds what no such address may hold.
    """
    text = url.strip(" ")
    if _CONTROL.search(text) or len(text) > _MOST_CHARACTERS:
        raise AddressRefused(f"{text[:80]!r} is no address: it holds control characters, or is too long")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(f"{text} is no address: {error}") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise AddressRefused(f"{text} is refused: only http:// and https:// addresses are fetched")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(f"an address on {parts.hostname} is refused: it holds a name or a password; take them out")
    try:
        target = quote(parts.path or "/", safe=_KEPT) + (f"?{quote(parts.query, safe=_KEPT)}" if parts.query else "")
    except UnicodeEncodeError as error:
        raise AddressRefused(f"{text!a:.80} is no address: it holds what is no character") from error
    return Address(parts.scheme, _host(parts.hostname), port or _PORTS[parts.scheme], target)


def joined(base: Address, reference: str) -> Address:
    """Return where a reference in an answer from ``base`` leads.

    Raises:
        AddressRefused: as ``parse`` does.
    """
    try:
        return parse(urljoin(base.url, reference.strip(" ")))
    except ValueError as error:
        raise AddressRefused(f"{base.url} leads to {reference[:80]!r}, which is no address") from error


def _host(name: str) -> str:
    if ":" in name:
        return _literal(name)
    try:
        host = name if name.isascii() else idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise AddressRefused(f"{name} is no host name: {error}") from error
    if not _HOST.fullmatch(host.lower()) or len(host) > 253 or max(map(len, host.split("."))) > 63:
        raise AddressRefused(f"{name} is no host name")
    return host.lower()


def _literal(text: str) -> str:
    try:
        address = IPv6Address(text)
    except ValueError as error:
        raise AddressRefused(f"{text} is no host name and no IPv6 address") from error
    if address.scope_id:
        raise AddressRefused(f"{text} is refused: it names an interface of this machine")
    return address.compressed
