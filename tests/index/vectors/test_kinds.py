"""Which kind of index is chosen for how many vectors."""

from itertools import pairwise

import pytest

from index.vectors.kinds import FLAT, KINDS, LARGEST, Kind, Training, kind_for, still_trained


@pytest.mark.parametrize(("most", "kind"), KINDS)
def test_a_kind_reaches_as_far_as_its_number(most: int, kind: Kind) -> None:
    """The borders of the table belong to what stands before them."""
    assert kind == kind_for(most)
    assert kind != kind_for(most + 1)


def test_few_vectors_are_searched_exactly() -> None:
    """Where looking at all of them is fast, nothing is missed."""
    assert {FLAT} == {kind_for(count) for count in (0, 1, 38_000, 100_000)}


def test_more_vectors_lie_in_more_lists() -> None:
    """Lists and probes grow with the vectors, and each centroid has enough vectors to be trained by."""
    kinds = [kind for _, kind in KINDS] + [LARGEST]

    assert all(a.lists < b.lists and a.probes < b.probes for a, b in pairwise(kinds))
    assert all(before // kind.lists >= 39 for (before, _), kind in zip(KINDS, kinds[1:], strict=True))


@pytest.mark.parametrize(
    ("training", "vectors", "fits"),
    [
        (Training(1000), 1000, True),
        (Training(1000, 500), 1500, True),
        (Training(1000, 501), 1000, False),
        (Training(1000), 500, True),
        (Training(1000), 499, False),
        (Training(0), 5, True),
    ],
)
def test_centroids_fit_while_most_is_as_it_was(training: Training, vectors: int, fits: bool) -> None:
    """After as many new vectors as half of the old ones, or when half of them left, centroids are trained anew."""
    assert fits == still_trained(training, vectors)


def test_a_kind_says_how_it_searches() -> None:
    """Whoever reads the manifest sees whether the search is exact."""
    assert str(FLAT) == "half precision, exact"
    assert str(Kind(64, 8)) == "half precision, 8 of 64 lists"
