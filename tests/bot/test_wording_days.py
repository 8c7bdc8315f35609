"""Days as people write them."""

from datetime import date

import pytest

from bot.languages.language import ENGLISH
from bot.wording import spanned
from index import Days


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 11, 16), date(2026, 11, 22), "16 to 22 November 2026"),
        (date(2026, 11, 22), date(2026, 11, 22), "22 November 2026"),
        (date(2026, 11, 1), date(2026, 11, 30), "November 2026"),
        (date(2023, 1, 1), date(2023, 12, 31), "2023"),
        (date(2026, 3, 1), date(2026, 11, 25), "1 March to 25 November 2026"),
        (date(2019, 1, 1), date(2021, 12, 31), "1 January 2019 to 31 December 2021"),
        (date.min, date(2019, 12, 31), "until 31 December 2019"),
    ],
)
def test_a_range_is_written_as_short_as_it_can_be(first: date, last: date, expected: str) -> None:
    """What both ends share is said once."""
    assert spanned(Days(first, last), ENGLISH) == expected
