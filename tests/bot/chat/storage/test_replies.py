"""How far the reply to an update came, for the process that is handed it again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chat.storage.database import HANDLED_SECONDS, Database
from bot.chat.storage.replies import Begun, Stage


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new file."""
    database = Database(tmp_path / "chat.sqlite")
    yield database
    database.close()


def test_what_was_noted_last_counts(database: Database) -> None:
    """Of that update; nothing is known of the others."""
    replies = database.replies
    for stage in Stage:
        replies.put(7, Begun(stage, "token"), 1.0)
    assert (replies.at(7), replies.at(8)) == (Begun(Stage.OVER, "token"), None)
    replies.put(7, Begun(Stage.REPLY), 1.0)
    replies.drop(8)
    assert replies.at(7) == Begun(Stage.REPLY, "")
    replies.drop(7)
    assert replies.at(7) is None


def test_an_update_that_was_dealt_with_leaves_no_note(database: Database) -> None:
    """It is remembered by its number alone."""
    database.replies.put(7, Begun(Stage.OVER), 1.0)
    database.replies.put(8, Begun(Stage.REPLY), 1.0)
    database.mark_handled(7, 1.0)
    assert database.replies.at(7) is None and database.replies.at(8) is not None


def test_what_telegram_does_not_send_any_more_is_forgotten(database: Database) -> None:
    """With everything else that is pruned."""
    database.replies.put(7, Begun(Stage.REPLY), 1.0)
    database.replies.put(8, Begun(Stage.REPLY), 3.0)
    database.prune(HANDLED_SECONDS + 2.0, 90, 100, 365, 30)
    assert database.replies.at(7) is None and database.replies.at(8) is not None
