"""A bot that is used while everything fails and the snapshot is swapped: the small run of ``benchmarks/soak.py``."""

from pathlib import Path

import pytest
from growth import Finding, findings
from sampling import Sample
from soak import Plan, soak

HELD = ("threads", "file handles", "handles of snapshots", "removed files held open", "temporary files", "snapshots")
PLAN = Plan(seconds=20, warm=3, span=4, build=60, swap=1.5, act=0.8, sample=0.4, people=5)


@pytest.mark.process
@pytest.mark.model
@pytest.mark.timeout(240)
def test_nothing_is_held_of_a_snapshot_that_was_swapped(tmp_path: Path) -> None:
    """Handles, threads, temporary files are as many after some more swaps; nobody is left without a word."""
    soaked = soak(tmp_path, PLAN)
    assert soaked.swaps >= 4 and soaked.faults > 0
    assert [str(one) for one in soaked.findings if one.name in HELD and one.grew] == []
    assert (soaked.status, soaked.wordless, soaked.tracebacks) == (0, 0, 0)
    assert set(soaked.builds) <= {0, 3, 4}


def a_sample(at: float, **held: float) -> Sample:
    figures = dict.fromkeys(Sample.__dataclass_fields__, 10.0)
    return Sample(**{**figures, **held, "at": at})


def grown(**last: float) -> list[str]:
    """What is told to have grown between the first minute after two and the last of ten."""
    samples = [a_sample(float(at)) for at in range(540)] + [a_sample(float(at), **last) for at in range(540, 601)]
    return [one.name for one in findings(samples, [], 120, 60) if one.grew]


def test_what_grew_is_told() -> None:
    """Beyond its own bound: a file that is never closed, a temporary one, memory; not what comes and goes."""
    assert grown() == grown(own=20.0, handles=14.0, threads=11.0) == []
    assert grown(handles=30.0, temporary=11.0) == ["file handles", "temporary files"]
    assert grown(own=27.0, log=4.4e6) == ["memory of its own"]


def test_a_slower_bot_is_told() -> None:
    """By the slowest of twenty, in the same stretches of time."""
    samples = [a_sample(float(at)) for at in range(601)]
    early, slow = [(150.0, 0.4)] * 20, [(550.0, 1.2)] * 20
    assert [one.grew for one in findings(samples, early + slow, 120, 60)][-1]
    assert not any(one.grew for one in findings(samples, early + [(550.0, 1.0)] * 20, 120, 60))
    assert isinstance(findings(samples, [], 120, 60)[-1], Finding)
