"""The bot as a process of its own, pointed at the fake server."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from telegram_server.server import TOKEN, TelegramServer
from telegram_server.world import wait_until

ROOT = Path(__file__).parents[2]
RUNNER = ROOT / "tests" / "bot" / "chat" / "run_fake_bot.py"


class BotProcess:
    """Use as a context manager: starts the bot, waits until it polls, ends it. Its log is ``folder/log``."""

    def __init__(self, server: TelegramServer, folder: Path, token: str = TOKEN, **settings: float | list[int]) -> None:
        self._server, self.folder = server, folder
        published = folder / "published"
        if not published.exists():
            published.write_text("first")
        self._command = [
            sys.executable,
            str(RUNNER),
            str(folder),
            json.dumps({"base_url": server.base_url, **settings}),
        ]
        paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        self._environment = {
            **os.environ, "TELEGRAM_BOT_TOKEN": token, "NO_PROXY": "*", "PYTHONPATH": paths
        }  # fmt: skip

    def start(self, *, wait: bool = True) -> Self:
        """Start the process; ``wait`` until it has asked for updates."""
        polls = self._server.updates.polls
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, env=self._environment, cwd=self.folder
            )
        if wait:
            self._wait_polled(polls)
        return self

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    @contextmanager
    def ending(self) -> Iterator[None]:
        """End a process that was started without waiting."""
        try:
            yield
        finally:
            self._end()

    def _end(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(12)
        finally:
            self._process.kill()
            self._process.wait()

    def _wait_polled(self, polls: int) -> None:
        def polled() -> bool:
            assert self._process.poll() is None, self.log
            return self._server.updates.polls > polls

        try:
            wait_until(polled, 20, "the bot polls")
        except AssertionError:
            self.kill()
            raise

    @property
    def log(self) -> str:
        """Everything the process wrote so far."""
        return (self.folder / "log").read_text()

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL and wait."""
        self._process.kill()
        self._process.wait(10)

    def wait(self, seconds: float) -> int:
        """Wait for the end and return the exit status."""
        return self._process.wait(seconds)

    @property
    def title(self) -> str:
        """The process as ``ps`` shows it."""
        return Path(f"/proc/{self._process.pid}/cmdline").read_text().replace("\0", " ")
