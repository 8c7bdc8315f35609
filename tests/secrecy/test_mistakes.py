"""Secrets that somebody put where they do not belong: refused or borne, and never repeated."""

import os
from pathlib import Path

import pytest
from secrecy.canaries import PROXY, found
from telegram_server.server import TOKEN

from bot.chat import identify
from bot.checks import run_checks
from bot.errors import TelegramUnreachable
from bot.settings import BotSettings, TelegramSection
from index import SettingsError, load_settings, read_secret
from index.cli import main as index_main
from index.errors import FormatError
from index.sources.web.lists import read_list

SECRET = TOKEN.partition(":")[2]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (f"vectors.address=http://root:{SECRET}@127.0.0.1:19530", "http://…@127.0.0.1:19530"),
        (f"vectors.address=root:{SECRET}@127.0.0.1", "'…@127.0.0.1'"),
        (f"vectors.token={TOKEN}", "MILVUS_TOKEN"),
        (f"telegram.token={TOKEN}", "TELEGRAM_BOT_TOKEN"),
        (f"telegram.base_url=https://me:{SECRET}@telegram.example/bot", "no name and no password"),
        (f"telegram.base_url=https://telegram.example/bot{TOKEN}", "should not hold a bot's token"),
        (f"telegram.webhook_url=https://bot.example/{TOKEN.replace(':', '%3A')}", "should not hold a bot's token"),
        (f"telegram.webhook_url=https://me:{SECRET}@bot.example/", "no name and no password"),
        (f'sources=[{{kind="feed", url="https://me:{SECRET}@news.example/feed"}}]', "no name and no password"),
        (f'sources=[{{kind="sitemap", url="https://{SECRET}@news.example/map"}}]', "no name and no password"),
        (f'sources=[{{kind="https://me:{SECRET}@news.example"}}]', "https://…@news.example"),
        (f'sources={{token="{TOKEN}"}}', "double brackets"),
    ],
)
def test_settings_that_hold_a_secret_are_refused_without_repeating_it(given: str, told: str) -> None:
    """The message says what to do, and where the secret belongs."""
    with pytest.raises(SettingsError) as caught:
        load_settings(BotSettings, None, [given])
    assert told in str(caught.value)
    assert found(str(caught.value).encode()) == []


def test_an_address_with_an_at_sign_in_its_path_is_none_with_a_password() -> None:
    """Many sites name their authors so."""
    given = 'sources=[{kind="feed", url="https://social.example/@ada/feed.rss"}]'
    assert len(load_settings(BotSettings, None, [given]).sources) == 1
    assert len(read_list("https://social.example/@ada/1\n")) == 1


def test_an_address_with_a_password_in_a_list_is_told_by_its_line() -> None:
    """So it comes neither into the page store nor into the report of a run."""
    with pytest.raises(FormatError, match=r"line 2 is no address .*, or holds a name or a password") as caught:
        read_list(f"https://news.example/1\nhttps://me:{SECRET}@news.example/2\nhttp//me:{SECRET}@news.example/3\n")
    assert found(str(caught.value).encode()) == []


def test_an_added_address_with_a_password_is_not_repeated(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not by the command, and not in what it stores; it is no address of a page."""
    store = tmp_path / "store"
    urls = (f"https://me:{SECRET}@news.example/1", f"ftp://me:{SECRET}@news.example/1")
    assert index_main(["--set", f"storage.folder={store}", "add", *urls]) == 3
    said = "".join((*capfd.readouterr(), caplog.text))
    assert "…@news.example/1" in said
    assert found(said.encode() + b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())) == []


@pytest.mark.parametrize("place", [TOKEN, f"root:{SECRET}", f"/no-such-folder/{SECRET}", f"{SECRET}\0", SECRET * 20])
def test_a_secret_in_the_place_of_its_files_name_is_not_repeated(place: str) -> None:
    """Where there can be no such file, the variable's name has to do."""
    with pytest.raises(SettingsError, match="that MILVUS_TOKEN_FILE names cannot be read") as caught:
        read_secret("Milvus token", "MILVUS_TOKEN", {"MILVUS_TOKEN_FILE": place})
    assert found(str(caught.value).encode()) == []


@pytest.mark.parametrize("proxy", [PROXY.replace("%20", "/"), PROXY.replace("http", "socks5"), f"ftp://me:{SECRET}@x"])
def test_a_proxy_that_cannot_be_used_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    """By the names of the variables; it is no crash."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(TelegramUnreachable, match="proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names") as caught:
        identify(TelegramSection(), TOKEN)
    assert found(str(caught.value).encode()) == [] and "proxy pass" not in str(caught.value)


def test_a_webhooks_word_in_its_address_is_not_shown_by_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some put the same word into the path, so that nobody guesses it."""
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", SECRET)
    url = f"https://bot.example/{SECRET}"
    settings = BotSettings.model_validate({"telegram": {"mode": "webhook", "webhook_url": url}})
    (told,) = [check.text for check in run_checks(settings, "", str) if check.name == "updates"]
    assert "https://bot.example/[token]" in told and SECRET not in told


def test_commands_leave_the_umask_as_it_was(tmp_path: Path) -> None:
    """Who calls ``main`` from a program of his own keeps what he makes as he wants it."""
    before = os.umask(0o022)
    try:
        index_main(["--set", f"storage.folder={tmp_path}", "status"])
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
