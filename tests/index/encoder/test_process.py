"""What computing asks of the process that it happens in, as a process of its own shows it."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.encoder.process import cores

ROOT = Path(__file__).parents[3]

ASKING = """
import ctypes, threading
from index.encoder.process import settle_process

settle_process()
library, together = ctypes.CDLL(None), threading.Barrier(40)

def allocate():
    together.wait()
    library.malloc(1000)
    together.wait()

threads = [threading.Thread(target=allocate) for _ in range(40)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
library.malloc_stats()
"""
"""Every thread that allocates gets an arena of its own, as long as there may be another."""


def arenas(environment: dict[str, str]) -> int:
    told = subprocess.run(
        [sys.executable, "-c", ASKING], env=environment, cwd=ROOT, check=True, stderr=subprocess.PIPE, text=True
    ).stderr
    return sum(line.startswith("Arena ") for line in told.splitlines())


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_stats"), reason="this C library has no arenas")
class TestArenas:
    """What was freed stays in an arena: as many as threads compute at once are enough."""

    def test_there_is_one_for_each_core(self) -> None:
        """However many threads ask, a bot keeps what was freed once for each core, and not for each of them."""
        environment = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
        assert 1 <= arenas(environment) <= cores()

    def test_who_runs_it_may_say_how_many(self) -> None:
        """The C library's own variable counts."""
        assert arenas(os.environ | {"MALLOC_ARENA_MAX": str(cores() + 3)}) == cores() + 3
