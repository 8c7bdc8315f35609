"""Whose token is it: what ``verbatim-bot check`` asks."""

import pytest
from telegram_server.faults import BAD_GATEWAY
from telegram_server.server import TOKEN, TelegramServer

import bot.chat
from bot.chat.application import api_address
from bot.errors import TelegramUnreachable, TokenError
from bot.settings import TelegramSection


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is asked directly."""
    monkeypatch.setenv("NO_PROXY", "*")


def test_a_token_names_its_bot() -> None:
    """getMe."""
    with TelegramServer() as server:
        assert bot.chat.identify(TelegramSection(base_url=server.base_url), TOKEN) == "verbatim_test_bot"


def test_a_refused_token_is_not_in_the_error() -> None:
    """The message says what to do, and keeps the secret."""
    with TelegramServer() as server, pytest.raises(TokenError) as caught:
        bot.chat.identify(TelegramSection(base_url=server.base_url), "1:secret-that-nobody-sees")
    assert "@BotFather" in str(caught.value) and "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    with pytest.raises(TokenError):
        bot.chat.identify(TelegramSection(), "")


def test_an_unreachable_telegram_is_named() -> None:
    """With its address, without the token."""
    with TelegramServer() as server:
        server.fail("getMe", BAD_GATEWAY)
        with pytest.raises(TelegramUnreachable, match="check the network") as caught:
            bot.chat.identify(TelegramSection(base_url=server.base_url), TOKEN)
    assert server.base_url in str(caught.value) and "AAbbCC" not in str(caught.value)


@pytest.mark.parametrize(
    "given", ["http://a.example", "http://a.example/", "http://a.example/bot", "http://a.example/bot/"]
)
def test_the_address_may_be_given_with_or_without_its_end(given: str) -> None:
    """The token comes right after it."""
    assert api_address(given) == "http://a.example/bot"
