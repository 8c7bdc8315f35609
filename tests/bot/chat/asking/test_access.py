"""Who may ask: strangers, guests, listed people and chats, and those who run the bot. The bot is a real process."""

import re
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from telegram_server.people import Person, group_member, newcomer
from telegram_server.process import BotProcess, Sections
from telegram_server.server import TelegramServer

from bot.chat.asking.access import Rules
from bot.chat.showing import texts
from bot.chat.storage.people import STRANGER_SECONDS, People
from bot.chat.storage.schema import connect
from bot.languages.language import ENGLISH
from bot.settings import AccessSection, BotSettings, TelegramSection

DAY = 86400.0
INVITING = {"access": {"mode": "invitation"}}


@pytest.mark.parametrize(
    ("mode", "user", "chat", "may"),
    [
        ("open", 5, 5, True),
        ("list", 5, 5, False),
        ("list", 1, 1, True),
        ("list", 1, -7, True),
        ("list", 5, -2, True),
        ("list", 5, -7, False),
        ("list", 3, 3, True),
        ("list", 5, -4, True),
        ("invitation", 5, 5, False),
        ("invitation", 1, 1, True),
    ],
)
def test_who_is_named_by_the_settings(mode: str, user: int, chat: int, may: bool) -> None:
    """Listed people everywhere, everybody in listed chats, those who run the bot always."""
    access = AccessSection.model_validate({"mode": mode, "users": [1], "chats": [-2]})
    settings = BotSettings(access=access, telegram=TelegramSection(admins=(3, -4)))
    assert Rules.of(settings).name(user, chat) == may


