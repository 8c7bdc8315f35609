"""The gate through which every call but getUpdates goes: limited in its rate, counted, and closed at the end."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from telegram.error import TelegramError
from telegram.ext import AIORateLimiter

from bot.chat.running.counting import count_error
from bot.meter import Meter

_Result = bool | dict[str, Any] | list[dict[str, Any]]
_Leaving = Callable[[], Awaitable[None]]
_leaving: ContextVar[_Leaving | None] = ContextVar("leaving", default=None)


@contextmanager
def before_leaving(call: _Leaving) -> Iterator[None]:
    """Have something awaited before each call to Telegram that begins inside: it has had its turn, the door is open."""
    before = _leaving.set(call)
    try:
        yield
    finally:
        _leaving.reset(before)


class Outgoing(AIORateLimiter):
    """PTB's limiter, with a door.

    Invariant: no call begins after ``close``. Whoever wants one is cancelled, so that his update counts as not dealt
    with: what begins to be sent shortly before the process ends may be delivered, and then sent again by the next.
    """

    def __init__(self, meter: Meter) -> None:
        super().__init__(max_retries=0)
        self._closed = False
        self._meter = meter

    def close(self) -> None:
        """Let no call begin any more; those under way go on."""
        self._closed = True

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, _Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> _Result:
        """Limit as PTB does, and count what goes wrong."""

        async def begin(*given: Any, **named: Any) -> _Result:
            if self._closed:  # it may have waited for its turn since
                raise asyncio.CancelledError
            if leaving := _leaving.get():
                await leaving()
            return await callback(*given, **named)

        try:
            return await super().process_request(begin, args, kwargs, endpoint, data, rate_limit_args)
        except TelegramError as error:
            count_error(self._meter, error)
            raise
