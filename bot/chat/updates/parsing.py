"""Updates as they arrive: one that the library cannot parse must not stop those after it."""

import logging
from typing import Any

from telegram import Update

_log = logging.getLogger(__name__)


def parsable(update: Any) -> dict[str, Any] | None:
    """Return the update; an empty one of the same number where it cannot be parsed; ``None`` where it has no number."""
    if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
        _log.error("Telegram sent an update without a number: it is skipped")
        return None
    try:
        Update.de_json(update, None)
    except Exception as error:  # noqa: BLE001 - whatever a strange update makes the parser raise
        number = update["update_id"]
        _log.error("update %d cannot be parsed (%s): it is skipped", number, type(error).__name__)
        return {"update_id": number}
    return update
