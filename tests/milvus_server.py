"""A real Milvus server, the lite one, as a process of its own: started, frozen, killed and started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from index.settings import VectorsSection

_STARTING_SECONDS = 60.0


class MilvusServer:
    """One server on a free port of this machine; its data lie in ``folder`` and survive it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def section(self, prefix: str = "verbatim", timeout_seconds: float = 40.0) -> VectorsSection:
        """Settings that name this server; patient by default, because the machine has other tests to run."""
        address = f"http://127.0.0.1:{self.port}"
        return VectorsSection(engine="milvus", address=address, prefix=prefix, timeout_seconds=timeout_seconds)

    @property
    def process(self) -> int:
        """The number of its process."""
        assert self._process
        return self._process.pid

    @contextmanager
    def client(self) -> Iterator[Any]:
        """Connect with Milvus's own client, to look at what is there and to damage it."""
        from pymilvus import MilvusClient

        with closing(MilvusClient(self.section().address)) as client:
            yield client

    def start(self) -> None:
        """Start it, and wait until it listens."""
        command = [sys.executable, "-m", "milvus_lite", "server", "--data-dir", str(self.folder)]
        with (self.folder.parent / "milvus.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--host", "127.0.0.1", "--port", str(self.port)], stdout=log, stderr=log
            )
        until = time.monotonic() + _STARTING_SECONDS
        while not self._listens():
            assert self._process.poll() is None and time.monotonic() < until, "the server does not start"
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def freeze(self) -> None:
        """Let it hold its connections and answer nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WNOWAIT)  # threads stop one by one

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 0.2).close()
        except OSError:
            return False
        return True
