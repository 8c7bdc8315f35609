"""The next are made while one is used: in order, each once, and no longer than somebody takes them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event, Lock

import pytest

from index.encoder.ahead import made_ahead

HANG = 30.0


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Two threads, which end with the test: one that did not would keep it from ending."""
    with ThreadPoolExecutor(2) as threads:
        yield threads


@pytest.mark.parametrize("number", [0, 1, 2, 3, 7])
@pytest.mark.parametrize("most", [1, 2, 5])
def test_all_come_in_their_order(pool: ThreadPoolExecutor, number: int, most: int) -> None:
    """Also where there are fewer than may be made ahead."""
    assert list(made_ahead(lambda one: 10 * one, range(number), pool, most)) == [10 * n for n in range(number)]


def test_the_next_is_made_while_one_is_used(pool: ThreadPoolExecutor) -> None:
    """Without being asked for."""
    begun = [Event() for _ in range(4)]
    made = made_ahead(lambda number: begun[number].set(), range(4), pool, 1)
    next(made)
    assert begun[1].wait(HANG)
    assert not begun[2].is_set()


def test_who_is_late_is_waited_for(pool: ThreadPoolExecutor) -> None:
    """The second is done before the first, and comes after it."""
    done = Event()

    def make(number: int) -> int:
        if number == 0:
            assert done.wait(HANG)
        done.set()
        return number

    assert list(made_ahead(make, range(3), pool, 2)) == [0, 1, 2]


def test_an_error_comes_at_its_turn_and_nothing_is_made_after_it(pool: ThreadPoolExecutor) -> None:
    """What was made before it is not lost."""
    begun, lock = [], Lock()

    def make(number: int) -> int:
        with lock:
            begun.append(number)
        if number == 2:
            raise RuntimeError("broken")
        return number

    made = made_ahead(make, range(50), pool, 1)
    assert [next(made), next(made)] == [0, 1]
    with pytest.raises(RuntimeError, match="broken"):
        next(made)
    pool.shutdown()
    assert set(begun) <= {0, 1, 2, 3}


def test_what_nobody_takes_any_more_is_not_begun() -> None:
    """Whoever computes fails, say, while one is being made and another waits."""
    begun, going_on = [], Event()

    def make(number: int) -> int:
        begun.append(number)
        assert number == 0 or going_on.wait(HANG)
        return number

    with ThreadPoolExecutor(1) as alone:
        with closing(made_ahead(make, range(50), alone, 3)) as made:
            assert next(made) == 0
        going_on.set()
    assert begun in ([0], [0, 1])
