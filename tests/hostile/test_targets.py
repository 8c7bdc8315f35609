"""Whatever comes in from outside is taken or refused with a reason, soon; nothing else comes out of what reads it.

``tests/benchmarks/fuzzing.py`` runs the same targets for as long as one likes.
"""

from collections.abc import Sequence

import pytest
from hostile.growth import at_most
from hostile.mutations import mutated
from hostile.targets import TARGETS, Target
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLES = 100
SECONDS = 6.0
"""Of processor time for one input: two, thrice on a busy machine."""

EACH = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name.replace(" ", "-"))


def inputs(target: Target) -> st.SearchStrategy[bytes]:
    """Real documents with mistakes, pieces put together anew, and bytes."""
    seeds = target.seeds()
    pieces = st.sampled_from([*target.tokens, *pieces_of(seeds)])
    return st.one_of(
        st.integers(0, 2**32).map(lambda number: mutated(seeds, number, target.tokens)),
        st.lists(st.one_of(pieces, st.binary(max_size=8), st.text(max_size=8).map(str.encode)), max_size=40).map(
            b"".join
        ),
        st.binary(max_size=200),
    )


def pieces_of(seeds: Sequence[bytes]) -> list[bytes]:
    """The seeds, cut at their blanks: at most a hundred of each."""
    return [piece for seed in seeds for piece in seed.split(b" ")[:100]]


@EACH
def test_what_comes_in_is_taken_or_refused(target: Target) -> None:
    """Only the errors that it says it raises come out, within seconds, and what it takes is as it has to be."""

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(inputs(target))
    def run(data: bytes) -> None:
        with at_most(SECONDS, target.name):
            target.try_(data)

    run()


@EACH
def test_real_documents_are_taken(target: Target) -> None:
    """What mistakes are put into is sound, so that they are mistakes in something."""
    taken = [target.try_(seed) for seed in target.seeds()]
    assert sum(taken) >= len(taken) / 2


def test_a_target_hides_nothing() -> None:
    """Another error comes out, and so does a refusal without a reason."""
    for error, refusals in ((KeyError("x"), (ValueError,)), (ValueError(""), (ValueError,))):

        def fail(data: bytes, error: Exception = error) -> None:
            raise error

        with pytest.raises((KeyError, AssertionError)):
            Target("broken", fail, lambda: [b""], refusals).try_(b"")
    assert not Target("refusing", lambda data: int(b"x"), lambda: [b""], (ValueError,)).try_(b"")
