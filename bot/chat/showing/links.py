"""Which links Telegram accepts, and which lead where they seem to. It refuses the whole message, or drops the link in
silence, for any other.

Invariant: a link that is shown names its host in ASCII, as ``host`` does: letters of another script that look alike
are seen for what they are.
"""

import re
from urllib.parse import urlsplit

LONGEST = 2000
_DOTTED = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+\.?")


def usable(url: str | None) -> str | None:
    """Return the link if a message or a button may carry it, its host in ASCII, else ``None``.

    http or https, a host with a dot, printable, nobody's name before the host, at most 2000 characters.
    """
    if not url or len(url) > LONGEST or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not _DOTTED.fullmatch(host) or set("@\\") & set(parts.netloc):
        return None
    plain = parts.netloc.isascii()
    return url if plain else parts._replace(netloc=host if port is None else f"{host}:{port}").geturl()


def host(url: str, longest: int) -> str:
    """Return the host of a usable link, without ``www.``; of a long one the end, which says whose it is."""
    name = (urlsplit(url).hostname or "").removeprefix("www.")
    return name if len(name) <= longest else "…" + name[1 - longest :]


def _ascii(host: str) -> str:
    """Raises ``ValueError`` where a browser would take it for no host."""
    return host if host.isascii() else host.encode("idna").decode("ascii")
