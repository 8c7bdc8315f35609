"""What an answer says of itself, in its status and its fields. It reads no body.

Source: https://www.rfc-editor.org/rfc/rfc9110, sections 8 (types, encodings), 10.2.3 (Retry-After), 15 (statuses).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

PERMANENT = (301, 308)
REDIRECTS = (*PERMANENT, 302, 303, 307)
PASSING = (429, 502, 503, 504)
"""Statuses that may be others in a moment."""

_SERVER_ERRORS = 500


class Interrupted(Exception):
    """No whole answer came. ``again``: it may the next time; ``wait``: the seconds that the server asks for."""

    def __init__(self, reason: str, again: bool, wait: float | None = None) -> None:
        super().__init__(reason)
        self.again, self.wait = again, wait


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and fields (names in lower case), and the body as it comes over the wire, to be read once."""

    status: int
    fields: tuple[tuple[str, str], ...]
    chunks: Iterator[bytes]

    def every(self, name: str) -> tuple[str, ...]:
        """The values of a field, in order."""
        return tuple(value for field, value in self.fields if field == name)

    def first(self, name: str) -> str | None:
        """The first value of a field that says anything."""
        return next(filter(None, self.every(name)), None)

    @property
    def media_type(self) -> str | None:
        """The declared type in lower case, without its parameters."""
        declared = (self.first("content-type") or "").partition(";")[0].strip().lower()
        return declared or None

    @property
    def charset(self) -> str | None:
        """The declared encoding of its text."""
        message = Message()
        message["content-type"] = re.sub(r"[\r\n\0]", " ", self.first("content-type") or "text/plain")
        try:
            return message.get_content_charset()
        except (ValueError, LookupError):  # the library's own, over a name in an encoding of its own (RFC 2231)
            return None

    @property
    def length(self) -> int:
        """The declared number of bytes, 0 where none is."""
        declared = self.first("content-length") or ""
        return int(declared) if declared.isascii() and declared.isdigit() else 0

    @property
    def packings(self) -> tuple[str, ...]:
        """How the body is packed, in the order of packing; nothing where it is not."""
        names = ",".join(self.every("content-encoding")).lower().split(",")
        return tuple(name.strip() for name in names if name.strip() not in ("", "identity"))


def refuse_failures(answer: Answer, now: datetime) -> None:
    """Let pass what says something of the page.

    Raises:
        Interrupted: the server is busy, or broken.
    """
    if answer.status in PASSING or answer.status >= _SERVER_ERRORS:
        wait = retry_after(answer.first("retry-after"), now)
        raise Interrupted(f"it answered {answer.status}", answer.status in PASSING, wait)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a server asks to wait, at least 0; ``None``: it does not say, or not clearly."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):  # no date
        return None
    return max(0.0, ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds())
