"""The bot as a process of its own, pointed at the fake server."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from telegram_server.server import TOKEN, TelegramServer
from telegram_server.world import wait_until

ROOT = Path(__file__).parents[2]
Sections = Mapping[str, Mapping[str, float | str | list[int]]]
RUNNER = ROOT / "tests" / "bot" / "chat" / "run_fake_bot.py"


class BotProcess:
    """Use as a context manager: starts the bot, waits until it polls, ends it. Its log is ``folder/log``.

    ``settings`` are those of ``[telegram]``; ``sections`` are the others, as in the settings file, and ``patience``;
    ``environment`` is added to the process's own; ``runner`` is the script that it runs.
    """

    def __init__(
        self,
        server: TelegramServer,
        folder: Path,
        token: str = TOKEN,
        sections: Sections | None = None,
        environment: Mapping[str, str] | None = None,
        runner: Path = RUNNER,
        **settings: float | str | list[int],
    ) -> None:
        self._server, self.folder = server, folder
        self._sections, self._settings = sections or {}, settings
        published = folder / "published"
        if not published.exists():
            published.write_text("first")
        self.write_settings()
        self._command = [sys.executable, str(runner), str(folder)]
        paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        self._environment = {
            **os.environ, "TELEGRAM_BOT_TOKEN": token, "NO_PROXY": "*", "PYTHONPATH": paths, **(environment or {})
        }  # fmt: skip

    def write_settings(self, **changed: float | str | list[int]) -> None:
        """Write the settings file, with other values of ``[telegram]`` where they are given."""
        telegram = {"base_url": self._server.base_url, **self._settings, **changed}
        new = self.folder / "settings.new"
        new.write_text(json.dumps({**self._sections, "telegram": telegram}))
        new.replace(self.folder / "settings.json")

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

    def hang_up(self) -> None:
        """Send SIGHUP."""
        self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        """Send SIGSTOP: the process is there and does nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """Send SIGKILL and wait."""
        self._process.kill()
        self._process.wait(10)

    def wait(self, seconds: float) -> int:
        """Wait for the end and return the exit status."""
        return self._process.wait(seconds)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def title(self) -> str:
        """The process as ``ps`` shows it."""
        return Path(f"/proc/{self._process.pid}/cmdline").read_text().replace("\0", " ")
