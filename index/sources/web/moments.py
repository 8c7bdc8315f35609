"""Dates as feeds and sitemaps write them: ISO 8601 (and its W3C profile), RFC 2822, both with their mistakes.

Makes nothing up: what is not understood, or cannot be, is ``None``. A date without a time zone is taken for UTC.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST = 60
"""Characters. No date is as long, and what reads dates is not made for long texts."""

_FIRST_YEAR, _LAST_YEAR = 1900, 2200
"""Outside, it is no date but a placeholder ("0001-01-01T00:00:00") or a mistake."""


def moment(text: object) -> datetime | None:
    """Return the moment that a text names, in the time zone that it names."""
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    found = _iso(text.strip()) or _rfc(text.strip())
    if found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _iso(text: str) -> datetime | None:
    written = text if text[:4].isdecimal() and text[4:5] in ("-", "") else ""
    for candidate in (written, f"{written}-01", f"{written}-01-01"):  # a month, or a year, alone is allowed
        try:
            return datetime.fromisoformat(candidate)
        except ValueError:
            continue
    return None


def _rfc(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, OverflowError, IndexError, TypeError):  # the last two: mistakes of the library's own
        return None
