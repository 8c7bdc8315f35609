"""Presses on buttons that somebody forged, copied or kept: data count for the chat, the person and the message that
they were written for, and for nothing else. The bot is a real process."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram_server.people import Person, group_member, newcomer
from telegram_server.process import BotProcess
from telegram_server.rules import Json
from telegram_server.server import TelegramServer
from telegram_server.world import wait_until

from bot.chat.admin import texts as admin_texts
from bot.chat.buttons.choosing import PATTERN as CHOICE
from bot.chat.buttons.choosing import language_buttons
from bot.chat.buttons.confirming import PATTERN, forget_buttons, rollback_buttons
from bot.chat.buttons.keyboards import Action, Press, unpacked
from bot.chat.buttons.sealing import LONGEST, Seal
from bot.chat.showing import texts
from bot.chat.storage.people import People
from bot.languages.language import ENGLISH, languages
from bot.records import Rollback

KEY = b"a key of 32 bytes, as it is kept"
chats = st.integers(-(10**19), 10**19)
data = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=LONGEST)


class TestSeal:
    @given(data, chats, chats)
    def test_sealed_data_are_opened_in_their_chat_alone(self, written: str, chat: int, other: int) -> None:
        """With the key that sealed them, and within what Telegram takes."""
        sealed = Seal(KEY).sealed(written, chat)
        assert Seal(KEY).opened(sealed, chat) == written and len(sealed.encode()) <= 64
        assert chat == other or Seal(KEY).opened(sealed, other) is None
        assert Seal(KEY[:-1]).opened(sealed, chat) is None

    @given(data, chats, st.integers(0, 63), st.characters())
    def test_a_changed_character_breaks_the_seal(self, written: str, chat: int, place: int, put: str) -> None:
        """Wherever it is, whatever it becomes."""
        sealed = Seal(KEY).sealed(written, chat)
        place %= len(sealed)
        changed = sealed[:place] + put + sealed[place + 1 :]
        assert changed == sealed or Seal(KEY).opened(changed, chat) is None

    @given(st.text(st.characters(), max_size=80), chats)
    def test_what_was_never_sealed_is_not_opened(self, sent: str, chat: int) -> None:
        """Anybody can send any data, lone surrogates too."""
        assert Seal(KEY).opened(sent, chat) is None

    def test_data_and_chat_do_not_run_together(self) -> None:
        """The seal of one pair is not that of another one."""
        one = Seal(KEY).sealed("1", 12).rpartition(".")[2]
        assert Seal(KEY).opened(f"21.{one}", 1) is None and Seal(KEY).opened(f"1.{one}", 12) == "1"

    def test_every_button_has_room_for_its_seal(self) -> None:
        """The longest of each kind."""
        rollback = Rollback("20261122T000000-abcdef01", "20261121T000000-abcdef01")
        number = -(10**19)
        kinds = [(action, one) for action in Action for one in languages()]
        written = [Press("x" * 12, action, 999, wide=True, language=one).packed() for action, one in kinds]
        for markup in (
            language_buttons(number, None, ENGLISH),
            forget_buttons(number, ENGLISH),
            rollback_buttons(rollback, number, ENGLISH),
        ):
            written += [str(one.callback_data) for row in markup.inline_keyboard for one in row]
        assert max(len(one.encode()) for one in written) <= LONGEST
        assert all(unpacked(one) or PATTERN.fullmatch(one) or CHOICE.fullmatch(one) for one in written)


@pytest.fixture(scope="module")
def server() -> Iterator[TelegramServer]:
    """A fake Telegram."""
    with TelegramServer() as server:
        yield server


@pytest.fixture(scope="module")
def admin(server: TelegramServer) -> Person:
    """Who runs the bot."""
    return newcomer(server)


@pytest.fixture(scope="module")
def bot(server: TelegramServer, admin: Person, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    """A bot with two snapshots, so that there is something to go back to."""
    folder = tmp_path_factory.mktemp("bot")
    (folder / "published").write_text("second")
    with BotProcess(server, folder, admins=[admin.id], refresh_seconds=30, questions_per_minute=600) as bot:
        yield bot
        assert "Traceback" not in bot.log and (folder / "published").read_text() == "second"


def asked(server: TelegramServer, person: Person, text: str) -> Json:
    """Say something and return the answer."""
    before = len(server.sent(person.chat_id))
    person.say(text)
    return server.wait_sent(person.chat_id, before + 1)[-1]


def toast(server: TelegramServer, number: str) -> str:
    """What is said over a button."""

    def found() -> list[Json]:
        calls = server.of("answerCallbackQuery")
        return [call.parameters for call in calls if call.parameters["callback_query_id"] == number]

    wait_until(lambda: bool(found()), 5, f"{number} is acknowledged")
    return str(found()[0].get("text", ""))


def datas(message: Json) -> list[str]:
    """The data of a message's buttons."""
    return [b["callback_data"] for row in message["reply_markup"]["inline_keyboard"] for b in row if "url" not in b]


