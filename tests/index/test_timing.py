"""The seconds of the parts of a search."""

import time

import pytest

from index.timing import Laps, Part


def told(laps: Laps) -> dict[Part, float]:
    found: dict[Part, float] = {}
    laps.tell(found.__setitem__)
    return found


def test_a_part_that_comes_twice_counts_once() -> None:
    """With the seconds of both times; what did not come is not told of."""
    laps, notes = Laps(), list[Part]()
    for _ in range(2):
        with laps.of(Part.WORDS):
            time.sleep(0.02)
    laps.tell(lambda part, seconds: notes.append(part))
    assert notes == [Part.WORDS]
    assert told(laps)[Part.WORDS] >= 0.04


def test_what_fails_is_not_counted() -> None:
    """How long a failure took says nothing of the part."""
    laps = Laps()
    with pytest.raises(ValueError, match="no"), laps.of(Part.FUSE):
        raise ValueError("no")
    assert told(laps) == {}
