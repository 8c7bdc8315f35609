"""Build the Telegram application: handlers registered, nothing started."""

from dataclasses import dataclass
from typing import Any, TypeVar

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
from bot.chat.buttons.presses import Presses
from bot.chat.buttons.pressing import Buttons
from bot.chat.buttons.reactions import Reactions
from bot.chat.buttons.sealing import Seal
from bot.chat.conversation import Conversation
from bot.chat.desk import Desk
from bot.chat.groups import Groups
from bot.chat.inline.finding import InlineSearch
from bot.chat.inline.queries import Inline
from bot.chat.running.legible import LegibleRequest
from bot.chat.running.reloading import Adjustable, Reloader
from bot.chat.running.tally import Tally
from bot.chat.running.telegram_time import TelegramTime
from bot.chat.showing.delivery import Delivery
from bot.chat.showing.outgoing import Outgoing
from bot.chat.showing.replying import Replying
from bot.chat.storage.database import Database
from bot.chat.updates.polling import TolerantRequest
from bot.errors import TelegramUnreachable
from bot.languages.language import languages
from bot.meter import Meter
from bot.settings import BotSettings

R = TypeVar("R", bound=HTTPXRequest)

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
    clock = TelegramTime()
    polling_request = _client(TolerantRequest, clock, connections=4, read_seconds=_POLLING_SLACK)
    limiter = Outgoing(tally)
    bot: ExtBot[int] = ExtBot(
        token,
        base_url=api_address(settings.base_url),
        request=http_request(clock),
        get_updates_request=polling_request,
        defaults=Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)),
        rate_limiter=limiter,
    )
    application = Application.builder().bot(bot).updater(None).job_queue(None).build()
    archive = Archive(settings, database, tally)
    desk = Desk(service, settings, archive, tally)
    desk.memory.adjust(everything.answers)
    seal = Seal(database.people.seal_key())
    delivery = Delivery(bot, seal)
    access, office = Access(archive.register, everything), Office(service, desk, database, tally)
    administration = Administration(access, office, desk, delivery, reloader.reload)
    entrance = Entrance(access, archive.register, delivery)
    choosing = Choosing(archive.languages, delivery)
    replying = Replying(delivery, database.replies, archive.on_disk)
    conversation = Conversation(desk, delivery, replying, settings, entrance, administration, choosing, clock)
    migrated = filters.UpdateType.MESSAGE & filters.StatusUpdate.MIGRATE
    application.add_handler(MessageHandler(migrated, Groups(desk).on_migration))
    application.add_handler(MessageHandler(filters.UpdateType.MESSAGE, conversation.on_message))
    buttons, reactions = Buttons(desk, delivery, settings, access, seal), Reactions(desk, settings, access)
    confirmations = Confirmations(access, office, desk, delivery)
    routes = ((PATTERN, confirmations.on_button), (CHOICE, choosing.on_button))
    application.add_handler(CallbackQueryHandler(Presses(seal, routes, buttons.on_button).on_press))
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


def http_request(clock: TelegramTime) -> HTTPXRequest:
    """The client that sends: more connections than there can be updates in work. ``clock`` hears of each answer.

    Raises:
        TelegramUnreachable: the environment names a proxy that cannot be used.
    """
    return _client(LegibleRequest, clock, connections=CONNECTIONS, read_seconds=READ_SECONDS)


def _client(kind: type[R], clock: TelegramTime, *, connections: int, read_seconds: float) -> R:
    try:
        return kind(
            connection_pool_size=connections,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=read_seconds,
            pool_timeout=POOL_SECONDS,
            httpx_kwargs={"event_hooks": {"response": [clock.hear]}},
        )
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - its text may hold the proxy's password
        raise TelegramUnreachable(
            f"the proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names cannot be used ({type(error).__name__}): write"
            " it as http://name:password@host:port, with special characters of the password percent-encoded"
        ) from None


def api_address(base_url: str) -> str:
    """Return where the token is put after: ``https://host/bot``, with or without ``/bot`` in the settings."""
    address = base_url.rstrip("/")
    return address if address.endswith("/bot") else f"{address}/bot"
