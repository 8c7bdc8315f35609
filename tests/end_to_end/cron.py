"""``verbatim-index`` as cron, systemd and people at a terminal run it: a process, a folder, a site on loopback.

The programs are the real ones. Only the library below the encoder stands aside (``models_library``), so that a model
loads in no time and encodes as slowly as a test wants.
"""

import fcntl
import json
import os
import pty
import resource
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from safetensors.numpy import save_file
from websites import WebSite, page, rss, story

TESTS = Path(__file__).parents[1]
PATH = (TESTS / "end_to_end" / "models_library", TESTS, TESTS.parent)

SETTINGS = """
[storage]
folder = "store"

[fetch]
allow_hosts = ["{host}"]
delay_seconds = 0.0
retries = 0

[index]
encoder = "{model}"

[[sources]]
kind = "feed"
url = "{url}/feed"
name = "News"

[[sources]]
kind = "files"
folder = "articles"
name = "Files"
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Machine:
    """A folder with settings, articles and a model, and the site that its feed is on.

    ``before``: what stands before the command: ``("timeout", "3")``.
    """

    folder: Path
    site: WebSite
    real: bool = False
    before: tuple[str, ...] = ()

    @classmethod
    def set_up(cls, folder: Path, site: WebSite, *, real: bool = False) -> "Machine":
        """Write the settings, one file, and a feed of three pages; ``real``: with the encoder that ships."""
        machine = cls(folder, site, real)
        machine.articles.mkdir()
        (folder / "model").mkdir()
        save_file({}, folder / "model" / "model.safetensors")
        machine.encode_in(0.0)
        model = "all-MiniLM-L6-v2" if real else "model"
        machine.settings.write_text(SETTINGS.format(host=site.host, model=model, url=site.url))
        machine.write("file")
        machine.publish([f"page-{number}" for number in range(3)])
        return machine

    def copied(self, folder: Path) -> "Machine":
        """Return the same in another folder, built as far as this one is; the site is as it was set up."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        machine = replace(self, folder=folder)
        self.site.broken = 0
        self.site.forget()
        self.site.resources.clear()
        machine.publish([f"page-{number}" for number in range(3)])
        return machine

    @property
    def articles(self) -> Path:
        return self.folder / "articles"

    @property
    def settings(self) -> Path:
        return self.folder / "verbatim.toml"

    def encode_in(self, seconds: float) -> None:
        """Let each text take so long."""
        (self.folder / "model" / "seconds").write_text(str(seconds))

    def write(self, name: str) -> None:
        """Put an article into the folder."""
        text = "\n\n".join(story(name))
        (self.articles / f"{name}.md").write_text(f"---\ntitle: {name}\nlanguage: en\n---\n{text}\n")

    def publish(self, names: Sequence[str], seconds: float = 0.0) -> None:
        """Let the feed list these pages, each of which takes so long to come."""
        self.serve(names, seconds)
        entries = [(f"{self.site.url}/{name}", name, "Sun, 01 Nov 2026 08:00:00 GMT") for name in names]
        self.site.put("/feed", rss(entries), "application/rss+xml")

    def serve(self, names: Sequence[str], seconds: float) -> None:
        """Let these pages take so long to come."""
        for name in names:
            self.site.put(f"/{name}", page(name, story(name), day="2026-11-01"), seconds=seconds)

    @property
    def encoded(self) -> list[tuple[str, str]]:
        """The thread and the text of everything that was encoded so far."""
        log = self.folder / "model" / "encoded"
        return (
            [(thread, text) for thread, text in map(json.loads, log.read_text().splitlines())] if log.exists() else []
        )

    def run(self, *arguments: str) -> Said:
        """Run a command to its end, without a terminal."""
        with self.started(*arguments) as process:
            return said(process)

    @contextmanager
    def started(self, *arguments: str) -> "Iterator[subprocess.Popen[str]]":
        """Start a command without a terminal; it is killed at the latest with the block."""
        with subprocess.Popen(
            self._command(arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._environment(),
            cwd=self.folder,
        ) as process:
            try:
                yield process
            finally:
                process.send_signal(signal.SIGKILL)

    def on_terminal(self, *arguments: str) -> tuple[int, str]:
        """Run a command on a terminal of its own; return its exit status and all that was shown there."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        with subprocess.Popen(
            self._command(arguments),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=self._environment(),
            cwd=self.folder,
        ) as process:
            os.close(theirs)
            shown = b"".join(_until_closed(ours))
            os.close(ours)
            return process.wait(), shown.decode()

    def processor_seconds(self, *arguments: str) -> float:
        """Return what a command costs, the user's and the system's time together."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.run(*arguments)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return [*self.before, sys.executable, "-m", "index", "--config", str(self.settings), *arguments]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM_", "VERBATIM_"))}
        path = os.pathsep.join(map(str, PATH[1:] if self.real else PATH))
        return {**kept, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "TERM": "xterm"}


def said(process: "subprocess.Popen[str]") -> Said:
    """Wait for a command's end."""
    out, err = process.communicate(timeout=30)
    return Said(process.returncode, out, err)


def wait_until(happened: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def _until_closed(terminal: int) -> Iterator[bytes]:
    """What is written to a terminal until nobody has it open any more, which Linux tells as an error."""
    while select.select([terminal], [], [], 30)[0]:
        try:
            yield os.read(terminal, 65536)
        except OSError:
            return
