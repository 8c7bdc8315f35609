"""Build the Telegram application: handlers registered, nothing started."""

from dataclasses import dataclass
from typing import Any

from telegram import LinkPreviewOptions
from telegram.ext import (
    AIORateLimiter,
    Application,
    CallbackQueryHandler,
    Defaults,
    ExtBot,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

from bot.answering.service import AnswerService
from bot.chat.buttons import Buttons
from bot.chat.conversation import Conversation
from bot.chat.database import Database
from bot.chat.delivery import Delivery
from bot.chat.desk import Desk
from bot.chat.polling import TolerantRequest
from bot.settings import TelegramSection

CONNECT_SECONDS, READ_SECONDS, POOL_SECONDS = 3.0, 5.0, 5.0
"""A message under way when SIGTERM comes must be settled within the grace of ``process``."""
_POLLING_SLACK = 5.0


@dataclass(frozen=True, slots=True)
class Chat:
    """The built parts. ``polling_request`` is the client that only fetches updates."""

    application: "Application[Any, Any, Any, Any, Any, Any]"
    bot: ExtBot[int]
    polling_request: HTTPXRequest
    desk: Desk


def build_application(service: AnswerService, settings: TelegramSection, token: str, database: Database) -> Chat:
    """Join service, database and Telegram. Starts nothing, sends nothing."""
    polling_request = TolerantRequest(
        connection_pool_size=4,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=_POLLING_SLACK,
        pool_timeout=POOL_SECONDS,
    )
    bot: ExtBot[int] = ExtBot(
        token,
        base_url=api_address(settings.base_url),
        request=http_request(settings),
        get_updates_request=polling_request,
        defaults=Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)),
        rate_limiter=AIORateLimiter(max_retries=0),
    )
    application = Application.builder().bot(bot).updater(None).job_queue(None).build()
    desk = Desk(service, settings, database)
    delivery = Delivery(bot)
    conversation = Conversation(desk, delivery, settings)
    application.add_handler(MessageHandler(filters.UpdateType.MESSAGE, conversation.on_message))
    application.add_handler(CallbackQueryHandler(Buttons(desk, delivery, settings).on_button))
    application.add_error_handler(conversation.on_error)
    return Chat(application, bot, polling_request, desk)


def http_request(settings: TelegramSection) -> HTTPXRequest:
    """The client that sends: more connections than there can be updates in work."""
    return HTTPXRequest(
        connection_pool_size=256,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        pool_timeout=POOL_SECONDS,
    )


def api_address(base_url: str) -> str:
    """Return where the token is put after: ``https://host/bot``, with or without ``/bot`` in the settings."""
    address = base_url.rstrip("/")
    return address if address.endswith("/bot") else f"{address}/bot"
