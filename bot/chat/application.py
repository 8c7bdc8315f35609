"""Build the Telegram application: handlers registered, nothing started."""

from dataclasses import dataclass
from typing import Any

from telegram import LinkPreviewOptions
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    Defaults,
    ExtBot,
    InlineQueryHandler,
    MessageHandler,
    MessageReactionHandler,
    filters,
)
from telegram.request import HTTPXRequest

from bot.answering.service import AnswerService
from bot.chat.admin.commands import Administration
from bot.chat.admin.office import Office
from bot.chat.archive import Archive
from bot.chat.asking.access import Access
from bot.chat.asking.entrance import Entrance
from bot.chat.buttons.choosing import PATTERN as CHOICE
from bot.chat.buttons.choosing import Choosing
from bot.chat.buttons.confirming import PATTERN, Confirmations
from bot.chat.buttons.pressing import Buttons
from bot.chat.buttons.reactions import Reactions
from bot.chat.conversation import Conversation
from bot.chat.desk import Desk
from bot.chat.groups import Groups
from bot.chat.inline.finding import InlineSearch
from bot.chat.inline.queries import Inline
from bot.chat.running.reloading import Adjustable, Reloader
from bot.chat.running.tally import Tally
from bot.chat.showing.delivery import Delivery
from bot.chat.showing.outgoing import Outgoing
from bot.chat.showing.replying import Replying
from bot.chat.storage.database import Database
from bot.chat.updates.polling import TolerantRequest
from bot.languages.language import languages
from bot.meter import Meter
from bot.settings import BotSettings, TelegramSection

CONNECT_SECONDS, READ_SECONDS, POOL_SECONDS = 3.0, 5.0, 5.0
"""A message under way when SIGTERM comes must be settled within the grace of ``process``."""
_POLLING_SLACK = 5.0
CONNECTIONS = 256
"""More than there can be updates in work, each of which may send and show "typing…" at once."""


@dataclass(frozen=True, slots=True)
class Chat:
    """The built parts.

    ``polling_request`` is the client that only fetches updates; all other calls go through ``outgoing``. ``adjustable``
    hear of new settings.
    """

    application: "Application[Any, Any, Any, Any, Any, Any]"
    bot: ExtBot[int]
    polling_request: HTTPXRequest
    desk: Desk
    adjustable: tuple[Adjustable, ...]
    outgoing: Outgoing


def build_application(
    service: AnswerService, everything: BotSettings, token: str, database: Database, meter: Meter, reloader: Reloader
) -> Chat:
    """Join service, database and Telegram. Starts nothing, sends nothing."""
    settings, tally = everything.telegram, Tally(meter)
    languages()  # all catalogues are read now: no reader waits for his
    polling_request = TolerantRequest(
        connection_pool_size=4,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=_POLLING_SLACK,
        pool_timeout=POOL_SECONDS,
    )
    limiter = Outgoing(tally)
    bot: ExtBot[int] = ExtBot(
        token,
        base_url=api_address(settings.base_url),
        request=http_request(settings),
        get_updates_request=polling_request,
        defaults=Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)),
        rate_limiter=limiter,
    )
    application = Application.builder().bot(bot).updater(None).job_queue(None).build()
    archive = Archive(settings, database, tally)
    desk = Desk(service, settings, archive, tally)
    desk.memory.adjust(everything.answers)
    delivery = Delivery(bot)
    access, office = Access(archive.register, everything), Office(service, desk, database, tally)
    administration = Administration(access, office, desk, delivery, reloader.reload)
    entrance = Entrance(access, archive.register, delivery)
    choosing = Choosing(archive.languages, delivery)
    replying = Replying(delivery, database.replies, archive.on_disk)
    conversation = Conversation(desk, delivery, replying, settings, entrance, administration, choosing)
    migrated = filters.UpdateType.MESSAGE & filters.StatusUpdate.MIGRATE
    application.add_handler(MessageHandler(migrated, Groups(desk).on_migration))
    application.add_handler(MessageHandler(filters.UpdateType.MESSAGE, conversation.on_message))
    buttons, reactions = Buttons(desk, delivery, settings, access), Reactions(desk, settings, access)
    confirmations = Confirmations(access, office, desk, delivery)
    application.add_handler(CallbackQueryHandler(confirmations.on_button, PATTERN))
    application.add_handler(CallbackQueryHandler(choosing.on_button, CHOICE))
    application.add_handler(CallbackQueryHandler(buttons.on_button))
    application.add_handler(MessageReactionHandler(reactions.on_reaction))
    search = InlineSearch(service)
    desk.after_swap(search.forget)
    inline = Inline(search, settings, access, archive.languages)
    desk.on_interrupt(inline.stop)
    application.add_handler(InlineQueryHandler(inline.on_query))
    application.add_error_handler(conversation.on_error)
    return Chat(
        application,
        bot,
        polling_request,
        desk,
        (service, desk, archive, access, conversation, buttons, reactions, inline),
        limiter,
    )


def http_request(settings: TelegramSection) -> HTTPXRequest:
    """The client that sends: more connections than there can be updates in work."""
    return HTTPXRequest(
        connection_pool_size=CONNECTIONS,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        pool_timeout=POOL_SECONDS,
    )


def api_address(base_url: str) -> str:
    """Return where the token is put after: ``https://host/bot``, with or without ``/bot`` in the settings."""
    address = base_url.rstrip("/")
    return address if address.endswith("/bot") else f"{address}/bot"
