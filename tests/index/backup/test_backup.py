"""Backups of a storage folder: what is in one, that it is of one moment, and that it comes back whole or not at all."""

import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from corpus import ROWS, built_corpus, rewrite_rows
from fakes import FakeEncoder

from bot.settings import BotSettings
from index import BuildError, Store, build_index, build_lock
from index.backup import back_up, restore
from index.backup.manifest import FORMAT, NAME, read_manifest
from index.errors import BackupError
from index.layout import Layout
from index.library import Library
from index.takedown import TakenDown, take_down

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 26, tzinfo=UTC)
OTHERS = ("people.sqlite",)
"""A database of somebody else's in the storage folder."""


@pytest.fixture
def settings(tmp_path: Path) -> BotSettings:
    """An index of four articles, and a database of somebody else's beside it."""
    settings = built_corpus(tmp_path)
    with closing(sqlite3.connect(settings.storage.folder / OTHERS[0])) as people:
        people.executescript(
            "PRAGMA journal_mode = WAL; CREATE TABLE people (name TEXT); INSERT INTO people VALUES ('Ada');"
        )
    return settings


def state(storage: Path) -> tuple[object, ...]:
    """What a storage folder says: the articles of its library and of its snapshot, and the other database's rows."""
    with Library(Layout(storage).library) as library:
        collected = library.digest()
    with Store(storage).open_current() as snapshot:
        published = snapshot.name, tuple(snapshot.article_ids())
    with closing(sqlite3.connect(storage / OTHERS[0])) as people:
        return collected, published, tuple(people.execute("SELECT name FROM people").fetchall())


def changed(settings: BotSettings) -> BotSettings:
    """The same, when an article has gone and somebody has come."""
    rewrite_rows(settings, ROWS[:3])
    build_index(settings, encoder=FakeEncoder())
    with closing(sqlite3.connect(settings.storage.folder / OTHERS[0])) as people:
        people.execute("INSERT INTO people VALUES ('Bob')")
        people.commit()
    return settings


