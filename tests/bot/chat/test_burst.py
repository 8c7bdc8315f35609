"""A burst of questions while Telegram fails, the snapshot is swapped and the bot restarts: the small run of CI."""

from pathlib import Path

import pytest
from burst import burst


@pytest.mark.process
@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
def test_every_question_is_answered_once_or_told_why_not(tmp_path: Path, webhook: bool) -> None:
    """Nothing comes twice, and where an answer may have been lost on the way, a notice or a mark says so."""
    found = burst(tmp_path, users=20, questions=60, share=0.2, webhook=webhook)
    assert (found.twice, found.wordless) == (0, 0)
    assert found.answered + found.noticed + found.marked == found.questions == 60 and found.faults > 0
    assert found.memory_after < found.memory_before + 20