class TestPeople:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "chat.sqlite"

    @pytest.fixture
    def people(self, path: Path) -> Iterator[People]:
        connection = connect(path)
        yield People(connection)
        connection.close()

    def test_an_invitation_lets_one_person_in_for_good(self, people: People) -> None:
        """It counts once, within its days; until he is let in no more."""
        people.invite("code", 7 * DAY)
        people.invite("late", 7 * DAY)
        assert not people.redeem("late", 5, 7 * DAY) and not people.redeem("other", 5, 1.0)
        assert people.redeem("code", 5, 1.0) and not people.redeem("code", 6, 2.0)
        people.prune(1000 * DAY)
        assert (people.is_guest(5), people.is_guest(6), people.guests()) == (True, False, ((5, 1.0),))
        assert people.revoke(5) and not people.revoke(5) and not people.is_guest(5)

    def test_of_many_at_once_one_is_let_in(self, people: People, path: Path) -> None:
        """By one code, whoever comes in the same moment, through whichever process."""
        for round_ in range(10):
            code = f"code {round_}"
            people.invite(code, DAY)
            let_in: list[int] = []
            gate = threading.Barrier(4)

            def come(user: int, code: str = code, let_in: list[int] = let_in, gate: threading.Barrier = gate) -> None:
                connection = connect(path)
                gate.wait()
                if People(connection).redeem(code, user, 1.0):
                    let_in.append(user)
                connection.close()

            threads = [threading.Thread(target=come, args=(user,)) for user in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(let_in) == 1

    def test_a_code_cannot_be_read_from_the_file(self, people: People, path: Path) -> None:
        """Who reads the file lets nobody in by it."""
        people.invite("code-that-is-secret", DAY)
        assert not any(b"code-that-is-secret" in file.read_bytes() for file in path.parent.iterdir())

    def test_a_word_is_due_to_a_stranger_once_a_day(self, people: People) -> None:
        """Whatever he does meanwhile."""
        said = [people.meet(5, now) for now in (0.0, 1.0, STRANGER_SECONDS - 1, STRANGER_SECONDS, STRANGER_SECONDS + 1)]
        assert said == [True, False, False, True, False] and people.meet(6, 1.0)

    def test_the_key_of_the_logs_stays(self, people: People, path: Path) -> None:
        """People keep their names over restarts; another installation gives them others."""
        again = connect(path)
        assert people.log_key() == People(again).log_key() and len(people.log_key()) == 32
        again.close()


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    """A fake Telegram of one test's own."""
    with TelegramServer() as server:
        yield server


def texts_of(server: TelegramServer, person: Person) -> list[str]:
    return [message["text"] for message in server.sent(person.chat_id)]


def invitation(server: TelegramServer, admin: Person) -> str:
    before = len(server.sent(admin.chat_id))
    admin.say("/invite")
    link = server.wait_sent(admin.chat_id, before + 1)[-1]["text"]
    (code,) = re.findall(r"https://t\.me/verbatim_test_bot\?start=([\w-]{1,64})$", link)
    return str(code)


@pytest.mark.process
class TestConversation:
    def test_a_stranger_hears_one_line_and_a_guest_is_answered(self, server: TelegramServer, tmp_path: Path) -> None:
        """Over a restart, too; a code lets in one person, for good, until he is let in no more."""
        admin, ada, eve = newcomer(server), newcomer(server), newcomer(server)
        with BotProcess(server, tmp_path, sections=INVITING, admins=[admin.id]) as bot:
            for text in ("How warm?", "/help", "/start wrong-code"):
                last = eve.say(text)
            server.wait_confirmed(last["update_id"])
            assert texts_of(server, eve) == [texts.STRANGER]
            code = invitation(server, admin)
            ada.say(f"/start {code}")
            assert server.wait_sent(ada.chat_id)[0]["text"] == texts.welcome(ENGLISH)
            bob = newcomer(server)
            bob.say(f"/start {code}")
            assert server.wait_sent(bob.chat_id)[0]["text"] == texts.INVITATION_SPENT
            log = bot.log
        with BotProcess(server, tmp_path, sections=INVITING, admins=[admin.id]):
            ada.say("How warm?")
            assert server.wait_sent(ada.chat_id, 2)[1]["entities"]
            last = eve.say("How warm?")
            server.wait_confirmed(last["update_id"])
            assert len(texts_of(server, eve)) == 1
            count = len(server.sent(admin.chat_id))
            admin.say("/revoke")
            assert f"• {ada.id}, since" in server.wait_sent(admin.chat_id, count + 1)[-1]["text"]
            admin.say(f"/revoke {ada.id}")
            server.wait_sent(admin.chat_id, count + 2)
            ada.say("How warm?")
            assert server.wait_sent(ada.chat_id, 3)[2]["text"] == texts.STRANGER
        assert re.search(r"person-[0-9a-f]{8} was let in by an invitation", log)
        assert not any(str(person.id) in re.findall(r"\d+", log) for person in (ada, eve, admin))

    def test_two_who_open_a_link_at_once(self, server: TelegramServer, tmp_path: Path) -> None:
        """One of them is let in."""
        admin, people = newcomer(server), [newcomer(server) for _ in range(5)]
        with BotProcess(server, tmp_path, sections=INVITING, admins=[admin.id]):
            code = invitation(server, admin)
            for person in people:
                person.say(f"/start {code}")
            said = [server.wait_sent(person.chat_id)[0]["text"] for person in people]
        assert sorted(said) == sorted([texts.welcome(ENGLISH)] + [texts.INVITATION_SPENT] * 4)

    def test_a_list_lets_in_people_and_chats(self, server: TelegramServer, tmp_path: Path) -> None:
        """In a group that is not listed strangers hear one line where they mean the bot, and nothing otherwise."""
        listed, stranger, home, abroad = newcomer(server), newcomer(server), group_member(server), group_member(server)
        sections: Sections = {"access": {"mode": "list", "users": [listed.id], "chats": [home.chat_id]}}
        with BotProcess(server, tmp_path, sections=sections):
            for person in (listed, stranger):
                person.say("How warm?")
            for member in (home, abroad):
                member.say("What people say to each other")
                member.say("/ask How warm?")
                last = member.say("/ask How warm?")
            server.wait_sent(home.chat_id, 2)
            server.wait_confirmed(last["update_id"])
            answer = server.wait_sent(listed.chat_id)[0]
            assert "blockquote" in {entity["type"] for entity in answer["entities"]}
            assert texts_of(server, stranger) == texts_of(server, abroad) == [texts.STRANGER]
            assert len(texts_of(server, home)) == 2
            stranger.press(answer, "More context")
            server.wait_for("answerCallbackQuery")
            assert server.of("answerCallbackQuery")[0].parameters["text"] == texts.STRANGER
            assert server.of("editMessageText") == []

    def test_reactions_of_strangers_count_for_nothing(self, server: TelegramServer, tmp_path: Path) -> None:
        """In a chat in which others are answered."""
        listed, stranger = newcomer(server), newcomer(server)
        with BotProcess(server, tmp_path, sections={"access": {"mode": "list", "users": [listed.id]}}):
            last = listed.say("How warm?")
            answer = server.wait_sent(listed.chat_id)[0]
            server.wait_confirmed(last["update_id"])
            for person in (stranger, listed):
                server.wait_confirmed(person.react(answer, "👍"))
        connection = sqlite3.connect(tmp_path / "chat.sqlite")
        assert connection.execute("SELECT user FROM feedback").fetchall() == [(listed.id,)]
        connection.close()

    def test_a_stranger_can_still_see_and_delete_what_is_stored(self, server: TelegramServer, tmp_path: Path) -> None:
        """That he was turned away is stored, so he may have it deleted."""
        eve = newcomer(server)
        with BotProcess(server, tmp_path, sections={"access": {"mode": "list"}}):
            eve.say("How warm?")
            server.wait_sent(eve.chat_id)
            eve.say("/forget_me")
            eve.press(server.wait_sent(eve.chat_id, 2)[1], texts.FORGET)
            server.wait_for("editMessageText")
            assert "Deleted: 1 entry." in server.sent(eve.chat_id)[1]["text"]
        connection = sqlite3.connect(tmp_path / "chat.sqlite")
        assert connection.execute("SELECT count(*) FROM strangers").fetchone() == (0,)
        connection.close()
