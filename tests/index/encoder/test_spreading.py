"""Many passages are encoded part by part, so that a build that dies has lost little."""

from collections.abc import Sequence

import numpy as np
import pytest
from fakes import FakeEncoder

from index.encoder import Floats
from index.encoder.spreading import FIRST_PART, OnThisMachine, next_size

TEXTS = {number: f"passage number {number}" for number in range(50)}


def texts_of(passages: Sequence[int]) -> list[tuple[bytes, str]]:
    """As a table gives them: in no particular order."""
    return [(bytes([number]), TEXTS[number]) for number in sorted(passages)]


def test_every_passage_gets_its_own_vector() -> None:
    """Whatever the order in which the texts are read."""
    found: dict[bytes, Floats] = {}
    for keys, rows in OnThisMachine(FakeEncoder()).encoded(range(49, -1, -1), texts_of):
        found.update(zip(keys, rows, strict=True))
    assert len(found) == 50
    assert all(np.allclose(found[bytes([n])], FakeEncoder().encode([text])[0]) for n, text in TEXTS.items())


def test_no_part_is_encoded_before_the_one_before_it_is_kept() -> None:
    """Whoever stops after a part has lost nothing."""
    encoder = FakeEncoder()
    parts = OnThisMachine(encoder).encoded(range(50), texts_of)
    assert encoder.encoded == 0
    keys, _ = next(parts)
    assert (len(keys), encoder.encoded) == (FIRST_PART, FIRST_PART)
    assert len(next(parts)[0]) > FIRST_PART


@pytest.mark.parametrize(
    ("size", "seconds", "expected"),
    [
        (8, 0.0, 16),
        (8, 1.0, 16),
        (8, 1.6, 10),
        (100, 2.0, 100),
        (100, 4.0, 50),
        (100, 1000.0, 1),
        (32_768, 0.1, 32_768),
    ],
)
def test_a_part_is_about_two_seconds_of_work(size: int, seconds: float, expected: int) -> None:
    """On a slow machine a part is small, on a fast one large; it at most doubles."""
    assert next_size(size, seconds) == expected
