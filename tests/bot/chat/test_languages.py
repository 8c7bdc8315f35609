"""The bot speaks the language of who writes to it, or the one that he chose. It is a real process, over real HTTP."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import SENTENCES
from telegram_server.people import Person, group_member, newcomer
from telegram_server.process import BotProcess, Sections
from telegram_server.rules import Json, check_keyboard
from telegram_server.server import TelegramServer
from telegram_server.world import wait_until

from bot.chat.admin import texts as admin_texts
from bot.chat.buttons.choosing import code_of, language_buttons
from bot.chat.showing import texts
from bot.languages.language import ENGLISH, Language, language
from bot.wording import NEAREST, NOT_SAID

SPANISH, GERMAN = language("es"), language("de")


class TestChoice:
    @pytest.mark.parametrize(
        ("words", "code"),
        [
            ("de", "de"),
            (" DE-at ", "de"),
            ("Deutsch", "de"),
            ("українська", "uk"),
            ("English", "en"),
            ("telegram", "telegram"),
            ("pt", None),
            ("deutschland", None),
            ("", None),
        ],
    )
    def test_what_stands_behind_the_command(self, words: str, code: str | None) -> None:
        """A code or a language's own name; nothing is guessed."""
        assert code_of(words) == code

    def test_the_buttons_show_each_language_by_its_own_name(self) -> None:
        """The one in force is marked; data fit for the longest number."""
        markup = language_buttons(-(10**19), GERMAN, SPANISH)
        check_keyboard(markup.to_dict())
        assert [[button.text for button in row] for row in markup.inline_keyboard] == [
            ["English", "Español"],
            ["✓ Deutsch", "Français"],
            ["Українська", "Русский"],
            ["Como en Telegram"],
        ]
        (last,) = language_buttons(7, None, SPANISH).inline_keyboard[-1]
        assert last.text == "✓ Como en Telegram"


def asked(server: TelegramServer, person: Person, text: str) -> Json:
    """Say something and return the answer."""
    before = len(server.sent(person.chat_id))
    person.say(text)
    return server.wait_sent(person.chat_id, before + 1)[-1]


def pressed(server: TelegramServer, person: Person, message: Json, label: str) -> Json:
    """Press a button under a message, and return the message when it says something else."""
    place = (message["chat"]["id"], message["message_id"])
    before = (message["text"], message.get("reply_markup"))
    person.press(message, label)

    def changed() -> bool:
        now = server.chats.messages[place]
        return (now["text"], now.get("reply_markup")) != before

    wait_until(changed, 10, "the message is edited")
    return server.chats.messages[place]


def toast(server: TelegramServer, number: str) -> str:
    """What a press was answered with."""
    calls: list[str] = []

    def answered() -> bool:
        found = [c for c in server.of("answerCallbackQuery") if c.parameters["callback_query_id"] == number]
        calls.extend(str(call.parameters.get("text", "")) for call in found)
        return bool(found)

    wait_until(answered, 10, "the press is answered")
    return calls[0]


def inline_answer(server: TelegramServer, number: str) -> Json:
    """Wait for the answer to an inline query."""

    def given() -> list[Json]:
        calls = [call.parameters for call in server.of("answerInlineQuery")]
        return [one for one in calls if one["inline_query_id"] == number]

    wait_until(lambda: bool(given()), 10, "the query is answered")
    return given()[0]


def labels(message: Json) -> list[str]:
    return [button["text"] for row in message["reply_markup"]["inline_keyboard"] for button in row]


