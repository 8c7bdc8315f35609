"""Every press on a button comes in here, and goes to who deals with it.

Invariant: nobody is handed data that this bot did not write for that chat; a press with any others is one on an answer
that is too old.
"""

import re
from collections.abc import Awaitable, Callable, Sequence

from telegram import CallbackQuery, Update
from telegram.ext import ContextTypes

from bot.chat.buttons.sealing import Seal, place_of

Handler = Callable[[CallbackQuery, str], Awaitable[None]]
"""Deals with a press, given the data of the button; "": they count for nothing."""


class Presses:
    """``routes``: the form of the data that each handler is for; ``otherwise`` deals with all others."""

    def __init__(self, seal: Seal, routes: Sequence[tuple[re.Pattern[str], Handler]], otherwise: Handler) -> None:
        self._seal, self._routes, self._otherwise = seal, routes, otherwise

    async def on_press(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Open the button's data and hand them on."""
        query = update.callback_query
        if query is None:
            return
        posted_inline = query.message is None  # under what was posted inline there are links only
        data = "" if posted_inline else self._seal.opened(query.data or "", place_of(query)) or ""
        handler = next((handler for form, handler in self._routes if form.fullmatch(data)), self._otherwise)
        await handler(query, data)
