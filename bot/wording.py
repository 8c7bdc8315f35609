"""Words that every conversation shares: days as people write them, and what is said where nothing answers."""

from calendar import monthrange
from datetime import date, timedelta

from bot.languages.language import Language, sentence
from index import Days

NOT_SAID = sentence("The articles do not say.")
NEAREST = sentence("Closest passages, which may not answer:")
CANNOT_SEARCH = sentence("I cannot search the articles at the moment. Please ask again in a few minutes.")

RECENT = 30
"""Up to so many days an article's age is told beside its day."""


def spanned(days: Days, language: Language) -> str:
    """``16 to 22 November 2026``, ``November 2026``, ``2026``, ``until 31 December 2019``."""
    first, last = days.first, days.last
    if first == date.min:
        return language.say("until {day}", day=language.day(last))
    if first == last:
        return language.day(first)
    if (first.day, last.day, first.year) == (1, monthrange(last.year, last.month)[1], last.year):
        if first.month == last.month:
            return language.month(first)
        if (first.month, last.month) == (1, 12):
            return language.year(first)
    if (first.year, first.month) == (last.year, last.month):
        # Translators: two days of one month, such as 16 to 22 November 2026: {number} is 16.
        return language.say("{number} to {last}", number=language.day_of_month(first), last=language.day(last))
    shortest = language.day if first.year != last.year else language.day_and_month
    # Translators: two days, such as 1 March to 25 November 2026.
    return language.say("{first} to {last}", first=shortest(first), last=language.day(last))


def age(day: date, today: date, language: Language) -> str | None:
    """``today``, ``yesterday``, ``3 days ago``; ``None`` when it is long ago, or still to come."""
    days = (today - day).days
    if days == 0:
        return language.say("today")
    if days == 1:
        return language.say("yesterday")
    return language.ago(timedelta(days=days), "day") if 1 < days <= RECENT else None


def dated(day: date, today: date, language: Language) -> str:
    """``22 November 2026 (yesterday)``"""
    how_old = age(day, today, language)
    return f"{language.day(day)} ({how_old})" if how_old else language.day(day)
