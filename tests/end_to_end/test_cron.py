"""The index as cron, systemd and people run it: quiet, short where something is wrong, and never half done."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from end_to_end.cron import Machine, Said, said, wait_until
from websites import websites

from index.layout import Layout

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
QUIET = Said(0, "", "")


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Machine, Machine]]:
    """A machine with one file and a feed of three pages: without an index, and with one."""
    with websites(1) as (site,):
        bare = Machine.set_up(tmp_path_factory.mktemp("bare"), site)
        built = bare.copied(tmp_path_factory.mktemp("built"))
        assert built.run("build") == QUIET
        yield bare, built


@pytest.fixture
def machine(templates: tuple[Machine, Machine], tmp_path: Path) -> Machine:
    """A machine with one file and a feed of three pages, on which nothing was built yet."""
    return templates[0].copied(tmp_path)


@pytest.fixture
def built(templates: tuple[Machine, Machine], tmp_path: Path) -> Machine:
    """The same, with an index of the four articles."""
    return templates[1].copied(tmp_path)


def status_of(machine: Machine, exit_status: int = 0) -> dict[str, Any]:
    """What ``status --json`` says."""
    found = machine.run("status", "--json")
    assert (found.status, found.err) == (exit_status, "")
    return dict(json.loads(found.out))


def one_line(found: Said) -> str:
    """The one line on standard error that a run that is not well says."""
    assert found.out == ""
    (line,) = found.err.splitlines()
    return line


def test_all_well_says_nothing(built: Machine) -> None:
    """Neither a build with news, nor one without: cron mails whatever is said."""
    built.write("another")
    assert (built.run("build"), built.run("build")) == (QUIET, QUIET)
    assert status_of(built)["articles"] == 5


class TestReports:
    """One short report on standard error, and an exit status of its own for each."""

    def test_a_source_that_is_down_is_3(self, built: Machine) -> None:
        """Every time in the same one line; what was published stays."""
        built.site.broken = 503
        first, second = built.run("build"), built.run("build", "--json")
        assert one_line(first).startswith("WARNING: skipped News: ")
        assert "it answered 503" in first.err
        assert (first.status, second.status, second.err) == (3, 3, first.err)
        assert json.loads(second.out)["failures"][0]["location"] == "News"
        status = status_of(built)
        assert status["articles"] == 4 and "it answered 503" in status["sources"][1]["last_error"]

    def test_pages_that_fail_are_no_lines(self, built: Machine) -> None:
        """A site of which forty pages break says nothing to cron: they are tried again, and listed when asked for."""
        built.publish([f"broken-{number}" for number in range(40)])
        for number in range(40):
            built.site.remove(f"/broken-{number}", 500)
        assert built.run("build") == QUIET
        assert "/broken-" in built.run("skipped").out

    def test_an_unreadable_document_is_3(self, built: Machine) -> None:
        """Its name and its reason in one line; the others are published."""
        (built.articles / "broken.pdf").write_bytes(b"no pdf")
        for number in range(4):
            built.write(f"new-{number}")
        found = built.run("build")
        assert found.status == 3
        assert "/articles/broken.pdf: the PDF is damaged" in one_line(found)
        assert status_of(built)["articles"] == 8

    def test_a_files_name_commands_no_terminal(self, built: Machine) -> None:
        """What a terminal would obey in a name, and bytes that are no character, are printed as something to read."""
        (built.articles / os.fsdecode(b"\x1b[31mbad\xff.pdf")).write_bytes(b"no pdf")
        (built.articles / os.fsdecode(b"good\x1b[31m\xff.txt")).write_text("Bees dance. " * 20)
        for number in range(4):
            built.write(f"new-{number}")
        found = built.run("build")
        assert found.status == 3
        assert "/articles/\ufffd[31mbad\\xff.pdf: the PDF is damaged" in one_line(found)
        assert "\x1b" not in built.run("skipped").out + built.run("status").out + found.out + found.err

    def test_many_unreadable_documents_are_few_lines(self, built: Machine) -> None:
        """Three are named and the others counted; the log file names each."""
        for number in range(30):
            (built.articles / f"broken-{number:02}.pdf").write_bytes(b"no pdf")
        found = built.run("build", "--set", "index.max_failed_share=0.9", "--log-file", "log")
        assert (found.status, len(found.err.splitlines())) == (3, 4)
        assert found.err.endswith("WARNING: skipped 27 more\n")
        assert all(f"broken-{number:02}.pdf" in (built.folder / "log").read_text() for number in range(30))

    def test_too_many_unreadable_documents_are_1(self, built: Machine) -> None:
        """As short, and the log file names each here as well."""
        for number in range(30):
            (built.articles / f"broken-{number:02}.pdf").write_bytes(b"no pdf")
        found = built.run("build", "--log-file", "log")
        assert (found.status, len(found.err.splitlines())) == (1, 5)
        assert found.err.endswith("\n  27 more\n")
        log = (built.folder / "log").read_text()
        assert all(f"broken-{number:02}.pdf" in log for number in range(30)) and " ERROR 88% of the articles" in log
        assert status_of(built)["last_failure"]["since_good"]

    def test_a_snapshot_that_is_held_back_is_5(self, built: Machine) -> None:
        """With the way out, every time in one line; status tells it, too."""
        (built.articles / "file.md").unlink()
        first, second = (built.run("build", "--set", "gate.max_fall=0.1", *more) for more in ((), ("--json",)))
        assert '"verbatim-index publish --force ' in one_line(first)
        assert (first.status, second.status, second.err) == (5, 5, first.err)
        held = json.loads(second.out)["snapshot"]
        assert status_of(built)["held"]["snapshot"] == held
        assert f"held back by the gate: {held}: " in built.run("status").out

    @pytest.mark.parametrize(
        ("arguments", "exit_status"),
        [
            (("--set", "index.encodr=x"), 2),
            (("--set", "sources=[]"), 2),
            (("--set", "sources=[{kind='files',folder='model'}]"), 1),
            (("--set", "sources=[{kind='files',folder='nowhere'}]"), 1),
            (("--log-file", "nowhere/log"), 2),
        ],
    )
    def test_wrong_settings_are_2_and_nothing_to_index_is_1(
        self, machine: Machine, arguments: tuple[str, ...], exit_status: int
    ) -> None:
        """No traceback; as JSON the same words and the same status."""
        found = machine.run("build", "--json", *arguments)
        assert (found.status, found.err[:16]) == (exit_status, "verbatim-index: ")
        assert len(found.err.splitlines()) <= 2
        assert json.loads(found.out) == {"error": found.err[16:].rstrip("\n"), "status": exit_status}

    @pytest.mark.parametrize("given", ["0", "nan", "soon"])
    def test_a_time_that_is_none_is_2(self, machine: Machine, given: str) -> None:
        """Whoever writes ``--max-time 0`` means something else than no time at all."""
        found = machine.run("build", f"--max-time={given}")
        assert (found.status, f"--max-time: invalid minutes value: '{given}'" in found.err) == (2, True)


class TestLock:
    def test_a_second_run_is_4_and_names_the_first(self, machine: Machine) -> None:
        """Its process and since when; where that was killed, the next run goes on at once, and without a word."""
        machine.encode_in(0.1)
        with machine.started("build") as first:
            wait_until(lambda: machine.encoded)
            second = machine.run("build", "--json")
            named = rf"process {first.pid} since \d{{4}}-\d\d-\d\d \d\d:\d\d UTC, for 0 min: try again"
            assert re.search(named, second.err) and second.err.count("\n") == 1
            assert (second.status, json.loads(second.out)["status"]) == (4, 4)
            first.send_signal(signal.SIGKILL)
            first.wait()
        machine.encode_in(0.0)
        assert machine.run("build") == QUIET


def kill_while_encoding(machine: Machine, number: signal.Signals) -> Said:
    """Start a build of forty more passages or so, and end it by a signal after eight of them."""
    for article in range(10):
        machine.write(f"more-{article}")
    machine.encode_in(0.05)
    before = len(machine.encoded)
    with machine.started("build", "--log-file", "log") as process:
        wait_until(lambda: len(machine.encoded) > before)
        return stopped(process, number)


def stopped(process: "subprocess.Popen[str]", number: signal.Signals) -> Said:
    """Send a signal, and wait for the end, which has to come within five seconds."""
    process.send_signal(number)
    started = time.monotonic()
    for _ in range(3 if number == signal.SIGTERM else 0):
        time.sleep(0.003)
        process.send_signal(number)  # timeout(1) sends it to the process and to its group: it comes twice
    found = said(process)
    assert time.monotonic() - started < 5
    return found


@pytest.fixture
def heard() -> Iterator[None]:
    """Let children hear Ctrl-C, also where these tests run in the background, whose processes a shell tells not to."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class TestSignals:
    def test_terminated_while_fetching(self, built: Machine) -> None:
        """It ends at once, though a page takes long; the next run asks for none again that it has."""
        names = [f"slow-{n}" for n in range(6)]
        built.publish([*names, "endless-1", "endless-2"], seconds=0.1)
        built.serve(["endless-1", "endless-2"], 20.0)
        with built.started("build") as process:
            wait_until(lambda: built.site.asked["/endless-1"] and built.site.asked["/endless-2"])
            found = stopped(process, signal.SIGTERM)
        assert found.status == 143
        assert one_line(found) == "verbatim-index: terminated: what was published stays published, the next run goes on"
        status = status_of(built)
        assert (status["articles"], status["last_run"]["ended"]) == (4, "interrupted")
        assert status["last_run"]["reason"] == "terminated"
        assert f"interrupted: the run of {status['last_run']['started'][:10]} " in built.run("status").out
        kept = [name for name in names if built.site.asked[f"/{name}"]]
        built.serve(["endless-1", "endless-2"], 0.0)
        assert built.run("build") == QUIET
        assert status_of(built)["articles"] == 12
        assert [built.site.asked[f"/{name}"] for name in kept] == [1] * len(kept)

    @pytest.mark.usefixtures("heard")
    def test_interrupted_while_encoding(self, built: Machine) -> None:
        """Nothing that was encoded is encoded again, and what was published answers until then."""
        before = len(built.encoded)
        found = kill_while_encoding(built, signal.SIGINT)
        assert (found.status, one_line(found)[:27]) == (130, "verbatim-index: interrupted")
        assert " ERROR interrupted: what was published " in (built.folder / "log").read_text()
        assert status_of(built)["last_run"]["ended"] == "interrupted"
        assert built.run("verify").status == 0
        kept = len(built.encoded) - before
        built.encode_in(0.0)
        report = json.loads(built.run("build", "--json").out)
        assert (report["articles"], report["passages"]) == (14, 56)
        # what was just done when the signal came may be lost: eight passages
        assert 40 - kept <= report["encoded"] <= 40 - kept + 8


