"""Where a note is kept of a message that may arrive, for who has to know it after a crash or a restart."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


async def _unnoted() -> None:
    """Of what may as well come twice after a restart no note is kept."""


@dataclass(frozen=True, slots=True)
class Journal:
    """``leaves`` is awaited before a message may arrive, ``stays`` where it certainly did not."""

    leaves: Callable[[], Awaitable[None]] = _unnoted
    stays: Callable[[], Awaitable[None]] = _unnoted


UNNOTED = Journal()
