"""Kill the bot while it answers, and while it stores what readers think of answers.

Before each kill people write to it, all at once; it dies at a moment drawn from as long as it takes to deal with them.
The next process is handed what the dead one had not dealt with. Then everybody has to have one answer, or a word that
it may not have arrived, and nobody two; every vote has to count once, and the database has to be whole.
"""

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from telegram_server.people import Person, newcomer
from telegram_server.process import BotProcess
from telegram_server.rules import Json
from telegram_server.server import TelegramServer
from telegram_server.world import wait_until

from bot.chat.showing import texts

KINDS = ("answering", "feedback")
BOTH = "both"
_ANSWER, _PEOPLE = "Bee number 0", 6
_THUMBS, _EMOJI = {"👍": 1, "👎": 0}, ("👍", "👎")


class Readers:
    """Those who write to the bot, and what has to come of it."""

    def __init__(self, server: TelegramServer, chance: random.Random) -> None:
        self._server, self._chance = server, chance
        self._asked: list[Person] = []
        self._voters: list[tuple[Person, Json]] = []
        self._votes: dict[int, int] = {}
        self._newest = 0

    def prepare(self) -> None:
        """Let those who will vote ask first."""
        people = [newcomer(self._server) for _ in range(_PEOPLE)]
        for person in people:
            self._newest = person.say("How warm?")["update_id"]
        self._voters = [(person, self._server.wait_sent(person.chat_id)[0]) for person in people]

    def write(self, kind: str) -> None:
        """Ask, all at once; or press thumbs and react; or both."""
        if kind != "feedback":
            self._asked = [newcomer(self._server) for _ in range(_PEOPLE)]
            for number, person in enumerate(self._asked):
                slow = f"slow 0.{self._chance.randrange(1, 9):02}" if number % 2 else "How warm is it?"
                self._newest = person.say(slow)["update_id"]
        if kind != "answering":
            for number, (person, message) in enumerate(self._voters):
                self._vote(person, message) if number % 3 else self._react(person, message)

    def _vote(self, person: Person, message: Json) -> None:
        label = self._chance.choice(list(_THUMBS))
        up = _THUMBS[label]
        person.press(message, label)
        self._newest += 1
        if self._votes.get(person.id) == up:
            del self._votes[person.id]
        else:
            self._votes[person.id] = up

    def _react(self, person: Person, message: Json) -> None:
        emoji = self._chance.choice(_EMOJI)
        self._newest = person.react(message, emoji)
        self._votes[person.id] = _THUMBS[emoji]

    def wait(self) -> None:
        """Wait until everything that was written is dealt with."""
        wait_until(lambda: max(self._server.updates.confirmed, default=0) >= self._newest, 20, "all dealt with")

    def check(self, folder: Path) -> None:
        """Nothing was lost and nothing doubled, and the database is whole."""
        for person in self._asked:
            said = [message["text"] for message in self._server.sent(person.chat_id)]
            answers = [text for text in said if _ANSWER in text]
            marked = (person.chat_id in {chat for chat, _ in self._server.chats.reactions}) if not said else True
            assert len(answers) <= 1 and marked, said
            assert set(said) - set(answers) <= {texts.LINE_BROKE} and len(said) <= 2, said
        with closing(sqlite3.connect(folder / "chat.sqlite")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            votes = dict(database.execute("SELECT user, up FROM feedback"))
        assert votes == self._votes, f"{votes} instead of {self._votes}"


def kill_bots(root: Path, kind: str, times: int, seed: int) -> Iterator[str]:
    """Kill so often; yield a line about each.

    Raises:
        AssertionError: an answer or a vote was lost or doubled, or the next process does not go on.
    """
    chance = random.Random(seed)
    with TelegramServer() as server:
        readers, written = Readers(server, chance), _PEOPLE * (2 if kind == BOTH else 1)
        with BotProcess(server, root, questions_per_minute=1000) as bot:
            readers.prepare()
            readers.wait()
            started = time.monotonic()
            readers.write(kind)
            readers.wait()
            longest = time.monotonic() - started
            readers.check(root)
            for number in range(1, times + 1):
                confirmed = len(server.updates.confirmed)
                moment = chance.uniform(0.0, longest)
                readers.write(kind)
                time.sleep(moment)
                bot.kill()
                left = written - (len(server.updates.confirmed) - confirmed)
                bot.start()
                readers.wait()
                readers.check(root)
                yield f"{kind} {number}: killed after {1000 * moment:.0f} ms, {left} of {written} not confirmed"