@pytest.mark.process
@pytest.mark.usefixtures("bot")
class TestTelegramsLanguage:
    def test_an_answer_is_in_the_askers_language_and_the_quote_in_its_own(self, server: TelegramServer) -> None:
        """Dates, buttons and notes are Spanish, the sentence of the article is English."""
        answer = asked(server, newcomer(server, "es"), "How warm are the baes yesterday?")
        assert answer["text"].startswith(SENTENCES[0].strip())
        assert "Bees in winter · news.example · The Example · 21 de noviembre de 2026" in answer["text"]
        assert "También en: Bees in winter (news.example)" in answer["text"]
        assert "Solo artículos de estas fechas: 21 de noviembre de 2026." in answer["text"]
        assert "He buscado «bees»: ningún artículo contiene «baes»." in answer["text"]
        assert labels(answer)[0] == "Abrir en la cita 1 · news.example"
        assert {"Más contexto", "Más citas", "Cualquier fecha"} < set(labels(answer))

    def test_without_an_answer(self, server: TelegramServer) -> None:
        """The articles do not say, in Spanish."""
        declined = asked(server, newcomer(server, "es"), "something unknown")["text"]
        assert declined.startswith(f"{SPANISH.say(NOT_SAID)}\n\n{SPANISH.say(NEAREST)}\n\n{SENTENCES[0][:10]}")

    @pytest.mark.parametrize(
        ("command", "key"),
        [
            ("/start", texts.START),
            ("/help", texts.HELP),
            ("/about", texts.ABOUT),
            ("/forget", texts.FORGET_WHAT),
            ("/language", texts.CHOOSE_LANGUAGE),
            ("/language klingon", texts.CHOOSE_LANGUAGE),
            ("/ask", texts.NO_QUESTION),
            ("/strange", texts.UNKNOWN_COMMAND),
        ],
    )
    def test_commands(self, server: TelegramServer, command: str, key: str) -> None:
        """Every command answers in the language of who gives it."""
        said = asked(server, newcomer(server, "uk"), command)["text"]
        assert said == language("uk").say(key).strip() != key

    def test_long_texts(self, server: TelegramServer) -> None:
        """Of several sentences, with numbers and dates."""
        ada = newcomer(server, "ru-RU")
        assert asked(server, ada, "/privacy")["text"].startswith("Ваши вопросы нужны")
        read = asked(server, ada, "/sources")["text"]
        assert read.startswith("Прочитана 1 статья (30 отрывков).")
        assert "• samples: 1 статья, самая новая — 21 ноября 2026\u202fг." in read
        assert "Обновлено: 22 ноября 2026\u202fг., 02:30 UTC." in read

    @pytest.mark.parametrize(
        ("told", "spoken"),
        [("", ENGLISH), ("pt-br", ENGLISH), ("tlh", ENGLISH), ("de-AT", GERMAN), ("fr", language("fr"))],
    )
    def test_the_best_of_what_there_is(self, server: TelegramServer, told: str, spoken: Language) -> None:
        """A language that the bot does not speak is answered in English."""
        assert asked(server, newcomer(server, told), "?!")["text"] == spoken.say(texts.NO_QUESTION)

    def test_in_a_group_everybody_is_spoken_to_in_his_own(self, server: TelegramServer) -> None:
        """A message keeps its language, whoever presses; what only the presser sees is in his."""
        ada = replace(group_member(server), speaks="es")
        bob = replace(newcomer(server, "de"), chat_id=ada.chat_id)
        answer = asked(server, ada, "/ask How warm?")
        assert asked(server, bob, "/ask")["text"] == GERMAN.say(texts.NO_QUESTION)
        wide = pressed(server, bob, answer, "Más contexto")
        assert "Menos contexto" in labels(wide) and "21 de noviembre de 2026" in wide["text"]
        further = pressed(server, bob, wide, "Más de este artículo")
        assert "Citas anteriores" in labels(further) and "21 de noviembre de 2026" in further["text"]
        assert toast(server, bob.press(further, "👍")) == GERMAN.say(texts.THANKS)
        assert toast(server, ada.press(further, "👍")) == SPANISH.say(texts.THANKS)

    def test_a_button_of_an_earlier_version_is_answered_in_the_pressers(self, server: TelegramServer) -> None:
        """It names no language and bears no seal, so that it counts for nothing."""
        ada = newcomer(server, "es")
        answer = asked(server, ada, "How warm?")
        data = next(b["callback_data"] for b in answer["reply_markup"]["inline_keyboard"][-1])
        old = replace(ada, speaks="de")
        assert toast(server, old.press_data(answer, f"1:{data.split(':')[1]}:s1")) == GERMAN.say(texts.TOO_OLD)

    def test_inline_results_are_in_the_language_of_who_types(self, server: TelegramServer) -> None:
        """And kept by Telegram for him alone."""
        typist = newcomer(server, "fr")
        for query, count in (("bees", 5), ("nothing", 0)):
            call = inline_answer(server, typist.type(query))
            assert call["is_personal"] == "true"
            results = call["results"]
            assert len(results) == count
            if results:
                assert results[0]["description"].startswith("21 novembre 2026")
                assert results[0]["reply_markup"]["inline_keyboard"][0][0]["text"] == "Ouvrir à la citation"
            else:
                assert call["button"]["text"] == "Me demander en privé"

    def test_only_who_was_asked_chooses(self, server: TelegramServer) -> None:
        """Another's press changes nothing, for neither."""
        ada = replace(group_member(server), speaks="es")
        eve = replace(newcomer(server, "de"), chat_id=ada.chat_id)
        question = asked(server, ada, "/language")
        assert toast(server, eve.press(question, "Français")) == GERMAN.say(texts.NOT_YOURS)
        assert asked(server, ada, "/ask")["text"] == SPANISH.say(texts.NO_QUESTION)
        assert asked(server, eve, "/ask")["text"] == GERMAN.say(texts.NO_QUESTION)


