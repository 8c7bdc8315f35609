"""A conversation with the bot, recorded: the bot as it ships, a process of its own, over a strict fake of Telegram.

The index is that of the sample articles, built anew with the models that ship. Nothing of what the bot says is written
here. Every article is older than a month, so that no answer tells its age and every day's record is the same.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scenes import Button, Chat, Message, Note, Result, Scene, Typed
from telegram_server.people import Person, newcomer
from telegram_server.server import TOKEN, TelegramServer
from telegram_server.world import wait_until

from bot.chat.showing.styled import Entity

ROOT = Path(__file__).parents[2]
NAME, USERNAME = "Verbatim", "@verbatim_bot"
"""What the operator of this one called it, at @BotFather."""

FIRST, FOLLOWUP = "How long is the Channel Tunnel?", "And who opened it?"
PRESSED = "More context"
OF_A_YEAR = "Who received the Nobel Prize in 2013?"
UNANSWERED = "What is the capital of Australia?"
INLINE = "Why does the Suez Canal have no locks?"

PATIENCE_SECONDS = 60
_SETTINGS = {
    "answers.quotes": 1,  # so that the picture stays small: the other quotes are a button away
    "telegram.answer_timeout_seconds": PATIENCE_SECONDS,
}
_LASTING = 300
"""The seconds for which an answer may be kept that was read, not glanced at, for want of time."""
_TRIES, _PAUSE_SECONDS = 10, 6.0
"""How often the inline query is typed until it was read, and how long what is read is left alone."""


def record(folder: Path) -> tuple[Chat, ...]:
    """Build the index of the samples in a folder, talk with the bot, and return what was said.

    Raises:
        AssertionError: the bot did not answer.
    """
    with TelegramServer() as server, _running(server, folder):
        talk = _Talk(newcomer(server))
        asked = [*talk.ask(FIRST), *talk.ask(FOLLOWUP)]
        widened = talk.press(PRESSED)
        later = [*talk.ask(OF_A_YEAR), *talk.ask(UNANSWERED)]
        return (
            Chat(NAME, "bot", (*asked[:-1], _about_to_press(asked[-1]), *widened)),
            Chat(NAME, "the same chat, later", tuple(later)),
            Chat("Ben", f"another chat: {USERNAME} and a question", tuple(talk.type(INLINE))),
        )


class _Talk:
    """Somebody's side of it; each step returns what was to be seen."""

    def __init__(self, person: Person) -> None:
        self._person, self._server = person, person.server

    def ask(self, text: str) -> list[Scene]:
        """Ask in the private chat."""
        before = len(self._sent())
        self._person.say(text)
        self._server.wait_sent(self._person.chat_id, before + 1, PATIENCE_SECONDS)
        return [Message(text, asked=True), _message(self._sent()[-1])]

    def press(self, label: str) -> list[Scene]:
        """Press a button under the last message, which changes in place."""
        before = self._sent()[-1]
        self._person.press(before, label)
        wait_until(lambda: self._sent()[-1]["text"] != before["text"], PATIENCE_SECONDS, "the message changes")
        assert self._sent()[-1]["message_id"] == before["message_id"]
        return [Note(f"“{label}” pressed: the same message now"), _message(self._sent()[-1])]

    def type(self, query: str) -> list[Scene]:
        """Type a question after the bot's name in any chat, and choose the first result."""
        for _ in range(_TRIES):
            answer = self._answer_to(query)
            if int(answer["cache_time"]) == _LASTING:
                break
            time.sleep(_PAUSE_SECONDS)
        else:
            raise AssertionError("the reader had no time for the inline query: this machine is too busy")
        shown = tuple(Result(one["title"], tuple(one["description"].split("\n"))) for one in answer["results"])
        return [Typed(f"{USERNAME} {query}", shown), _posted(answer["results"][0])]

    def _answer_to(self, query: str) -> dict[str, Any]:
        number = self._person.type(query)

        def answers() -> list[dict[str, Any]]:
            given = (call.parameters for call in self._server.of("answerInlineQuery"))
            return [one for one in given if one["inline_query_id"] == number]

        wait_until(lambda: bool(answers()), PATIENCE_SECONDS, "the inline query is answered")
        return answers()[0]

    def _sent(self) -> list[dict[str, Any]]:
        return self._server.sent(self._person.chat_id)


def _message(sent: dict[str, Any]) -> Message:
    """A message as Telegram holds it."""
    entities = (Entity(one["type"], one["offset"], one["length"], one.get("url")) for one in sent["entities"])
    rows = sent.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = tuple(tuple(Button(one["text"], "url" in one) for one in row) for row in rows)
    return Message(sent["text"], tuple(entities), buttons)


def _posted(result: dict[str, Any]) -> Message:
    """What stands in the chat when a result was chosen."""
    content = result["input_message_content"]
    markup = {key: result[key] for key in ("reply_markup",) if key in result}
    written = _message({"text": content["message_text"], "entities": content["entities"], **markup})
    return Message(written.text, written.entities, written.rows, asked=True, via=USERNAME)


def _about_to_press(scene: Scene) -> Scene:
    """The message with the button marked that is pressed next."""
    assert isinstance(scene, Message)
    rows = (tuple(Button(one.label, one.opens, one.label == PRESSED) for one in row) for row in scene.rows)
    return Message(scene.text, scene.entities, tuple(rows), scene.asked, scene.via)


@contextmanager
def _running(server: TelegramServer, folder: Path) -> Iterator[None]:
    """Build the index and run the bot, by the commands that people use, until the block ends."""
    given = {"storage.folder": folder, **_SETTINGS, "telegram.base_url": server.base_url}
    common = ["--config", str(ROOT / "config" / "verbatim.toml")]
    common += [part for key, value in given.items() for part in ("--set", f"{key}={value}")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM_", "VERBATIM_"))}
    more = {"PYTHONPATH": str(ROOT), "NO_PROXY": "*", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    environment = {**kept, **more, "TELEGRAM_BOT_TOKEN": TOKEN}
    subprocess.run([sys.executable, "-m", "index", "build", *common], env=environment, check=True)
    with (folder / "log").open("a+") as log:
        command = [sys.executable, "-m", "bot", "run", *common]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

        def polls() -> bool:
            assert process.poll() is None, (folder / "log").read_text()
            return server.updates.polls > 0

        try:
            wait_until(polls, PATIENCE_SECONDS, "the bot polls")
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)
