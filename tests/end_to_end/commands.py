"""The installed commands as processes of their own, in a folder of their own, as people and cron run them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

SETTINGS = """
[storage]
folder = "store"

[[sources]]
kind = "files"
folder = "articles"
name = "samples"

[telegram]
refresh_seconds = 0.5
"""


@dataclass(frozen=True)
class Place:
    """A folder with settings and articles, in which commands are run."""

    folder: Path

    @property
    def articles(self) -> Path:
        return self.folder / "articles"

    def run(
        self, module: str, *arguments: str, given: str = "", **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run ``python -m module`` to its end."""
        return subprocess.run(
            self._command(module, arguments),
            input=given,
            text=True,
            encoding="utf-8",
            capture_output=True,
            env=self._environment({}),
            cwd=self.folder,
            timeout=60,
            check=False,
        )

    def ask(self, *questions: str) -> list[dict[str, object]]:
        """Ask each question through one process, and return its objects."""
        ended = self.run("bot", "ask", "--json", "-", given="".join(f"{question}\n" for question in questions))
        assert (ended.returncode, ended.stderr) == (0, "")
        return [json.loads(line) for line in ended.stdout.splitlines()]

    @contextmanager
    def started(self, module: str, *arguments: str, **environment: str) -> "Iterator[subprocess.Popen[str]]":
        """Start a process, its log in ``folder/log``; end it at the latest with the block."""
        with (self.folder / "log").open("a") as log:
            process = subprocess.Popen(
                self._command(module, arguments),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=self._environment(environment),
                cwd=self.folder,
            )
        with process:
            try:
                yield process
            finally:
                process.send_signal(signal.SIGKILL)

    def _command(self, module: str, arguments: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", module, "--config", str(self.folder / "verbatim.toml"), *arguments]

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM_", "VERBATIM_"))}
        # one thread: the machines that test this have two cores and other tests to run
        return {**kept, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "NO_PROXY": "*", "HF_HUB_OFFLINE": "1", **more}
