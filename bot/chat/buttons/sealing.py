"""Seals on the data of buttons: this bot wrote them, for this chat. Pure.

A client can send any data with a press, in any chat, whether a button has them or not:
https://core.telegram.org/bots/api#callbackquery. Invariant: what ``opened`` returns was sealed with the same key for
the same chat. Whose a button is stands in its data, which the seal covers.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

LONGEST = 52
"""Bytes of data before they are sealed: Telegram takes 64."""
_SEAL_BYTES = 8
"""Eleven characters. A seal can be tried only by asking the bot: 2**64 presses."""


class Seal:
    """Seals with a secret key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sealed(self, data: str, chat: int) -> str:
        """Return data, at most ``LONGEST`` bytes of them, as they are written on a button in a chat."""
        return f"{data}.{self._mark(data, chat)}"

    def opened(self, sealed: str, chat: int) -> str | None:
        """Return the data of a button that was pressed in a chat; ``None``: this bot wrote none such there."""
        data, _, mark = sealed.rpartition(".")
        return data if hmac.compare_digest(mark.encode(errors="replace"), self._mark(data, chat).encode()) else None

    def keyboard(self, markup: InlineKeyboardMarkup, chat: int) -> InlineKeyboardMarkup:
        """Return the same buttons, the data of each sealed."""
        return InlineKeyboardMarkup([[self._button(one, chat) for one in row] for row in markup.inline_keyboard])

    def _button(self, button: InlineKeyboardButton, chat: int) -> InlineKeyboardButton:
        data = button.callback_data
        return InlineKeyboardButton(button.text, callback_data=self.sealed(str(data), chat)) if data else button

    def _mark(self, data: str, chat: int) -> str:
        covered = f"{chat}\0{data}".encode(errors="replace")
        digest = hmac.digest(self._key, covered, sha256)[:_SEAL_BYTES]
        return urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def written_under(message: Message) -> Iterator[str]:
    """Yield the data of the buttons that a message has."""
    for row in message.reply_markup.inline_keyboard if message.reply_markup else ():
        yield from (str(button.callback_data) for button in row if button.callback_data)


def is_elsewhere(query: CallbackQuery) -> bool:
    """Tell whether the message that was pressed has no such button: an old press sent again, or one tap too many."""
    message = query.message
    return isinstance(message, Message) and query.data not in tuple(written_under(message))


def place_of(query: CallbackQuery) -> int:
    """Return the chat with the button; of a message posted inline only who pressed is known."""
    return query.message.chat.id if query.message else query.from_user.id
