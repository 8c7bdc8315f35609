"""The gate through which every call but getUpdates goes: limited in its rate, counted, and closed at the end."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from telegram.error import TelegramError
from telegram.ext import AIORateLimiter

from bot.chat.running.counting import count_error
from bot.meter import Meter

_Result = bool | dict[str, Any] | list[dict[str, Any]]


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
            return await callback(*given, **named)

        try:
            return await super().process_request(begin, args, kwargs, endpoint, data, rate_limit_args)
        except TelegramError as error:
            count_error(self._meter, error)
            raise
