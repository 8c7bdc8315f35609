"""A bot at work while what is published is damaged or gone: it answers, says so once, and takes what is sound."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus import ROWS, built_corpus, rewrite_rows
from fakes import FakeEncoder
from faults.damaging import REPLACEMENTS, changes
from telegram_server.people import newcomer
from telegram_server.process import BotProcess
from telegram_server.server import TelegramServer
from telegram_server.world import wait_until

from bot.settings import BotSettings
from index import Store, build_index

pytestmark = pytest.mark.process

RUNNER = Path(__file__).with_name("run_corpus_bot.py")
REFRESH_SECONDS = 0.2
ADMIN = 900_001


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    """A fake Telegram."""
    with TelegramServer() as server:
        yield server


class World:
    """A bot over articles in which the tower grows, and whoever publishes them."""

    def __init__(self, folder: Path, server: TelegramServer) -> None:
        self.settings: BotSettings = built_corpus(folder)
        self.store = Store(self.settings.storage.folder)
        self._server = server
        self.bot = BotProcess(
            server,
            folder,
            sections={"storage": {"folder": str(self.settings.storage.folder)}},
            runner=RUNNER,
            refresh_seconds=REFRESH_SECONDS,
            workers=3,
            admins=[ADMIN],
        )

    def publish(self, metres: int) -> str:
        """Build an index in which the tower is so high, and return its name."""
        self._write(metres)
        return build_index(self.settings, encoder=FakeEncoder()).snapshot

    def publish_damaged(self, metres: int) -> str:
        """The same, with a wrong byte in its vectors before anybody sees it: it is built elsewhere."""
        storage = self.settings.storage.folder
        aside = storage.with_name("aside")
        shutil.copytree(storage, aside)
        self._write(metres)
        elsewhere = {"storage": self.settings.storage.model_copy(update={"folder": aside})}
        name = build_index(self.settings.model_copy(update=elsewhere), encoder=FakeEncoder()).snapshot
        built = Store(aside).layout.snapshot(name)
        ((_, content),) = changes(built.vectors.read_bytes(), 1, seed=metres)
        built.vectors.write_bytes(content)
        built.folder.rename(self.store.layout.snapshot(name).folder)
        shutil.rmtree(aside)
        self.store.publish(name)
        return name

    def _write(self, metres: int) -> None:
        rows = [{**row, "text": str(row["text"]).replace("330 metres", f"{metres} metres")} for row in ROWS]
        rewrite_rows(self.settings, rows)

    def answer(self) -> str:
        """Ask, as somebody new, how tall the tower is, and return what is said."""
        asker = newcomer(self._server)
        asker.say("How tall is the Eiffel Tower?")
        return str(self._server.wait_sent(asker.chat_id)[-1]["text"])

    def stays(self, metres: int) -> None:
        """See several people answered from the same articles."""
        for _ in range(4):
            assert f"{metres} metres" in self.answer(), self.bot.log

    def told(self) -> list[str]:
        """What the admin was told."""
        return [message["text"] for message in self._server.sent(ADMIN)]

    def wait_told(self, times: int) -> str:
        """Wait until the admin was told something so often, and return the last of it."""
        wait_until(lambda: len(self.told()) >= times, 15, "the admin is told")
        assert len(self.told()) == times, self.told()
        return self.told()[-1]

    def wait_taken(self, metres: int) -> None:
        """Wait until what is published is in use."""
        wait_until(lambda: f"{metres} metres" in self.answer(), 15, "the sound one is taken")


@pytest.fixture
def world(tmp_path: Path, server: TelegramServer) -> World:
    """A sound index with a bot that is not started yet."""
    return World(tmp_path, server)


def test_a_running_bot_stays_on_what_is_sound(world: World) -> None:
    """A wrong byte in what is published: the log says so once, the admin is told once; the next sound one is taken."""
    sound = world.store.current()
    with world.bot as bot:
        world.stays(330)
        broken = world.publish_damaged(331)
        wait_until(lambda: f"until then snapshot {sound} is used" in bot.log, 15, "the log says so")
        assert f"snapshot {broken} cannot be used, {sound} is until the next build" in world.wait_told(1)
        world.stays(330)
        assert bot.log.count(f"snapshot {broken} is damaged") == 1
        world.publish(332)
        world.wait_taken(332)
        world.wait_told(2)
        assert "Traceback" not in bot.log and " ERROR " not in bot.log


def test_a_bot_that_starts_on_what_is_broken_takes_the_newest_sound_one(world: World) -> None:
    """And says which, and why."""
    world.publish(331)
    sound = world.publish(332)
    broken = world.publish_damaged(333)
    with world.bot as bot:
        world.stays(332)
        assert f"snapshot {broken} is damaged" in bot.log and f"until then snapshot {sound} is used" in bot.log
        told = world.wait_told(1)
        assert broken in told and sound in told


INSTEAD = ("missing", "a folder", "a link to its copy outside", "a pipe")
LINES = {"a wrong name": b"20200101T000000-00000000\n", "a path": b"../../../etc\n", "no text": b"\xff\x00\xfe"}


def test_a_broken_pointer_changes_nothing_for_readers(world: World) -> None:
    """Whatever lies in the place of the line that names the published snapshot: and then a sound one is published."""
    current, metres = world.store.layout.current, 330
    with world.bot as bot:
        for number, replacement in enumerate([*INSTEAD, *LINES]):
            world.stays(metres)
            if replacement in LINES:
                current.write_bytes(LINES[replacement])
            elif replacement == "a link to its copy outside":
                current.rename(current.with_name("outside"))
                current.symlink_to("outside")
            else:
                REPLACEMENTS[replacement](current)
            world.stays(metres)
            world.wait_told(2 * number + 1)
            if replacement == "a folder":
                shutil.rmtree(current)
            metres += 1
            world.publish(metres)
            world.wait_taken(metres)
            world.wait_told(2 * number + 2)
        assert "Traceback" not in bot.log


def test_a_bot_whose_files_vanish_goes_on(world: World) -> None:
    """What it has opened it keeps, on every thread; when there is a sound one again, that is taken."""
    storage, metres = world.settings.storage.folder, 330
    with world.bot as bot:
        for number in range(3):
            folder = world.store.layout.snapshot(world.store.current()).folder
            folder = (folder, world.store.layout.snapshots, storage)[number]
            world.stays(metres)
            folder.rename(storage.with_name(f"gone-{number}"))
            world.stays(metres)
            world.wait_told(2 * number + 1)
            metres += 1
            world.publish(metres)
            world.wait_taken(metres)
            world.wait_told(2 * number + 2)
        assert "Traceback" not in bot.log
