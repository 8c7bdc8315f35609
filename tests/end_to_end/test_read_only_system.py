"""The programs where nothing can be written but their storage folder: as in the container and under systemd."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from corpus import ROWS, write_rows
from end_to_end.commands import ROOT, SETTINGS
from telegram_server.people import newcomer
from telegram_server.server import TOKEN, TelegramServer
from telegram_server.world import wait_until

SHUT_IN = """
mount --make-rprivate / && mount --bind store store && mount -t tmpfs tmpfs "$TMPDIR" && mount -o remount,bind,ro / \
&& exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all -- "$@"
"""
"""A view of the files of one's own, in which only two folders can be written to, and no capability to change it."""


def can_shut_in() -> bool:
    """Whether this machine lets us have such a view."""
    if not (shutil.which("unshare") and shutil.which("setpriv")):
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


@dataclass(frozen=True)
class Cell:
    """A folder with settings, articles, and what may be written to: ``store`` and ``tmp``."""

    folder: Path

    @contextmanager
    def started(self, *command: str, **environment: str) -> "Iterator[subprocess.Popen[bytes]]":
        """Run a command; its log lies beside."""
        own = {
            "TMPDIR": str(self.folder / "tmp"), "HOME": str(self.folder / "tmp"), "PYTHONPATH": str(ROOT),
            "NO_PROXY": "*", "PYTHONDONTWRITEBYTECODE": "1", "HF_HUB_OFFLINE": "1",
            "OMP_NUM_THREADS": "1",
        }  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                ["unshare", "--mount", "bash", "-c", SHUT_IN, "shut-in", *command],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, **own, **environment},
            )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, *command: str) -> int:
        """Run a command to its end."""
        with self.started(*command) as process:
            return process.wait(60)


@pytest.mark.process
@pytest.mark.model
@pytest.mark.skipif(not can_shut_in(), reason="no mounts of one's own on this machine: it takes root and unshare")
def test_nothing_is_written_outside_of_the_storage_folder(tmp_path: Path) -> None:
    """A build and a bot that answers need the storage folder and a temporary one, and no capability."""
    cell = Cell(tmp_path)
    for name in ("store", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "verbatim.toml").write_text(SETTINGS)
    write_rows(tmp_path / "articles" / "articles.jsonl", ROWS)
    assert cell.run("touch", "beside") != 0 and cell.run("touch", "store/within") == 0
    assert cell.run(sys.executable, "-m", "index", "build") == 0, (tmp_path / "log").read_text()
    with TelegramServer() as server:
        command = ("-m", "bot", "run", "--set", f"telegram.base_url={server.base_url}")
        with cell.started(sys.executable, *command, TELEGRAM_BOT_TOKEN=TOKEN) as process:
            wait_until(lambda: server.updates.polls > 0 or process.poll() is not None, 40, "the bot polls")
            ada = newcomer(server)
            ada.say("How tall is the Eiffel Tower?")
            server.wait_sent(ada.chat_id, seconds=30)
            process.terminate()
            assert process.wait(20) == 0
    assert "Traceback" not in (tmp_path / "log").read_text()