def now(server: TelegramServer, message: Json) -> Json:
    """The message as it stands."""
    return server.chats.messages[message["chat"]["id"], message["message_id"]]


def settled(server: TelegramServer, person: Person) -> None:
    """Wait until everything before was dealt with: what one person does may be done beside what another does."""
    server.wait_confirmed(person.say("/help")["update_id"])


def votes(folder: Path) -> list[tuple[int]]:
    connection = sqlite3.connect(folder / "chat.sqlite")
    rows = connection.execute("SELECT user FROM feedback").fetchall()
    connection.close()
    return rows


@pytest.mark.process
@pytest.mark.usefixtures("bot")
class TestForging:
    def test_data_without_a_seal_do_nothing(self, server: TelegramServer, admin: Person, bot: BotProcess) -> None:
        """Those that the bot writes itself, in this version and the one before; whoever sends them: an admin, too."""
        for person in (newcomer(server), group_member(server), admin):
            answer = asked(server, person, "/ask How warm?")
            token = datas(answer)[0].split(":")[1]
            forged = [Press(token, action, page).packed() for action in Action for page in (0, 1)]
            forged += ["keep", f"keep:{person.id}", f"forget:{person.id}", f"language:{person.id}:de"]
            forged += ["r:second:first", "rollback:second:first", "r:second:first.", "r:second:first.AAAAAAAAAAA"]
            assert {toast(server, person.press_data(answer, one)) for one in forged} == {texts.TOO_OLD}
            settled(server, person)
            assert now(server, answer) == answer
        assert votes(bot.folder) == []

    def test_data_of_another_chat_do_nothing(self, server: TelegramServer, admin: Person, bot: BotProcess) -> None:
        """What was written for an admin, or for somebody else, is worth nothing in one's own chat, or in a group."""
        victim, offer = newcomer(server), asked(server, admin, "/rollback")
        taken = datas(offer) + datas(asked(server, victim, "How warm?"))
        taken += datas(asked(server, victim, "/forget_me")) + datas(asked(server, victim, "/language"))
        for eve in (newcomer(server), group_member(server)):
            answer = asked(server, eve, "/ask How warm?")
            assert {toast(server, eve.press_data(answer, one)) for one in taken} == {texts.TOO_OLD}
            as_if = {**offer, "chat": answer["chat"]}
            assert toast(server, eve.press_data(as_if, datas(offer)[0])) == texts.TOO_OLD
            assert now(server, answer) == answer
        assert now(server, offer) == offer and votes(bot.folder) == []

    def test_another_persons_confirmation_is_not_for_me_to_press(self, server: TelegramServer) -> None:
        """Not to delete what is stored about him, nor to take his question away, nor to choose his language."""
        ada = group_member(server)
        eve = Person(server, newcomer(server).id, ada.chat_id)
        for question in ("/forget_me", "/language"):
            message = asked(server, ada, question)
            assert {toast(server, eve.press_data(message, one)) for one in datas(message)} == {texts.NOT_YOURS}
            assert now(server, message) == message

    def test_an_admins_offer_counts_in_his_own_chat_only(
        self, server: TelegramServer, admin: Person, bot: BotProcess
    ) -> None:
        """Also where somebody else who was an admin, or nobody's chat, is named by a seal that is true."""
        connection = sqlite3.connect(bot.folder / "chat.sqlite", isolation_level=None)
        seal = Seal(People(connection).seal_key())
        connection.close()
        eve, group = newcomer(server), group_member(server)
        for presser, chat in ((eve, eve.chat_id), (eve, group.chat_id), (admin, group.chat_id)):
            person = Person(server, presser.id, chat)
            sealed = seal.sealed("r:second:first", chat)
            offer = asked(server, person, "/ask How warm?")
            offer["reply_markup"]["inline_keyboard"].append([{"text": "Go back", "callback_data": sealed}])
            assert toast(server, person.press_data(offer, sealed)) == texts.NOT_YOURS


