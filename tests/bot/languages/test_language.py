"""Plural forms, numbers and days as the readers of a language write them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.chat.showing import texts
from bot.chat.showing.sources import sources
from bot.languages.language import CODES, ENGLISH, Language, best, language, languages
from bot.records import Corpus
from bot.wording import dated, spanned
from index import Days

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("es", "es"),
        ("es-419", "es"),
        ("de-AT", "de"),
        ("DE_ch", "de"),
        ("fr-CA", "fr"),
        ("uk", "uk"),
        ("ru-UA", "ru"),
        ("en-GB", "en"),
        ("pt-BR", "en"),
        ("deu", "en"),
        ("zh-Hans", "en"),
        ("-", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_best_language_for_what_telegram_tells(tag: str | None, code: str) -> None:
    """Where it is none of ours, English."""
    assert best(tag).code == code


def test_languages_are_called_as_their_speakers_call_them() -> None:
    """Nobody has to read another language to find his own."""
    assert [one.name for one in languages()] == ["English", "Español", "Deutsch", "Français", "Українська", "Русский"]
    with pytest.raises(KeyError):
        language("pt")


SLAVIC = {
    "uk": {
        1: "Це займе приблизно 1 секунду.",
        2: "Це займе приблизно 2 секунди.",
        5: "Це займе приблизно 5 секунд.",
        11: "Це займе приблизно 11 секунд.",
        21: "Це займе приблизно 21 секунду.",
        1000: "Це займе приблизно 1\u00a0000 секунд.",
    },
    "ru": {
        1: "Это займёт примерно 1 секунду.",
        2: "Это займёт примерно 2 секунды.",
        5: "Это займёт примерно 5 секунд.",
        11: "Это займёт примерно 11 секунд.",
        21: "Это займёт примерно 21 секунду.",
        1000: "Это займёт примерно 1\u00a0000 секунд.",
    },
}


@pytest.mark.parametrize(
    ("code", "seconds", "expected"), [(code, n, words) for code, all_ in SLAVIC.items() for n, words in all_.items()]
)
def test_slavic_plurals(code: str, seconds: int, expected: str) -> None:
    """One, few and many; 21 is like 1, 11 is not."""
    assert texts.queued(0, seconds, language(code)).endswith(expected)


@pytest.mark.parametrize(
    ("code", "entries", "expected"),
    [
        ("en", 1, "Deleted: 1 entry."),
        ("en", 2, "Deleted: 2 entries."),
        ("es", 1, "Borrado: 1 entrada."),
        ("es", 2, "Borrado: 2 entradas."),
        ("de", 1, "Gelöscht: 1 Eintrag."),
        ("de", 2, "Gelöscht: 2 Einträge."),
        ("fr", 1, "Effacé\u00a0: 1 entrée."),
        ("fr", 2, "Effacé\u00a0: 2 entrées."),
        ("uk", 1, "Видалено 1 запис."),
        ("uk", 2, "Видалено 2 записи."),
        ("uk", 5, "Видалено 5 записів."),
        ("uk", 21, "Видалено 21 запис."),
        ("ru", 1, "Удалена 1 запись."),
        ("ru", 2, "Удалены 2 записи."),
        ("ru", 5, "Удалено 5 записей."),
        ("ru", 21, "Удалена 21 запись."),
    ],
)
def test_plurals_of_every_language(code: str, entries: int, expected: str) -> None:
    """In the form that the number wants."""
    assert texts.forgotten(entries, language(code)).startswith(expected)


DATED = {
    "en": ["22 November 2026 (today)", "21 November 2026 (yesterday)", "1 November 2026 (21 days ago)"],
    "es": ["22 de noviembre de 2026 (hoy)", "21 de noviembre de 2026 (ayer)", "1 de noviembre de 2026 (hace 21 días)"],
    "de": ["22. November 2026 (heute)", "21. November 2026 (gestern)", "1. November 2026 (vor 21 Tagen)"],
    "fr": ["22 novembre 2026 (aujourd’hui)", "21 novembre 2026 (hier)", "1er novembre 2026 (il y a 21 jours)"],
    "uk": [
        "22 листопада 2026\u202fр. (сьогодні)", "21 листопада 2026\u202fр. (учора)",
        "1 листопада 2026\u202fр. (21 день тому)",
    ],
    "ru": [
        "22 ноября 2026\u202fг. (сегодня)", "21 ноября 2026\u202fг. (вчера)",
        "1 ноября 2026\u202fг. (21 день назад)",
    ],
}  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_days_with_their_age(code: str) -> None:
    """The genitive where a language has one, and its own ordinal."""
    days = (TODAY, TODAY - timedelta(days=1), TODAY - timedelta(days=21))
    assert [dated(day, TODAY, language(code)) for day in days] == DATED[code]
    assert "(" not in dated(date(2026, 10, 1), TODAY, language(code))


SPANNED = {
    "en": ["16 to 22 November 2026", "1 March to 25 November 2026", "until 31 December 2019", "November 2026", "2023"],
    "es": [
        "del 16 al 22 de noviembre de 2026", "del 1 de marzo al 25 de noviembre de 2026",
        "hasta el 31 de diciembre de 2019", "noviembre de 2026", "2023",
    ],
    "de": [
        "16. bis 22. November 2026", "1. März bis 25. November 2026", "bis 31. Dezember 2019", "November 2026", "2023",
    ],
    "fr": [
        "du 16 au 22 novembre 2026", "du 1er mars au 25 novembre 2026", "jusqu’au 31 décembre 2019", "novembre 2026",
        "2023",
    ],
    "uk": [
        "16–22 листопада 2026\u202fр.", "1 березня – 25 листопада 2026\u202fр.", "до 31 грудня 2019\u202fр.",
        "листопад 2026\u202fр.", "2023",
    ],
    "ru": [
        "16–22 ноября 2026\u202fг.", "1 марта – 25 ноября 2026\u202fг.", "до 31 декабря 2019\u202fг.",
        "ноябрь 2026\u202fг.", "2023",
    ],
}  # fmt: skip


@pytest.mark.parametrize("spoken", languages(), ids=CODES)
def test_ranges_of_days(spoken: Language) -> None:
    """As short as they can be, within a sentence that ends with one full stop at most."""
    ranges = [
        Days(date(2026, 11, 16), date(2026, 11, 22)),
        Days(date(2026, 3, 1), date(2026, 11, 25)),
        Days(date.min, date(2019, 12, 31)),
        Days(date(2026, 11, 1), date(2026, 11, 30)),
        Days(date(2023, 1, 1), date(2023, 12, 31)),
    ]
    assert [spanned(days, spoken) for days in ranges] == SPANNED[spoken.code]
    assert not any(texts.only_days(days, spoken).endswith("..") for days in ranges)


def test_numbers_are_divided_as_the_language_divides_them() -> None:
    """A comma would be a broken number for most readers."""
    assert [one.number(12345) for one in languages()] == [
        "12\u202f345", "12.345", "12.345", "12\u202f345", "12\u00a0345", "12\u00a0345"
    ]  # fmt: skip
    assert [one.hundredths(0.25) for one in languages()] == ["0.25", *["0,25"] * 5]


def test_values_are_put_in_as_they_are() -> None:
    """Braces in a title are no names, and a sentence that nobody knows stays English."""
    assert texts.looked_first("{days} {0}", language("de")) == "Zuerst in „{days} {0}“ gesucht."
    assert language("de").say("Nobody translated {this}.") == "Nobody translated {this}."
    assert language("de").say_count("{count} strange", "{count} stranger", 2) == "2 stranger"


def test_a_moment_ago() -> None:
    """With the forms of CLDR."""
    moment = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    corpus = Corpus("s", moment, 2, 1, (), moment)
    said = [
        sources(corpus, corpus.created + timedelta(hours=2, minutes=5), one).splitlines()[-1] for one in languages()
    ]
    assert said[0].endswith("Last looked for new articles 2 hours ago.")
    assert (
        said[2]
        == "Zuletzt aktualisiert: 22. November 2026, 09:00 UTC. Zuletzt nach neuen Artikeln gesucht: vor 2 Stunden."
    )
    assert said[5].endswith("В последний раз новые статьи искались 2 часа назад.")


def test_english_is_said_without_a_catalogue() -> None:
    """It is what the source says."""
    assert ENGLISH == language("en") == best(None)
    assert ENGLISH.say(texts.START) == texts.START
