"""Secrets stay where they are, whatever goes wrong and however much the programs are told to say."""

import re
import stat
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from secrecy.canaries import SECRETS, WEBHOOK, found, found_below
from secrecy.playing import Stage, polling, webhook
from telegram_server.server import TOKEN, TelegramServer
from websites import websites

WAYS: tuple[tuple[Callable[[Stage], None], int], ...] = ((polling, 0o000), (webhook, 0o077))


@pytest.mark.process
@pytest.mark.model
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("play", "umask"), WAYS, ids=["polling", "webhook"])
def test_no_secret_is_written_and_nobody_else_can_read_what_is(
    tmp_path: Path, play: Callable[[Stage], None], umask: int
) -> None:
    """At debug level, with faults and a crash: in no log, page, message, file or process list; others are shut out."""
    held = secrets_in_files(tmp_path) if play is webhook else {"TELEGRAM_BOT_TOKEN": TOKEN}
    folder = tmp_path / "stage"
    folder.mkdir()
    with TelegramServer() as server, websites(1) as (site,):
        site.put("/feed.xml", "no feed", status=500)
        stage = Stage.made(folder, server, site, umask, held)
        play(stage)
        stage.keep_letters()
    assert found_below(folder) == {}
    log = stage.said("bot")
    assert "DEBUG httpcore" in log and f"HTTP Request: POST {server.base_url}[token]/getMe" in log
    assert "DEBUG telegram" in log and "sendMessage" in stage.said("letters")
    assert re.search(r"^Max core file size +0 ", stage.said("limits"), re.MULTILINE)
    assert [one for made in ("store", "saved", "build.log") for one in open_to_others(folder / made)] == []


def secrets_in_files(folder: Path) -> dict[str, str]:
    """The token and the webhook's word, each in a file that the environment names."""
    for name, secret in (("token", TOKEN), ("word", WEBHOOK)):
        (folder / name).write_text(f"{secret}\n")
    return {
        "TELEGRAM_BOT_TOKEN_FILE": str(folder / "token"),
        "TELEGRAM_WEBHOOK_SECRET_FILE": str(folder / "word"),
    }


def open_to_others(path: Path) -> list[str]:
    """What lies there and below and allows more than 0640, of a folder 0750."""
    return [
        f"{stat.filemode(mode)} {one}"
        for one in (path, *path.rglob("*"))
        if (mode := one.lstat().st_mode) & (0o027 if stat.S_ISDIR(mode) else 0o137) and not stat.S_ISLNK(mode)
    ]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_found_in_every_form(secret: str) -> None:
    """What looks for leaks sees them: raw, its half, in base64 with a name before it, and in a file's name."""
    assert found(f"GET /bot{secret}/getMe".encode())
    assert found(secret.partition(":")[2].encode() or secret.encode())
    for name in ("", "x", "xy", "root:"):
        assert found(b64encode(f"{name}{secret} and more".encode()))
    assert not found(b64encode(b"nothing of the kind") + b" 4242 operator root")


def test_what_others_may_read_is_noticed(tmp_path: Path) -> None:
    """A file of 0644 and a folder of 0755 are told; 0640 and 0750 are not."""
    (tmp_path / "shut").mkdir(0o750)
    (tmp_path / "open").mkdir()
    (tmp_path / "shut" / "file").touch(0o640)
    (tmp_path / "open" / "file").touch()
    tmp_path.chmod(0o750)
    for path, mode in ((tmp_path / "open", 0o755), (tmp_path / "open" / "file", 0o644)):
        path.chmod(mode)
    assert sorted(one.split()[0] for one in open_to_others(tmp_path)) == ["-rw-r--r--", "drwxr-xr-x"]
