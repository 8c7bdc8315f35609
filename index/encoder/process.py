"""What computing asks of the process that it happens in: few threads, kernels and arenas, no search for garbage."""

import ctypes
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

_KERNEL_CACHES = {"LRU_CACHE_CAPACITY": 4, "ONEDNN_PRIMITIVE_CACHE_CAPACITY": 8}
"""Kernels kept for each core by torch and by oneDNN, which read this when they compute first: whoever else computes in
this process keeps so few. By default 1024, one for every number of tokens that was ever computed, and a megabyte and
more each: thirty questions made a bot 360 MB larger, now 30, in the same time. A batch needs four, the same in each
layer. https://uxlfoundation.github.io/oneDNN/dev_guide_primitive_cache.html"""

_ARENA_MAX = -8
"""M_ARENA_MAX of the C library's mallopt: https://man7.org/linux/man-pages/man3/mallopt.3.html"""


def settle_process() -> None:
    """Set what torch and its libraries read when they are first imported or compute first."""
    # waiting threads sleep instead of spinning, which on a busy machine of two cores is the difference between 10 and
    # 490 ms a question
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    for cache, kernels in _KERNEL_CACHES.items():
        os.environ.setdefault(cache, str(kernels * cores()))
    _share_arenas()
    compute_alone()


def _share_arenas() -> None:
    """Let the C library keep no more arenas than threads compute at once, unless its own variable says how many.

    Each keeps what was freed in it for who allocates there next: 60 MB after words were searched for in a million
    passages, times every thread that ever asked. By default there are eight for each core.
    """
    if "MALLOC_ARENA_MAX" not in os.environ and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):
        mallopt(_ARENA_MAX, cores())


def compute_alone() -> None:
    """Let this thread, and those that begin later, compute without helpers: each core has a batch of its own."""
    import torch

    torch.set_num_threads(1)


def cores() -> int:
    """Return the cores that this process may use, by the system and by OMP_NUM_THREADS, whose first number counts."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    asked = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0]
    return min(usable, int(asked)) if asked.isdecimal() and int(asked) else usable


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no unreachable objects meanwhile, nor ever among what is made meanwhile.

    sentence-transformers and its model are 700 000 objects that stay: looking at them again and again takes 1.2 s of
    4.9, and finds 7 MB.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
