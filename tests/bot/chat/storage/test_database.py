"""The chat's own SQLite file."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chat.storage.database import HANDLED_SECONDS, Database, StoredAnswer, Vote
from bot.errors import ChatDatabaseError
from bot.records import QuoteReference, Span

DAY, UP = 86400.0, True
QUOTES = (
    QuoteReference("bees", "r1", 3, 90, Span(4, 9), 0.75),
    QuoteReference("wax 🐝", "r2", 0, 5, None, 1.0),
)
STORED = StoredAnswer("snapshot-1", answered=True, pages=(QUOTES, QUOTES[:1]))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new file."""
    database = Database(tmp_path / "new" / "chat.sqlite")
    yield database
    database.close()


def test_an_answer_is_recalled_after_reopening(tmp_path: Path) -> None:
    """Buttons work on after a restart."""
    first = Database(tmp_path / "chat.sqlite")
    first.remember("token", STORED, 1.0)
    first.close()
    again = Database(tmp_path / "chat.sqlite")
    assert again.recall("token") == STORED
    assert again.recall("other") is None
    again.close()


def test_a_vote_is_stored_changed_and_withdrawn(database: Database) -> None:
    """One vote a user and answer."""
    votes = enumerate((True, False, False, False))
    steps = [database.vote("token", 7, up, "s", QUOTES, 1.0, str(number)) for number, up in votes]
    assert steps == [Vote.STORED, Vote.CHANGED, Vote.WITHDRAWN, Vote.STORED]


def test_a_press_that_comes_again_is_no_second_vote(database: Database) -> None:
    """A process that died after storing it is handed it again: the reader pressed once."""
    again = [database.vote("token", 7, UP, "s", QUOTES, 1.0, "5") for _ in range(3)]
    assert again == [Vote.STORED] * 3 and database.count_votes() == (1, 0)
    withdrawn = [database.vote("token", 7, UP, "s", QUOTES, 1.0, "6") for _ in range(2)]
    assert withdrawn == [Vote.WITHDRAWN] * 2 and database.count_votes() == (0, 0)


def test_forgetting_deletes_one_users_votes_only(database: Database) -> None:
    """/forget_me."""
    for number, (user, token) in enumerate(((7, "a"), (7, "b"), (8, "a"))):
        database.vote(token, user, UP, "s", QUOTES, 1.0, str(number))
    assert (database.forget(7), database.forget(7), database.forget(8)) == (2, 0, 1)


def test_handled_updates_are_known_for_two_days(database: Database) -> None:
    """Telegram forgets an update after one."""
    database.mark_handled(5, 100.0)
    database.mark_handled(6, 100.0 + HANDLED_SECONDS)
    database.mark_handled(6, 100.0 + HANDLED_SECONDS)
    assert database.handled() == {5, 6}
    database.prune(101.0 + HANDLED_SECONDS, 90, 10, 365, 30)
    assert database.handled() == {6}


def test_old_answers_and_votes_are_pruned(database: Database) -> None:
    """By age, and beyond the number to keep the oldest first."""
    for day in range(6):
        database.remember(f"day {day}", STORED, day * DAY)
        database.vote("token", day, UP, "s", QUOTES, day * DAY, str(day))
    database.prune(5 * DAY, 4, 3, 2, 30)
    assert [day for day in range(6) if database.recall(f"day {day}")] == [3, 4, 5]
    assert [user for user in range(6) if database.forget(user)] == [3, 4, 5]


def test_no_word_of_an_article_is_stored(database: Database, tmp_path: Path) -> None:
    """Places only; words of a question only where they were not answered."""
    connection = sqlite3.connect(tmp_path / "new" / "chat.sqlite")
    columns = connection.execute(
        "SELECT m.name, c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table'"
    ).fetchall()
    connection.close()
    assert [table for table, column in columns if column == "words"] == ["declined"]
    assert not any(column in ("text", "question", "title") for _, column in columns)


def test_votes_are_listed_and_counted(database: Database) -> None:
    """The last first."""
    assert (database.votes(5), database.count_votes()) == ((), (0, 0))
    for user in range(4):
        database.vote("token", user, user > 0, "s", QUOTES[: user % 3], float(user), str(user))
    assert database.count_votes() == (3, 1)
    assert database.votes(2) == ((True, 3.0, ()), (True, 2.0, QUOTES))


def test_what_an_admin_was_told_is_known_after_reopening(tmp_path: Path) -> None:
    """Each admin by himself; what is over is forgotten, so that he is told if it comes again."""
    first = Database(tmp_path / "chat.sqlite")
    first.mark_told(7, {"failed", "held"})
    first.mark_told(8, {"held"})
    first.mark_told(7, {"held", "silent"})
    first.mark_told(9, ())
    first.close()
    again = Database(tmp_path / "chat.sqlite")
    assert again.told() == {7: frozenset({"held", "silent"}), 8: frozenset({"held"})}
    again.mark_told(7, ())
    assert again.told() == {8: frozenset({"held"})}
    again.close()


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    """With the file's name and the way out."""
    (tmp_path / "chat.sqlite").write_bytes(b"something else" * 100)
    with pytest.raises(ChatDatabaseError, match="move it away"):
        Database(tmp_path / "chat.sqlite")
    with pytest.raises(ChatDatabaseError, match="cannot be opened"):
        Database(tmp_path)
