"""How vectors lie in a file and how many of them a search looks at: chosen by their number. It computes nothing else.

Every kind keeps half-precision rows (16-bit floats, two bytes a component). ``flat`` looks at all of them, so the
search is exact. Of many vectors only those are looked at that lie in the lists nearest to the question: each vector is
in the list of the centroid that it is nearest to, of some that were trained.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """``lists`` of vectors, of which a search looks into the ``probes`` nearest; no lists: it looks at every vector."""

    lists: int = 0
    probes: int = 0

    def __str__(self) -> str:
        return f"half precision, {self.probes} of {self.lists} lists" if self.lists else "half precision, exact"


@dataclass(frozen=True, slots=True)
class Training:
    """For how many vectors the centroids were trained, and how many have come since."""

    vectors: int
    since: int = 0


FLAT = Kind()

KINDS = (
    (250_000, FLAT),
    (2_000_000, Kind(1024, 128)),
    (8_000_000, Kind(2048, 192)),
)
"""The kinds, each up to so many vectors. Measured up to a million (``tests/benchmarks/vectors.py``): exact search takes
8.8 ms of one core at 300 000; an eighth of 1024 lists holds 0.985 of the ten nearest there, in 1.4 ms, and 0.998 of
those of a million, in 4.3 ms. At the second border such an eighth is as many vectors as all at the first."""

LARGEST = Kind(4096, 256)
"""Beyond them."""

_MOST_NEW = 0.5
"""Share of the trained vectors that may come before the centroids are trained anew: then two of three are as before."""


def kind_for(vectors: int) -> Kind:
    """Return the kind for so many vectors."""
    return next((kind for most, kind in KINDS if vectors <= most), LARGEST)


def still_trained(training: Training, vectors: int) -> bool:
    """Whether centroids still fit: of what they were trained for, most is there, and little else."""
    return training.since <= _MOST_NEW * training.vectors <= vectors
