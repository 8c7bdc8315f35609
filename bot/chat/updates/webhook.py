"""Taking updates that Telegram sends, so that none is lost and none handled twice.

An update is taken with 200 only when it has been dealt with; until then its request waits, and Telegram sends at most
``CONNECTIONS`` at a time. What is not answered with 200 Telegram sends again, here or to another replica; which of them
deals with it is settled in the chat's database (``claims``), over restarts as well. So no word of a question is written
down meanwhile.

Invariants: nothing is read from a request without the secret; an update that was not dealt with is never answered with
200.
"""

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from telegram import Bot, Update, WebhookInfo
from telegram.error import InvalidToken, TelegramError

from bot.chat.running.backoff import backoff, pause_seconds
from bot.chat.updates.claims import Claim
from bot.chat.updates.hearing import Hearing
from bot.chat.updates.listening import Listener, Reply, Request, listen
from bot.chat.updates.parsing import parsable
from bot.chat.updates.polling import ALLOWED_UPDATES, REFUSALS
from bot.chat.updates.work import Ledger, Work
from bot.errors import TokenError

_log = logging.getLogger(__name__)

CONNECTIONS = 100
"""As many updates in work as polling takes, and the most that Telegram allows."""
MOST_BYTES = 1_000_000
CHECK_SECONDS = 60.0
"""How often Telegram is asked whether it still knows where to send updates."""
_SECRET = "X-Telegram-Bot-Api-Secret-Token"


class SharedLedger(Ledger, Protocol):
    """A ledger that replicas share."""

    async def claim(self, update_id: int, holder: str) -> Claim:
        """Claim an update for a replica."""
        ...

    async def release(self, holder: str) -> None:
        """Let go of what a replica claimed and did not deal with."""
        ...


@dataclass(frozen=True, slots=True)
class Hook:
    """Where Telegram sends updates (``url``), where they arrive (``listen``), and how it shows that it is Telegram."""

    url: str
    listen: str
    secret: str


class Webhook:
    """Listens for updates and hands each to ``handle`` in a task of its own; a cancelled one was not dealt with."""

    def __init__(
        self,
        bot: Bot,
        handle: Callable[[Update], Awaitable[None]],
        ledger: SharedLedger,
        hook: Hook,
        hearing: Hearing,
        check_seconds: float = CHECK_SECONDS,
    ) -> None:
        self._bot, self._ledger, self._hook, self._hearing = bot, ledger, hook, hearing
        self._work = Work(handle, ledger)
        self._check_seconds = check_seconds
        self._listener: Listener | None = None
        self._stopping = False
        self._complaint = ""

    async def run(self) -> None:
        """Listen, then tell Telegram where, and see that it stays so, until cancelled.

        Raises:
            CannotListen: the address is taken.
            TokenError: Telegram refuses the token for good.
        """
        self._listener = listen(self._hook.listen, self.receive, MOST_BYTES)
        await self._ledger.release(self._hook.listen)  # what an earlier process at this address left behind
        await self._persist(self._set)
        _log.info("listening for updates at %s", self._hook.listen)
        while True:
            await asyncio.sleep(self._check_seconds)
            await self._persist(self._check)

    async def settle(self, seconds: float) -> None:
        """Refuse what is new, and wait for what is in work."""
        self._stopping = True
        await self._work.settle(seconds)

    async def finish(self, seconds: float) -> None:
        """Wait for what is in work, then cancel it and let another replica, or the next process, deal with it."""
        await self._work.finish(seconds)
        await self._ledger.release(self._hook.listen)
        if self._listener:
            await self._listener.close()

    async def receive(self, request: Request) -> Reply:
        """Answer one request: 200, or why Telegram has to send it again."""
        given = request.headers.get(_SECRET, "")
        if not hmac.compare_digest(given.encode(), self._hook.secret.encode()):
            return Reply(403, b"forbidden")
        if request.method != "POST":
            return Reply(405, b"updates are posted")
        if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            return Reply(415, b"updates are application/json")
        try:
            content = parsable(json.loads(request.body))
        except (ValueError, RecursionError):
            content = None
        if content is None:
            return Reply(400, b"this is no update")
        self._hearing.heard()
        update = Update.de_json(content, self._bot)
        return Reply(200) if await self._dealt_with(update) else Reply(503, b"not dealt with yet: send it again")

    async def _dealt_with(self, update: Update) -> bool:
        """Deal with an update, or wait for who does; ``False`` where it has to come again."""
        task = self._work.task(update.update_id)
        if task is None:
            claim = Claim.ELSEWHERE if self._stopping else await self._claim(update.update_id)
            if claim is not Claim.MINE:
                return claim is Claim.DEALT_WITH
            if self._stopping:
                return False
            task = self._work.begin(update)
        await asyncio.wait([task])
        return not task.cancelled()

    async def _claim(self, number: int) -> Claim:
        try:
            return await self._ledger.claim(number, self._hook.listen)
        except Exception as error:  # noqa: BLE001 - a full disk must not keep the bot from answering
            _log.error("update %d may be answered twice: %s", number, type(error).__name__)
            return Claim.MINE

    async def _persist(self, call: Callable[[], Awaitable[None]]) -> None:
        """Call until Telegram answers.

        Raises:
            TokenError: it refuses the token.
        """
        failures = refusals = 0
        while True:
            try:
                await call()
                self._hearing.heard()
                return
            except InvalidToken as error:
                refusals += 1
                if refusals >= REFUSALS:
                    raise TokenError("Telegram refuses the token: get a new one from @BotFather") from error
                await asyncio.sleep(backoff(refusals))
            except TelegramError as error:
                failures += 1
                _log.warning("Telegram could not be asked about the webhook: %s", error)
                await asyncio.sleep(pause_seconds(error, failures))

    async def _set(self) -> None:
        hook = self._hook
        await self._bot.set_webhook(
            hook.url,
            max_connections=CONNECTIONS,
            allowed_updates=ALLOWED_UPDATES,
            secret_token=hook.secret,
        )

    async def _check(self) -> None:
        """Ask how the webhook is; set it anew where somebody took it away."""
        info = await self._bot.get_webhook_info()
        if info.url != self._hook.url:
            self._hearing.conflicted()
            _log.error("somebody took the webhook away, or polls with this token: it is set anew")
            await self._set()
        self._complain(info)

    def _complain(self, info: WebhookInfo) -> None:
        """Log, once, what Telegram says about why it could not deliver."""
        complaint = f"{info.last_error_date}: {info.last_error_message}" if info.last_error_message else ""
        if complaint and complaint != self._complaint:
            _log.warning("Telegram could not deliver an update to the webhook: %s", info.last_error_message)
        self._complaint = complaint
