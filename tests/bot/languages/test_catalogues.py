"""Every sentence that the bot says has a translation in every catalogue, and Telegram takes each."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from telegram_server.rules import check_commands, check_text, units

from bot.chat.admin import texts as admin_texts
from bot.chat.showing import texts
from bot.chat.showing.privacy import privacy
from bot.chat.showing.rendering import _NOTE_ROOM
from bot.languages.catalogues import TRANSLATED, forms, template, untranslated, update
from bot.languages.language import CODES, ENGLISH, Language, catalogue_path, language, languages, read_catalogue
from bot.settings import TelegramSection

ROOT = Path(__file__).parents[3]


def messages(code: str) -> list[Message]:
    """The sentences of a catalogue, without its header."""
    return [message for message in read_catalogue(code) if message.id]


@pytest.fixture(scope="module")
def said() -> set[tuple[str, ...]]:
    """Every sentence in the source, with its forms."""
    return {tuple(forms(message.id)) for message in template(ROOT / "bot") if message.id}


def test_the_source_is_read(said: set[tuple[str, ...]]) -> None:
    """A test that finds no sentence would miss none: constants, calls and plural forms are found."""
    assert (texts.START,) in said and ("until {day}",) in said and ("{count} day", "{count} days") in said
    assert len(said) > 150


@pytest.mark.parametrize("code", TRANSLATED)
class TestCatalogue:
    def test_it_has_what_the_source_says_and_nothing_else(self, code: str, said: set[tuple[str, ...]]) -> None:
        """``python -m bot.languages`` brings it up to date."""
        assert {tuple(forms(message.id)) for message in messages(code)} == said
        assert read_catalogue(code).obsolete == {}

    def test_everything_is_translated(self, code: str) -> None:
        """By somebody: nothing is empty or guessed."""
        assert untranslated(read_catalogue(code)) == []

    def test_every_form_has_the_values_of_the_sentence(self, code: str) -> None:
        """No name misspelt, none left out; as many forms as the language has."""
        plurals = read_catalogue(code).num_plurals
        for message in messages(code):
            given = forms(message.string)
            assert len(given) == (plurals if message.pluralizable else 1), message.id
            assert {names(form) for form in given} == {names(forms(message.id)[-1])}, message.id

    def test_lines_and_commands_stay(self, code: str) -> None:
        """Whoever translates changes neither how a text is laid out nor what is typed or pressed."""
        for message in messages(code):
            for form in forms(message.string):
                for kept in (r"\n", r"(?<!\w)/[a-z_]+", r"[👍👎⚡✅⚠•]", r"https://\S*[a-z]"):
                    assert re.findall(kept, form) == re.findall(kept, forms(message.id)[-1]), form
                assert form == form.strip() and "  " not in form


def names(sentence: str) -> frozenset[str]:
    """The values that a sentence names."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


def test_a_catalogue_keeps_what_is_still_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """New sentences are named, old ones go, translations stay; English needs none."""
    monkeypatch.setattr("bot.languages.catalogues.catalogue_path", lambda code: tmp_path / f"{code}.po")
    monkeypatch.setattr("bot.languages.language.catalogue_path", lambda code: tmp_path / f"{code}.po")
    (tmp_path / "de.po").write_bytes(catalogue_path("de").read_bytes())
    source = tmp_path / "source"
    source.mkdir()
    (source / "said.py").write_text('language.say("today")\nlanguage.say_count("{count} new", "{count} news", 3)\n')
    assert update("de", template(source)) == ["{count} new"]
    kept = {forms(message.id)[0]: message.string for message in messages("de")}
    assert kept == {"today": "heute", "{count} new": ("", "")}
    before = (tmp_path / "de.po").read_bytes()
    update("de", template(source))
    assert (tmp_path / "de.po").read_bytes() == before
    assert update("uk", template(source)) == ["today", "{count} new"]


HANDED_ON = {"say", "letter", "_go_on", "Trouble"}
"""Who is given a key, and lets a language say it."""


