"""Messages and what is said to them, over real HTTP with the bot as a real process."""

import time

import pytest
from fakes import SENTENCES
from telegram_server.people import group_member, newcomer, user
from telegram_server.process import BotProcess
from telegram_server.server import TelegramServer

from bot.chat.showing import texts
from bot.wording import CANNOT_SEARCH, NEAREST, NOT_SAID

pytestmark = [pytest.mark.process, pytest.mark.usefixtures("bot")]


def test_a_question_in_private_is_answered_with_quotes(server: TelegramServer) -> None:
    """Any text is a question; the answer replies to it and has no link preview."""
    ada = newcomer(server)
    asked = ada.say("How warm are the bees?")
    (answer,) = server.wait_sent(ada.chat_id)
    kinds = [entity["type"] for entity in answer["entities"]]
    assert kinds.count("blockquote") == 3 and kinds.count("bold") == 3
    call = next(c for c in server.of("sendMessage") if c.parameters["chat_id"] == ada.chat_id)
    assert call.parameters["reply_parameters"] == {
        "message_id": asked["message_id"],
        "allow_sending_without_reply": True,
    }
    assert call.parameters["link_preview_options"] == {"is_disabled": True}
    assert "message_thread_id" not in call.parameters


def test_every_update_is_confirmed_after_it_was_answered(server: TelegramServer) -> None:
    """What is confirmed is gone from Telegram: so it must have been dealt with."""
    ada = newcomer(server)
    asked = ada.say("slow 0.8 question")
    time.sleep(0.4)
    assert asked["update_id"] not in server.updates.confirmed
    server.wait_sent(ada.chat_id)
    server.wait_confirmed(asked["update_id"])
    assert len(server.sent(ada.chat_id)) == 1


def test_without_an_answer_it_says_so(server: TelegramServer) -> None:
    """The articles do not say: then the nearest passages, labelled, or nothing more."""
    ada = newcomer(server)
    ada.say("something unknown")
    assert server.wait_sent(ada.chat_id)[0]["text"].startswith(f"{NOT_SAID}\n\n{NEAREST}")
    bob = newcomer(server)
    bob.say("nothing at all")
    assert server.wait_sent(bob.chat_id)[0]["text"] == NOT_SAID


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("/start", texts.START),
        ("/help", texts.HELP),
        ("/about", texts.ABOUT),
        ("/sources", "I have read 1 article (30 passages)."),
        ("/privacy", "Your questions are used to find an answer, then dropped"),
        ("/forget", texts.FORGET_WHAT),
        ("/forget_me", texts.FORGET_WHAT),
        ("/ask", texts.NO_QUESTION),
        ("/strange", texts.UNKNOWN_COMMAND),
        ("?!", texts.NO_QUESTION),
    ],
)
def test_commands(server: TelegramServer, command: str, words: str) -> None:
    """Every command says what it is for; a strange one leads to /help."""
    ada = newcomer(server)
    ada.say(command)
    assert words in server.wait_sent(ada.chat_id)[0]["text"]


def test_a_group_is_answered_only_where_the_bot_is_meant(server: TelegramServer) -> None:
    """/ask, a mention, or a reply to the bot: nothing else, and the mention is no part of the question."""
    ada = group_member(server)
    ada.say("Talk among people about unknown things")
    ada.say("/ask@another_bot How warm?")
    ada.say("/ask How warm?")
    first = server.wait_sent(ada.chat_id)[0]
    ada.say("🐝 @Verbatim_Test_Bot how warm?")
    server.wait_sent(ada.chat_id, 2)
    ada.say("and the unknown ones?", reply_to_message=first)
    assert server.wait_sent(ada.chat_id, 3)[2]["text"].startswith(NOT_SAID)
    ada.say("@verbatim_test_bot")
    assert server.wait_sent(ada.chat_id, 4)[3]["text"] == texts.NO_QUESTION


def test_a_forum_topic_is_answered_in_its_topic(server: TelegramServer) -> None:
    """The thread's number goes along in a topic, and only there: elsewhere Telegram refuses it."""
    ada = group_member(server)
    server.chats.topics.add((ada.chat_id, 77))
    ada.say("/ask slow 0.2 warm?", message_thread_id=77, is_topic_message=True)
    assert server.wait_sent(ada.chat_id)[0]["message_thread_id"] == 77
    ada.say("/ask slow 0.2 warm?", message_thread_id=5)
    assert "message_thread_id" not in server.wait_sent(ada.chat_id, 2)[1]
    calls = [*server.of("sendChatAction"), *server.of("sendMessage")]
    statuses = [call.status for call in calls if call.parameters["chat_id"] == ada.chat_id]
    assert statuses == [200] * 4


def test_bots_channels_and_edits_are_met_with_silence(server: TelegramServer) -> None:
    """Another bot, an automatic forward, an edited message, a channel post: none is a question."""
    ada = newcomer(server)
    ada.say("I am a bot", **{"from": {**user(ada.id), "is_bot": True}})
    ada.say("Forwarded by the channel", is_automatic_forward=True)
    ada.post(ada.say("/nosuch@another_bot"), "edited_message")
    last = ada.say("", chat={"id": -5, "type": "channel", "title": "C"})
    server.wait_confirmed(last["update_id"])
    assert server.sent(ada.chat_id) == []


