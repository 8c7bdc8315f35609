"""Reactions to the bot's messages are votes, with the bot as a real process."""

import sqlite3

import pytest
from telegram import ReactionTypeCustomEmoji, ReactionTypeEmoji
from telegram_server.people import Person, group_member, newcomer, user
from telegram_server.process import BotProcess
from telegram_server.rules import Json
from telegram_server.server import TelegramServer

from bot.chat.buttons.reactions import verdict
from bot.chat.showing import texts

pytestmark = [pytest.mark.process, pytest.mark.usefixtures("bot")]


def asked(server: TelegramServer, ada: Person, question: str = "/ask How warm?") -> Json:
    update = ada.say(question)["update_id"]
    answer = server.wait_sent(ada.chat_id)[0]
    server.wait_confirmed(update)
    return answer


def votes(bot: BotProcess, user: int) -> list[tuple[int, int]]:
    """Up or down, and how many quotes it was about."""
    connection = sqlite3.connect(bot.folder / "chat.sqlite")
    rows = connection.execute("SELECT up, quotes FROM feedback WHERE user = ?", (user,)).fetchall()
    connection.close()
    return [(up, quotes.count('"bees"')) for up, quotes in rows]


def test_a_thumb_is_a_vote_that_can_be_changed_and_taken_back(server: TelegramServer, bot: BotProcess) -> None:
    """As with the buttons; another emoji beside it changes nothing."""
    ada = newcomer(server)
    answer = asked(server, ada)
    server.wait_confirmed(ada.react(answer, "👍"))
    assert votes(bot, ada.id) == [(1, 3)]
    server.wait_confirmed(ada.react(answer, "👍", "🔥", before=["👍"]))
    assert votes(bot, ada.id) == [(1, 3)]
    server.wait_confirmed(ada.react(answer, "👎", before=["👍", "🔥"]))
    assert votes(bot, ada.id) == [(0, 3)]
    server.wait_confirmed(ada.react(answer, before=["👎"]))
    assert votes(bot, ada.id) == []


def test_other_emoji_leave_a_vote_by_button_alone(server: TelegramServer, bot: BotProcess) -> None:
    """A heart that comes or goes says nothing of it."""
    ada = newcomer(server)
    answer = asked(server, ada)
    ada.press(answer, "👎")
    server.wait_confirmed(ada.react(answer, "❤"))
    server.wait_confirmed(ada.react(answer, before=["❤"]))
    assert votes(bot, ada.id) == [(0, 3)]
    server.wait_confirmed(ada.react(answer, "👍"))
    assert votes(bot, ada.id) == [(1, 3)]


def test_a_vote_is_about_the_page_that_the_message_shows(server: TelegramServer, bot: BotProcess) -> None:
    """Page two has two quotes."""
    ada = newcomer(server)
    answer = asked(server, ada)
    edits = len(server.of("editMessageText"))
    ada.press(answer, texts.MORE_QUOTES)
    server.wait_for("editMessageText", edits + 1)
    server.wait_confirmed(ada.say("/help")["update_id"])
    server.wait_confirmed(ada.react(answer, "👍"))
    assert votes(bot, ada.id) == [(1, 2)]


def test_reactions_in_a_group(server: TelegramServer, bot: BotProcess) -> None:
    """Each by himself, an anonymous admin as the group, a bot not at all; people's own messages are none of ours."""
    ada = group_member(server)
    answer = asked(server, ada)
    bob = Person(server, newcomer(server).id, ada.chat_id)
    group = {"id": ada.chat_id, "type": "supergroup", "title": "A group"}
    ada.react(answer, "👍")
    bob.react(answer, "👎")
    ada.react(answer, "👎", user=None, actor_chat=group)
    bob.react(answer, "👍", user={**user(555), "is_bot": True})
    mine = bob.say("Talk among people")
    server.wait_confirmed(bob.react(mine, "👍"))
    found = [votes(bot, number) for number in (ada.id, bob.id, ada.chat_id, 555)]
    assert found == [[(1, 3)], [(0, 3)], [(0, 3)], []]


def test_forgetting_a_person_forgets_where_answers_stand(server: TelegramServer, bot: BotProcess) -> None:
    """The number of a private chat is its person's."""
    ada = newcomer(server)
    answer = asked(server, ada)
    server.wait_confirmed(ada.react(answer, "👍"))
    ada.say("/forget_me")
    ada.press(server.wait_sent(ada.chat_id, 2)[1], texts.FORGET)
    server.wait_confirmed(ada.react(answer, "👎", before=["👍"]))
    assert votes(bot, ada.id) == []


def test_what_reactions_say() -> None:
    """Both thumbs cancel out; custom emoji say nothing."""
    up, down, heart = (ReactionTypeEmoji(emoji) for emoji in ("👍", "👎", "❤"))
    said = [verdict(r) for r in ([up], [down], [up, down], [heart], [], [up, heart], [ReactionTypeCustomEmoji("5")])]
    assert said == [True, False, None, None, None, True, None]
