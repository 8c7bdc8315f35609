"""The bot inside the test's own process and event loop: for what only happens at the start, many times at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fakes import FakeAnswers
from telegram_server.server import TOKEN, TelegramServer

from bot.chat.application import Chat, build_application
from bot.chat.running.introducing import introduce
from bot.chat.running.reloading import Reloader
from bot.chat.storage.database import Database
from bot.chat.updates.hearing import Hearing
from bot.chat.updates.polling import Polling
from bot.chat.updates.webhook import Hook, Webhook
from bot.meter import NoMeter
from bot.settings import BotSettings, TelegramSection

SECRET = "a-Secret_of-32-characters-or-more"
CHECK_SECONDS = 0.2


@asynccontextmanager
async def inside(server: TelegramServer, folder: Path, listen: str = "") -> AsyncIterator["asyncio.Task[None]"]:
    """Start a bot that polls, or takes updates at ``listen``; yield the task that takes them; end it in good order."""
    (folder / "published").write_text("first")
    telegram = TelegramSection(base_url=server.base_url, poll_seconds=1)
    settings = BotSettings(telegram=telegram)
    reloader = Reloader(settings, lambda: settings)
    service, database = FakeAnswers(published=folder / "published"), Database(folder / "chat.sqlite")
    chat = build_application(service, settings, TOKEN, database, NoMeter(), reloader)
    try:
        await introduce(chat, telegram)
        line = _line(chat, telegram, server, listen)
        task = asyncio.create_task(line.run())
        try:
            yield task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await line.finish(1)
    finally:
        await chat.desk.close()
        await chat.application.shutdown()
        await chat.bot.shutdown()


def _line(chat: Chat, telegram: TelegramSection, server: TelegramServer, listen: str) -> Polling | Webhook:
    handle, archive, hearing = chat.application.process_update, chat.desk.archive, Hearing()
    if not listen:
        return Polling(chat.bot, chat.polling_request, handle, archive, telegram.poll_seconds, hearing)
    server.pushing.replicas.append(listen)
    hook = Hook("https://bot.example.org/updates", listen, SECRET)
    return Webhook(chat.bot, handle, archive, hook, hearing, CHECK_SECONDS)


async def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for a condition without holding up the loop.

    Raises:
        AssertionError: it did not come true in time.
    """
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        await asyncio.sleep(0.05)