def test_timeout_ends_it_in_order(machine: Machine) -> None:
    """As in the crontab, it sends SIGTERM to the process and then to its group: the second one disturbs nothing."""
    machine.encode_in(1.0)
    found = replace(machine, before=("timeout", "2")).run("build")
    assert (found.status, one_line(found)[:27]) == (124, "verbatim-index: terminated:")
    assert status_of(machine, 1)["last_run"]["reason"] == "terminated"


class TestMaxTime:
    def test_over_while_fetching_it_publishes_what_it_has(self, machine: Machine) -> None:
        """That is no failure: the next run fetches the rest, and nothing twice; people are told how much that is."""
        machine.publish([f"slow-{number}" for number in range(40)], seconds=0.2)
        found = machine.run("build", "--max-time", "0.08", "--json")
        report = json.loads(found.out)
        assert (found.status, found.err) == (0, "")
        fetched = report["articles"] - 1
        assert 0 < fetched < 40
        assert report["left"] == 40 - fetched
        machine.publish([f"slow-{number}" for number in range(40)])
        assert machine.run("build") == QUIET
        assert status_of(machine)["articles"] == 41
        # two requests may be on their way when the time is over
        assert sum(machine.site.asked[f"/slow-{number}"] for number in range(40)) <= 42

    def test_over_while_encoding_it_is_124(self, built: Machine) -> None:
        """As of timeout(1); what is encoded is kept, and is no failure either."""
        for number in range(10):
            built.write(f"more-{number}")
        built.encode_in(0.1)
        before = len(built.encoded)
        started = time.monotonic()
        found = built.run("build", "--max-time", "0.04")
        assert time.monotonic() - started < 0.04 * 60 + 5
        kept = len(built.encoded) - before
        assert found.status == 124
        assert one_line(found).endswith(f"minutes are over: {kept} of 40 passages are encoded, the next run goes on")
        status = status_of(built)
        assert (status["last_run"]["ended"], status["last_failure"]) == ("interrupted", None)
        built.encode_in(0.0)
        assert json.loads(built.run("build", "--json").out)["encoded"] == 40 - kept


