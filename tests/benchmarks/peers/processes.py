"""Run one command in a process of its own and tell what it cost: time, processor time, memory, and of that the imports.

Memory is the peak of the process and all that it starts, which are counted together: Linux only tells that of one, so
where there are several the shares of shared pages are added up every quarter of a second.
"""

import json
import os
import re
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

EVERY = 0.25
"""Seconds between two looks at the memory of several processes."""

ENVIRONMENT = {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False"}
"""No network at run time, and nobody is told."""

_IMPORT = re.compile(r"^import time: +(\d+) \|", re.MULTILINE)
_BYTES_OF_MAXRSS = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command cost, and the JSON that it printed last. ``started``: of the machine's monotonic clock, seconds.

    ``import_seconds`` is known where it ran with ``-X importtime``, else 0.
    """

    started: float
    seconds: float
    processor_seconds: float
    peak_mb: float
    import_seconds: float
    result: Mapping[str, Any]


def run(command: Sequence[str]) -> Ran:
    """Run a command to its end.

    Raises:
        RuntimeError: it failed; what it said last is in the message.
    """
    with TemporaryFile() as output, TemporaryFile() as errors:
        started = time.monotonic()
        process = subprocess.Popen(
            command, stdout=output, stderr=errors, env={**os.environ, **ENVIRONMENT}, start_new_session=True
        )
        usage, peak_mb = _waited(process)
        ended = time.monotonic()
        output.seek(0)
        errors.seek(0)
        said, complained = output.read().decode(), errors.read().decode(errors="replace")
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {complained[-2000:]}")
    return Ran(
        started,
        ended - started,
        usage.ru_utime + usage.ru_stime,
        peak_mb,
        sum(map(int, _IMPORT.findall(complained))) / 1e6,
        json.loads(said.rstrip().rpartition("\n")[2]),
    )


def _waited(process: subprocess.Popen[bytes]) -> tuple[resource.struct_rusage, float]:
    """Wait for the end of a process; return what it used, and its peak memory in megabytes."""
    try:
        with _Watch(process.pid) as watch:
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    finally:
        if process.returncode is None:  # interrupted: a session of its own hears nothing of that
            process.kill()
    return usage, max(usage.ru_maxrss * _BYTES_OF_MAXRSS / 1e6, watch.peak_mb)


class _Watch:
    """Looks at the memory of a session of processes from a thread, while it has more than one."""

    def __init__(self, session: int) -> None:
        self.peak_mb = 0.0
        self._session = session
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(EVERY):
            processes = list(_of_session(self._session))
            if len(processes) > 1:
                self.peak_mb = max(self.peak_mb, sum(map(_shared_mb, processes)))


def _of_session(session: int) -> Iterator[Path]:
    """Yield the ``/proc`` folders of a session's processes; none where the system has no such folders."""
    for process in Path("/proc").glob("[0-9]*"):
        # one that has ended meanwhile is of no session
        with suppress(ProcessLookupError):
            if os.getsid(int(process.name)) == session:
                yield process


def _shared_mb(process: Path) -> float:
    """Return a process's proportional set size, in megabytes; 0 for one that has ended."""
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6
