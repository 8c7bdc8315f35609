"""A burst of questions while Telegram fails, the snapshot is swapped and the bot restarts: the small run of CI."""

from pathlib import Path

import pytest
from burst import burst


@pytest.mark.process
@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
def test_every_question_is_answered_once(tmp_path: Path, webhook: bool) -> None:
    """Only where the connection was torn while a message was under way may there be none: it is not sent twice."""
    found = burst(tmp_path, users=20, questions=60, share=0.2, webhook=webhook)
    assert (found.twice, found.lost) == (0, 0)
    assert found.answered + found.unsent == found.questions == 60 and found.faults > 0
    assert found.memory_after < found.memory_before + 20