def test_threads_are_those_that_it_encodes_with(machine: Machine) -> None:
    """Other programs want the other cores."""
    machine.encode_in(0.05)
    assert machine.run("build", "--threads", "3") == QUIET
    assert len({thread for thread, _ in machine.encoded}) == 3


def test_the_log_has_counts_and_milliseconds(built: Machine) -> None:
    """Each line with its time; the option may stand before the command, too; the next run writes below."""
    built.write("another")
    assert built.run("--log-file", "log", "build") == QUIET
    assert built.run("build", "--log-file", "log") == QUIET
    lines = (built.folder / "log").read_text().splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO ", line) for line in lines)
    # the folder was copied: its old file is read anew, too
    told = "\n".join(re.sub(r"in \d+ ms", "in N ms", line[29:]) for line in lines[:5])
    assert told == (
        "News: 0 new, 0 fetched, 0 changed, 0 gone, 0 failed, 0 left\n"
        "1 requests to 1 sources, in N ms\n"
        "5 documents, 2 of them read, in N ms\n"
        "20 passages, 4 of them encoded, in N ms\n"
        "5 articles, 1 new, 0 changed, 0 removed, 20 passages, 4 encoded, 1 requests, 0 pages left, in N ms"
    )
    assert len(lines) == 9


class TestStatus:
    def test_nothing_published_is_told_to_monitoring(self, machine: Machine) -> None:
        """The keys are there as always, with what is wrong, and how the last run failed."""
        (machine.articles / "file.md").write_bytes(b"")
        machine.site.broken = 503
        assert machine.run("build").status == 1
        status = status_of(machine, 1)
        assert (status["snapshot"], status["articles"], status["stale"]) == (None, 0, True)
        assert status["problems"][0].startswith("nothing has been published in ")
        assert (status["last_run"]["ended"], [one["name"] for one in status["sources"]]) == (
            "failed",
            ["Files", "News"],
        )
        machine.site.broken = 0
        machine.write("file")
        assert machine.run("build") == QUIET
        assert status_of(machine).keys() == status.keys()

    def test_moments_are_iso_8601(self, built: Machine) -> None:
        """Every tool reads them."""
        status = status_of(built)
        moments = (status["created"], status["last_good"], status["last_run"]["started"], status["rechecks"]["next"])
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", one) for one in moments)


