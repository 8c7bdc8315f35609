"""The other end of ``opening.py``: asks, and waits no longer than a hang would take."""

import json
import os
import select
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]

HANG_SECONDS = 30.0
"""Of the clock: a busy machine is slow. What it may compute is bounded by ``MOST_SECONDS``."""

MOST_SECONDS = 2.0
"""Of the processor, for one opening."""

MOST_KILOBYTES = 64 * 1024
"""By which the process may grow while it opens damaged files, however many."""


class OpeningProcess:
    """Use as a context manager. A process that dies or hangs fails the test that asked it."""

    def __enter__(self) -> Self:
        paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("opening.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": paths},
            cwd=ROOT,
        )
        self._first_kilobytes = 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def ask(self, case: str, do: str, storage: Path, **more: str) -> dict[str, Any]:
        """Return the reply; ``case`` names what was damaged, and how, in the failure."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{json.dumps({'do': do, 'storage': str(storage), **more})}\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], HANG_SECONDS)
        assert ready, f"{case}: it hangs"
        line = self._process.stdout.readline()
        assert line, f"{case}: the process died with {self._process.wait(5)}"
        reply: dict[str, Any] = json.loads(line)
        if do == "begin" or not self._first_kilobytes:  # that imports and maps what all of them need
            self._first_kilobytes = reply["kilobytes"]
        else:
            assert reply["seconds"] < MOST_SECONDS, (case, reply)
        assert reply["kilobytes"] - self._first_kilobytes < MOST_KILOBYTES, (case, reply)
        return reply
