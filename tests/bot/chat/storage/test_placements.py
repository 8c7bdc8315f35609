"""Where the bot's answers stand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chat.storage.database import Database
from bot.chat.storage.placements import KEPT_SECONDS, Placed


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new file."""
    database = Database(tmp_path / "chat.sqlite")
    yield database
    database.close()


def test_a_message_shows_its_last_page(database: Database) -> None:
    """Of its chat: the same number in another one is another message."""
    places = database.placements
    places.put(-5, 1, Placed("token", 0), 1.0)
    places.put(-5, 1, Placed("token", 2), 2.0)
    places.put(-6, 1, Placed("other", 0), 2.0)
    assert (places.at(-5, 1), places.at(-6, 1), places.at(-5, 2)) == (Placed("token", 2), Placed("other", 0), None)


def test_a_chat_is_left_as_a_whole(database: Database) -> None:
    """And no other."""
    places = database.placements
    for chat, message in ((-5, 1), (-5, 2), (-6, 1)):
        places.put(chat, message, Placed("token", 0), 1.0)
    assert (places.drop(-5), places.drop(-5)) == (2, 0)
    assert places.at(-6, 1) is not None


def test_nothing_is_kept_for_more_than_a_week(database: Database) -> None:
    """Pruned with everything else; what was shown anew counts from then."""
    places = database.placements
    places.put(7, 1, Placed("old", 0), 1.0)
    places.put(7, 2, Placed("new", 0), 1.0)
    places.put(7, 2, Placed("new", 1), 3.0)
    database.prune(2.0 + KEPT_SECONDS, 90, 10, 365, 30)
    assert (places.at(7, 1), places.at(7, 2)) == (None, Placed("new", 1))


def test_a_person_is_forgotten_here_too(database: Database) -> None:
    """The private chat with a person has that person's number."""
    database.placements.put(7, 1, Placed("token", 0), 1.0)
    database.forget(7)
    assert database.placements.at(7, 1) is None
