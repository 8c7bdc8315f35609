"""The days that questions name, in six languages."""

from datetime import date

import pytest

from bot.answering.ranges import named_days

ASKED = date(2026, 11, 25)
"""A Wednesday."""

NAMED: tuple[tuple[str, str, str, str], ...] = (
    ("What happened since March?", "2026-03-01", "2026-11-25", "narrows"),
    ("What happened since 5 March 2024?", "2024-03-05", "2026-11-25", "narrows"),
    ("What was decided last week?", "2026-11-16", "2026-11-22", "narrows"),
    ("Who resigned this week?", "2026-11-18", "2026-11-25", "leans"),
    ("What did the court say yesterday?", "2026-11-24", "2026-11-24", "narrows"),
    ("Who won in 2023?", "2023-01-01", "2023-12-31", "narrows"),
    ("What did the bank do before 2020?", "0001-01-01", "2019-12-31", "narrows"),
    ("How many ships passed between 1967 and 1975?", "1967-01-01", "1975-12-31", "narrows"),
    ("What happened between March and May 2024?", "2024-03-01", "2024-05-31", "narrows"),
    ("What happened from 5 May to 9 May 2024?", "2024-05-05", "2024-05-09", "narrows"),
    ("Who spoke on Monday?", "2026-11-23", "2026-11-23", "narrows"),
    ("Who spoke last Friday?", "2026-11-20", "2026-11-20", "narrows"),
    ("What was opened in November?", "2026-11-01", "2026-11-30", "narrows"),
    ("What was opened last March?", "2026-03-01", "2026-03-31", "narrows"),
    ("What was opened on 2024-03-05?", "2024-03-05", "2024-03-05", "narrows"),
    ("What was opened on March 5, 2024?", "2024-03-05", "2024-03-05", "narrows"),
    ("What happened three weeks ago?", "2026-10-31", "2026-11-08", "narrows"),
    ("What happened 2 days ago?", "2026-11-23", "2026-11-23", "narrows"),
    ("What happened in the last 3 days?", "2026-11-22", "2026-11-25", "narrows"),
    ("Who won after 2019?", "2020-01-01", "2026-11-25", "narrows"),
    ("What was known until June 2022?", "0001-01-01", "2022-06-30", "narrows"),
    ("¿Qué pasó desde marzo?", "2026-03-01", "2026-11-25", "narrows"),
    ("¿Qué pasó la semana pasada?", "2026-11-16", "2026-11-22", "narrows"),
    ("¿Qué pasó ayer?", "2026-11-24", "2026-11-24", "narrows"),
    ("¿Quién ganó en 2018?", "2018-01-01", "2018-12-31", "narrows"),
    ("¿Qué se decidió en marzo de 2023?", "2023-03-01", "2023-03-31", "narrows"),
    ("¿Qué pasó entre 2019 y 2021?", "2019-01-01", "2021-12-31", "narrows"),
    ("¿Qué pasó antes de 2020?", "0001-01-01", "2019-12-31", "narrows"),
    ("¿Qué pasó el lunes?", "2026-11-23", "2026-11-23", "narrows"),
    ("¿Quién dimitió esta semana?", "2026-11-18", "2026-11-25", "leans"),
    ("¿Qué pasó hace 2 días?", "2026-11-23", "2026-11-23", "narrows"),
    ("¿Qué pasó el 3 de mayo de 2024?", "2024-05-03", "2024-05-03", "narrows"),
    ("Was geschah seit März?", "2026-03-01", "2026-11-25", "narrows"),
    ("Was geschah letzte Woche?", "2026-11-16", "2026-11-22", "narrows"),
    ("Was geschah gestern?", "2026-11-24", "2026-11-24", "narrows"),
    ("Was geschah im Jahr 2021?", "2021-01-01", "2021-12-31", "narrows"),
    ("Was geschah zwischen 2019 und 2021?", "2019-01-01", "2021-12-31", "narrows"),
    ("Was geschah vor 2020?", "0001-01-01", "2019-12-31", "narrows"),
    ("Was geschah am Montag?", "2026-11-23", "2026-11-23", "narrows"),
    ("Was geschah diese Woche?", "2026-11-18", "2026-11-25", "leans"),
    ("Was geschah vor drei Tagen?", "2026-11-22", "2026-11-22", "narrows"),
    ("Was geschah am 3. Mai 2024?", "2024-05-03", "2024-05-03", "narrows"),
    ("Was geschah im März 2023?", "2023-03-01", "2023-03-31", "narrows"),
    ("Was geschah in den letzten drei Wochen?", "2026-11-04", "2026-11-25", "narrows"),
    ("Que s'est-il passé depuis mars ?", "2026-03-01", "2026-11-25", "narrows"),
    ("Que s'est-il passé la semaine dernière ?", "2026-11-16", "2026-11-22", "narrows"),
    ("Que s'est-il passé hier ?", "2026-11-24", "2026-11-24", "narrows"),
    ("Qui a gagné en 2020 ?", "2020-01-01", "2020-12-31", "narrows"),
    ("Que s'est-il passé entre 2019 et 2021 ?", "2019-01-01", "2021-12-31", "narrows"),
    ("Que s'est-il passé avant 2020 ?", "0001-01-01", "2019-12-31", "narrows"),
    ("Que s'est-il passé lundi dernier ?", "2026-11-23", "2026-11-23", "narrows"),
    ("Qui a démissionné cette semaine ?", "2026-11-18", "2026-11-25", "leans"),
    ("Que s'est-il passé le 3 mai 2024 ?", "2024-05-03", "2024-05-03", "narrows"),
    ("Que s'est-il passé il y a trois jours ?", "2026-11-22", "2026-11-22", "narrows"),
    ("Що сталося з березня?", "2026-03-01", "2026-11-25", "narrows"),
    ("Що сталося минулого тижня?", "2026-11-16", "2026-11-22", "narrows"),
    ("Що сталося вчора?", "2026-11-24", "2026-11-24", "narrows"),
    ("Хто переміг у 2023 році?", "2023-01-01", "2023-12-31", "narrows"),
    ("Що сталося між 2019 і 2021?", "2019-01-01", "2021-12-31", "narrows"),
    ("Що сталося до 2020 року?", "0001-01-01", "2019-12-31", "narrows"),
    ("Що сталося в понеділок?", "2026-11-23", "2026-11-23", "narrows"),
    ("Хто пішов цього тижня?", "2026-11-18", "2026-11-25", "leans"),
    ("Що сталося 3 березня 2024?", "2024-03-03", "2024-03-03", "narrows"),
    ("Що сталося у березні 2023?", "2023-03-01", "2023-03-31", "narrows"),
    ("Що сталося два дні тому?", "2026-11-23", "2026-11-23", "narrows"),
    ("Що сталося у травні?", "2026-05-01", "2026-05-31", "narrows"),
    ("Что случилось с марта?", "2026-03-01", "2026-11-25", "narrows"),
    ("Что случилось на прошлой неделе?", "2026-11-16", "2026-11-22", "narrows"),
    ("Что случилось вчера?", "2026-11-24", "2026-11-24", "narrows"),
    ("Кто победил в 2019 году?", "2019-01-01", "2019-12-31", "narrows"),
    ("Что случилось между 2019 и 2021?", "2019-01-01", "2021-12-31", "narrows"),
    ("Что случилось до 2020 года?", "0001-01-01", "2019-12-31", "narrows"),
    ("Что случилось в понедельник?", "2026-11-23", "2026-11-23", "narrows"),
    ("Кто ушёл на этой неделе?", "2026-11-18", "2026-11-25", "leans"),
    ("Что случилось 3 марта 2024?", "2024-03-03", "2024-03-03", "narrows"),
    ("Что случилось в марте 2023?", "2023-03-01", "2023-03-31", "narrows"),
    ("Что случилось два дня назад?", "2026-11-23", "2026-11-23", "narrows"),
    ("Что случилось в мае?", "2026-05-01", "2026-05-31", "narrows"),
)
NOTHING = (
    "When did the march begin?",
    "Who may apply?",
    "What may happen?",
    "Which second came first?",
    "Which of the two was last?",
    "What was the latest count?",
    "Who was the last emperor?",
    "How long are 12022 miles?",
    "Who sells todayish clothes?",
    "Who wrote 1984?",
    "What was the March of Dimes?",
    "Who is Theresa May?",
    "What did Theresa May say?",
    "Who is April Jones?",
)


@pytest.mark.parametrize(("question", "first", "last", "how"), NAMED)
def test_days_are_read_from_a_question(question: str, first: str, last: str, how: str) -> None:
    """Where the range begins and ends, and whether it narrows, or leans."""
    named = named_days(question, ASKED)
    assert named is not None
    assert (named.days.first.isoformat(), named.days.last.isoformat()) == (first, last)
    assert how == ("narrows" if named.narrows else "leans")


@pytest.mark.parametrize("question", NOTHING)
def test_words_that_look_like_days_are_none(question: str) -> None:
    """A verb, a name, a number, a title."""
    assert named_days(question, ASKED) is None


def test_without_the_day_of_asking_only_full_dates_count() -> None:
    """ "Last week" of an unknown day is no week; a year is."""
    assert named_days("What was decided last week?", None) is None
    assert named_days("What happened in March?", None) is None
    named = named_days("What happened in March 2024?", None)
    assert named is not None and (named.days.first, named.days.last) == (date(2024, 3, 1), date(2024, 3, 31))