@pytest.mark.process
@pytest.mark.usefixtures("bot")
class TestReplaying:
    def test_an_old_button_sent_again_changes_no_other_message(self, server: TelegramServer, bot: BotProcess) -> None:
        """A member of a group cannot put one answer, or what was said to him, into the place of another answer."""
        ada = group_member(server)
        old, confirmed, language = (asked(server, ada, text) for text in ("/ask How warm?", "/forget_me", "/language"))
        answer = asked(server, Person(server, newcomer(server).id, ada.chat_id), "/ask How cold?")
        for one in (*datas(old), *datas(confirmed), *datas(language)):
            assert toast(server, ada.press_data(answer, one)) == ""
        settled(server, newcomer(server))
        assert now(server, answer) == answer and votes(bot.folder) == []

    def test_a_press_delivered_twice_is_dealt_with_once(self, server: TelegramServer) -> None:
        """The message has no such button any more."""
        ada = newcomer(server)
        question = asked(server, ada, "/forget_me")
        sealed = datas(question)[1]
        ada.press_data(question, sealed)
        wait_until(lambda: now(server, question)["text"] == texts.KEPT, 5, "it is kept")
        assert toast(server, ada.press_data(now(server, question), sealed)) == ""
        assert now(server, question)["text"] == texts.KEPT

    def test_inline_messages_have_no_buttons_to_press(self, server: TelegramServer, admin: Person) -> None:
        """Where a message was posted through the bot, Telegram names no chat: nothing is done for whoever presses."""
        offer = asked(server, admin, "/rollback")
        for sealed in (*datas(offer), *datas(asked(server, admin, "How warm?"))):
            number = f"inline-{sealed}"
            server.chats.callbacks.add(number)
            query: Json = {"id": number, "from": admin_user(admin), "chat_instance": "1", "data": sealed}
            server.updates.put({"callback_query": {**query, "inline_message_id": "AAAA"}})
            assert toast(server, number) == texts.TOO_OLD
        assert now(server, offer) == offer


def admin_user(admin: Person) -> Json:
    return {"id": admin.id, "is_bot": False, "first_name": "Ada"}


@pytest.fixture
def another_server() -> Iterator[TelegramServer]:
    """A fake Telegram of one test's own."""
    with TelegramServer() as server:
        yield server


@pytest.mark.process
def test_who_is_no_admin_any_more_goes_nowhere(another_server: TelegramServer, tmp_path: Path) -> None:
    """Over a restart: the button of the time when he was one is true, and he is not."""
    server, published = another_server, tmp_path / "published"
    admin, later = newcomer(server), newcomer(server)
    published.write_text("second")
    with BotProcess(server, tmp_path, admins=[admin.id]):
        offer, kept = asked(server, admin, "/rollback"), asked(server, admin, "/rollback")
    with BotProcess(server, tmp_path, admins=[later.id]):
        assert toast(server, admin.press(offer, admin_texts.ROLL_BACK)) == texts.NOT_YOURS
        assert published.read_text() == "second" and now(server, offer) == offer
    with BotProcess(server, tmp_path, admins=[admin.id]):
        admin.press(kept, admin_texts.ROLL_BACK)
        wait_until(lambda: now(server, kept)["text"] == admin_texts.ROLLED_BACK, 5, "an admin goes back")
    assert published.read_text() == "first"
