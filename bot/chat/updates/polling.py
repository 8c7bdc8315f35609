"""Fetching updates so that none is lost and none handled twice.

Not PTB's ``Updater``: it confirms updates as soon as they are queued, so that a crash loses them (all of
them, measured), and one update that it cannot parse stops it for ever. Telegram counts an update as delivered
when a later one is asked for. Here that is asked for only when everything before it has been dealt with; while
the oldest is being answered, Telegram repeats what is in work, and repeats are skipped by their numbers.

Invariant: an update that was not dealt with is never confirmed. At most ``BATCH`` are in work: Telegram keeps
the rest.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, TelegramError, TimedOut
from telegram.request import HTTPXRequest

from bot.chat.running.backoff import backoff, pause_seconds
from bot.chat.running.legible import LegibleRequest
from bot.chat.updates.hearing import Hearing
from bot.chat.updates.parsing import parsable
from bot.chat.updates.work import Ledger, Work
from bot.errors import TokenError

_log = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "callback_query", "message_reaction", "inline_query")
"""All that is asked for; the server remembers the list, so it is sent with every call. Not edited messages: an answer
stays under the words that it answered, and who wants another one asks again."""
BATCH = 100
RECHECK_SECONDS = 0.6
"""Asked with the same offset within half a second, Telegram returns one update (tdlib/telegram-bot-api)."""
REMEMBERED = 1000
"""So many updates that were dealt with and confirmed are known still, should one of them come again."""
REFUSALS = 3
"""So many 401 or 404 in a row mean that the token is dead; fewer may be a hiccup of a proxy."""
SILENCE_SECONDS = 60.0
GUARD_SECONDS = 15.0


class TolerantRequest(LegibleRequest):
    """Replaces every update that cannot be parsed by an empty one of the same number: it is then skipped."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Parse as PTB does, then test each update on its own."""
        data = LegibleRequest.parse_json_payload(payload)
        updates = data.get("result", [])
        if not isinstance(updates, list):
            raise TelegramError("the answer is no list of updates")
        if updates:
            data["result"] = [update for update in map(parsable, updates) if update]
        return data


class Polling:
    """The loop that fetches updates and hands each to ``handle`` in a task of its own.

    When ``handle`` is cancelled, its update counts as not dealt with. ``seconds`` is the long poll's length; a
    call that hangs for ``guard_seconds`` more gets new connections.
    """

    def __init__(
        self,
        bot: Bot,
        request: HTTPXRequest,
        handle: Callable[[Update], Awaitable[None]],
        ledger: Ledger,
        seconds: int,
        hearing: Hearing,
        guard_seconds: float = GUARD_SECONDS,
    ) -> None:
        self._bot, self._request = bot, request
        self._done: dict[int, None] = {}  # in the order in which they ended
        self._work = Work(handle, ledger, lambda number: self._done.update({number: None}))
        self._ledger, self._seconds = ledger, seconds
        self._hearing, self._guard_seconds = hearing, guard_seconds
        self._newest = -1
        self._asked: tuple[int, float] = (-1, 0.0)

    async def run(self) -> None:
        """Fetch until cancelled.

        Raises:
            TokenError: Telegram refuses the token for good.
        """
        self._done.update(dict.fromkeys(sorted(await self._ledger.handled())))
        failures = refusals = 0
        while True:
            try:
                self._begin(await self._fetch())
                failures = refusals = 0
            except InvalidToken as error:
                refusals += 1
                if refusals >= REFUSALS:
                    raise TokenError("Telegram refuses the token: get a new one from @BotFather") from error
                await asyncio.sleep(backoff(refusals))
            except TelegramError as error:
                failures += 1
                self._hearing.failed(error)
                await asyncio.sleep(self._setback(error, failures))

    async def settle(self, seconds: float) -> None:
        """Wait for what is in work."""
        await self._work.settle(seconds)

    async def finish(self, seconds: float) -> None:
        """Wait for what is in work, then cancel it and confirm to Telegram all that was dealt with."""
        await self._work.finish(seconds)
        await self._confirm()

    @property
    def _offset(self) -> int:
        """The oldest update that was not dealt with, or the next one to come."""
        oldest = self._work.oldest
        return self._newest + 1 if oldest is None else oldest

    async def _fetch(self) -> tuple[Update, ...]:
        await self._breathe()
        offset = self._offset
        self._asked = (offset, time.monotonic())
        try:
            async with asyncio.timeout(self._seconds + self._guard_seconds):
                updates = await self._bot.get_updates(offset, BATCH, self._seconds, ALLOWED_UPDATES)
        except TimeoutError:
            await self._renew()
            return ()
        self._hearing.heard()
        return updates

    async def _breathe(self) -> None:
        """While the oldest update is in work, asking again brings only repeats: wait for it, or a moment.

        A moment, too, where nothing is in work: then an answer came at once that brought nothing to do.
        """
        asked, at = self._asked
        while self._offset == asked and (left := at + RECHECK_SECONDS - time.monotonic()) > 0:
            if running := self._work.running():
                await asyncio.wait(running, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            else:
                await asyncio.sleep(left)

    def _begin(self, updates: Sequence[Update]) -> None:
        last = max((update.update_id for update in updates), default=self._newest)
        # Telegram gave less than it was asked for: it numbers anew, which it does after a week without updates. From
        # an offset of the old numbers on it would give the first of the new ones again and again.
        # https://core.telegram.org/bots/api#update; tdlib/telegram-bot-api, Client.cpp, do_get_updates
        self._newest = last if last < self._asked[0] else max(self._newest, last)
        for update in updates:
            if self._work.task(update.update_id) is None and update.update_id not in self._done:
                self._work.begin(update)
        self._forget()

    def _forget(self) -> None:
        """Forget of what is confirmed all but the newest."""
        confirmed = [number for number in self._done if number < self._offset]
        for number in confirmed[: max(0, len(confirmed) - REMEMBERED)]:
            del self._done[number]

    def _setback(self, error: TelegramError, failures: int) -> float:
        """Log a failed call and return for how many seconds to wait."""
        silent = self._hearing.silence
        if isinstance(error, Conflict):
            _log.error("another process polls with this token, or a webhook is set: stop it (%s)", error)
        elif silent > SILENCE_SECONDS:
            _log.error("no update could be fetched for %.0f s: %s", silent, error)
        else:
            _log.warning("updates could not be fetched: %s", error)
        return 0.2 if isinstance(error, TimedOut) else pause_seconds(error, failures)

    async def _renew(self) -> None:
        """Make new connections: the old ones hang."""
        _log.error("getUpdates hung for longer than its own limits: new connections are made")
        try:
            async with asyncio.timeout(5):
                await self._request.shutdown()
        except TimeoutError:
            _log.error("the old connections do not close")
        await self._request.initialize()

    async def _confirm(self) -> None:
        """Ask for what comes next, without waiting: that confirms everything before it."""
        if self._newest < 0:
            return
        try:
            async with asyncio.timeout(1):
                await self._bot.get_updates(self._offset, 1, 0, ALLOWED_UPDATES)
        except (TelegramError, TimeoutError) as error:
            _log.warning("the last updates were not confirmed, they are known by number: %r", error)
