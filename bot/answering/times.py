"""What a question says about time: the days it asks about, and whether it asks about now.

Surface patterns of a few languages. What follows from it for a passage is learned (``bot.answering.scoring``).
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.answering.ranges import named_days
from bot.records import Question
from index import Days

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "|".join(_MONTHS)

_NOW = re.compile(
    r"\b(?:(?:this|last|past|previous) (?:week|month|weekend|year|summer|winter|spring|autumn|fall)|today|yesterday"
    r"|tonight|now|current(?:ly)?|latest|newest|recent(?:ly)?|just|so far"
    r"|(?:this|last|on) (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|heute|gestern|jetzt|aktuell\w*|neueste\w*|kürzlich|(?:diese|letzte)[mnrs]? (?:woche|monat|jahr)"
    r"|hoy|ayer|ahora|actualmente|(?:el|la|los|las) actual(?:es)?|últim[oa]s?|recientemente|est[ea] (?:semana|mes|año)"
    r"|aujourd.hui|hier|maintenant|actuel\w*|derni[eè]re?s?|récemment|cette (?:semaine|année)|ce mois"
    r"|сегодня|вчера|сейчас|последн\w+|недавно|на этой неделе|в этом (?:месяце|году)"
    r"|сьогодні|вчора|зараз|останн\w+|нещодавно|цього (?:тижня|місяця|року))\b",
    re.I,
)

_YEAR = re.compile(rf"\b(?:(?P<month>{_MONTH}),? (?:of )?)?(?P<year>(?:19|20)\d\d)\b", re.I)
_NAMED_MONTH = re.compile(rf"\b(?:in|last|since|during|this) (?P<month>{_MONTH})\b", re.I)

_RELATIVE: tuple[tuple[re.Pattern[str], Callable[[date], tuple[date, date]]], ...] = (
    (re.compile(r"\b(?:today|tonight)\b", re.I), lambda day: (day, day)),
    (re.compile(r"\byesterday\b", re.I), lambda day: (day - timedelta(1), day - timedelta(1))),
    (re.compile(r"\bthis (?:past )?week(?:end)?\b", re.I), lambda day: (day - timedelta(7), day)),
    (
        re.compile(r"\b(?:last|past|previous) week(?:end)?\b", re.I),
        lambda day: (day - timedelta(14), day - timedelta(1)),
    ),
    (re.compile(r"\bthis month\b", re.I), lambda day: (day.replace(day=1), day)),
    (re.compile(r"\blast month\b", re.I), lambda day: _month_before(day)),
    (re.compile(r"\bthis year\b", re.I), lambda day: (day.replace(month=1, day=1), day)),
    (re.compile(r"\blast year\b", re.I), lambda day: (date(day.year - 1, 1, 1), date(day.year - 1, 12, 31))),
)


@dataclass(frozen=True, slots=True)
class AskedTime:
    """``day``: when it was asked, where known; ``now``: it speaks of that time; ``first``, ``last``: the days named."""

    day: date | None
    now: bool = False
    first: date | None = None
    last: date | None = None

    def about(self) -> Days | None:
        """Return the days that it is about: those that it names, else its own; ``None`` where neither is known."""
        first, last = self.first or self.day, self.last or self.day
        return Days(first, last) if first and last else None

    def names(self, published: date | None) -> bool:
        """Tell whether an article of that day falls into the days that the question names."""
        if published is None or self.first is None or self.last is None:
            return False
        return self.first <= published <= self.last + timedelta(REPORTED_LATER)


REPORTED_LATER = 3
"""Days after an event in which articles still report it."""


def days_of(question: Question) -> Days | None:
    """Return the days that a question is about, where they are known."""
    time = asked_time(question.text, question.asked)
    if time.first is None and (named := named_days(question.text, question.asked)):
        return named.days
    return time.about()


def asked_time(question: str, day: date | None) -> AskedTime:
    """Read what a question says about time; ``day`` is the day on which it was asked."""
    first, last = _named_days(question, day) or (None, None)
    return AskedTime(day, bool(_NOW.search(question)), first, last)


def _named_days(question: str, day: date | None) -> tuple[date, date] | None:
    if found := _YEAR.search(question):
        year = int(found["year"])
        return _month(year, _number(found["month"])) if found["month"] else (date(year, 1, 1), date(year, 12, 31))
    if day is None:
        return None
    if found := _NAMED_MONTH.search(question):
        month = _number(found["month"])
        past = month < day.month or (month == day.month and not found[0].lower().startswith("last"))
        return _month(day.year if past else day.year - 1, month)
    return next((days(day) for pattern, days in _RELATIVE if pattern.search(question)), None)


def _number(month: str) -> int:
    return _MONTHS.index(month.lower()) + 1


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _month_before(day: date) -> tuple[date, date]:
    last = day.replace(day=1) - timedelta(1)
    return last.replace(day=1), last
