"""What systemd is told."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chat.running.notify import Supervisor


@pytest.fixture(params=["path", "abstract"])
def line(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """A socket like systemd's, and its name: a file, or in the abstract name space."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@verbatim-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name.replace("@", "\0", 1))
        listening.settimeout(1)
        yield name, listening


def test_each_state_is_one_datagram(line: tuple[str, socket.socket]) -> None:
    """As sd_notify writes them."""
    name, listening = line
    supervisor = Supervisor({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "20000000"})
    for tell in (supervisor.ready, supervisor.alive, supervisor.reloading, supervisor.stopping):
        tell()
    told = [listening.recv(200).decode() for _ in range(4)]
    assert [one.splitlines()[0] for one in told] == ["READY=1", "WATCHDOG=1", "RELOADING=1", "STOPPING=1"]
    assert told[2].splitlines()[1].startswith("MONOTONIC_USEC=")
    assert supervisor.watchdog_seconds == 20


@pytest.mark.parametrize("given", [{}, {"WATCHDOG_USEC": "never"}, {"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "1"}])
def test_the_watchdog_is_told_only_where_it_was_asked_for(
    line: tuple[str, socket.socket], given: dict[str, str]
) -> None:
    """And only by the process that was meant."""
    name, listening = line
    supervisor = Supervisor({"NOTIFY_SOCKET": name, **given})
    supervisor.alive()
    supervisor.stopping()
    assert listening.recv(100) == b"STOPPING=1" and supervisor.watchdog_seconds is None


def test_nobody_listening_is_no_matter(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without a supervisor nothing happens; with one that does not answer, a line is logged."""
    Supervisor({}).ready()
    assert caplog.messages == []
    Supervisor({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).ready()
    assert "READY" in caplog.text
