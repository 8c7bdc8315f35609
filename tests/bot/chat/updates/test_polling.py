"""The fetching loop on its own, against the fake server."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from telegram import Bot, Update
from telegram_server.faults import Fault
from telegram_server.people import newcomer
from telegram_server.server import TOKEN, TelegramServer
from telegram_server.world import wait_until

from bot.chat.updates.hearing import Hearing
from bot.chat.updates.polling import Polling, TolerantRequest


class Ledger:
    """Remembers in memory; ``broken`` as on a full disk."""

    def __init__(self, *known: int, broken: bool = False) -> None:
        self.known, self.broken = set(known), broken

    async def handled(self) -> frozenset[int]:
        return frozenset(self.known)

    async def mark_handled(self, update_id: int) -> None:
        if self.broken:
            raise OSError
        self.known.add(update_id)


Handle = Callable[[Update], Awaitable[None]]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is asked directly."""
    monkeypatch.setenv("NO_PROXY", "*")


def poll(server: TelegramServer, handle: Handle, ledger: Ledger, until: Callable[[], bool], guard: float = 15) -> None:
    """Run the loop until something is so."""

    async def scenario() -> None:
        request = TolerantRequest(read_timeout=30)
        bot = Bot(TOKEN, base_url=server.base_url, get_updates_request=request)
        async with bot:
            polling = Polling(bot, request, handle, ledger, 1, Hearing(), guard)
            running = asyncio.create_task(polling.run())
            await asyncio.to_thread(wait_until, until, 8, "polled")
            running.cancel()
            await polling.finish(1)

    asyncio.run(scenario())


def test_what_an_earlier_process_dealt_with_is_not_dealt_with_again() -> None:
    """Known by its number, it is only confirmed."""
    with TelegramServer() as server:
        numbers = [newcomer(server).say("x")["update_id"] for _ in range(3)]
        seen: list[int] = []

        async def handle(update: Update) -> None:
            seen.append(update.update_id)

        ledger = Ledger(numbers[1])
        poll(server, handle, ledger, lambda: server.updates.confirmed == numbers)
        assert seen == [numbers[0], numbers[2]] and ledger.known == set(numbers)


@pytest.mark.process
def test_a_hanging_connection_is_replaced() -> None:
    """Whatever hangs, fetching goes on: a bot that is up but deaf is worse than none."""
    with TelegramServer() as server:
        server.fail("getUpdates", Fault(stall=5))
        number = newcomer(server).say("x")["update_id"]

        async def handle(update: Update) -> None:
            """Nothing to do."""

        poll(server, handle, Ledger(), lambda: number in server.updates.confirmed, guard=-0.5)


def test_failing_handlers_and_a_full_disk_do_not_stop_it() -> None:
    """An update that fails is not fetched for ever."""
    with TelegramServer() as server:
        numbers = [newcomer(server).say("x")["update_id"] for _ in range(3)]

        async def handle(update: Update) -> None:
            raise ValueError

        poll(server, handle, Ledger(broken=True), lambda: server.updates.confirmed == numbers)


@pytest.mark.process
def test_no_more_than_a_hundred_are_in_work() -> None:
    """The rest waits with Telegram, where a crash cannot lose it."""
    with TelegramServer() as server:
        people = [newcomer(server) for _ in range(130)]
        for person in people:
            person.say("x")
        begun: list[int] = []
        gate = asyncio.Event()

        async def handle(update: Update) -> None:
            begun.append(update.update_id)
            await gate.wait()

        poll(server, handle, Ledger(), lambda: len(server.of("getUpdates")) >= 3)
        assert len(begun) == 100 and server.updates.confirmed == []
