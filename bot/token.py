"""The bot's token: from the environment, or from the file that the environment names. Never from anywhere else."""

import os
from collections.abc import Mapping
from pathlib import Path

from bot.errors import TokenError

VARIABLE = "TELEGRAM_BOT_TOKEN"
FILE_VARIABLE = "TELEGRAM_BOT_TOKEN_FILE"


def find_token(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the token, or ``None`` where neither variable is set; the file's name is not a secret.

    Raises:
        TokenError: the named file cannot be read or is empty.
    """
    if token := environment.get(VARIABLE, "").strip():
        return token
    if not (name := environment.get(FILE_VARIABLE, "")):
        return None
    try:
        token = Path(name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TokenError(f"the token's file {name}, which {FILE_VARIABLE} names, cannot be read: {error}") from error
    if not token:
        raise TokenError(f"the token's file {name}, which {FILE_VARIABLE} names, is empty")
    return token
