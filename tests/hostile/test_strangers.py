"""What people who may not reach: an admin's functions for who is none, quotes for who is on no list. The bot is a real
process; every command that the code has is tried, in every way in which a message can come."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import ARTICLE, SENTENCES
from telegram_server.people import Person, group_member, message, newcomer, user
from telegram_server.process import BotProcess, Sections
from telegram_server.rules import Json
from telegram_server.server import TelegramServer
from telegram_server.world import BOT, wait_until

from bot.chat.admin import texts as admin_texts
from bot.chat.showing import texts

pytestmark = pytest.mark.process

OBEYED = re.compile(r"the admin person-\w+ asks for /(\w+)")
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
BOT_NAME = BOT["username"]


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    """A fake Telegram of one test's own."""
    with TelegramServer() as server:
        yield server


def typed(command: str) -> list[str]:
    """Ways of writing a command."""
    return [
        f"/{command}",
        f"/{command.upper()}",
        f"/{command}@{BOT_NAME}",
        f"/{command}@{BOT_NAME.upper()} undo x",
        f"/start {command}",
        f"/start /{command}",
        f"/ask /{command}",
        f"  /{command}",
        f"\u2215{command}",
        f"\uff0f{command}",
        f"/{command[0]}\u200b{command[1:]}",
        f"@{BOT_NAME} /{command}",
    ]


def in_every_form(person: Person, command: str) -> None:
    """Send a command as Telegram can bring it in: edited, as a caption, posted, forwarded, through a bot."""
    plain = message(person, f"/{command}")
    person.post({**message(person, f"/{command}"), "edit_date": plain["date"]}, "edited_message")
    channel = {"id": person.chat_id, "type": "channel", "title": "C"}
    for kind in ("channel_post", "edited_channel_post"):
        post = {name: value for name, value in message(person, f"/{command}").items() if name != "from"}
        person.post({**post, "chat": channel, "sender_chat": channel}, kind)
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    caption = {"caption": f"/{command}", "caption_entities": plain["entities"], "photo": photo}
    person.post({**message(person, ""), **caption})
    person.post({**message(person, f"/{command}"), "business_connection_id": "b"}, "business_message")
    person.say(f"/{command}", via_bot=BOT)
    person.say(f"/{command}", **forwarded(person))
    person.type(f"/{command}")
    person.type(f"/{command}@{BOT_NAME}")


def forwarded(person: Person) -> Json:
    """The fields of a message that somebody else wrote first."""
    return {"forward_origin": {"type": "user", "date": 1, "sender_user": user(77)}, "forward_date": 1}


def settled(server: TelegramServer) -> None:
    """Wait until all that was sent before is dealt with."""
    last = newcomer(server).say("/help")["update_id"]
    server.wait_confirmed(last)
    wait_until(lambda: not server.updates.deliverable(None), 10, "everything is dealt with")


def test_no_way_of_typing_reaches_an_admins_function(server: TelegramServer, tmp_path: Path) -> None:
    """Not for others, in private and in groups; nor for an admin in a group, or with words that another one wrote."""
    admin, eve, listed = newcomer(server), newcomer(server), group_member(server)
    (tmp_path / "published").write_text("second")
    numbers = [admin.id, listed.chat_id]
    with BotProcess(server, tmp_path, admins=numbers, questions_per_minute=9999, queue=999) as bot:
        for command in admin_texts.commands():
            group, his = group_member(server), group_member(server)  # Telegram takes 20 messages a minute in each
            for person in (eve, group, Person(server, admin.id, his.chat_id)):
                for text in typed(command):
                    person.say(text)
                in_every_form(person, command)
            chat = {"id": listed.chat_id, "type": "supergroup", "title": "A group"}
            anonymous: Json = {"from": ANONYMOUS, "sender_chat": chat, "chat": chat}
            listed.say(f"/{command}")
            group.say(f"/{command}", **anonymous)
            group.say(f"/{command}@{BOT_NAME}", **anonymous)
            in_every_form(admin, command)
            eve.say(f"/{command}", chat={"id": admin.id, "type": "group", "title": "Named as an admin"})
        settled(server)
        assert OBEYED.findall(bot.log) == [] and (tmp_path / "published").read_text() == "second"
        for command in admin_texts.commands():
            admin.say(f"/{command}")
        wait_until(lambda: len(OBEYED.findall(bot.log)) == len(admin_texts.commands()), 10, "an admin is obeyed")
        assert sorted(OBEYED.findall(bot.log)) == sorted(admin_texts.commands())
        assert "Traceback" not in bot.log


def test_no_admins_means_nobody(server: TelegramServer, tmp_path: Path) -> None:
    """Nor is a chat with the number 0 anybody's."""
    eve = newcomer(server)
    with BotProcess(server, tmp_path, questions_per_minute=9999) as bot:
        for command in admin_texts.commands():
            for text in typed(command):
                eve.say(text)
                eve.say(text, chat={"id": 0, "type": "private", "first_name": "Nobody"})
        settled(server)
        assert OBEYED.findall(bot.log) == []


def shown_to(server: TelegramServer, person: Person) -> list[str]:
    """Everything that was said where somebody is."""
    return [one["text"] for one in server.sent(person.chat_id)]


@pytest.mark.parametrize("mode", ["list", "invitation"])
def test_who_is_on_no_list_gets_no_quote(server: TelegramServer, tmp_path: Path, mode: str) -> None:
    """Whatever he types, taps, replies to, follows up or opens: no word of an article, and no title."""
    listed, eve, abroad = newcomer(server), newcomer(server), group_member(server)
    sections: Sections = {"access": {"mode": mode, "users": [listed.id]}}
    with BotProcess(server, tmp_path, sections=sections, questions_per_minute=9999) as bot:
        listed.say("How warm?")
        answer = server.wait_sent(listed.chat_id)[0]
        buttons = [one for row in answer["reply_markup"]["inline_keyboard"] for one in row if "url" not in one]
        tokens = {one["callback_data"].split(":")[1] for one in buttons}
        for person in (eve, abroad, Person(server, listed.id + 5000, abroad.chat_id)):
            copied = {**answer, "chat": message(person, "x")["chat"]}
            for text in (
                "How warm?",
                "/ask How warm?",
                f"@{BOT_NAME} how warm is it?",
                "And why?",
                "/sources",
                "/about",
            ):
                person.say(text)
                person.say(text, reply_to_message=copied, **forwarded(person))
                person.say(text, reply_to_message=answer)
            for token in (*tokens, "inline", "How-warm"):
                person.say(f"/start {token}")
            for one in buttons:
                for under in (answer, copied):
                    person.press_data(under, one["callback_data"])
            person.type("How warm is it in winter?")
            person.type("bee")
            person.react(copied, "👍")
        settled(server)
        server.wait_for("answerInlineQuery", 3)
        words = [SENTENCES[0][:10], ARTICLE.title, "news.example", "samples"]
        said = shown_to(server, eve) + shown_to(server, abroad)
        said += [call.parameters.get("text", "") for call in server.of("answerCallbackQuery")]
        assert [one for one in said if any(word in one for word in words)] == [] and texts.STRANGER in said
        assert all(call.parameters["results"] == [] for call in server.of("answerInlineQuery"))
        assert server.of("editMessageText") == [] and server.sent(listed.chat_id) == [answer]
        assert "Traceback" not in bot.log
