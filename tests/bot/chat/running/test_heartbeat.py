"""The heartbeat of the event loop."""

import asyncio
import time

from bot.chat.running.heartbeat import beat


def test_what_blocks_the_loop_makes_a_beat_late() -> None:
    """By no less than the block lasted after the beat was due."""
    late: list[float] = []

    async def block() -> None:
        task = asyncio.create_task(beat(late.append, 0.01))
        await asyncio.sleep(0.1)
        time.sleep(0.5)  # noqa: ASYNC251 - that is what is noticed
        await asyncio.sleep(0.1)
        task.cancel()

    asyncio.run(block())
    assert max(late) >= 0.48
    assert len(late) >= 3
