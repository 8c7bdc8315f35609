"""What Telegram is asked and told at the start: whose token this is, and which commands there are."""

import asyncio
import logging

from telegram import BotCommand, BotCommandScopeAllGroupChats
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.chat.application import Chat, api_address, http_request
from bot.chat.asking.languages import menu_code
from bot.chat.running.backoff import pause_seconds
from bot.chat.running.secrecy import hidden, masked
from bot.chat.running.telegram_time import TelegramTime
from bot.chat.showing import texts
from bot.errors import TelegramUnreachable, TokenError
from bot.languages.language import languages
from bot.settings import TelegramSection

_log = logging.getLogger(__name__)


def identify(settings: TelegramSection, token: str) -> str:
    """See ``bot.chat.identify``."""
    with hidden(token):
        return asyncio.run(_identify(settings, token))


async def _identify(settings: TelegramSection, token: str) -> str:
    try:
        async with ExtBot(token, base_url=api_address(settings.base_url), request=http_request(TelegramTime())) as bot:
            return bot.username
    except InvalidToken:
        raise TokenError("Telegram refuses the token: get one from @BotFather") from None
    except TelegramError as error:
        told = f"no answer from {settings.base_url}: {error}: check the network"
        raise TelegramUnreachable(masked(told, token)) from None


async def introduce(chat: Chat, settings: TelegramSection) -> None:
    """Ask Telegram who we are, for as long as it takes: a machine may start before its network."""
    failures = 0
    while True:
        try:
            await chat.application.initialize()
            if settings.mode == "polling":
                await chat.bot.delete_webhook()
            _log.info("answering as @%s", chat.bot.username)
            return
        except InvalidToken:
            raise TokenError("Telegram refuses the token: get one from @BotFather") from None
        except TelegramError as error:
            failures += 1
            _log.warning("Telegram cannot be reached yet: %s", error)
            await asyncio.sleep(pause_seconds(error, failures))


async def publish_menus(bot: ExtBot[int]) -> None:
    """Tell Telegram the command menus, in each language. They are a courtesy: failing is no matter."""
    try:
        for language in languages():
            everywhere = [BotCommand(*command) for command in texts.commands(language)]
            await bot.set_my_commands(everywhere, language_code=menu_code(language))
            in_groups = [BotCommand(*command) for command in texts.group_commands(language)]
            await bot.set_my_commands(in_groups, BotCommandScopeAllGroupChats(), menu_code(language))
    except TelegramError as error:
        _log.warning("the command menus were not published: %s", error)
