"""The chat's SQLite file from version to version, and under the hands of who kills the process."""

import random
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.chat.storage.backups import backup_of
from bot.chat.storage.database import Database
from bot.chat.storage.schema import STEPS, VERSION, version_of
from bot.errors import ChatDatabaseError

ROOT = Path(__file__).parents[4]


def old_file(path: Path, version: int) -> None:
    """A file as the program of that version made it, with some rows."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA journal_mode = WAL;" + "".join(STEPS[:version]))
        connection.execute("INSERT INTO feedback VALUES ('t', 7, 1, 5.0, 's', '[]')")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("version", range(1, VERSION))
def test_an_older_file_goes_on(tmp_path: Path, version: int) -> None:
    """With all that is in it; as it was, it lies beside, for its owner only."""
    path = tmp_path / "chat.sqlite"
    old_file(path, version)
    backup_of(path).write_bytes(b"the copy before")
    Database(path).close()
    with closing(sqlite3.connect(path)) as now, closing(sqlite3.connect(backup_of(path))) as copy:
        assert (version_of(now), version_of(copy)) == (VERSION, version)
        for connection in (now, copy):
            assert connection.execute("SELECT user FROM feedback").fetchall() == [(7,)]
    assert mode(backup_of(path)) == 0o600
    assert sorted(found.name for found in tmp_path.iterdir()) == ["chat.sqlite", "chat.sqlite.backup"]
    before = backup_of(path).read_bytes()
    Database(path).close()
    assert backup_of(path).read_bytes() == before


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """The log beside it, too."""
    database = Database(tmp_path / "chat.sqlite")
    database.mark_handled(1, 1.0)
    assert {mode(path) for path in tmp_path.iterdir()} == {0o600}
    assert len(list(tmp_path.iterdir())) == 3 and not backup_of(tmp_path / "chat.sqlite").exists()
    database.close()


def test_a_newer_file_is_left_as_it_is(tmp_path: Path) -> None:
    """Said in one line."""
    path = tmp_path / "chat.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"CREATE TABLE later (x); PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(ChatDatabaseError, match=f"version {VERSION + 1}, this program knows {VERSION}: update it"):
        Database(path)
    assert path.read_bytes() == before


def test_a_copy_that_cannot_be_made_keeps_the_file_as_it_is(tmp_path: Path) -> None:
    """Rather no start than a change that cannot be undone."""
    path = tmp_path / "chat.sqlite"
    old_file(path, 1)
    (tmp_path / "chat.sqlite.backup").mkdir()
    with pytest.raises(ChatDatabaseError, match="cannot be used"):
        Database(path)
    with closing(sqlite3.connect(path)) as connection:
        assert version_of(connection) == 1


WRITER = """
import sys, time
from pathlib import Path
from bot.chat.storage.database import Database, StoredAnswer
from bot.records import QuoteReference
database = Database(Path(sys.argv[1]))
quotes = (QuoteReference("article", "r", 0, 50, None, 0.5),) * 3
number = int(sys.argv[2])
while True:
    number += 1
    database.vote(f"token {number}", number % 50, True, "s", quotes, time.time(), str(number))
    database.mark_told(number % 5, ("stale", "failed"))
    database.mark_handled(number, time.time())
    print(number, flush=True)
    if number % 40 == 0:
        database.forget(number % 50)
"""


def test_a_process_that_is_killed_while_it_writes_loses_nothing_that_was_done(tmp_path: Path) -> None:
    """Fifteen times, at random moments: while it makes the file anew from an old one, writes, and forgets."""
    path, drawn, last = tmp_path / "chat.sqlite", random.Random(5), 0
    old_file(path, 1)
    for attempt in range(15):
        command = [sys.executable, "-c", WRITER, str(path), str(last)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            assert process.stdout is not None
            if attempt > 3:
                process.stdout.readline()
            time.sleep(drawn.uniform(0.0, 0.25))
            process.kill()
            written = [int(line) for line in process.stdout.read().split()]
        last = max([last, *written])
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert version_of(connection) in (1, VERSION)
            if version_of(connection) == VERSION:
                newest = connection.execute("SELECT coalesce(max(update_id), 0) FROM handled").fetchone()[0]
                assert newest >= last
                told = connection.execute("SELECT count(*) FROM told GROUP BY admin").fetchall()
                assert set(told) <= {(2,)}
                last = newest
    assert last > 100
    Database(path).close()


def test_a_kill_in_the_midst_of_a_change_of_version_changes_nothing(tmp_path: Path) -> None:
    """Whatever statement was the last: the next process finds the old file, or the new one."""
    program = """
import os, signal, sqlite3, sys
from pathlib import Path
from bot.chat.storage import schema
left = int(sys.argv[2])
class Mortal(sqlite3.Connection):
    def execute(self, statement, *values):
        global left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().execute(statement, *values)
connect = sqlite3.connect
sqlite3.connect = lambda *a, **k: connect(*a, factory=Mortal, **k)
schema.connect(Path(sys.argv[1]))
"""
    ends = set()
    for statement in range(1, 40, 2):
        folder = tmp_path / str(statement)
        folder.mkdir()
        path = folder / "chat.sqlite"
        old_file(path, 1)
        killed = subprocess.run([sys.executable, "-c", program, str(path), str(statement)], cwd=ROOT, check=False)
        with closing(sqlite3.connect(path)) as connection:
            ends.add((killed.returncode, version_of(connection)))
            assert connection.execute("SELECT user FROM feedback").fetchall() == [(7,)]
        Database(path).close()
        with closing(sqlite3.connect(path)) as connection:
            assert version_of(connection) == VERSION
    assert (-9, 1) in ends and (0, VERSION) in ends and len(ends) <= 3
