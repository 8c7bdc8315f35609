"""Inline queries: ``@bot question`` in any chat, with the bot as a real process."""

import time
from pathlib import Path

import pytest
from fakes import SENTENCES
from telegram_server.people import Person, newcomer, user
from telegram_server.process import BotProcess
from telegram_server.rules import Json
from telegram_server.server import Call, TelegramServer
from telegram_server.world import wait_until

from bot.chat.inline.queries import is_whole
from bot.chat.showing import texts
from bot.wording import NEAREST

pytestmark = [pytest.mark.process]


def call_of(server: TelegramServer, number: str) -> Call | None:
    calls = [c for c in server.of("answerInlineQuery") if c.parameters["inline_query_id"] == number]
    assert len(calls) <= 1
    return calls[0] if calls else None


def answered(server: TelegramServer, number: str, seconds: float = 5) -> Json:
    wait_until(lambda: call_of(server, number) is not None, seconds, f"{number} is answered")
    call = call_of(server, number)
    assert call is not None and call.status == 200
    return call.parameters


def typed(server: TelegramServer, query: str) -> Json:
    return answered(server, newcomer(server).type(query))


@pytest.mark.usefixtures("bot")
def test_a_result_posts_a_quote_with_its_source(server: TelegramServer) -> None:
    """Title, date, site and sentence in the list; chosen, the quote as in an answer, with a link to it."""
    given = typed(server, "bees")
    assert len(given["results"]) == 5 and "button" not in given
    first = given["results"][0]
    assert first["title"] == "Bees in winter"
    facts, sentence = first["description"].split("\n")
    assert facts.startswith("21 November 2026") and facts.endswith(" · The Example") and sentence == SENTENCES[0]
    content = first["input_message_content"]
    assert content["message_text"].startswith(
        f"{SENTENCES[0]}\nBees in winter · news.example · The Example · 21 November 2026"
    )
    assert [e["type"] for e in content["entities"]] == ["blockquote", "bold", "text_link"]
    assert content["link_preview_options"] == {"is_disabled": True}
    assert first["reply_markup"]["inline_keyboard"] == [
        [{"text": texts.OPEN, "url": "https://news.example/bees#:~:text=0"}]
    ]


@pytest.mark.usefixtures("bot")
def test_telegram_may_keep_answers_for_who_asked(server: TelegramServer) -> None:
    """For some minutes, and for nobody else, who may speak another language."""
    given = typed(server, "bees")
    assert (given["cache_time"], given.get("is_personal", "false")) == ("300", "true")


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("query", ["", "  ", "be", "nothing", "away"])
def test_where_nothing_is_found_a_button_leads_to_the_private_chat(server: TelegramServer, query: str) -> None:
    """Nothing typed yet, too little, nothing like it in the articles, or nobody to search them now."""
    given = typed(server, query)
    assert given["results"] == []
    assert given["button"] == {"text": texts.ASK_IN_PRIVATE, "start_parameter": "inline"}


@pytest.mark.usefixtures("bot")
def test_a_few_letters_get_a_glance_at_once(server: TelegramServer) -> None:
    """No pause, and no reader: it would take two seconds for these words."""
    started = time.monotonic()
    typed(server, "slow 2")
    assert time.monotonic() - started < 0.6


@pytest.mark.usefixtures("bot")
def test_a_whole_question_is_read_after_a_pause(server: TelegramServer) -> None:
    """The reader's first quote has another place besides; only reading tells that."""
    ada = newcomer(server)
    started = time.monotonic()
    given = answered(server, ada.type("how warm are the bees"))
    assert time.monotonic() - started >= 0.7
    assert "Also in: Bees in winter" in given["results"][0]["input_message_content"]["message_text"]


@pytest.mark.usefixtures("bot")
def test_what_may_not_answer_is_posted_with_its_label(server: TelegramServer) -> None:
    """The reader says that the articles do not say: the nearest are no answers."""
    given = typed(server, "an unknown thing, really?")
    assert len(given["results"]) == 2
    assert NEAREST in given["results"][0]["input_message_content"]["message_text"]


@pytest.mark.usefixtures("bot")
def test_who_types_on_is_answered_for_the_last_words_only(server: TelegramServer) -> None:
    """The earlier searches of the same person are dropped; those of others are not."""
    ada, bob = newcomer(server), newcomer(server)
    other = bob.type("how warm are bees")
    numbers = [ada.type(f"how warm are bees{'s' * n}") for n in range(4)]
    answered(server, numbers[-1])
    answered(server, other)
    time.sleep(0.5)
    assert [call_of(server, number) for number in numbers[:-1]] == [None] * 3


