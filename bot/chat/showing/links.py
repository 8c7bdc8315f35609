"""Which links Telegram accepts. It refuses the whole message, or drops the link in silence, for any other."""

from urllib.parse import urlsplit

LONGEST = 2000


def usable(url: str | None) -> str | None:
    """Return the link if a message or a button may carry it, else ``None``.

    http or https, a host with a dot, printable, at most 2000 characters.
    """
    if not url or len(url) > LONGEST or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return None
    dotted = "." in host.strip(".") and ".." not in host
    return url if parts.scheme in ("http", "https") and dotted else None
