"""Words that every conversation shares: days as people write them, and what is said where nothing answers.

English; no locale of the machine is asked.
"""

from calendar import monthrange
from datetime import date

from index import Days

NOT_SAID = "The articles do not say."
NEAREST = "Closest passages, which may not answer:"

_MONTHS = "January February March April May June July August September October November December".split()
RECENT = 30
"""Up to so many days an article's age is told beside its day."""


def written(day: date) -> str:
    """``22 November 2026``"""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def spanned(days: Days) -> str:
    """``16 to 22 November 2026``, ``November 2026``, ``2026``, ``until 31 December 2019``."""
    first, last = days.first, days.last
    if first == date.min:
        return f"until {written(last)}"
    if first == last:
        return written(first)
    if (first.day, last.day, first.year) == (1, monthrange(last.year, last.month)[1], last.year):
        if first.month == last.month:
            return f"{_MONTHS[first.month - 1]} {first.year}"
        if (first.month, last.month) == (1, 12):
            return f"{first.year}"
    if first.year != last.year:
        return f"{written(first)} to {written(last)}"
    if first.month != last.month:
        return f"{first.day} {_MONTHS[first.month - 1]} to {written(last)}"
    return f"{first.day} to {written(last)}"


def age(day: date, today: date) -> str | None:
    """``today``, ``yesterday``, ``3 days ago``; ``None`` when it is long ago, or still to come."""
    days = (today - day).days
    if days in (0, 1):
        return ("today", "yesterday")[days]
    return f"{days} days ago" if 1 < days <= RECENT else None


def dated(day: date, today: date) -> str:
    """``22 November 2026 (yesterday)``"""
    how_old = age(day, today)
    return f"{written(day)} ({how_old})" if how_old else written(day)