def tree(folder: Path) -> dict[str, bytes]:
    """Every file under a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_what_was_saved_comes_back_in_an_empty_place(settings: BotSettings, tmp_path: Path) -> None:
    """Articles, snapshot, other databases and what was taken down: an empty place then says what the first one said."""
    take_down(Layout(settings.storage.folder).taken_down, "honey", NOW, "asked to")
    made = back_up(settings, tmp_path / "saved", OTHERS)
    before = state(settings.storage.folder)
    assert restore(tmp_path / "other", tmp_path / "saved", OTHERS) == made
    assert state(tmp_path / "other") == before
    assert TakenDown.read(Layout(tmp_path / "other").taken_down).holds("honey")
    assert mode(tmp_path / "other" / OTHERS[0]) == 0o600 and mode(tmp_path / "saved") == 0o700


def test_what_can_be_made_again_is_left_out(settings: BotSettings, tmp_path: Path) -> None:
    """Neither encoded vectors, nor older snapshots, nor locks; the next build encodes nothing all the same."""
    changed(settings)
    made = back_up(settings, tmp_path / "saved", OTHERS)
    snapshot = Store(settings.storage.folder).current()
    inside = {f"snapshots/{snapshot}/{name}" for name in ("articles.sqlite", "vectors.faiss", "manifest.json")}
    assert made.files.keys() == inside | {"library.sqlite", "pages.sqlite", *OTHERS, "runs.json", "current"}
    assert set(tree(tmp_path / "saved")) == {*made.files, NAME}
    restore(tmp_path / "other", tmp_path / "saved", OTHERS)
    elsewhere = settings.model_copy(
        update={"storage": settings.storage.model_copy(update={"folder": tmp_path / "other"})}
    )
    rewrite_rows(settings, (*ROWS[:3], {**ROWS[3], "text": "A new note. Nobody has sent it before."}))
    assert build_index(elsewhere, encoder=FakeEncoder()).encoded == 1


def test_files_from_elsewhere_are_saved_and_stay_in_the_backup(settings: BotSettings, tmp_path: Path) -> None:
    """Settings belong to a machine: they are at hand, and are put back by nobody but their owner."""
    (tmp_path / "of-this-machine.toml").write_text("# ours")
    (tmp_path / "verbatim.toml").symlink_to(tmp_path / "of-this-machine.toml")
    back_up(settings, tmp_path / "saved", OTHERS, {"settings.toml": tmp_path / "verbatim.toml"})
    restore(tmp_path / "other", tmp_path / "saved", OTHERS, ("settings.toml",))
    assert (tmp_path / "saved" / "settings.toml").read_text() == "# ours"
    assert not (tmp_path / "other" / "settings.toml").exists()


def test_a_folder_that_holds_something_is_not_written_over(settings: BotSettings, tmp_path: Path) -> None:
    """A backup needs a new folder; an index that is there is replaced only when that is said."""
    back_up(settings, tmp_path / "saved", OTHERS)
    with pytest.raises(BackupError, match="holds something already: name a new folder"):
        back_up(settings, tmp_path / "saved", OTHERS)
    changed(settings)
    before = tree(settings.storage.folder)
    with pytest.raises(BackupError, match=r"holds library.sqlite already: --replace puts"):
        restore(settings.storage.folder, tmp_path / "saved", OTHERS)
    assert tree(settings.storage.folder) == before


def test_a_place_that_is_told_to_is_replaced(settings: BotSettings, tmp_path: Path) -> None:
    """With what it had before the backup, and nothing that came since but what was taken down since."""
    before, taken_down = state(settings.storage.folder), Layout(settings.storage.folder).taken_down
    take_down(taken_down, "tower", NOW)
    back_up(settings, tmp_path / "saved", OTHERS)
    changed(settings)
    take_down(taken_down, "light", NOW)
    restore(settings.storage.folder, tmp_path / "saved", OTHERS, replace=True)
    assert state(settings.storage.folder) == before
    assert all(TakenDown.read(taken_down).holds(id_) for id_ in ("tower", "light"))
    assert build_index(settings, encoder=FakeEncoder()).articles == 1


def test_nothing_is_replaced_under_who_uses_it(settings: BotSettings, tmp_path: Path) -> None:
    """A build that goes on, or a database that somebody has open, idle or not: refused, and all is as it was."""
    back_up(settings, tmp_path / "saved", OTHERS)
    changed(settings)
    before, storage = state(settings.storage.folder), settings.storage.folder
    with build_lock(Layout(storage)), pytest.raises(BuildError, match="is being changed by process"):
        restore(storage, tmp_path / "saved", OTHERS, replace=True)
    with closing(sqlite3.connect(storage / OTHERS[0])) as people:
        people.execute("SELECT * FROM people").fetchall()
        with pytest.raises(BackupError, match=r"people.sqlite is in use .*: stop the bot"):
            restore(storage, tmp_path / "saved", OTHERS, replace=True)
    assert state(storage) == before


def test_a_damaged_backup_changes_nothing(settings: BotSettings, tmp_path: Path) -> None:
    """Each of its files: altered, cut off, missing; the place stays as it was, and the message names the file."""
    made = back_up(settings, tmp_path / "saved", OTHERS)
    changed(settings)
    before = state(settings.storage.folder)
    for name in made.files:
        path = tmp_path / "saved" / name
        content = path.read_bytes()
        half = len(content) // 2
        for bad in (content[:half], content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :], None):
            path.unlink() if bad is None else path.write_bytes(bad)
            with pytest.raises(BackupError, match=rf"saved is damaged: {name} is .*take another one"):
                restore(settings.storage.folder, tmp_path / "saved", OTHERS, replace=True)
            path.write_bytes(content)
    assert state(settings.storage.folder) == before
    assert not list(settings.storage.folder.glob(".*")) + list(settings.storage.folder.glob("*-journal"))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (None, "is no backup, or one that was not finished"),
        ("{", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        (f'{{"format": {FORMAT + 1}}}', f"has format {FORMAT + 1}, this program knows {FORMAT}: update the program"),
        (f'{{"format": {FORMAT}}}', "does not tell what is in it"),
        *(
            (
                f'{{"format": {FORMAT}, "created": "2026-11-26", "snapshot": "", "missing": "",'
                f' "files": {{"{name}": {{"size": 1, "sha256": ""}}}}}}',
                "no file of a backup is called",
            )
            for name in ("../outside", "/etc/passwd", "a/../../b", ".restored/x", "", "a//b")
        ),
    ],
)
def test_what_is_no_backup_is_refused(tmp_path: Path, written: str | None, said: str) -> None:
    """Whatever lies there, nothing is written, least of all outside of the place."""
    (tmp_path / "saved").mkdir()
    if written is not None:
        (tmp_path / "saved" / NAME).write_text(written)
    with pytest.raises(BackupError, match=said):
        restore(tmp_path / "other", tmp_path / "saved")
    assert not (tmp_path / "other").exists()


def test_a_damaged_database_is_told_and_no_half_backup_is_left(settings: BotSettings, tmp_path: Path) -> None:
    """Somebody has to know of it before the last good backup is thrown away."""
    library = Layout(settings.storage.folder).library
    library.write_bytes(library.read_bytes()[:4096] + bytes(library.stat().st_size - 4096))
    with pytest.raises(BackupError, match=r"library.sqlite (is damaged|cannot be copied)"):
        back_up(settings, tmp_path / "saved", OTHERS)
    assert not list(tmp_path.glob("*saved*"))


def test_a_damaged_database_can_be_replaced(settings: BotSettings, tmp_path: Path) -> None:
    """That is what backups are for."""
    before = state(settings.storage.folder)
    back_up(settings, tmp_path / "saved", OTHERS)
    Layout(settings.storage.folder).library.write_bytes(b"no database" * 1000)
    restore(settings.storage.folder, tmp_path / "saved", OTHERS, replace=True)
    assert state(settings.storage.folder) == before


def test_a_snapshot_that_cannot_be_used_is_left_out(settings: BotSettings, tmp_path: Path) -> None:
    """The rest is saved, and the backup says why; a build makes a snapshot of it again."""
    store = Store(settings.storage.folder)
    store.layout.snapshot(store.current()).vectors.unlink()
    made = back_up(settings, tmp_path / "saved", OTHERS)
    assert made.snapshot == "" and "vectors.faiss is missing" in made.missing and "current" not in made.files
    assert read_manifest(tmp_path / "saved") == made


def test_an_empty_place_has_nothing_to_save(settings: BotSettings, tmp_path: Path) -> None:
    """A backup of nothing would only feign safety."""
    nowhere = settings.model_copy(update={"storage": settings.storage.model_copy(update={"folder": tmp_path / "none"})})
    with pytest.raises(BackupError, match="there is nothing in"):
        back_up(nowhere, tmp_path / "saved")
    assert not list(tmp_path.glob("*saved*"))


WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.executescript("PRAGMA journal_mode = WAL; CREATE TABLE a (x); CREATE TABLE b (x);")
print("writes", flush=True)
number = 0
while True:
    number += 1
    connection.execute("BEGIN")
    connection.execute("INSERT INTO a VALUES (?)", (str(number) * 500,))
    connection.execute("INSERT INTO b VALUES (?)", (number,))
    connection.execute("COMMIT")
"""


