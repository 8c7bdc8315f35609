"""Run the chat as a process: start, background tasks, signals, exit status. Knows no handler.

Invariant: the token is in no log line; after SIGTERM the process ends within ten seconds, and every update is
either dealt with or still with Telegram.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

from telegram import BotCommand, BotCommandScopeAllGroupChats
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.answering.service import AnswerService
from bot.chat import texts
from bot.chat.admins import Admins
from bot.chat.application import Chat, api_address, build_application, http_request
from bot.chat.backoff import backoff, flood_seconds
from bot.chat.complaints import log_error
from bot.chat.database import Database
from bot.chat.polling import Polling
from bot.chat.secrecy import hidden, masked
from bot.errors import BotError, TelegramUnreachable, TokenError
from bot.settings import TelegramSection

_log = logging.getLogger(__name__)

ANSWER_GRACE, SEND_GRACE = 2.5, 5.2
"""Seconds after SIGTERM for answers to be found, then for messages under way to be settled."""
_PRUNE_SECONDS = 3600.0
_HEALTH_REFRESHES = 9
"""How the articles are is looked at with each ninth look for a new snapshot: by default every three minutes."""


def run(service: AnswerService, settings: TelegramSection, token: str, database: Path) -> int:
    """See ``bot.chat.run``."""
    # PTB's own switch, read only from here: flood limits as timedelta, which is to be the only way, not a warning.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    with hidden(token):
        try:
            return asyncio.run(_serve(service, settings, token, database))
        except BotError as error:
            _log.error("%s", error)
        except Exception as error:  # noqa: BLE001 - a traceback on the terminal might show the token
            log_error("the chat ended unexpectedly", error)
        return 1


def identify(settings: TelegramSection, token: str) -> str:
    """See ``bot.chat.identify``."""
    with hidden(token):
        return asyncio.run(_identify(settings, token))


async def _identify(settings: TelegramSection, token: str) -> str:
    try:
        async with ExtBot(token, base_url=api_address(settings.base_url), request=http_request(settings)) as bot:
            return bot.username
    except InvalidToken:
        raise TokenError("Telegram refuses the token: get one from @BotFather") from None
    except TelegramError as error:
        raise TelegramUnreachable(
            f"no answer from {settings.base_url}: {masked(str(error), token)}: check the network"
        ) from None


async def _serve(service: AnswerService, settings: TelegramSection, token: str, path: Path) -> int:
    database = Database(path)
    try:
        chat = build_application(service, settings, token, database)
    except InvalidToken:
        database.close()
        raise TokenError("the token is empty or not of the form that @BotFather gives") from None
    main = asyncio.ensure_future(_poll(chat, settings))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, main.cancel)
    try:
        await main
    except asyncio.CancelledError:
        _log.info("ended by a signal")
    finally:
        await chat.desk.close()
        await chat.application.shutdown()
        await chat.bot.shutdown()
    return 0


async def _poll(chat: Chat, settings: TelegramSection) -> None:
    """Everything between the start of the process and its end."""
    await _introduce(chat)
    polling = Polling(chat.bot, chat.polling_request, chat.application.process_update, chat.desk, settings.poll_seconds)
    tasks = [
        asyncio.create_task(_publish_commands(chat.bot)),
        asyncio.create_task(_repeat("a new snapshot", chat.desk.refresh, settings.refresh_seconds)),
        asyncio.create_task(_repeat("the chat's database", chat.desk.prune, _PRUNE_SECONDS)),
    ]
    if settings.admins:
        admins = Admins(chat.bot, chat.desk, settings.admins)
        seconds = _HEALTH_REFRESHES * settings.refresh_seconds
        tasks.append(asyncio.create_task(_repeat("telling the admins", admins.check, seconds)))
    try:
        await polling.run()
    finally:
        for task in tasks:
            task.cancel()
        await polling.settle(ANSWER_GRACE)
        chat.desk.interrupt()
        await polling.finish(SEND_GRACE)


async def _introduce(chat: Chat) -> None:
    """Ask Telegram who we are, for as long as it takes: a machine may start before its network."""
    failures = 0
    while True:
        try:
            await chat.application.initialize()
            await chat.bot.delete_webhook()
            _log.info("answering as @%s", chat.bot.username)
            return
        except InvalidToken:
            raise TokenError("Telegram refuses the token: get one from @BotFather") from None
        except RetryAfter as error:
            _log.warning("Telegram wants a pause before the start: %s", error)
            await asyncio.sleep(flood_seconds(error))
        except TelegramError as error:
            failures += 1
            _log.warning("Telegram cannot be reached yet: %s", error)
            await asyncio.sleep(backoff(failures))


async def _publish_commands(bot: ExtBot[int]) -> None:
    """Tell Telegram the command menus. They are a courtesy: failing is no matter."""
    try:
        await bot.set_my_commands([BotCommand(*command) for command in texts.COMMANDS])
        await bot.set_my_commands(
            [BotCommand(*command) for command in texts.GROUP_COMMANDS], BotCommandScopeAllGroupChats()
        )
    except TelegramError as error:
        _log.warning("the command menus were not published: %s", error)


async def _repeat(what: str, call: Callable[[], Awaitable[object]], seconds: float) -> None:
    """Call now and then for ever; the same failure is logged once."""
    told = ""
    while True:
        try:
            await call()
            told = ""
        except Exception as error:  # noqa: BLE001 - it has to be tried again, whatever it was
            if told != repr(error):
                log_error(what, error)
            told = repr(error)
        await asyncio.sleep(seconds)
