"""Stands for the library in processes of the cron tests: a processor without anything special, and numpy's arrays."""

from collections.abc import Callable
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np

dtype = type
float32 = np.float32
inference_mode = nullcontext
cpu = SimpleNamespace(get_capabilities=dict)
cuda = SimpleNamespace(is_available=bool)


def set_num_threads(number: int) -> None:
    """Take a number of threads; there are none."""


def autocast(device: str, numbers: Callable[[float], object], *, enabled: bool) -> "nullcontext[None]":
    """Numbers stay as they are."""
    return nullcontext()
