"""SIGKILL at random moments: nothing is lost, nothing doubled, and what comes next goes on.

Eight times of each kind here, as often as one likes with ``tests/benchmarks/killing.py``. Builds are killed in
``tests/index/test_build_dies.py``.
"""

from pathlib import Path

import pytest
from killing import kill
from killing_bots import BOTH
from killing_stores import KINDS as OF_STORES

pytestmark = pytest.mark.process

TIMES, SEED = 8, 1


@pytest.mark.parametrize("kind", OF_STORES)
def test_killed_while_it_changes_what_is_published_either_is_and_answers(tmp_path: Path, kind: str) -> None:
    """Publishing, going back, pruning: what is published is sound and answers; the same again succeeds."""
    lines = list(kill(tmp_path, kind, TIMES, SEED))
    assert len(lines) == TIMES
    assert sum("status -9" in line for line in lines) >= TIMES // 4, lines


def test_a_bot_killed_at_work_loses_no_question_and_no_vote(tmp_path: Path) -> None:
    """Everybody has one answer, or a word that it may not have come; each vote counts once."""
    lines = list(kill(tmp_path, BOTH, TIMES, SEED))
    assert len(lines) == TIMES
    assert sum(" 0 of " not in line for line in lines) >= TIMES // 4, lines
