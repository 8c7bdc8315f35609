"""How the processor time of a call grows with its input; a guard against calls without end. Counts no wall time.

Invariant: a call is judged only by times that are far above the clock's noise, each the least of several.
"""

import gc
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

SIZES = (2_000, 8_000)
"""Code points, or elements. What is not noticeable at the last size is left alone."""

NOTICEABLE = 0.03
"""Seconds under which nothing is judged: a linear scan of the largest input takes a hundredth of it."""

STEEPEST = 8.0
"""How many times longer four times the input may take: 4 is linear, 16 is quadratic."""

_ATTEMPTS = 4
"""What is steep is so each time; a busy machine, whose processor time is longer now and then, is not."""

_LEAST = 0.002
_REPEATS = 3
_ENOUGH = 0.25
_LETTERS_A_SECOND = 8_000


class TookTooLong(AssertionError):
    """A call used up its processor time."""


@contextmanager
def at_most(seconds: float, what: str) -> Iterator[None]:
    """Break a block off that uses more processor time than that; only in the main thread.

    Raises:
        TookTooLong: it did.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        raise TookTooLong(f"{what}: more than {seconds:g} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def complaint(call: Callable[[str], object], grow: Callable[[int], str], sizes: Sequence[int] = SIZES) -> str | None:
    """Return what is wrong with how a call's time grows, ``None`` where nothing is; ``grow`` makes inputs of a size."""
    found = None
    for _ in range(_ATTEMPTS):
        if (found := _complaint(call, grow, sizes)) is None:
            break
    return found


def _complaint(call: Callable[[str], object], grow: Callable[[int], str], sizes: Sequence[int]) -> str | None:
    before = _LEAST
    for size in sizes:
        given = grow(size)
        try:
            with at_most(max(1.0, size / _LETTERS_A_SECOND), f"{size} of it"):
                seconds = _seconds(call, given)
        except TookTooLong as error:
            return str(error)
        ratio = seconds / max(before, _LEAST)
        if seconds > NOTICEABLE and size > sizes[0] and ratio > STEEPEST:
            return f"{ratio:.0f} times as long for {size} as for a quarter ({seconds:.3f} s)"
        if seconds > _ENOUGH:
            return None
        before = seconds
    return None


def _seconds(call: Callable[[str], object], given: str) -> float:
    """Return the least processor time of several calls; of one where that is little."""
    least = _once(call, given)
    for _ in range(_REPEATS - 1):
        if least < NOTICEABLE / 8:
            break
        least = min(least, _once(call, given))
    return least


def _once(call: Callable[[str], object], given: str) -> float:
    """Return the processor time of a call, without that of collecting what others left."""
    gc.disable()
    try:
        began = time.process_time()
        call(given)
        return time.process_time() - began
    finally:
        gc.enable()
