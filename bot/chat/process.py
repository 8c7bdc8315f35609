"""Run the chat as a process: start, background tasks, signals, exit status. Knows no handler.

Invariant: the token is in no log line; after SIGTERM the process ends within ten seconds, and every update is
either dealt with or still with Telegram.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime
from pathlib import Path

from telegram.error import InvalidToken

from bot.answering.service import AnswerService
from bot.chat import Secrets
from bot.chat.admin.alarms import Admins
from bot.chat.admin.commands import publish_commands
from bot.chat.application import Chat, build_application
from bot.chat.running.complaints import log_error
from bot.chat.running.counting import measured
from bot.chat.running.heartbeat import beat
from bot.chat.running.introducing import introduce, publish_menus
from bot.chat.running.metrics import Metrics
from bot.chat.running.monitor import MOST_BYTES, Monitor
from bot.chat.running.notify import Supervisor
from bot.chat.running.reloading import Reloader
from bot.chat.running.secrecy import hidden, leave_no_core
from bot.chat.running.state import State
from bot.chat.running.watchdog import Patience, Watchdog, patience, until_one_ends
from bot.chat.storage.database import Database
from bot.chat.updates.hearing import Hearing
from bot.chat.updates.listening import Listener, listen
from bot.chat.updates.receiving import call_seconds, receiver, reserved
from bot.errors import BotError, TokenError
from bot.meter import Meter, NoMeter
from bot.settings import BotSettings

_log = logging.getLogger(__name__)

ANSWER_GRACE, SEND_GRACE, _TASKS_GRACE = 2.5, 5.2, 1.0
"""Seconds after SIGTERM for answers to be found, for messages under way to be settled, for the rest to end."""
_PRUNE_SECONDS = 3600.0
_HEALTH_REFRESHES = 9
"""How the articles are is looked at with each ninth look for a new snapshot: by default every three minutes."""


def run(
    service: AnswerService,
    settings: BotSettings,
    secrets: Secrets,
    database: Path,
    reread: Callable[[], BotSettings],
    metrics: Metrics | None,
    borne: Patience | None = None,
) -> int:
    """See ``bot.chat.run``; ``borne``: what the watchdog bears, by default what suits the settings."""
    # PTB's own switch, read only from here: flood limits as timedelta, which is to be the only way, not a warning.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    borne = borne or patience(call_seconds(settings.telegram))
    leave_no_core()
    with hidden(secrets.token), hidden(secrets.webhook):
        try:
            with reserved(settings.telegram, database.parent, secrets):
                return asyncio.run(_Process(service, settings, secrets, metrics, borne).serve(database, reread))
        except BotError as error:
            _log.error("%s", error)
        except Exception as error:  # noqa: BLE001 - a traceback on the terminal might show the token
            log_error("the chat ended unexpectedly", error)
        return 1


class _Process:
    """One life of the bot."""

    def __init__(
        self, service: AnswerService, settings: BotSettings, secrets: Secrets, metrics: Metrics | None, borne: Patience
    ) -> None:
        self._service, self._settings, self._secrets = service, settings, secrets
        self._metrics, self._borne = metrics, borne
        self._meter: Meter = metrics or NoMeter()
        self._hearing = Hearing(borne.quiet_seconds, self._meter)
        self._supervisor = Supervisor(os.environ)

    async def serve(self, path: Path, reread: Callable[[], BotSettings]) -> int:
        """Answer until a signal comes; return the exit status."""
        database, reloader = Database(path), Reloader(self._settings, reread)
        try:
            chat = build_application(
                self._service, self._settings, self._secrets.token, database, self._meter, reloader
            )
        except InvalidToken:
            database.close()
            raise TokenError("the token is empty or not of the form that @BotFather gives") from None
        except BotError:
            database.close()
            raise
        main = asyncio.ensure_future(self._live(chat, reloader))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, main.cancel)
        try:
            await main
        except asyncio.CancelledError:
            _log.info("ended by a signal")
        finally:
            await chat.desk.close()
            await chat.application.shutdown()
            await chat.bot.shutdown()
        return 0

    async def _live(self, chat: Chat, reloader: Reloader) -> None:
        """Everything between the start of the process and its end."""
        admins = Admins(chat.bot, chat.desk, self._hearing, self._settings.telegram.admins)
        reloader.adjusts((*chat.adjustable, admins))
        listener = self._watched_from_outside(chat)
        tasks: list[asyncio.Task[None]] = []
        self._on_hangup(chat, reloader, tasks)
        try:
            await introduce(chat, self._settings.telegram)
            tasks += self._background(chat, admins)
            await self._receive(chat)
        finally:
            await _cancelled(tasks)
            if listener:
                await listener.close()

    async def _receive(self, chat: Chat) -> None:
        """Take updates, watched, until cancelled; then finish what is in work."""
        handle = measured(chat.application.process_update, self._meter)
        telegram, secret = self._settings.telegram, self._secrets.webhook
        line = receiver(telegram, chat.bot, chat.polling_request, handle, chat.desk.archive, self._hearing, secret)
        watchdog = Watchdog(self._hearing, self._borne, self._supervisor)
        self._hearing.begin()
        try:
            await until_one_ends(line.run(), watchdog.watch())
        finally:
            self._supervisor.stopping()
            await line.settle(ANSWER_GRACE)
            chat.desk.interrupt()
            chat.outgoing.close()
            await line.finish(SEND_GRACE)

    def _background(self, chat: Chat, admins: Admins) -> "list[asyncio.Task[None]]":
        seconds = self._settings.telegram.refresh_seconds
        return [
            asyncio.create_task(publish_menus(chat.bot)),
            asyncio.create_task(publish_commands(chat.bot, self._settings.telegram.admins)),
            asyncio.create_task(_repeat("a new snapshot", chat.desk.refresh, seconds)),
            asyncio.create_task(_repeat("the chat's database", chat.desk.archive.prune, _PRUNE_SECONDS)),
            asyncio.create_task(_repeat("telling the admins", admins.check, _HEALTH_REFRESHES * seconds)),
            *([asyncio.create_task(beat(self._metrics.lagged))] if self._metrics else []),
        ]

    def _on_hangup(self, chat: Chat, reloader: Reloader, tasks: "list[asyncio.Task[None]]") -> None:
        """Read the settings again at SIGHUP, and look for a new snapshot."""

        async def reload() -> None:
            self._supervisor.reloading()
            await reloader.reload()
            self._supervisor.ready()
            await chat.desk.refresh()

        def begin() -> None:
            tasks.append(asyncio.create_task(_once("reading the settings again", reload)))

        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, begin)

    def _watched_from_outside(self, chat: Chat) -> Listener | None:
        """Open the pages for who watches the bot, where the settings want them."""
        if self._metrics is None:
            return None
        monitor = Monitor(lambda: self._state(chat), self._metrics)
        return listen(self._settings.metrics.listen, monitor.receive, MOST_BYTES)

    def _state(self, chat: Chat) -> State:
        snapshot, load, silence = chat.desk.snapshot, chat.desk.load(), self._hearing.silence
        return State(
            ok=self._hearing.ready and silence < self._borne.silence_seconds / 2,
            snapshot=snapshot.snapshot if snapshot else "",
            snapshot_age=(datetime.now(UTC) - snapshot.created).total_seconds() if snapshot else 0.0,
            silence=silence,
            running=load.running,
            waiting=load.waiting,
            troubles=tuple(trouble.key for trouble in self._hearing.troubles()),
        )


async def _once(what: str, call: Callable[[], Awaitable[None]]) -> None:
    """Call; a failure is logged, and ends nothing else."""
    try:
        await call()
    except Exception as error:  # noqa: BLE001 - whatever it was
        log_error(what, error)


async def _cancelled(tasks: "Collection[asyncio.Task[None]]") -> None:
    """Cancel tasks, and wait a moment for those that have something to bring to its end."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=_TASKS_GRACE)


async def _repeat(what: str, call: Callable[[], Awaitable[object]], seconds: float) -> None:
    """Call now and then for ever; the same failure is logged once."""
    told = ""
    while True:
        try:
            await call()
            told = ""
        except Exception as error:  # noqa: BLE001 - it has to be tried again, whatever it was
            if told != repr(error):
                log_error(what, error)
            told = repr(error)
        await asyncio.sleep(seconds)
