"""Who asks much does not keep the others waiting."""

import asyncio
import random
import threading
import time
from functools import partial

import pytest

from bot.chat.asking.fairness import FairQueue
from bot.chat.asking.pool import Load, Pool, PoolFull, Wait


class TestFairQueue:
    def test_they_take_turns(self) -> None:
        """Each gets the oldest of his own; a newcomer's turn comes after those who are there."""
        queue: FairQueue[str] = FairQueue()
        for item in ("a1", "a2", "a3", "b1"):
            queue.put(item[0], item)
        assert queue.take() == "a1"
        queue.put("c", "c1")
        assert [queue.take() for _ in range(len(queue))] == ["b1", "a2", "c1", "a3"]
        with pytest.raises(LookupError):
            queue.take()

    @pytest.mark.parametrize("seed", range(20))
    def test_how_many_come_before_is_told_truly(self, seed: int) -> None:
        """Whatever was put and taken before, if nobody else comes."""
        drawn = random.Random(seed)
        queue: FairQueue[int] = FairQueue()
        for number in range(30):
            queue.put(drawn.choice("abcd"), number)
            if drawn.random() < 0.4:
                queue.take()
        queue.put("a", 1000)
        told = queue.before("a")
        assert [queue.take() for _ in range(len(queue))].index(1000) == told

    def test_who_has_most_gives_way(self) -> None:
        """With his youngest; but not where that would only change who waits."""
        queue: FairQueue[str] = FairQueue()
        assert queue.displace("a") is None
        for item in ("a1", "a2", "a3", "b1"):
            queue.put(item[0], item)
        assert queue.displace("a") is None
        assert queue.displace("c") == "a3"
        queue.put("c", "c1")
        assert queue.displace("b") is None and queue.displace("d") == "a2"
        queue.put("d", "d1")
        assert queue.displace("e") is None and len(queue) == 4


class TestPool:
    def test_fifty_calls_of_one_delay_anothers_first_by_one(self) -> None:
        """Though they were all there before it."""

        async def scenario() -> None:
            pool, made, gate = Pool("test", 1, 100), list[str](), threading.Event()
            held = asyncio.create_task(pool.run(gate.wait, asker=3))
            await asyncio.sleep(0.05)
            calls = [asyncio.create_task(pool.run(partial(made.append, "a"), asker=1)) for _ in range(50)]
            await asyncio.sleep(0)
            calls.append(asyncio.create_task(pool.run(partial(made.append, "b"), asker=2)))
            await asyncio.sleep(0)
            gate.set()
            await asyncio.gather(held, *calls)
            assert made.index("b") <= 1 and len(made) == 51

        asyncio.run(scenario())

    def test_a_full_queue_has_room_for_who_has_fewer(self) -> None:
        """The last of who has most is refused then, and nobody's first."""

        async def scenario() -> None:
            pool, gate = Pool("test", 1, 3), threading.Event()
            held = asyncio.create_task(pool.run(gate.wait, asker=9))
            await asyncio.sleep(0.05)
            greedy = [asyncio.create_task(pool.run(lambda: 1, asker=1)) for _ in range(3)]
            await asyncio.sleep(0)
            with pytest.raises(PoolFull):
                await pool.run(lambda: 1, asker=1)
            modest = asyncio.create_task(pool.run(lambda: 2, asker=2))
            await asyncio.sleep(0)
            assert pool.load() == Load(running=1, waiting=3)
            gate.set()
            ended = await asyncio.gather(*greedy, modest, held, return_exceptions=True)
            assert [type(one) if isinstance(one, Exception) else one for one in ended] == [1, 1, PoolFull, 2, True]

        asyncio.run(scenario())

    def test_the_wait_is_told_by_how_long_calls_took(self) -> None:
        """Nothing is said of it before the first one."""

        async def scenario() -> None:
            pool, waits = Pool("test", 2, 10), list[Wait]()
            await asyncio.gather(*(pool.run(lambda: time.sleep(0.1), asker=n, queued=waits.append) for n in range(8)))
            assert {wait.seconds for wait in waits} == {0.0}
            for _ in range(12):
                await pool.run(lambda: time.sleep(0.1))
            waits.clear()
            await asyncio.gather(*(pool.run(lambda: time.sleep(0.1), asker=n, queued=waits.append) for n in range(8)))
            assert waits[0].before <= 1 and waits[-1].before >= 5  # a thread may not have told yet that it is free
            assert 0.2 < waits[-1].seconds < 0.6

        asyncio.run(scenario())