@pytest.mark.usefixtures("bot")
def test_a_reader_that_takes_too_long_is_not_waited_for(server: TelegramServer) -> None:
    """Then there is the glance, which Telegram is not to keep."""
    given = answered(server, newcomer(server).type("slow 4.5 question"), seconds=6)
    assert len(given["results"]) == 5 and int(given["cache_time"]) <= 5


@pytest.mark.usefixtures("bot")
def test_typing_keeps_no_question_in_a_chat_waiting(server: TelegramServer) -> None:
    """Inline searches have threads of their own."""
    numbers = [newcomer(server).type(f"late 0.2{n}") for n in range(8)]
    ada = newcomer(server)
    started = time.monotonic()
    ada.say("How warm?")
    server.wait_sent(ada.chat_id)
    assert time.monotonic() - started < 1.0
    for number in numbers:
        answered(server, number)


@pytest.mark.usefixtures("bot")
def test_a_question_asked_again_is_not_searched_again(server: TelegramServer) -> None:
    """Whoever asks it, in whatever case."""
    typed(server, "late 0.8")
    started = time.monotonic()
    assert len(typed(server, " LATE  0.8 ")["results"]) == 5
    assert time.monotonic() - started < 0.5


@pytest.mark.usefixtures("bot")
def test_a_query_that_is_too_old_is_no_error(server: TelegramServer, bot: BotProcess) -> None:
    """Noise: the next key brings another."""
    ada = newcomer(server)
    number = ada.type("late 0.4 bees")
    server.chats.inline_queries.discard(number)
    wait_until(lambda: call_of(server, number) is not None, 5, "it is tried")
    call = call_of(server, number)
    assert call is not None and call.status == 400
    assert not [line for line in bot.log.splitlines() if "too old" in line and " INFO " not in line]


@pytest.mark.usefixtures("bot")
def test_trouble_is_told_without_what_was_typed(server: TelegramServer, bot: BotProcess) -> None:
    """In the log, and nowhere else."""
    ada = newcomer(server)
    number = ada.type("fail of my secret illness")
    wait_until(lambda: bot.log.count("RuntimeError") > 0, 5, "it is logged")
    assert "illness" not in bot.log and call_of(server, number) is None


@pytest.mark.usefixtures("bot")
def test_a_posted_quote_is_no_question(server: TelegramServer) -> None:
    """What somebody posts through a bot, this one or another, in the private chat with it."""
    ada = newcomer(server)
    ada.say(SENTENCES[0], via_bot={**user(4242), "is_bot": True})
    last = ada.say(SENTENCES[0], via_bot={**user(777), "is_bot": True})
    server.wait_confirmed(last["update_id"])
    assert server.sent(ada.chat_id) == []


def test_a_new_snapshot_is_searched_anew(tmp_path: Path) -> None:
    """What is remembered belongs to the articles of its time."""
    with TelegramServer() as server, BotProcess(server, tmp_path, refresh_seconds=0.2):
        typed(server, "late 0.8")
        (tmp_path / "published").write_text("second")
        time.sleep(0.8)
        started = time.monotonic()
        assert len(typed(server, "late 0.8")["results"]) == 5
        assert time.monotonic() - started >= 0.8


def test_inline_mode_can_be_left_off(tmp_path: Path) -> None:
    """Then nobody is left waiting: there is the way to the private chat."""
    with TelegramServer() as server, BotProcess(server, tmp_path, inline=False):
        given = typed(server, "bees")
        assert given["results"] == [] and given["button"]["text"] == texts.ASK_IN_PRIVATE


def test_where_not_everybody_may_ask_answers_are_personal(tmp_path: Path) -> None:
    """A stranger gets the way to the private chat; nothing is kept for others."""
    sections: dict[str, dict[str, float | str | list[int]]] = {"access": {"mode": "list", "users": [700]}}
    with TelegramServer() as server, BotProcess(server, tmp_path, sections=sections):
        own = answered(server, Person(server, 700, 700).type("bees"))
        others = typed(server, "bees")
        assert len(own["results"]) == 5 and others["results"] == [] and "button" in others
        for given in (own, others):
            assert given["is_personal"] == "true" and int(given["cache_time"]) <= 5


@pytest.mark.parametrize(
    ("words", "whole"),
    [("bees", False), ("bees?", True), ("how warm", False), ("how warm are", True), ("?", False), ("蜂は何度？", True)],
)
def test_when_words_are_worth_reading(words: str, whole: bool) -> None:
    """Three words, or a mark at their end."""
    assert is_whole(words) == whole


def test_a_crowd_of_typists_is_served(server: TelegramServer, bot: BotProcess) -> None:
    """Each gets an answer, if only the button: more may not wait than can be served in time."""
    people: list[Person] = [newcomer(server) for _ in range(40)]
    numbers = [person.type("late 0.1") for person in people]
    found = [len(answered(server, number, seconds=10)["results"]) for number in numbers]
    assert 5 in found and set(found) <= {0, 5}