@pytest.fixture
def own_server() -> Iterator[TelegramServer]:
    """A fake Telegram of one test's own."""
    with TelegramServer() as server:
        yield server


def stored(folder: Path) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(folder / "chat.sqlite")) as connection:
        return connection.execute("SELECT user, code FROM languages").fetchall()


@pytest.mark.process
class TestChosenLanguage:
    def test_it_survives_a_restart_and_goes_with_forget_me(self, own_server: TelegramServer, tmp_path: Path) -> None:
        """Chosen by a button, taken back by the command, and removed with everything else."""
        server, ada = own_server, newcomer(own_server, "es")
        with BotProcess(server, tmp_path) as bot:
            said = pressed(server, ada, asked(server, ada, "/language"), "Deutsch")
            assert said["text"] == GERMAN.say(texts.LANGUAGE_CHOSEN) and "reply_markup" not in said
            assert asked(server, ada, "?!")["text"] == GERMAN.say(texts.NO_QUESTION)
            assert "✓ Deutsch" in labels(asked(server, ada, "/language"))
            assert stored(tmp_path) == [(ada.id, "de")]
            bot.terminate()
            assert bot.wait(12) == 0
            bot.start()
            assert asked(server, ada, "?!")["text"] == GERMAN.say(texts.NO_QUESTION)
            assert asked(server, ada, "/language telegram")["text"] == SPANISH.say(texts.LANGUAGE_OF_TELEGRAM)
            assert asked(server, ada, "?!")["text"] == SPANISH.say(texts.NO_QUESTION)
            assert stored(tmp_path) == []
            assert asked(server, ada, "/language uk")["text"] == language("uk").say(texts.LANGUAGE_CHOSEN)
            forgotten = pressed(server, ada, asked(server, ada, "/forget_me"), language("uk").say(texts.FORGET))
            assert forgotten["text"].endswith("Про вас більше нічого не збережено.")
            assert stored(tmp_path) == []
            assert asked(server, ada, "?!")["text"] == SPANISH.say(texts.NO_QUESTION)
            assert "Traceback" not in bot.log

    def test_admins_are_told_in_the_language_they_chose(self, own_server: TelegramServer, tmp_path: Path) -> None:
        """What the bot does by itself comes without a word of theirs; what the index says stays English."""
        server, ada, bob = own_server, newcomer(own_server), newcomer(own_server, "ru")
        sections: Sections = {"access": {"mode": "invitation"}}
        with BotProcess(server, tmp_path, sections=sections, admins=[ada.id, bob.id], refresh_seconds=0.1):
            assert asked(server, ada, "/language de")["text"] == GERMAN.say(texts.LANGUAGE_CHOSEN)
            status = asked(server, ada, "/status")["text"]
            assert "Fragen heute (UTC): 0, davon nicht beantwortet: 0" in status
            assert asked(server, ada, "/feedback")["text"] == GERMAN.say(admin_texts.NO_VOTES)
            assert asked(server, bob, "/invite")["text"].startswith("По этой ссылке доступ получит первый")
            stranger = newcomer(server, "es")
            assert asked(server, stranger, "Hello")["text"] == SPANISH.say(texts.STRANGER)
            (tmp_path / "troubles").write_text("failed: the disk is full")
            told = server.wait_sent(ada.chat_id, 4)[3]["text"].splitlines()
            assert told[:2] == ["⚠️ Um die Artikel oder den Bot muss sich jemand kümmern:", "• failed: the disk is full"]
            assert server.wait_sent(bob.chat_id, 2)[1]["text"] == texts.troubles(["failed: the disk is full"], ENGLISH)

    def test_menus_are_published_in_every_language(self, own_server: TelegramServer, tmp_path: Path) -> None:
        """Telegram shows each reader his own; English stands for every other language."""
        with BotProcess(own_server, tmp_path):
            calls = [call.parameters for call in own_server.wait_for("setMyCommands", 12)]
        menus = {call.get("language_code", ""): call["commands"] for call in calls if "scope" not in call}
        assert menus[""][0] == {"command": "ask", "description": "Ask a question"}
        assert menus["de"][0] == {"command": "ask", "description": "Eine Frage stellen"}
        assert menus.keys() == {"", "es", "de", "fr", "uk", "ru"}
        assert all([one["command"] for one in menu] == [name for name, _ in texts.COMMANDS] for menu in menus.values())
