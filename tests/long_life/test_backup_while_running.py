"""``verbatim-bot backup`` and ``restore`` as operators run them: beside a bot that answers and a build that goes on."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from corpus import ROWS, write_rows
from end_to_end.commands import SETTINGS, Place
from telegram_server.people import Person, newcomer
from telegram_server.server import TOKEN, TelegramServer
from telegram_server.world import wait_until

pytestmark = [pytest.mark.process, pytest.mark.model]

TALL, BEE = "How tall is the Eiffel Tower?", "How long does a worker bee live?"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A small corpus, built by the command."""
    place = Place(tmp_path)
    (tmp_path / "verbatim.toml").write_text(f"{SETTINGS}\n[answers]\nthreshold = 0.0\n")
    write_rows(place.articles / "articles.jsonl", ROWS)
    assert place.run("index", "build").returncode == 0
    return place


@contextmanager
def answering(place: Place, server: TelegramServer) -> "Iterator[Popen[str]]":
    """The bot, polling."""
    polls = server.updates.polls
    with place.started(
        "bot", "run", "--set", f"telegram.base_url={server.base_url}", TELEGRAM_BOT_TOKEN=TOKEN
    ) as process:

        def polled() -> bool:
            assert process.poll() is None, (place.folder / "log").read_text()
            return server.updates.polls > polls

        wait_until(polled, 30, "the bot polls")
        yield process
        process.terminate()
        assert process.wait(10) == 0


def asked(server: TelegramServer, person: Person, question: str) -> dict[str, Any]:
    before = len(server.sent(person.chat_id))
    server.wait_confirmed(person.say(question)["update_id"], 20)
    return server.wait_sent(person.chat_id, before + 1, 20)[-1]


def votes(storage: Path) -> set[tuple[int, int]]:
    """Who voted, and how."""
    with closing(sqlite3.connect(storage / "bot.sqlite")) as connection:
        return set(connection.execute("SELECT user, up FROM feedback").fetchall())


def test_a_backup_beside_everything_comes_back_as_another_bot(place: Place) -> None:
    """The same answers, the same people, votes and buttons; taken while people vote and a build goes on."""
    people = []
    with TelegramServer() as server:
        with answering(place, server):
            answers = [asked(server, newcomer(server), question) for question in (TALL, BEE)]
            guests = [newcomer(server) for _ in range(25)]
            for guest in guests[:10]:
                guest.press(answers[0], "👍")
            server.wait_confirmed(guests[0].say("/help")["update_id"])
            write_rows(
                place.articles / "more.jsonl",
                [{"id": "new", "title": "New", "text": "A new word came.", "language": "en"}],
            )
            with place.started("index", "build") as build, place.started("bot", "backup", "saved", "--json") as backup:
                for guest in guests[10:]:
                    guest.press(answers[1], "👎")
                out, _ = backup.communicate(timeout=60)
                assert backup.returncode == 0 and json.loads(out)["snapshot"], (place.folder / "log").read_text()
                assert build.wait(60) == 0
            assert asked(server, guests[0], BEE)["text"] == answers[1]["text"]
            people = [(guest.id, 1) for guest in guests[:10]]
        refused = place.run("bot", "restore", "saved")
        assert refused.returncode == 1 and "holds library.sqlite already" in refused.stderr
        shutil.rmtree(place.folder / "store")
        restored = place.run("bot", "restore", "saved")
        assert restored.returncode == 0 and "store holds again" in restored.stdout, restored.stderr
        assert set(people) <= votes(place.folder / "store") <= {*people, *((guest.id, 0) for guest in guests[10:])}
        with answering(place, server) as bot:
            ada = newcomer(server)
            assert [asked(server, ada, question)["text"] for question in (TALL, BEE)] == [
                one["text"] for one in answers
            ]
            edits = len(server.of("editMessageText"))
            ada.press(answers[0], "More context")
            server.wait_for("editMessageText", edits + 1)
            running = place.run("bot", "restore", "saved", "--replace")
            assert running.returncode == 1 and "bot.sqlite is in use" in running.stderr, running.stderr
            assert bot.poll() is None
    assert place.run("index", "build").returncode == 0
    assert place.run("index", "verify").returncode == 0
