"""What documents say about themselves, in whatever type they say it, to the types of a draft.

Makes nothing up: what is not understood is ``None``, as if the document did not say it.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")


def words(value: object) -> str | None:
    """Return text as it is, numbers as text, and several texts joined by commas."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Sequence) and all(isinstance(part, str) for part in value):
        return ", ".join(part.strip() for part in value if part.strip()) or None
    return None


def day(value: object) -> date | None:
    """Return the day that a date, an ISO 8601 text or an RFC 2822 text names, in its own time zone."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return _day_of(value.strip()) if isinstance(value, str) else None


def _day_of(text: str) -> date | None:
    iso = _ISO_DAY.match(text)
    try:
        return date.fromisoformat(iso.group()) if iso else parsedate_to_datetime(text).date()
    except (ValueError, OverflowError, IndexError, TypeError):  # all but the first: mistakes of the library's own
        return None


def link(value: object) -> str | None:
    """Return the address if it is one that a browser opens: ``http`` or ``https``, with a host.

    A name and a password before the host are left out: they are for nobody else, or are meant to look like a host.
    """
    address = value.strip() if isinstance(value, str) else ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2]
    opens = parts.scheme in ("http", "https") and host and address.isprintable() and " " not in address
    plain = address if host == parts.netloc else parts._replace(netloc=host).geturl()
    return plain if opens and "\\" not in parts.netloc else None