class TestTerminal:
    def test_bars_and_what_changed(self, machine: Machine) -> None:
        """A bar for each stage with rate and time left, and a last line that says what changed."""
        status, shown = machine.on_terminal("build")
        assert status == 0
        for stage, unit in (("fetching", "pages"), ("reading", "documents"), ("encoding", "passages")):
            assert re.search(rf"{stage}: 100%\|█+\| (\d+)/\1 \[\d\d:\d\d<\d\d:\d\d, +[\d.]+ {unit}/s\]", shown), stage
        last = shown.rstrip().splitlines()[-1]
        assert re.fullmatch(r"4 articles \(4 new, 0 changed, 0 removed\), 16 passages \(16 encoded\), \d+\.\d s", last)

    def test_nothing_new_is_said_in_a_line(self, built: Machine) -> None:
        """Who asked for a build wants to know that it was done."""
        status, shown = built.on_terminal("build")
        last = shown.rstrip().splitlines()[-1]
        assert status == 0
        assert re.fullmatch(r"4 articles, 16 passages: nothing changed since \S+, \d+\.\d s", last)


COMMANDS = (
    *("build", "add", "search", "take-down", "export", "history", "skipped"),
    *("status", "diff", "publish", "verify", "rollback", "prune"),
)


def test_help_names_every_command_and_comes_at_once(machine: Machine) -> None:
    """Below 0.4 s of the processor, of which half is the checking of settings getting ready."""
    told = machine.run("--help").out
    assert tuple(re.findall(r"^    ([a-z-]+) ", told, re.MULTILINE)) == COMMANDS
    assert min(machine.processor_seconds("build", "--help") for _ in range(3)) < 0.4


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed here")
@pytest.mark.parametrize("status", [0, 1, 2, 3, 4, 5, 124, 130, 143])
def test_make_run_starts_the_bot_unless_the_build_failed(tmp_path: Path, status: int) -> None:
    """Documents that are broken, another build, the gate, and the clock are no reason not to answer questions."""
    programs = {"verbatim-index": f"exit {status}", "verbatim-bot": "echo the bot runs", "python": "exit 0"}
    (tmp_path / "bin").mkdir()
    for name, does in programs.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / ".installed").touch()
    command = ["make", "--directory", str(ROOT), "--silent", f"VENV={tmp_path}", "run"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ("the bot runs" in ended.stdout) == (status in (0, 3, 4, 5, 124)), ended.stderr
    assert (ended.returncode == 0) == ("the bot runs" in ended.stdout)


@pytest.mark.model
def test_the_real_encoder_is_stopped_as_fast(tmp_path: Path) -> None:
    """SIGTERM while it encodes, on one thread: within five seconds, and the next run encodes only what is left."""
    with websites(1) as (site,):
        machine = Machine.set_up(tmp_path, site, real=True)
        for number in range(30):
            machine.write(f"more-{number}")
        cache = Layout(machine.folder / "store").cache
        with machine.started("build", "--threads", "1") as process:
            wait_until(lambda: vectors(cache), seconds=60)
            assert stopped(process, signal.SIGTERM).status == 143
        kept = vectors(cache)
        report = json.loads(machine.run("build", "--json").out)
        assert (report["passages"], report["encoded"]) == (136, 136 - kept)
        assert 0 < kept < 136


def vectors(cache: Path) -> int:
    """How many vectors are kept so far; 0 where the file is not there yet."""
    try:
        with closing(sqlite3.connect(f"file:{cache}?mode=ro", uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM vectors").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
