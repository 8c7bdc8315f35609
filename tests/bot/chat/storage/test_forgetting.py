"""/forget_me: nothing about a person is left, in no table and in no file."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from telegram_server.people import Person
from telegram_server.process import BotProcess, Sections
from telegram_server.server import TelegramServer

from bot.chat.showing import texts
from bot.chat.storage.backups import back_up, backup_of
from bot.chat.storage.database import Database, StoredAnswer
from bot.chat.storage.declines import Declined
from bot.chat.storage.forgetting import COLUMNS, personal_columns
from bot.chat.storage.placements import Placed
from bot.chat.storage.schema import STEPS
from bot.records import QuoteReference

PERSON, OTHER = 0x5EC3E7_1D5A7B, 0x5EC3E7_1D5A7C
"""Numbers whose bytes come in no file by chance."""
QUOTES = tuple(QuoteReference(f"article-{number}", "r", 0, 50, None, 0.5) for number in range(3))


def traces(folder: Path, number: int) -> list[str]:
    """Names of the files that hold a number: as SQLite writes it, and as people do."""
    forms = [number.to_bytes(8, "big"), number.to_bytes(6, "big"), str(number).encode()]
    return [path.name for path in folder.iterdir() if path.is_file() and any(f in path.read_bytes() for f in forms)]


def fill(database: Database, person: int, salt: int) -> None:
    """Store all that can be stored of a person, several times, among others."""
    for number in range(60):
        for place, user in enumerate((person, OTHER, 10_000 + number)):
            press = f"press {salt} {number} {place}"
            database.vote(f"token {salt} {number}", user, number % 2 == 0, "s", QUOTES, float(number), press)
            database.placements.put(user, 10_000 * salt + number, Placed("token", 0), float(number))
        database.remember(f"answer {salt} {number}", StoredAnswer("s", answered=True, pages=(QUOTES,)), float(number))
    for user in (person, OTHER):
        database.people.invite(f"code {salt} {user}", 10.0)
        database.people.redeem(f"code {salt} {user}", user, 1.0)
        database.people.meet(user, 1.0)
        database.people.choose_language(user, "de")
        database.mark_told(user, ("stale", "failed"))


def test_no_byte_of_any_file_tells_who_it_was(tmp_path: Path) -> None:
    """While it is open, and after; of rows that were deleted before, too; others keep what is theirs."""
    path = tmp_path / "chat.sqlite"
    database = Database(path)
    fill(database, PERSON, 1)
    with closing(sqlite3.connect(path)) as connection:
        back_up(connection, path)
    database.prune(200_000.0, 1, 10, 365, 0)
    fill(database, PERSON, 2)
    assert set(traces(tmp_path, PERSON)) >= {"chat.sqlite-wal", "chat.sqlite.backup"}
    assert database.forget(PERSON) > 60
    assert traces(tmp_path, PERSON) == []
    assert database.forget(PERSON) == 0 and database.people.is_guest(OTHER)
    assert {"chat.sqlite.backup"} < set(traces(tmp_path, OTHER)) or traces(tmp_path, OTHER)
    database.close()
    assert traces(tmp_path, PERSON) == []
    with closing(sqlite3.connect(backup_of(path))) as copy:
        assert copy.execute("SELECT count(*) FROM feedback WHERE user = ?", (OTHER,)).fetchone() == (60,)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_an_older_version_deleted_is_gone_too(tmp_path: Path) -> None:
    """It did not overwrite what it deleted."""
    path = tmp_path / "chat.sqlite"
    with closing(sqlite3.connect(path)) as old:
        old.executescript("PRAGMA secure_delete = OFF;" + "".join(STEPS[:1]))
        for number in range(500):
            old.execute("INSERT INTO feedback VALUES (?, ?, 1, 5.0, 's', '[]')", (f"t{number}", PERSON))
        old.commit()
        old.executescript("DELETE FROM feedback; PRAGMA user_version = 1")
    assert traces(tmp_path, PERSON)
    Database(path).close()
    assert traces(tmp_path, PERSON) == []


def test_every_column_that_can_hold_a_person_is_known(tmp_path: Path) -> None:
    """A table that is added must name such a column so, or it is shown here not to hold a person."""
    database = Database(tmp_path / "chat.sqlite")
    database.close()
    with closing(sqlite3.connect(tmp_path / "chat.sqlite")) as connection:
        personal = set(personal_columns(connection))
        rest = set(
            connection.execute(
                "SELECT m.name, c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c"
                " WHERE m.type = 'table' AND c.type IN ('INTEGER', 'BLOB')"
            )
        )
    assert personal >= {("feedback", "user"), ("guests", "user"), ("strangers", "user"), ("told", "admin")}
    assert ("languages", "user") in personal
    assert {column for _, column in rest - personal} <= {
        "answered", "asked", "day", "declined", "message", "page", "stage", "up", "update_id", "value"
    }, f"a person's number belongs into a column called one of {COLUMNS}"  # fmt: skip


def test_a_copy_that_cannot_be_read_is_removed(tmp_path: Path) -> None:
    """It may hold anything, and helps nobody."""
    path = tmp_path / "chat.sqlite"
    database = Database(path)
    backup_of(path).write_bytes(b"broken" + str(PERSON).encode())
    path.with_name("chat.sqlite.backup-unfinished").write_bytes(str(PERSON).encode())
    database.forget(PERSON)
    assert traces(tmp_path, PERSON) == [] and not backup_of(path).exists()
    database.close()


def test_who_reads_the_file_meanwhile_is_told_of(tmp_path: Path) -> None:
    """Then the log of the file cannot be emptied: it is not said that everything is gone."""
    path = tmp_path / "chat.sqlite"
    database = Database(path)
    fill(database, PERSON, 1)
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM feedback").fetchone()
        with pytest.raises(sqlite3.OperationalError):
            database.forget(PERSON)
    database.forget(PERSON)
    assert traces(tmp_path, PERSON) == []
    database.close()


def test_declined_questions_tell_nothing_of_who_asked_or_when(tmp_path: Path) -> None:
    """Words, the nearest quote, and the day."""
    database = Database(tmp_path / "chat.sqlite")
    database.declines.keep(Declined("why" * 500, QUOTES[0]), 86400.0 * 3 + 5000)
    database.declines.keep(Declined("how", None), 86400.0 * 4)
    assert [len(one.words) for one in database.declines.latest(10)] == [3, 300]
    with closing(sqlite3.connect(tmp_path / "chat.sqlite")) as connection:
        assert [row[0] for row in connection.execute("SELECT day FROM declined")] == [3, 4]
    database.prune(86400.0 * 5, 90, 10, 365, 2)
    assert [one.words for one in database.declines.latest(10)] == ["how"]
    database.prune(86400.0 * 5, 90, 10, 365, 0)
    assert database.declines.latest(10) == ()
    database.close()


@pytest.mark.process
def test_forget_me_over_telegram(tmp_path: Path) -> None:
    """Asked for once more before, and only by who is to be forgotten; /forget is the same."""
    sections: Sections = {"access": {"mode": "invitation", "users": [OTHER]}}
    with TelegramServer() as server:
        ada, eve = Person(server, PERSON, PERSON), Person(server, OTHER, OTHER)
        with BotProcess(server, tmp_path, sections=sections, admins=[OTHER]) as bot:
            eve.say("/invite")
            code = server.wait_sent(OTHER)[0]["text"].partition("?start=")[2]
            ada.say("Hello")
            server.wait_sent(PERSON)
            ada.say(f"/start {code}")
            server.wait_sent(PERSON, 2)
            ada.say("How warm?")
            ada.press(server.wait_sent(PERSON, 3)[2], "👍")
            server.wait_for("answerCallbackQuery")
            ada.say("/forget")
            question = server.wait_sent(PERSON, 4)[3]
            assert question["text"] == texts.FORGET_WHAT
            eve.press(question, texts.FORGET)
            server.wait_for("answerCallbackQuery", 2)
            assert traces(tmp_path, PERSON)
            ada.press(question, texts.FORGET)
            server.wait_for("editMessageText")
            said = server.sent(PERSON)[3]["text"]
            assert said.startswith("Deleted: ") and said.endswith("Nothing about you is stored any more.")
            time.sleep(0.2)
            assert traces(tmp_path, PERSON) == []
            assert "Traceback" not in bot.log
            ada.say("How warm?")
            assert server.wait_sent(PERSON, 5)[4]["text"] == texts.STRANGER