def test_an_anonymous_admin_is_a_person(server: TelegramServer) -> None:
    """Telegram shows them as a bot with a sender chat; the limit is then the chat's."""
    ada = group_member(server)
    chat = {"id": ada.chat_id, "type": "supergroup", "title": "A group"}
    ada.say("/ask How warm?", sender_chat=chat, **{"from": {**user(1087968824), "is_bot": True}})
    server.wait_sent(ada.chat_id)


def test_typing_is_shown_while_an_answer_is_sought(server: TelegramServer) -> None:
    """Who waits sees that somebody is at work."""
    ada = newcomer(server)
    ada.say("slow 0.5 question")
    server.wait_sent(ada.chat_id)
    assert [c.parameters["action"] for c in server.of("sendChatAction") if c.parameters["chat_id"] == ada.chat_id] == [
        "typing"
    ]


def test_one_slow_question_keeps_nobody_waiting(server: TelegramServer) -> None:
    """Answers are sought off the event loop, several at once."""
    ada, bob = newcomer(server), newcomer(server)
    ada.say("slow 1.5 question")
    time.sleep(0.1)
    started = time.monotonic()
    bob.say("How warm?")
    server.wait_sent(bob.chat_id)
    assert time.monotonic() - started < 1.2
    assert server.sent(ada.chat_id) == []
    server.wait_sent(ada.chat_id)


def test_an_answer_has_its_time(server: TelegramServer) -> None:
    """Whoever waits too long is told, and the late answer is not sent after it."""
    ada = newcomer(server)
    ada.say("slow 2.4 question")
    assert server.wait_sent(ada.chat_id)[0]["text"] == texts.TOO_SLOW
    time.sleep(0.6)
    assert len(server.sent(ada.chat_id)) == 1


def test_a_full_queue_says_so(server: TelegramServer) -> None:
    """Two at work and two waiting: the others hear at once that there is no room."""
    people = [newcomer(server) for _ in range(6)]
    for person in people:
        person.say("slow 0.7 question", date=int(time.time()) + 2)
    answers = [server.wait_sent(person.chat_id)[0]["text"] for person in people]
    assert answers.count(texts.BUSY) == 2


def test_who_asks_too_much_is_told_once(server: TelegramServer) -> None:
    """Twelve a minute here; then one word, then silence until the minute has passed."""
    ada = newcomer(server)
    for _ in range(16):
        last = ada.say("/help")
    server.wait_confirmed(last["update_id"])
    said = [m["text"] for m in server.sent(ada.chat_id)]
    assert len(said) == 13 and sum("12 questions a minute" in text for text in said) == 1


def test_trouble_is_told_without_details(server: TelegramServer, bot: BotProcess) -> None:
    """No traceback for the reader, no question in the log."""
    ada = newcomer(server)
    ada.say("fail about my secret illness")
    ada.say("unpublished")
    assert [m["text"] for m in server.wait_sent(ada.chat_id, 2)] == [texts.TROUBLE] * 2
    assert "RuntimeError" in bot.log and 'run "verbatim-index build"' in bot.log
    assert "illness" not in bot.log


def test_a_search_that_is_away_is_told(server: TelegramServer, bot: BotProcess) -> None:
    """Where no words are here to fall back on: another sentence than for a fault, and the next question is answered."""
    ada = newcomer(server)
    ada.say("who is away?")
    assert server.wait_sent(ada.chat_id, 1)[0]["text"] == CANNOT_SEARCH
    ada.say("bees")
    assert SENTENCES[0] in server.wait_sent(ada.chat_id, 2)[1]["text"]
    assert "VectorsUnavailable" in bot.log


def test_a_new_snapshot_is_picked_up_while_running(server: TelegramServer, bot: BotProcess) -> None:
    """No restart is needed after a rebuild."""
    (bot.folder / "published").write_text("second")
    time.sleep(0.8)
    ada = newcomer(server)
    ada.say("How warm?")
    server.wait_sent(ada.chat_id)
    assert "from second" in bot.log


def test_the_command_menus_and_allowed_updates_are_exact(server: TelegramServer) -> None:
    """Telegram remembers both: what is not named is not sent."""
    menus = [call.parameters for call in server.wait_for("setMyCommands", 12)]
    assert [len(menu["commands"]) for menu in menus] == [7, 3] * 6
    assert [menu.get("scope") for menu in menus] == [None, {"type": "all_group_chats"}] * 6
    assert [menu.get("language_code") for menu in menus[::2]] == [None, "es", "de", "fr", "uk", "ru"]
    assert server.of("getUpdates")[0].parameters["allowed_updates"] == [
        "message",
        "callback_query",
        "message_reaction",
        "inline_query",
    ]


def test_the_token_is_not_in_the_process_title(bot: BotProcess) -> None:
    """``ps`` shows it to everybody otherwise."""
    assert "run_fake_bot" in bot.title and "AAbbCCdd" not in bot.title
