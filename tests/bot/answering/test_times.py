"""What a question says about time."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.times import REPORTED_LATER, AskedTime, asked_time, days_of
from bot.records import Question
from index import Days

ASKED = date(2024, 3, 15)
"""A Friday after the 29th of February."""

Range = tuple[str, str] | None

WEEK, WEEK_BEFORE = ("2024-03-08", "2024-03-15"), ("2024-03-01", "2024-03-14")

QUESTIONS: tuple[tuple[str, bool, Range], ...] = (
    # days that are counted from the day of asking
    ("Who won the match today?", True, ("2024-03-15", "2024-03-15")),
    ("Who speaks tonight?", True, ("2024-03-15", "2024-03-15")),
    ("What did the court decide yesterday?", True, ("2024-03-14", "2024-03-14")),
    ("Which film opened this week?", True, WEEK),
    ("Who was dismissed this past week?", True, WEEK),
    ("Where did it snow this weekend?", True, WEEK),
    ("Which bank failed last week?", True, WEEK_BEFORE),
    ("Who won the race last weekend?", True, WEEK_BEFORE),
    ("Which bank failed the previous week?", True, WEEK_BEFORE),
    ("Who resigned this month?", True, ("2024-03-01", "2024-03-15")),
    ("Who resigned last month?", True, ("2024-02-01", "2024-02-29")),
    ("How many were born this year?", True, ("2024-01-01", "2024-03-15")),
    ("How many were born Last Year?", True, ("2023-01-01", "2023-12-31")),
    # days that are named
    ("Who won the election in 2022?", False, ("2022-01-01", "2022-12-31")),
    ("What opened in March 2022?", False, ("2022-03-01", "2022-03-31")),
    ("What opened in February of 2023?", False, ("2023-02-01", "2023-02-28")),
    ("What opened in december, 1999?", False, ("1999-12-01", "1999-12-31")),
    ("What opened in January?", False, ("2024-01-01", "2024-01-31")),
    ("What opened in March?", False, ("2024-03-01", "2024-03-31")),
    ("What opened last March?", False, ("2023-03-01", "2023-03-31")),
    ("What opened last February?", False, ("2024-02-01", "2024-02-29")),
    ("What opened in April?", False, ("2023-04-01", "2023-04-30")),
    ("Who reigned during December?", False, ("2023-12-01", "2023-12-31")),
    ("What was the latest film of 2021?", True, ("2021-01-01", "2021-12-31")),
    # a time that has no borders
    ("Who is now the mayor?", True, None),
    ("Who is currently the mayor?", True, None),
    ("What is the current price?", True, None),
    ("What is the latest count?", True, None),
    ("Which country recently joined?", True, None),
    ("Who just resigned?", True, None),
    ("How many have joined so far?", True, None),
    ("Who spoke on Monday?", True, None),
    ("Where were the games last summer?", True, None),
    # no time at all, whatever words look like one
    ("Who wrote Hamlet?", False, None),
    ("Who has no knowledge of justice?", False, None),
    ("Where is nowhere?", False, None),
    ("What was the actual cost?", False, None),
    ("Who was the last emperor?", False, None),
    ("When did the march begin?", False, None),
    ("How long are 12022 miles?", False, None),
    ("Who sells todayish clothes?", False, None),
    ("", False, None),
    # German
    ("Was ist heute geschehen?", True, None),
    ("Wer hat gestern gewonnen?", True, None),
    ("Wie lauten die neuesten Zahlen?", True, None),
    ("Wer siegte in diesem Jahr?", True, None),
    ("Wer trat letzte Woche zurück?", True, None),
    ("Wer siegte im Jahr 2021?", False, ("2021-01-01", "2021-12-31")),
    ("Wer schrieb den Faust?", False, None),
    # Spanish
    ("¿Qué pasó hoy?", True, None),
    ("¿Quién es el actual presidente?", True, None),
    ("¿Cuál es la última cifra?", True, None),
    ("¿Quién dimitió esta semana?", True, None),
    ("¿Quién ganó en 2018?", False, ("2018-01-01", "2018-12-31")),
    ("¿Quién escribió el Quijote?", False, None),
    # French
    ("Que s'est-il passé aujourd'hui ?", True, None),
    ("Qui est maintenant le maire ?", True, None),
    ("Quel est le dernier chiffre ?", True, None),
    ("Qui a démissionné cette année ?", True, None),
    ("Qui a gagné en 2020 ?", False, ("2020-01-01", "2020-12-31")),
    ("Qui a écrit Candide ?", False, None),
    # Russian
    ("Что случилось сегодня?", True, None),
    ("Каковы последние данные?", True, None),
    ("Кто ушёл на этой неделе?", True, None),
    ("Кто победил в 2019 году?", False, ("2019-01-01", "2019-12-31")),
    ("Кто написал «Войну и мир»?", False, None),
    # Ukrainian
    ("Що сталося сьогодні?", True, None),
    ("Які останні дані?", True, None),
    ("Хто пішов цього тижня?", True, None),
    ("Хто переміг у 2023 році?", False, ("2023-01-01", "2023-12-31")),
    ("Хто написав «Кобзар»?", False, None),
)
DAYS = st.dates(date(1970, 1, 1), date(2099, 12, 31))


def days(named: Range) -> tuple[date | None, date | None]:
    return (date.fromisoformat(named[0]), date.fromisoformat(named[1])) if named else (None, None)


@pytest.mark.parametrize(("question", "now", "named"), QUESTIONS)
def test_days_and_now_are_read_from_a_question(question: str, now: bool, named: Range) -> None:
    """Words of six languages; what is counted from the day of asking, what is named, and what has no borders."""
    assert asked_time(question, ASKED) == AskedTime(ASKED, now, *days(named))


@pytest.mark.parametrize(("question", "now", "named"), QUESTIONS)
def test_without_a_day_only_years_name_days(question: str, now: bool, named: Range) -> None:
    """ "Last week" of an unknown day is no week; 2022 is 2022."""
    with_year = any(f"{year}" in question.split("?")[0].split() for year in range(1999, 2024))
    assert asked_time(question, None) == AskedTime(None, now, *days(named if with_year else None))


@pytest.mark.parametrize(
    ("day", "question", "named"),
    [
        ("2024-01-01", "last month", ("2023-12-01", "2023-12-31")),
        ("2024-01-01", "yesterday", ("2023-12-31", "2023-12-31")),
        ("2024-01-01", "this year", ("2024-01-01", "2024-01-01")),
        ("2024-02-29", "last year", ("2023-01-01", "2023-12-31")),
        ("2023-03-31", "last month", ("2023-02-01", "2023-02-28")),
        ("2024-01-03", "last week", ("2023-12-20", "2024-01-02")),
        ("2024-12-31", "in December", ("2024-12-01", "2024-12-31")),
        ("2024-01-01", "in December", ("2023-12-01", "2023-12-31")),
    ],
)
def test_borders_of_months_and_years_are_right(day: str, question: str, named: Range) -> None:
    """Months have 28 to 31 days, and the month before January is December."""
    asked = asked_time(f"Who won {question}?", date.fromisoformat(day))
    assert (asked.first, asked.last) == days(named)


def test_articles_of_the_days_named_and_shortly_after_fall_into_them() -> None:
    """What happened in a week is still reported some days later, and never before; no day is in no range."""
    asked = asked_time("What happened in January 2024?", ASKED)
    first, last = date(2024, 1, 1), date(2024, 1, 31)
    assert asked.names(first) and asked.names(last) and asked.names(last + timedelta(REPORTED_LATER))
    assert not asked.names(first - timedelta(1))
    assert not asked.names(last + timedelta(REPORTED_LATER + 1))
    assert not asked.names(None)


def test_a_question_is_about_the_days_that_it_names_else_about_its_own() -> None:
    """The search looks there first; without any day it looks everywhere."""
    own = Days(ASKED, ASKED)
    assert asked_time("Who is the mayor?", ASKED).about() == own
    assert asked_time("Who is now the mayor?", ASKED).about() == own
    year = Days(date(2019, 1, 1), date(2019, 12, 31))
    assert asked_time("Who won in 2019?", ASKED).about() == asked_time("Who won in 2019?", None).about() == year
    assert asked_time("Who is now the mayor?", None).about() is None


def test_without_days_no_article_falls_into_them() -> None:
    """ "Now" prefers near days, but names none."""
    assert not asked_time("Who is now the mayor?", ASKED).names(ASKED)


@given(st.text() | st.lists(st.sampled_from([q for q, _, _ in QUESTIONS])).map(" ".join), st.none() | DAYS)
def test_any_question_on_any_day_is_read(question: str, day: date | None) -> None:
    """Nothing that can be typed is an error; days come in pairs, in their order."""
    asked = asked_time(question, day)
    assert asked.day == day
    assert (asked.first is None) == (asked.last is None)
    assert asked.first is None or asked.last is None or asked.first <= asked.last


def test_the_search_leans_towards_days_named_in_any_language() -> None:
    """Where the learned patterns name none, the days that narrow or lean are what the search looks for."""
    this_week = days_of(Question("¿Quién dimitió esta semana?", ASKED))
    assert this_week == Days(ASKED - timedelta(7), ASKED)
    assert days_of(Question("Who resigned in the last 3 days?", ASKED)) == Days(ASKED - timedelta(3), ASKED)
    assert days_of(Question("Who wrote Hamlet?", ASKED)) == Days(ASKED, ASKED)