def test_no_key_is_sent_as_it_is() -> None:
    """A constant goes through a language on its way to a reader; tables and choices of keys may hold them."""

    def raw(tree: ast.Module) -> Iterator[str]:
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                if is_key(child) and not isinstance(node, ast.Dict | ast.IfExp):
                    call = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
                    if call not in HANDED_ON or (call == "say" and isinstance(node, ast.Call) and len(node.args) > 1):
                        yield ast.unparse(child)

    def is_key(node: ast.AST) -> bool:
        named = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
        return bool(re.fullmatch(r"(admin_)?texts\.[A-Z_]+", named)) and not named.endswith("COMMANDS")

    found = {path.name: [*raw(ast.parse(path.read_text()))] for path in (ROOT / "bot" / "chat").rglob("*.py")}
    assert {name: keys for name, keys in found.items() if keys} == {}


@pytest.mark.parametrize("spoken", languages(), ids=CODES)
class TestLengths:
    def test_menus(self, spoken: Language) -> None:
        """As Telegram wants them, and short enough to be read at a glance."""
        menu = [*texts.commands(spoken), *admin_texts.described(spoken)]
        check_commands([{"command": name, "description": words} for name, words in menu])
        assert max(len(words) for _, words in menu) <= 64

    def test_labels(self, spoken: Language) -> None:
        """Two or three buttons stand in a row."""
        beside = (
            texts.MORE_CONTEXT, texts.LESS_CONTEXT, texts.MORE_QUOTES, texts.PREVIOUS_QUOTES, texts.ASK_ONLY_THIS,
            texts.ANY_DAY, texts.MORE_INSIDE, texts.SAME_ELSEWHERE, texts.FORGET, texts.KEEP, admin_texts.ROLL_BACK,
        )  # fmt: skip
        alone = (texts.OPEN, texts.ASK_IN_PRIVATE, texts.SEND_AGAIN, texts.AS_IN_TELEGRAM)
        assert max(len(spoken.say(label)) for label in beside) <= 24
        assert max(len(spoken.say(label)) for label in alone) <= 32

    def test_toasts(self, spoken: Language) -> None:
        """At most 200 characters: https://core.telegram.org/bots/api#answercallbackquery."""
        toasts = (
            texts.THANKS, texts.CHANGED_VOTE, texts.WITHDRAWN, texts.TOO_OLD, texts.TOO_FAST, texts.TROUBLE,
            texts.STRANGER, texts.NOT_YOURS, texts.QUESTION_FORGOTTEN, texts.NOTHING_ELSEWHERE,
            texts.NOTHING_MORE_INSIDE,
        )  # fmt: skip
        assert max(len(spoken.say(toast)) for toast in toasts) <= 200

    def test_messages(self, spoken: Language) -> None:
        """The longest ones fit into one message, and there is room for notes below the quotes."""
        for said in (spoken.say(texts.HELP), privacy(TelegramSection(), spoken), texts.welcome(spoken)):
            check_text(said, [])
        notes = (texts.too_many(999, spoken), texts.changed(999, spoken))
        assert sum(units(note) + 2 for note in notes) <= _NOTE_ROOM
        assert units(spoken.say(texts.CUT)) + 1 <= _NOTE_ROOM

    def test_help_names_the_buttons_as_they_are_called(self, spoken: Language) -> None:
        """Who reads it looks for them."""
        named = (
            texts.OPEN, texts.MORE_CONTEXT, texts.MORE_QUOTES, texts.MORE_INSIDE, texts.SAME_ELSEWHERE,
            texts.ASK_ONLY_THIS, texts.ANY_DAY,
        )  # fmt: skip
        assert [label for label in named if spoken.say(label) not in spoken.say(texts.HELP)] == []


def test_every_catalogue_names_its_own_language() -> None:
    """ "I speak English" is translated into "Ich spreche Deutsch"."""
    own = {"es": "español", "de": "Deutsch", "fr": "français", "uk": "українською", "ru": "по-русски"}
    assert own.keys() == set(TRANSLATED)
    for code, name in own.items():
        assert name in language(code).say(texts.LANGUAGE_CHOSEN)
    assert "English" in ENGLISH.say(texts.LANGUAGE_CHOSEN)