@pytest.mark.process
def test_a_database_is_saved_as_it_was_at_one_moment(settings: BotSettings, tmp_path: Path) -> None:
    """Whoever writes to it meanwhile: what is written together is saved together, and nobody waits."""
    command = [sys.executable, "-c", WRITER, str(settings.storage.folder / "busy.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        try:
            assert writer.stdout and writer.stdout.readline() == "writes\n"
            counts = [saved_rows(settings, tmp_path / f"saved-{number}") for number in range(5)]
            assert writer.poll() is None
        finally:
            writer.kill()
    assert counts == sorted(set(counts)) and counts[-1] > 0


def saved_rows(settings: BotSettings, folder: Path) -> int:
    """Back up, and return how many rows both tables have there."""
    back_up(settings, folder, ("busy.sqlite",))
    with closing(sqlite3.connect(folder / "busy.sqlite")) as saved:
        one, other = (saved.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in "ab")
        assert one == other and saved.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return int(one)


DYING = """
import os, signal, sys
from pathlib import Path
left = int(sys.argv[1])
def mortal(call):
    def step(*arguments, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **named)
    return step
from index.backup import back_up, restore
import index.backup.restoring, index.pending, fcntl, shutil, sqlite3
for name in ("rename", "replace", "fsync", "unlink", "mkdir"):
    setattr(os, name, mortal(getattr(os, name)))
if sys.argv[2] == "restore":
    restore(Path(sys.argv[3]), Path(sys.argv[4]), ("people.sqlite",), replace=True)
else:
    from bot.settings import BotSettings
    storage = {"folder": sys.argv[3]}
    back_up(BotSettings.model_validate({"storage": storage}), Path(sys.argv[4]), ("people.sqlite",))
"""


def killed_at(step: int, *arguments: object) -> int:
    """Run a process that kills itself at a step that changes the disk; return its exit status, 0 where it was done."""
    command = [sys.executable, "-c", DYING, str(step), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode


@pytest.mark.process
def test_a_restore_that_is_killed_leaves_the_old_or_the_new(settings: BotSettings, tmp_path: Path) -> None:
    """At any step: whoever opens the place next finds all of one or all of the other; and nothing is left over."""
    new = state(settings.storage.folder)
    back_up(settings, tmp_path / "saved", OTHERS)
    old = state(changed(settings).storage.folder)
    ends = []
    for step in (*random.Random(7).sample(range(3, 60), 7), 1000):
        status = killed_at(step, "restore", settings.storage.folder, tmp_path / "saved")
        with build_lock(Layout(settings.storage.folder)):  # as the next build does
            found = state(settings.storage.folder)
        assert found in (old, new) and status in (0, -signal.SIGKILL)
        assert not Layout(settings.storage.folder).restored.exists()
        ends.append((status, found == new))
        if found == new:
            changed(settings)
            old = state(settings.storage.folder)
    assert (-9, False) in ends and (-9, True) in ends and ends[-1] == (0, True), ends
    assert not Layout(settings.storage.folder).restoring.exists()


@pytest.mark.process
def test_a_backup_that_is_killed_is_none(settings: BotSettings, tmp_path: Path) -> None:
    """There is a whole one or nothing under its name, and the next clears what the last has left."""
    drawn = random.Random(3)
    for step in (*(drawn.randint(2, 25) for _ in range(4)), 1000):
        status = killed_at(step, "back_up", settings.storage.folder, tmp_path / "saved")
        assert (status == 0) == (step == 1000)
        if status:
            assert not (tmp_path / "saved").exists() or restore(tmp_path / str(step), tmp_path / "saved", OTHERS)
    assert state(settings.storage.folder) == state_of_backup(tmp_path)
    assert not list(tmp_path.glob(".*"))


def state_of_backup(folder: Path) -> tuple[object, ...]:
    restore(folder / "restored", folder / "saved", OTHERS)
    return state(folder / "restored")
