"""When a page is looked at again. Pure: what happened in, a time out."""

from datetime import datetime, timedelta

FIRST = timedelta(days=1)
"""Before that no page that was read is asked for again, unless what lists it says that it changed."""

_RETRIES = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""After the first, the second, … failure in a row; the last one from then on, twice as long each time."""


_NEVER_AGAIN = timedelta(days=30)
"""The longest wait for a page that cannot be fetched, where pages that were read are never looked at again."""


def next_check(changed: datetime, now: datetime, most: timedelta) -> datetime | None:
    """Return when to look again at a page whose content is as it has been since ``changed``; ``None``: never.

    A page that was just published is corrected soon or not at all: after one day it is looked at, then after twice as
    many, up to ``most``.
    """
    return now + min(max(FIRST, now - changed), max(FIRST, most)) if most else None


def next_try(failures: int, now: datetime, most: timedelta) -> datetime:
    """Return when to try again after so many failures in a row, 1 or more."""
    beyond = failures - len(_RETRIES)
    wait = _RETRIES[failures - 1] if beyond <= 0 else _RETRIES[-1] * (1 << min(beyond, 16))
    return now + min(wait, max(_RETRIES[-1], most) if most else _NEVER_AGAIN)


def patience(futile: int) -> timedelta:
    """Return how long a page that was looked at is left alone although its list says that it has changed.

    Lists that say so of every page at every run are common: what they say counts less each time it was not true.
    """
    return timedelta(hours=1 << min(futile, 10))


def shares(unread: int, changed: int, most: int) -> tuple[int, int]:
    """Return how many unread and how many changed pages to look at, where there are so many and ``most`` are allowed.

    Half for each where there are more: neither do pages that change all day keep the others from being read, nor does
    an archive that is being read for the first time keep readers from today's corrections.
    """
    of_changed = min(changed, max(most // 2, most - unread))
    return min(unread, most - of_changed), of_changed
