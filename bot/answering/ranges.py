"""The days that a question names, so that articles of other days can be left out: "since March", "last week".

Where a range stands is found by patterns of six languages; what a date means, by ``bot.answering.dates``. It does not
say what follows from a range (``bot.answering.asking``), nor how time weighs in the reading (``bot.answering.times``).
Invariant: no range is read from words that merely look like one, such as "may", "the march" or "second".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from index import Days


@dataclass(frozen=True, slots=True)
class NamedDays:
    """Days that a question names. ``narrows``: it is about these days and no others; else it leans towards them."""

    days: Days
    narrows: bool = True


_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre"
    "|januar|jänner|februar|märz|mai|juni|juli|oktober|dezember"
    "|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|(?:январ|феврал|апрел|июн|июл|сентябр|октябр|ноябр|декабр)[яеьюём]+|март[ае]?|ма[йяе]|август[ае]?"
    "|(?:січ|лют|берез|квіт|трав|черв|лип|серп|верес|жовт)(?:е?н[яьіею]+м?|ого|ому|ий)|листопад[аіуом]*|груд(?:е?нь|н[яію]м?)"
)
_WEEKDAYS = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    "|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    "|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag"
    "|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    "|понедельник|вторник|сред[ауы]|четверг|пятниц[ауы]|суббот[ауы]|воскресень[ея]"
    "|понеділ(?:ок|ка)|вівтор(?:ок|ка)|серед[ауи]|четвер(?:га)?|п.?ятниц[юяі]|субот[ауи]|неділ[юяі]"
)
_YEAR = r"(?:19|20)\d\d(?!\d)"
_DATE = (
    rf"(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}\.\d{{1,2}}\.{_YEAR}"
    rf"|(?:\d{{1,2}}(?:st|nd|rd|th|er|º|\.)? (?:of |de )?)?(?:{_MONTHS})"
    rf"(?: \d{{1,2}}(?:st|nd|rd|th)?(?!\d))?(?:,? (?:of |de |del )?{_YEAR})?"
    rf"|{_YEAR})"
)
_FILLING = (
    r"(?:(?:the|year|month of|early|late|el|la|le|los|las|año|mes de|l['’]année|dem|der|den|das|jahr|anfang|ende|beginn"
    r"|des|début|fin|du|début de|начала|конца|года|початку|кінця|року) ){0,3}"
)
_AND = r"(?:and|to|until|till|through|und|bis|y|e|hasta|et|au|à|и|по|до|і|й|та)"

_BETWEEN = re.compile(
    rf"(?<!\w)(?:between|from|zwischen|vom|von|entre|desde|de|du|между|с|со|між|з|із|від) {_FILLING}(?P<one>{_DATE})"
    rf"(?: (?:года|році?|року|году))? {_AND} {_FILLING}(?P<two>{_DATE})",
    re.I,
)
_SINCE = re.compile(
    r"(?<!\w)(?:(?P<since>since|from|seit|ab|desde|a partir de|depuis|à partir de|с|со|начиная с|з|із|починаючи з|від)"
    r"|(?P<after>after|nach|después de|tras|après|после|після)"
    r"|(?P<before>before|prior to|vor|antes de|antes del|avant|до|перед)"
    r"|(?P<until>until|till|up to|bis|hasta|jusqu['’]à|jusqu['’]en|jusqu['’]au|по))"
    rf" {_FILLING}(?P<date>{_DATE})(?!\w)",
    re.I,
)
_IN = re.compile(
    r"(?<!\w)(?:(?:in|on|during|of|im|am|en|el|durante|au mois de|le|pendant|в|во|у|протягом|за|на)"
    rf"(?: the)? (?:(?:month of|mes de|año|jahr|year|l['’]année|monat) )?(?P<date>{_DATE}|{_WEEKDAYS})"
    rf"|(?P<bare>\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th|er|\.)? (?:of |de )?(?:{_MONTHS})(?: (?:de |del )?{_YEAR})?"
    rf"|(?:{_MONTHS})(?: \d{{1,2}}(?:st|nd|rd|th)?,?)? (?:of |de )?{_YEAR})"
    rf"|(?:last|past|this|letzte[nrm]?|vergangene[nrm]?|dernier) (?P<last>{_MONTHS}|{_WEEKDAYS})"
    rf"|(?P<gone>{_MONTHS}|{_WEEKDAYS}) (?:pasado|dernier))(?!\w)",
    re.I,
)
_DAY_WORD = re.compile(
    r"(?<!\w)(?:(?P<today>today|tonight|hoy|heute|aujourd['’]hui|сегодня|сьогодні)"
    r"|(?P<yesterday>yesterday|ayer|gestern|hier|вчера|вчора)"
    r"|(?P<before>the day before yesterday|anteayer|vorgestern|avant-hier|позавчера|позавчора))(?!\w)",
    re.I,
)
_AGO = re.compile(
    r"(?<!\w)(?:\w+ (?:days?|weeks?|months?|years?) ago|vor \w+ (?:tag|woche|monat|jahr)\w*"
    r"|hace \w+ (?:días?|semanas?|mes(?:es)?|años?)|il y a \w+ (?:jours?|semaines?|mois|ans?)"
    r"|\w+ (?:дн\w+|недел\w+|месяц\w*|год\w*|лет|тижн\w+|місяц\w*|рок\w*|рік) (?:назад|тому))(?!\w)",
    re.I,
)
_WEEKEND, _WEEK, _MONTH, _YEARS = "weekend", "week", "month", "year"
_SPANS = {
    _WEEKEND: r"weekend|wochenendes?|fin de semana|week-end|выходны[ех]|вихідн\w+",
    _WEEK: r"week|woche|semana|semaine|недел[еюя]|тиж(?:день|ня|ні)",
    _MONTH: r"month|monats?|mes|mois|месяц[еа]?|місяц[яіь]",
    _YEARS: r"year|jahr(?:es)?|año|an(?:née)?|год[уа]?|рік|року|році",
}
_LAST = (
    r"(?:last|past|previous)|(?:letzte|vorige|vergangene)[nrsm]?|прошл\w+|минул\w+",
    r"pasad[oa]|dernier|dernière|passée?",
)
_THIS = (r"this(?: past)?|diese[nrsm]?|est[ea]|cet|cette|ce|эт\w+|ц(?:ього|ей|ьому)", r"actual")
_SPAN = tuple(
    (
        unit,
        last,
        re.compile(rf"(?<!\w)(?:(?:{before}) (?:{words})|(?:{words}) (?:{behind}))(?!\w)", re.I),
    )
    for unit, words in _SPANS.items()
    for last, (before, behind) in ((True, _LAST), (False, _THIS))
)
_LAST_FEW = re.compile(
    r"(?<!\w)(?:(?:last|past|letzten|vergangenen|últim[oa]s|derniers|dernières|последни[ехм]|останні[хм]?)"
    r" (?P<count>\d{1,3}|two|three|zwei|drei|dos|tres|deux|trois|два|две|три|дві) "
    r"(?P<unit>days|weeks|months|tagen?|wochen|monaten?|días|semanas|meses|jours|semaines|mois"
    r"|дн\w+|недел\w+|месяц\w+|тижн\w+|місяц\w+)"
    r"|(?P<count2>\d{1,3}|deux|trois) derni(?:ers|ères) (?P<unit2>jours|semaines|mois))(?!\w)",
    re.I,
)
_COUNTS = {
    word: number
    for number, names in ((2, "two zwei dos deux два две дві"), (3, "three drei tres trois три"))
    for word in names.split()
}
_SLAVIC = tuple(
    (re.compile(rf"(?<!\w){stem}\w*", re.I), plain)
    for stem, plain in (
        pair.split("=")
        for pair in (
            "январ=января феврал=февраля март=марта апрел=апреля ма[йяе](?!\\w)=мая июн=июня июл=июля август=августа"
            " сентябр=сентября октябр=октября ноябр=ноября декабр=декабря"
            " січ=січня лют=лютого берез=березня квіт=квітня трав=травня черв=червня лип=липня серп=серпня"
            " верес=вересня жовт=жовтня листопад=листопада груд=грудня"
        ).split()
    )
)
"""Forms of the months that the library does not know ("в марте"), and one that it does."""
_ANY_DAY = date(2000, 1, 1)


@lru_cache(maxsize=16)  # who searches asks, and then who leaves out what is of other days
def named_days(question: str, asked: date | None) -> NamedDays | None:
    """Return the days that a question names; ``asked``: the day of asking, without which only years are certain."""
    text = " ".join(question.split())
    return next(_readings(text, asked), None)


def _readings(text: str, asked: date | None) -> Iterator[NamedDays]:
    """Yield what may be meant, the most explicit first."""
    today = asked or date.max
    if found := _BETWEEN.search(text):
        one, two = _meant(_with_year_of(found["two"], found["one"]), asked), _meant(found["two"], asked)
        if one and two and one.first <= two.last:
            yield NamedDays(Days(one.first, two.last))
    if (found := _SINCE.search(text)) and (meant := _meant(found["date"], asked)):
        yield NamedDays(_open(_side(found), meant, today))
    if asked is not None:
        yield from _counted_from(text, asked)
    yield from _at(text, asked)


def _with_year_of(later: str, phrase: str) -> str:
    """ "Between March and May 2024" names a March of 2024."""
    year = re.search(_YEAR, later)
    return f"{phrase} {year[0]}" if year and not re.search(_YEAR, phrase) else phrase


def _side(found: re.Match[str]) -> str:
    return next(side for side in ("since", "after", "before", "until") if found[side])


def _open(side: str, meant: Days, today: date) -> Days:
    day = timedelta(1)
    match side:
        case "since":
            return Days(meant.first, max(today, meant.first))
        case "after":
            return Days(meant.last + day, max(today, meant.last + day))
        case "before":
            return Days(date.min, meant.first - day)
        case _:
            return Days(date.min, meant.last)


def _at(text: str, asked: date | None) -> Iterator[NamedDays]:
    for found in _IN.finditer(text):
        phrase = found["date"] or found["bare"] or found["last"] or found["gone"]
        is_weekday = bool(re.fullmatch(_WEEKDAYS, phrase, re.I))
        if (found["last"] or found["gone"]) and asked is not None:
            meant = _meant(phrase, asked - timedelta(1) if is_weekday else _month_start(asked))
        else:
            meant = _meant(phrase, asked)
        if meant is not None:
            yield NamedDays(meant)


def _month_start(day: date) -> date:
    """The last day before this month: "last March" in March is that of the year before."""
    return day.replace(day=1) - timedelta(1)


def _counted_from(text: str, asked: date) -> Iterator[NamedDays]:
    if found := _DAY_WORD.search(text):
        day = asked - timedelta({"today": 0, "yesterday": 1, "before": 2}[found.lastgroup or "today"])
        yield NamedDays(Days(day, day))
    if found := _LAST_FEW.search(text):
        yield NamedDays(_few(found, asked))
    if (found := _AGO.search(text)) and (meant := _meant(found[0], asked)):
        yield NamedDays(_about(found[0], meant))
    for unit, last, pattern in _SPAN:
        if pattern.search(text):
            yield NamedDays(_last(unit, asked) if last else _this(unit, asked), narrows=last)


def _few(found: re.Match[str], asked: date) -> Days:
    count, unit = found["count"] or found["count2"], (found["unit"] or found["unit2"]).lower()
    number = _COUNTS.get(count.lower()) or int(count)
    size = 1 if unit[0] in "dtjд" and not unit.startswith("тиж") else 7 if unit[0] in "wsнт" else 30
    return Days(asked - timedelta(number * size), asked)


def _about(phrase: str, meant: Days) -> Days:
    """ "Two weeks ago" is some day of about that week, "two days ago" is that day."""
    slack = 0 if re.search(r"day|tag|día|jour|дн", phrase, re.I) else 4
    return Days(meant.first - timedelta(slack), meant.last + timedelta(slack))


def _last(unit: str, day: date) -> Days:
    monday = day - timedelta(day.weekday())
    match unit:
        case "weekend":
            return Days(monday - timedelta(2), monday - timedelta(1))
        case "week":
            return Days(monday - timedelta(7), monday - timedelta(1))
        case "month":
            last = day.replace(day=1) - timedelta(1)
            return Days(last.replace(day=1), last)
        case _:
            return Days(date(day.year - 1, 1, 1), date(day.year - 1, 12, 31))


def _this(unit: str, day: date) -> Days:
    match unit:
        case "weekend" | "week":
            return Days(day - timedelta(7), day)
        case "month":
            return Days(day.replace(day=1), day)
        case _:
            return Days(date(day.year, 1, 1), day)


def _meant(phrase: str, asked: date | None) -> Days | None:
    """Return what a date means. A year is plain; without the day of asking no more than years and full dates are."""
    if re.fullmatch(_YEAR, phrase):
        return Days(date(int(phrase), 1, 1), date(int(phrase), 12, 31))
    if asked is None and not re.search(_YEAR, phrase):
        return None
    from bot.answering.dates import days_meant  # the library takes its time to load: only who names a date pays

    return days_meant(_known(phrase), asked or _ANY_DAY)


def _known(phrase: str) -> str:
    """Return a phrase with its month in a form that the library knows."""
    for pattern, plain in _SLAVIC:
        phrase = pattern.sub(plain, phrase)
    return phrase
