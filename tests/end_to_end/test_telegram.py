"""``verbatim-bot run`` as a process over real HTTP: a real index answers on Telegram, and follows rebuilds."""

import signal
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from corpus import ROWS, write_rows
from end_to_end.commands import SETTINGS, Place
from telegram_server.people import newcomer
from telegram_server.rules import units
from telegram_server.server import TOKEN, TelegramServer
from telegram_server.world import wait_until

pytestmark = [pytest.mark.process, pytest.mark.model]

QUESTION = "How tall is the Eiffel Tower?"


@pytest.fixture(scope="module")
def server() -> Iterator[TelegramServer]:
    """A strict fake of Telegram."""
    with TelegramServer() as server:
        yield server


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A small corpus, built by the command."""
    place = Place(tmp_path_factory.mktemp("telegram"))
    (place.folder / "verbatim.toml").write_text(f"{SETTINGS}\n[answers]\nthreshold = 0.0\n")
    write_rows(place.articles / "articles.jsonl", ROWS)
    assert place.run("index", "build").returncode == 0
    return place


@pytest.fixture(scope="module")
def bot(server: TelegramServer, place: Place) -> "Iterator[Popen[str]]":
    """The bot, polling."""
    # less time for an answer than the model takes to load: that has to be over when the bot begins to poll
    given = ("--set", f"telegram.base_url={server.base_url}", "--set", "telegram.answer_timeout_seconds=2.5")
    with place.started("bot", "--verbose", "run", *given, TELEGRAM_BOT_TOKEN=TOKEN) as process:

        def polls() -> bool:
            assert process.poll() is None, (place.folder / "log").read_text()
            return server.updates.polls > 0

        wait_until(polls, 30, "the bot polls")
        yield process


def part(message: dict[str, Any], entity: dict[str, Any]) -> str:
    """The words under an entity: Telegram counts UTF-16 units."""
    content: bytes = message["text"].encode("utf-16-le")
    return content[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")


def blockquotes(message: dict[str, Any]) -> list[str]:
    return [part(message, entity) for entity in message["entities"] if entity["type"].endswith("blockquote")]


@pytest.mark.usefixtures("bot")
def test_a_real_question_is_answered_with_real_quotations(server: TelegramServer) -> None:
    """Blockquotes hold the articles' own words, the answer is bold, the source has its link; the first is in time."""
    ada = newcomer(server)
    ada.say(QUESTION)
    (message,) = server.wait_sent(ada.chat_id, seconds=20)
    quotes = blockquotes(message)
    assert "The tower is 330 metres tall, with its aerials." in quotes[0]
    articles = " ".join(str(row["text"]) for row in ROWS)
    assert all(quote in articles for quote in quotes)
    assert "330 metres" in [part(message, entity) for entity in message["entities"] if entity["type"] == "bold"]
    links = [entity["url"] for entity in message["entities"] if entity["type"] == "text_link"]
    buttons = [b["url"] for row in message["reply_markup"]["inline_keyboard"] for b in row if "url" in b]
    assert links[0].startswith("https://www.example.org/tower#:~:text=") and links[0] in buttons
    assert units(message["text"]) <= 4096


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("typed", ["tower tal", QUESTION])
def test_quotes_are_found_inline_in_any_chat(server: TelegramServer, typed: str) -> None:
    """Half typed, at a glance; typed whole, read: the same sentence comes first, in the article's own words."""
    number = newcomer(server).type(typed)

    def answers() -> list[dict[str, Any]]:
        calls = [call.parameters for call in server.of("answerInlineQuery")]
        return [given for given in calls if given["inline_query_id"] == number]

    wait_until(lambda: bool(answers()), 10, "the query is answered")
    first = answers()[0]["results"][0]
    assert "The tower is 330 metres tall, with its aerials." in blockquotes(_posted(first))[0]


def _posted(result: dict[str, Any]) -> dict[str, Any]:
    content = result["input_message_content"]
    return {"text": content["message_text"], "entities": content["entities"]}


def test_a_new_snapshot_is_picked_up_without_a_restart(server: TelegramServer, place: Place, bot: "Popen[str]") -> None:
    """Soon the same question is answered in the new words; a button of the old message says kindly why not."""
    ada = newcomer(server)
    ada.say(QUESTION)
    old = server.wait_sent(ada.chat_id, seconds=20)[0]
    rows = [{**row, "text": str(row["text"]).replace("330 metres", "331 metres")} for row in ROWS]
    write_rows(place.articles / "articles.jsonl", rows)
    assert place.run("index", "build").returncode == 0

    def renewed() -> bool:
        bob = newcomer(server)
        bob.say(QUESTION)
        return "331 metres" in server.wait_sent(bob.chat_id)[0]["text"]

    wait_until(renewed, 20, "the new snapshot answers")
    assert bot.poll() is None
    ada.press(old, "More context")
    wait_until(lambda: any("has changed since" in m["text"] for m in server.sent(ada.chat_id)), 10, "it says why not")


def test_sigterm_ends_it_with_status_0(server: TelegramServer, place: Place, bot: "Popen[str]") -> None:
    """Within ten seconds; the token and the questions are in no log, and nothing went wrong on the way."""
    title = Path(f"/proc/{bot.pid}/cmdline").read_text()
    bot.send_signal(signal.SIGTERM)
    assert bot.wait(10) == 0
    log = (place.folder / "log").read_text()
    secret = TOKEN.partition(":")[2]
    assert "Traceback" not in log and " ERROR " not in log
    assert secret not in log and secret not in title and "Eiffel" not in log
    assert {call.status for call in server.calls} <= {0, 200, 409}
