"""A group that becomes a supergroup: another number, other numbers of messages.

Answers on their way follow by themselves (``delivery``); here is what is remembered. Says nothing in any chat.
"""

import logging

from telegram import Update
from telegram.ext import ContextTypes

from bot.chat.desk import Desk

_log = logging.getLogger(__name__)


class Groups:
    """The handler of what Telegram says of groups."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def on_migration(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Go on in the new chat. Telegram says it in both, and what is heard second changes nothing more."""
        message = update.message
        if message is None:
            return
        old, new = message.migrate_from_chat_id or message.chat_id, message.migrate_to_chat_id or message.chat_id
        dropped = await self._desk.move(old, new)
        _log.warning(
            "the group %d became the supergroup %d (%d messages left behind): where the settings name it, change that",
            old,
            new,
            dropped,
        )
