"""The chat's database, awaitable: on a thread of its own, since SQLite takes one writer and a call takes a millisecond.

Knows nothing of Telegram. What readers can do without (buttons, counts, reactions) is logged where it cannot be stored;
everything else raises ``sqlite3.Error``, or ``TimeoutError`` where the disk does not answer.
"""

import logging
import secrets
import sqlite3
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from bot.chat.asking.languages import Languages
from bot.chat.asking.pool import Pool
from bot.chat.asking.register import Register
from bot.chat.storage.database import Database, StoredAnswer, Vote
from bot.chat.storage.declines import Declined
from bot.chat.storage.placements import Placed
from bot.chat.updates.claims import Claim
from bot.meter import Event, Meter, NoMeter
from bot.records import Answer
from bot.settings import BotSettings, TelegramSection

_log = logging.getLogger(__name__)
T = TypeVar("T")

_UNLIMITED = 100_000
_DISK_SECONDS = 3.0
_REWRITING_SECONDS = 30.0


class Archive:
    """What the bot keeps of answers, votes, updates and people."""

    def __init__(self, settings: TelegramSection, database: Database, meter: Meter | None = None) -> None:
        self._settings = settings
        self._database = database
        self._meter = meter or NoMeter()
        self._disk = Pool("chat-database", 1, _UNLIMITED)
        self.register = Register(database.people, self.on_disk)
        self.languages = Languages(database.people, self.on_disk)

    def adjust(self, settings: BotSettings) -> None:
        """Go by these settings from now on."""
        self._settings = settings.telegram

    async def on_disk(self, call: Callable[[], T]) -> T:
        """Make a call on the database's thread."""
        return await self._disk.run(call, _DISK_SECONDS)

    async def remember(self, answer: Answer) -> tuple[str, StoredAnswer] | None:
        """Store an answer for its buttons; ``None`` where it cannot be: it is then sent without them."""
        return await self.store(StoredAnswer.of(answer))

    async def store(self, stored: StoredAnswer) -> tuple[str, StoredAnswer] | None:
        """Store what buttons are about; ``None`` where it cannot be."""
        token = secrets.token_urlsafe(9)
        try:
            await self.on_disk(partial(self._database.remember, token, stored, time.time()))
        except (sqlite3.Error, TimeoutError) as error:
            _log.error("an answer goes out without its buttons: the chat's database: %r", error)
            return None
        return token, stored

    async def note(self, answer: Answer) -> None:
        """Count a question, and keep the words of one that was declined for as long as the settings say."""
        nearest = answer.nearest[0].reference if answer.nearest else None
        declined = None if answer.answered else Declined(answer.question.text, nearest)
        try:
            await self.on_disk(partial(self._note, declined))
        except (sqlite3.Error, TimeoutError) as error:
            _log.error("a question is not counted: the chat's database: %r", error)

    def _note(self, declined: Declined | None) -> None:
        self._database.declines.count(time.time(), answered=declined is None)
        if declined and self._settings.question_days:
            self._database.declines.keep(declined, time.time())

    async def recall(self, token: str) -> StoredAnswer | None:
        """Return a remembered answer, or ``None``."""
        return await self.on_disk(partial(self._database.recall, token))

    async def vote(self, token: str, user: int, up: bool, stored: StoredAnswer, page: int, press: str) -> Vote:
        """Store a vote on one page of an answer, once for each press."""
        quotes = stored.pages[page] if page < len(stored.pages) else ()
        vote = partial(self._database.vote, token, user, up, stored.snapshot, quotes, time.time(), press)
        self._meter.count(Event.FEEDBACK, "up" if up else "down")
        return await self.on_disk(vote)

    async def placed(self, chat: int, message: int) -> tuple[Placed, StoredAnswer] | None:
        """Return which page of which answer a message shows; ``None``: it shows none, or a forgotten one."""
        return await self.on_disk(partial(self._placed, chat, message))

    def _placed(self, chat: int, message: int) -> tuple[Placed, StoredAnswer] | None:
        placed = self._database.placements.at(chat, message)
        stored = self._database.recall(placed.token) if placed else None
        return (placed, stored) if placed and stored else None

    async def place(self, chat: int, message: int, token: str, page: int) -> None:
        """Remember that a message shows a page of an answer; where that fails, reactions to it are not counted."""
        put = partial(self._database.placements.put, chat, message, Placed(token, page), time.time())
        try:
            await self.on_disk(put)
        except (sqlite3.Error, TimeoutError) as error:
            _log.error("reactions to a message will not be counted: the chat's database: %r", error)

    async def react(self, chat: int, message: int, user: int, up: bool | None) -> None:
        """Store what a reaction to a message says of the answer in it, if there is one."""
        await self.on_disk(partial(self._react, chat, message, user, up))

    def _react(self, chat: int, message: int, user: int, up: bool | None) -> None:
        if found := self._placed(chat, message):
            placed, stored = found
            quotes = stored.pages[placed.page] if placed.page < len(stored.pages) else ()
            self._database.react(placed.token, user, up, stored.snapshot, quotes, time.time())

    async def drop_places(self, chat: int) -> int:
        """Forget which messages of a chat show answers; return how many did."""
        return await self.on_disk(partial(self._database.placements.drop, chat))

    async def forget(self, user: int) -> int:
        """Delete what is stored about a user; return how many entries that was. Tables are written anew."""
        entries = await self._disk.run(partial(self._database.forget, user), _REWRITING_SECONDS)
        self.languages.forget(user)
        return entries

    async def handled(self) -> frozenset[int]:
        """Return the updates that an earlier process dealt with."""
        return await self.on_disk(self._database.handled)

    async def claim(self, update_id: int, holder: str) -> Claim:
        """Claim an update for one of the replicas that share the database."""
        return await self.on_disk(partial(self._database.claims.claim, update_id, holder, time.time()))

    async def release(self, holder: str) -> None:
        """Let go of what a replica claimed and did not deal with."""
        await self.on_disk(partial(self._database.claims.release, holder))

    async def mark_handled(self, update_id: int) -> None:
        """Remember that an update was dealt with."""
        await self.on_disk(partial(self._database.mark_handled, update_id, time.time()))

    async def told(self) -> dict[int, frozenset[str]]:
        """Return which admin was told of which troubles."""
        return await self.on_disk(self._database.told)

    async def mark_told(self, admin: int, troubles: frozenset[str]) -> None:
        """Remember of which troubles an admin knows now, and of no others."""
        await self.on_disk(partial(self._database.mark_told, admin, troubles))

    async def prune(self) -> None:
        """Delete what has been stored for long enough."""
        limits = self._settings
        await self.on_disk(
            partial(
                self._database.prune,
                time.time(),
                limits.answer_days,
                limits.answers_kept,
                limits.feedback_days,
                limits.question_days,
            )
        )

    async def close(self) -> None:
        """Close the database."""
        await self.on_disk(self._database.close)
