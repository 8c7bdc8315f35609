"""What is secret: the bot's token, and that of its webhook; and what else a webhook needs.

From the environment, or from the file that the environment names. Never from anywhere else.
"""

import os
import re
from collections.abc import Mapping

from bot.errors import TokenError, WebhookError
from bot.settings import TelegramSection
from index import SettingsError, read_secret

VARIABLE = "TELEGRAM_BOT_TOKEN"
FILE_VARIABLE = "TELEGRAM_BOT_TOKEN_FILE"
SECRET_VARIABLE, SECRET_FILE_VARIABLE = "TELEGRAM_WEBHOOK_SECRET", "TELEGRAM_WEBHOOK_SECRET_FILE"
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
"""https://core.telegram.org/bots/api#setwebhook"""


def find_token(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the token, or ``None`` where neither variable is set; the file's name is not a secret.

    Raises:
        TokenError: the named file cannot be read or is empty.
    """
    return _found("token", VARIABLE, environment)


def find_webhook_secret(environment: Mapping[str, str] = os.environ) -> str:
    """Return what Telegram has to send along with every update.

    Raises:
        WebhookError: there is none, or none that Telegram takes: without it, anybody could send updates.
        TokenError: the named file cannot be read or is empty.
    """
    secret = _found("webhook secret", SECRET_VARIABLE, environment)
    if secret is None:
        raise WebhookError(
            "webhook mode needs a secret, or anybody could send updates: put a long random word, 1 to 256 of A-Z a-z"
            f" 0-9 _ -, into {SECRET_VARIABLE} (or into a file that {SECRET_FILE_VARIABLE} names)"
        )
    if not _SECRET.fullmatch(secret):
        raise WebhookError("the webhook secret is none that Telegram takes: 1 to 256 characters of A-Z a-z 0-9 _ -")
    return secret


def check_webhook(section: TelegramSection) -> None:
    """See that webhook mode has an address.

    Raises:
        WebhookError: it has none, or one that Telegram does not send to.
    """
    if not section.webhook_url.startswith("https://"):
        given = f'"{section.webhook_url}"' if section.webhook_url else "nothing"
        raise WebhookError(f"telegram.webhook_url is {given}: webhook mode needs a public https:// address")


def _found(what: str, variable: str, environment: Mapping[str, str]) -> str | None:
    try:
        return read_secret(what, variable, environment)
    except SettingsError as error:
        raise TokenError(str(error)) from error
