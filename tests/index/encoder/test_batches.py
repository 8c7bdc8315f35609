"""Texts of like length are computed together."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.encoder.batches import batches_of


@given(st.lists(st.integers(0, 300), max_size=60), st.integers(1, 1024), st.integers(1, 8))
def test_every_text_is_computed_once_within_the_bound(lengths: list[int], most: int, workers: int) -> None:
    """Filled up, a batch of several texts has at most so many tokens; the longest come first."""
    batches = list(batches_of(lengths, most, workers))
    assert sorted(number for batch in batches for number in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= most for batch in batches)
    assert all(min(lengths[i] for i in a) >= max(lengths[i] for i in b) for a, b in pairwise(batches))


def test_of_few_texts_each_core_gets_as_much() -> None:
    """Sixteen passages are no work for one core while the other waits."""
    batches = list(batches_of([160] * 16, 4096, workers=2))
    assert [len(batch) for batch in batches] == [8, 8]


@pytest.mark.parametrize(("most", "wasted"), [(1024, 0.02), (32_768, 0.5)])
def test_little_is_computed_that_only_fills_up(most: int, wasted: float) -> None:
    """Of 400 texts with 60 to 250 tokens; more is wasted only where nearly all are computed together."""
    lengths = [60 + 73 * number % 191 for number in range(400)]
    computed = sum(len(batch) * lengths[batch[0]] for batch in batches_of(lengths, most, workers=2))
    assert computed <= (1 + wasted) * sum(lengths)
