"""Addresses of pages: which two are of one page. Fetches nothing, and knows of a page only its address.

The canonical form is a name and not for fetching: it is https also where only http is answered. Invariant:
``canonical_address(canonical_address(x)) == canonical_address(x)``.
"""

import re
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

from index.sources.web.tracking import is_tracking

_LONGEST_HOST = 253
"""Characters: https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4"""

_LONGEST_WRITTEN = 8_000
"""Characters of an address as it is written: https://www.rfc-editor.org/rfc/rfc9110#section-4.1"""

_LONGEST = 12 * _LONGEST_WRITTEN
"""The same once every character is escaped, of which each may be four bytes."""

_DOORS = ("www.", "m.", "amp.")
"""Names before a host's own that lead to the same pages."""

_DEFAULT_PORTS = (None, 80, 443)

_PERCENT = re.compile(r"%([0-9a-fA-F]{2})?")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_PATH_KEEPS = "/:@!$&'()*+,;=~%"
_QUERY_KEEPS = "/:@!$'()*,;=?~%"
"""What may stand there as it is: https://www.rfc-editor.org/rfc/rfc3986#section-3.3"""

_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_INDEX = re.compile(r"/index\.(?:html?|php)$")
_AMP_PATH = re.compile(r"/amp$|(?<=[^/])\.amp(?=\.html$)")
_AMP_QUERY = re.compile(r"amp(?:=(?:1|true|amp)?)?|outputtype=amp", re.IGNORECASE)

_WRAPPER_HOST = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?|(?:[a-z0-9-]+\.)?cdn\.ampproject\.org")
_WRAPPER_PATH = re.compile(r"/(?:amp|c|v|wp)/(?:s/)?(?=[^/]*\.)(.+)")
"""https://developers.google.com/amp/cache/overview#amp-cache-url-format"""


def web_address(text: str, base: str = "") -> str | None:
    """Return the absolute address that a text names, seen from ``base``; ``None`` where it is none of a page.

    One with somebody's name before the host is none: it is not fetched, and has the canonical form of one that is.
    What is returned has a canonical form.
    """
    try:
        address = urljoin(base, text.strip())
        parts = urlsplit(address)
        named = parts.scheme in ("http", "https") and bool(_host(parts)) and (parts.port or 0) >= 0
        named = named and "@" not in parts.netloc
    except ValueError:
        return None
    return address if named and address.isprintable() and len(address) <= _LONGEST_WRITTEN else None


def canonical_address(url: str) -> str:
    """Return the form under which two addresses of one page are one.

    Raises:
        ValueError: it is no http or https address, its host or port is none, or it is too long.
    """
    parts = _unwrapped(_split(url))
    port = "" if parts.port in _DEFAULT_PORTS else f":{parts.port}"
    query = _query(parts.query)
    return f"https://{_door_free(_host(parts))}{port}{_path(parts.path)}{'?' if query else ''}{query}"


def same_site(a: str, b: str) -> bool:
    """Tell whether two addresses are of one site: the same host, but for ``www.``, ``m.`` and ``amp.``."""
    try:
        return _door_free(_host(_split(a))) == _door_free(_host(_split(b)))
    except ValueError:
        return False


def _split(url: str) -> SplitResult:
    if len(url) > _LONGEST:
        raise ValueError(f"the address is longer than {_LONGEST} characters")
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https"):
        raise ValueError("the address does not begin with https:// or http://")
    return parts


def _unwrapped(parts: SplitResult) -> SplitResult:
    """The page's own address for one within a cache of AMP pages; the cache's where what is in it is no address."""
    while _WRAPPER_HOST.fullmatch(_door_free(_host(parts))) and (inner := _WRAPPER_PATH.fullmatch(parts.path)):
        try:
            own = urlsplit(f"https://{inner[1]}")._replace(query=parts.query)
            _, _ = _host(own), own.port
        except ValueError:
            break
        parts = own
    return parts


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return f"[{host}]"
    name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii").rstrip(".")
    if not re.fullmatch(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", name) or len(name) > _LONGEST_HOST:
        raise ValueError("the address names no host")
    return name


def _door_free(host: str) -> str:
    """The host without what stands before its own name, which has a dot in it: ``m.fr`` is a site."""
    for door in _DOORS:
        if host.startswith(door) and "." in host[len(door) :]:
            return _door_free(host[len(door) :])
    return host


def _path(path: str) -> str:
    plain = _without_dots(_SESSION.sub("", _escaped(path, _PATH_KEEPS)))
    shorter = _AMP_PATH.sub("", _INDEX.sub("", plain.rstrip("/")))
    while shorter != plain:
        plain, shorter = shorter, _AMP_PATH.sub("", _INDEX.sub("", shorter.rstrip("/")))
    return plain or "/"


def _without_dots(path: str) -> str:
    """https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4"""
    kept: list[str] = []
    for part in path.split("/")[1:]:
        if part == "..":
            kept = kept[:-1]
        elif part != ".":
            kept.append(part)
    return "".join(f"/{part}" for part in kept)


def _query(query: str) -> str:
    """The parameters that say which page, in the order of their names; those of one name in their own order."""
    written = (_escaped(part.replace("+", "%20"), _QUERY_KEEPS) for part in query.split("&") if part)
    kept = [part for part in written if not is_tracking(part.partition("=")[0]) and not _AMP_QUERY.fullmatch(part)]
    return "&".join(sorted(kept, key=lambda part: part.partition("=")[0]))


def _escaped(text: str, keeps: str) -> str:
    """The text with escapes where they are needed and nowhere else: RFC 3986, section 6.2.2."""
    return quote(_PERCENT.sub(_escape, text), safe=keeps)


def _escape(match: re.Match[str]) -> str:
    if match[1] is None:
        return "%25"
    character = chr(int(match[1], 16))
    return character if _UNRESERVED.fullmatch(character) else match[0].upper()
