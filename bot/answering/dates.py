"""Which days a written date means, in six languages: "March", "5 березня 2024", "el 3 de mayo", "vor drei Tagen".

The only module that knows ``dateparser``. It is given the phrase alone: where in a question a date stands is found by
``bot.answering.ranges``, since the library's own search takes "march", "may" or "second" for dates anywhere.
Invariant: a date without a year is the last one that has come.
"""

from calendar import monthrange
from datetime import date, datetime

from dateparser.date import DateDataParser

from index import Days

LANGUAGES = ["en", "es", "de", "fr", "uk", "ru"]

_LONGEST = 60
"""Code points of a phrase that the library is given: none that means a date is longer, and it takes its time."""


def days_meant(phrase: str, today: date) -> Days | None:
    """Return the days that a phrase means: a day, a month, a year; ``None`` where it means none."""
    if len(phrase) > _LONGEST:
        return None
    parser = DateDataParser(
        languages=LANGUAGES,
        settings={
            "PREFER_DATES_FROM": "past",
            "RELATIVE_BASE": datetime(today.year, today.month, today.day),
            "DATE_ORDER": "DMY",
            "RETURN_AS_TIMEZONE_AWARE": False,
        },
    )
    found = parser.get_date_data(phrase)
    if found.date_obj is None:
        return None
    day: date = found.date_obj.date()
    match found.period:
        case "year":
            return Days(date(day.year, 1, 1), date(day.year, 12, 31))
        case "month":
            return Days(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))
        case _:
            return Days(day, day)
