"""Buttons and their data."""

from dataclasses import replace

import pytest
from fakes import ARTICLE, quote_of
from hypothesis import given
from hypothesis import strategies as st
from telegram_server.rules import check_keyboard

from bot.chat.buttons.keyboards import Action, Press, keyboard, links_only, unpacked
from bot.chat.showing import texts
from bot.languages.language import ENGLISH, language, languages

presses = st.builds(
    Press,
    st.from_regex(r"[A-Za-z0-9_-]{12}", fullmatch=True),
    st.sampled_from(Action),
    st.integers(0, 999),
    st.booleans(),
    st.sampled_from([None, *languages()]),
)


@given(presses)
def test_data_are_read_as_they_were_written(press: Press) -> None:
    """Within 64 bytes; buttons of earlier versions name no language."""
    assert unpacked(press.packed()) == press
    assert len(press.packed().encode()) <= 64


@given(st.text(max_size=64))
def test_foreign_data_are_never_an_error(data: str) -> None:
    """Anybody can send any data."""
    press = unpacked(data)
    assert press is None or press.packed().rstrip("w") == data.rstrip("w")


@pytest.mark.parametrize(
    "data", ["", "2:abc:s0", "1:abc:s", "1:abc:s0ww", "1:äbc:s0", "1:abc:s0\n", "1:abc:s١", "1:abc:s0:xx", "1:abc:s0:"]
)
def test_other_versions_are_not_understood(data: str) -> None:
    """A strange button is too old, not a guess."""
    assert unpacked(data) is None


def test_telegram_accepts_every_keyboard() -> None:
    """Long titles, missing sites, useless links: still one action a button and no empty label."""
    article = replace(ARTICLE, site=None, title="A very long title of an article " * 5)
    quotes = [quote_of(0), quote_of(1, article), replace(quote_of(2), link="http://localhost/")]
    markup = keyboard(Press("token", page=1, wide=True), 3, quotes)
    check_keyboard(markup.to_dict())
    labels = [[button.text for button in row] for row in markup.inline_keyboard]
    assert labels[0] == ["Open at quote 1 · news.example"] and labels[1] == ["Open at quote 2 · news.example"]
    assert labels[2:] == [
        [texts.LESS_CONTEXT, texts.PREVIOUS_QUOTES, texts.MORE_QUOTES],
        ["👍", "👎"],
    ]


def test_one_link_needs_no_number() -> None:
    """ "Open at the quote" where there is only one."""
    assert [[b.text for b in row] for row in links_only([quote_of(0)], ENGLISH).inline_keyboard] == [[texts.OPEN]]


def test_nothing_shown_leaves_the_votes() -> None:
    """No context to widen where the articles do not say."""
    assert [[b.text for b in row] for row in keyboard(Press("t"), 1, []).inline_keyboard] == [["👍", "👎"]]


def test_labels_are_in_the_language_of_the_message() -> None:
    """And every button under it says in which that is."""
    markup = keyboard(Press("t", language=language("de")), 2, [quote_of(0)])
    labels = [[button.text for button in row] for row in markup.inline_keyboard]
    assert labels == [["Beim Zitat öffnen"], ["Mehr Kontext", "Weitere Zitate"], ["👍", "👎"]]
    data = [str(button.callback_data) for row in markup.inline_keyboard[1:] for button in row]
    assert len(data) == 4 and all(one.endswith(":de") for one in data)
