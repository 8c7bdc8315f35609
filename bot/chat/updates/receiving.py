"""How updates come: by polling or by a webhook, as the settings say. Both keep what they have not dealt with."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from telegram import Bot, Update
from telegram.request import HTTPXRequest

from bot.chat import Secrets
from bot.chat.archive import Archive
from bot.chat.updates.alone import poller_lock
from bot.chat.updates.hearing import Hearing
from bot.chat.updates.polling import GUARD_SECONDS, Polling
from bot.chat.updates.webhook import CHECK_SECONDS, Hook, Webhook
from bot.errors import WebhookError
from bot.settings import TelegramSection
from bot.token import check_webhook


class Receiver(Protocol):
    """Takes updates from Telegram."""

    async def run(self) -> None:
        """Take updates until cancelled. Raises ``BotError`` where that cannot be done at all."""
        ...

    async def settle(self, seconds: float) -> None:
        """Wait for what is in work."""
        ...

    async def finish(self, seconds: float) -> None:
        """Wait once more, then give back to Telegram what was not dealt with."""
        ...


def call_seconds(settings: TelegramSection) -> float:
    """Return how long Telegram may be silent between two signs of life, when all is well."""
    return settings.poll_seconds + GUARD_SECONDS if settings.mode == "polling" else CHECK_SECONDS


@contextmanager
def reserved(settings: TelegramSection, folder: Path, secrets: Secrets) -> Iterator[None]:
    """Be the only process that polls with this token; webhooks can be shared.

    Raises:
        AlreadyPolling: another process polls with it.
        WebhookError: the settings want a webhook without a secret, or at no https address.
    """
    if settings.mode == "polling":
        with poller_lock(folder, secrets.token):
            yield
        return
    if not secrets.webhook:
        raise WebhookError("webhook mode needs a secret, or anybody could send updates")
    check_webhook(settings)
    yield


def receiver(
    settings: TelegramSection,
    bot: Bot,
    polling_request: HTTPXRequest,
    handle: Callable[[Update], Awaitable[None]],
    archive: Archive,
    hearing: Hearing,
    secret: str,
) -> Receiver:
    """Make what the settings name; nothing begins."""
    if settings.mode == "polling":
        return Polling(bot, polling_request, handle, archive, settings.poll_seconds, hearing)
    return Webhook(bot, handle, archive, Hook(settings.webhook_url, settings.webhook_listen, secret), hearing)
