"""The files that run Verbatim unattended: what cron and systemd make of them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.chat.running.watchdog import Patience
from index.cli.call import DONE, FAILED, HELD, INTERRUPTED, LOCKED, OUT_OF_TIME, SKIPPED, STALE, TERMINATED, USAGE

DEPLOY = Path(__file__).parent.parent / "config" / "deploy"
SERVICES = ("verbatim-bot.service", "verbatim-build.service")
FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))


def settings_of(unit: str) -> dict[str, list[str]]:
    """What a unit sets: each key with all its values."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / unit).read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith(("#", "[")):
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed here")
@pytest.mark.process
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    """Each key and value, with /bin/true in the place of the programs: a misspelt one is a warning."""
    for unit in DEPLOY.glob("verbatim-*"):
        (tmp_path / unit.name).write_text(re.sub(r"/opt/verbatim/bin/\S+", "/bin/true", unit.read_text()))
    units = sorted(map(str, tmp_path.iterdir()))
    assert len(units) == 3
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    told = [line for line in checked.stderr.splitlines() if "verbatim" in line]
    assert (checked.returncode, told) == (0, [])


@pytest.mark.parametrize("unit", SERVICES)
def test_services_are_shut_in(unit: str) -> None:
    """A user of their own, the system to read only, temporary files of their own, no new privileges, bounded memory."""
    found = settings_of(unit)
    expected = {
        "User": "verbatim",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "PrivateDevices": "yes",
        "CapabilityBoundingSet": "",
        "StateDirectory": "verbatim",
        "StateDirectoryMode": "0750",
        "UMask": "0027",
        "LimitCORE": "0",
        "RestrictSUIDSGID": "yes",
        "SystemCallFilter": "@system-service",
        "ProtectKernelTunables": "yes",
        "RestrictNamespaces": "yes",
    }
    assert {key: found.get(key) for key in expected} == {key: [value] for key, value in expected.items()}
    (limit,) = found["MemoryMax"]
    assert re.fullmatch(r"[1-9]\d*G", limit)


@pytest.mark.parametrize("unit", SERVICES)
def test_services_may_write_to_their_own_folder_alone(unit: str) -> None:
    """Nothing opens a hole into the system that is there to be read only."""
    found = settings_of(unit)
    holes = {"ReadWritePaths", "BindPaths", "StateDirectory", "CacheDirectory", "LogsDirectory", "RuntimeDirectory"}
    assert holes & found.keys() == {"StateDirectory"}
    assert found["WorkingDirectory"] == ["/var/lib/verbatim"]


def test_the_container_has_no_root_and_a_system_that_is_read_only() -> None:
    """Its last user is a plain one with a number, and each way to run it that is shown drops what it does not need."""
    lines = (DEPLOY / "Containerfile").read_text()
    joined = lines.replace(" \\\n", " ")
    assert re.findall(r"^USER (\S+)$", joined, re.MULTILINE)[-1] == "verbatim"
    assert re.search(r"useradd --uid [1-9]\d{3,} .*--shell /usr/sbin/nologin verbatim", joined)
    after = joined[joined.rindex("USER verbatim") :]
    assert not re.search(r"^(RUN|COPY|ADD) ", after, re.MULTILINE)
    shown = re.sub(r" \\\n# +", " ", lines)
    runs = re.findall(r"^#\s+(podman run .*)$", shown, re.MULTILINE)
    needed = ("--read-only", "--tmpfs /tmp", "--cap-drop all", "--security-opt no-new-privileges", "--ulimit core=0")
    assert len(runs) == 2 and all(option in run for run in runs for option in needed)
    assert not re.search(r"TELEGRAM_BOT_TOKEN=|ENV .*(TOKEN|SECRET)=", joined)


def test_the_token_is_in_no_environment() -> None:
    """It is a credential, of which the environment names only the file."""
    found = settings_of("verbatim-bot.service")
    assert found["LoadCredential"] == ["token:/etc/verbatim/token"]
    assert "TELEGRAM_BOT_TOKEN_FILE=%d/token" in found["Environment"]
    assert not any(value.startswith("TELEGRAM_BOT_TOKEN=") for value in found["Environment"])


def test_systemd_watches_the_bot() -> None:
    """It is told when the bot is ready, misses it when it hangs, starts it anew, and can have it read its settings."""
    found = settings_of("verbatim-bot.service")
    assert (found["Type"], found["Restart"]) == (["notify"], ["on-failure"])
    assert found["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    # the bot ends a hanging event loop itself: what systemd bears has to be longer than that
    assert float(found["WatchdogSec"][0]) > Patience(0).hang_seconds
    assert "AF_UNIX" in found["RestrictAddressFamilies"][0]


def test_a_build_that_was_not_needed_or_ended_is_no_failure() -> None:
    """Everything else is one, and shown by "systemctl --failed"."""
    (statuses,) = settings_of("verbatim-build.service")["SuccessExitStatus"]
    assert set(map(int, statuses.split())) == {LOCKED, OUT_OF_TIME, TERMINATED}


def crontab_lines() -> list[str]:
    return [line for line in (DEPLOY / "crontab").read_text().splitlines() if line and not line.startswith("#")]


def values(field: str, first: int, last: int) -> set[int]:
    """What a field of a crontab stands for: "7-59/15" for 7, 22, 37, 52."""
    found: set[int] = set()
    for part in field.split(","):
        whole = re.fullmatch(r"(\*|\d+)(?:-(\d+))?(?:/(\d+))?", part)
        assert whole, part
        start = first if whole[1] == "*" else int(whole[1])
        end = int(whole[2]) if whole[2] else last if whole[1] == "*" else start
        assert first <= start <= end <= last, part
        found.update(range(start, end + 1, int(whole[3] or 1)))
    return found


def test_every_line_of_the_crontab_is_an_assignment_or_a_job() -> None:
    """Five fields within their ranges and a command without "%", which cron takes for the end of a line."""
    jobs = [line for line in crontab_lines() if not re.match(r"[A-Z_]+=\S", line)]
    assert len(jobs) == 3
    for job in jobs:
        *fields, command = job.split(None, 5)
        for field, (_, first, last) in zip(fields, FIELDS, strict=True):
            assert values(field, first, last)
        assert re.search("verbatim-(index|bot) ", command) and "%" not in command
        checked = subprocess.run(["sh", "-n", "-c", command], capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")


def test_the_build_runs_every_quarter_of_an_hour() -> None:
    """At odd minutes, with cron as with systemd."""
    (build,) = (line for line in crontab_lines() if "verbatim-index build" in line)
    minute, *others = build.split(None, 5)[:5]
    assert values(minute, 0, 59) == {7, 22, 37, 52} and others == ["*"] * 4
    assert settings_of("verbatim-build.timer")["OnCalendar"] == ["*:07/15"]


def test_the_exit_statuses_named_are_those_of_the_program() -> None:
    """Each has its line, and no line names another one."""
    lines = re.findall(r"^# {5,}(\d+)  (\S.*)$", (DEPLOY / "crontab").read_text(), re.MULTILINE)
    named = {int(status): words for status, words in lines}
    known = (DONE, FAILED, USAGE, SKIPPED, LOCKED, HELD, OUT_OF_TIME, INTERRUPTED, TERMINATED)
    assert (tuple(named), len(lines)) == (known, len(known)) == ((0, 1, 2, 3, 4, 5, 124, 130, 143), 9)
    assert named[HELD].startswith("built but held back by the gate")
    assert f'"verbatim-index status" says {STALE} when' in (DEPLOY / "crontab").read_text()
    assert "5 (built but held back by the gate)" in (DEPLOY / "verbatim-build.service").read_text()
