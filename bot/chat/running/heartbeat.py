"""How late the event loop is: whatever blocks it keeps every reader waiting, and shows here first."""

import asyncio
from collections.abc import Callable

BEAT_SECONDS = 0.01
"""Between two beats; a block of the loop is seen to this, at a hundredth of one core."""


async def beat(note: Callable[[float], None], seconds: float = BEAT_SECONDS) -> None:
    """Tell at every beat by how many seconds it came too late, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + seconds
        await asyncio.sleep(seconds)
        note(max(0.0, loop.time() - due))
