"""A language: sentences, plural forms, numbers and days as its readers write them. Babel's, and Python's gettext.

A ``Language`` is handed to whoever writes something; there is no current one. The language or the locale of the machine
is never asked.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

CODES = ("en", "es", "de", "fr", "uk", "ru")
"""By ISO 639, in the order in which they are offered."""
_NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Language:
    """``code``: one of ``CODES``; ``locale``: CLDR's name of the rules by which it is written."""

    code: str
    locale: str
    _catalogue: NullTranslations = field(default_factory=NullTranslations, compare=False, repr=False)

    @property
    def name(self) -> str:
        """What its speakers call it."""
        return (Locale.parse(self.locale).language_name or self.code).capitalize()

    def say(self, english: str, /, **values: object) -> str:
        """Say a sentence, with values in the place of its names in braces; one without a translation, in English."""
        said = self._catalogue.gettext(english)
        return said.format(**values) if values else said

    def say_count(self, one: str, several: str, number: int, /, **values: object) -> str:
        """Say a sentence in the form that belongs to a number, which is ``{count}`` in it."""
        return self._catalogue.ngettext(one, several, number).format(count=self.number(number), **values)

    def number(self, number: int) -> str:
        """``12 345``"""
        written = format_decimal(number, locale=self.locale)
        # the English comma divides whole from broken numbers for most readers elsewhere
        return written.replace(",", _NARROW_SPACE) if self.code == "en" else written

    def hundredths(self, number: float) -> str:
        """``0.25``"""
        return format_decimal(number, "0.00", locale=self.locale)

    def day(self, day: date) -> str:
        """``22 November 2026``"""
        return self._shaped(day, str(Locale.parse(self.locale).date_formats["long"].pattern))

    def day_and_month(self, day: date) -> str:
        """``22 November``"""
        return self._shaped(day, str(Locale.parse(self.locale).datetime_skeletons["MMMMd"].pattern))

    def day_of_month(self, day: date) -> str:
        """``22``"""
        return self._shaped(day, "d")

    def month(self, day: date) -> str:
        """``November 2026``"""
        return format_skeleton("yMMMM", day, locale=self.locale)

    def year(self, day: date) -> str:
        """``2026``"""
        return format_skeleton("y", day, locale=self.locale)

    def ago(self, passed: timedelta, unit: Literal["day", "hour", "minute"]) -> str:
        """``3 days ago``; ``passed`` is a whole number of units."""
        return format_timedelta(-passed, unit, threshold=float("inf"), add_direction=True, locale=self.locale)

    def _shaped(self, day: date, pattern: str) -> str:
        # CLDR leaves out that the first of a month is an ordinal in French
        first = self.code == "fr" and day.day == 1
        return format_date(day, pattern.replace("d", "'1er'", 1) if first else pattern, locale=self.locale)


ENGLISH = Language("en", "en_GB")


def sentence(english: str) -> str:
    """Mark a sentence that is said elsewhere, so that it gets into the catalogues."""
    return english


@cache
def language(code: str) -> Language:
    """Return the language with one of ``CODES``; its catalogue is read at the first call.

    Raises:
        KeyError: there is no such language.
    """
    if code == ENGLISH.code:
        return ENGLISH
    if code not in CODES:
        raise KeyError(code)
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(code))
    compiled.seek(0)
    return Language(code, code, GNUTranslations(compiled))


def languages() -> tuple[Language, ...]:
    """Return all of them."""
    return tuple(map(language, CODES))


def best(tag: str | None) -> Language:
    """Return the language for an IETF tag such as ``de-AT``; English where it is none of ours, or unknown."""
    code = (tag or "").replace("_", "-").partition("-")[0].casefold()
    return language(code) if code in CODES else ENGLISH


def catalogue_path(code: str) -> Path:
    """Return where the catalogue of a language lies; English has none."""
    return Path(__file__).with_name(f"{code}.po")


def read_catalogue(code: str) -> Catalog:
    """Read the catalogue of a language.

    Raises:
        PoFileError: it is none.
    """
    with catalogue_path(code).open("rb") as file:
        return read_po(file, code, abort_invalid=True)
