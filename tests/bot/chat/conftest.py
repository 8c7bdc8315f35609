"""One fake Telegram and one bot process for each module of tests; every test brings its own people."""

from collections.abc import Iterator

import pytest
from telegram_server.process import BotProcess
from telegram_server.server import TelegramServer


@pytest.fixture(scope="module")
def server() -> Iterator[TelegramServer]:
    """A fake Telegram."""
    with TelegramServer() as server:
        yield server


@pytest.fixture(scope="module")
def bot(server: TelegramServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    """A running bot; a traceback or the token in its log fails the module."""
    with BotProcess(
        server,
        tmp_path_factory.mktemp("bot"),
        workers=2,
        queue=2,
        answer_timeout_seconds=2.0,
        questions_per_minute=12,
        refresh_seconds=0.3,
    ) as bot:
        yield bot
        assert "Traceback" not in bot.log
        assert "AAbbCCdd" not in bot.log
