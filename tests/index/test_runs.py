"""How the last builds went: what is remembered, and what can be told from it."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.runs import (
    KEPT,
    Counts,
    Ended,
    Run,
    SourceRun,
    begin_run,
    end_run,
    last_error_of,
    last_failure,
    last_good,
    last_good_of,
    read_runs,
)

START = datetime(2026, 11, 22, 2, 7, tzinfo=UTC)
FED = SourceRun("feed", "news", None, 30, 2, 3)
BROKEN = SourceRun("feed", "news", "https://news.example/feed answers 503")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where runs are written down."""
    return tmp_path / "store" / "runs.json"


def at(quarter: int) -> datetime:
    return START + timedelta(minutes=15 * quarter)


def ended(quarter: int, how: Ended | None, *sources: SourceRun, reason: str = "") -> Run:
    return Run(at(quarter), 12.5 if how else 0.0, how, reason, Counts(articles=3, requests=4), sources)


def write(path: Path, *runs: Run) -> None:
    for run in runs:
        begun = begin_run(path, run.started)
        if run.ended:
            end_run(path, replace(run, started=begun.started))


def test_a_run_is_known_from_its_beginning_and_whole_at_its_end(path: Path) -> None:
    """What is written is read back, to the microsecond."""
    begun = begin_run(path, START)
    assert read_runs(path) == (Run(START),) == (begun,)
    done = ended(0, Ended.PUBLISHED, FED, SourceRun("files", "häuser 🐝", "no such folder"))
    end_run(path, done)
    assert read_runs(path) == (done,)
    assert done.finished == START + timedelta(seconds=12.5)


def test_the_last_good_run_published_or_found_nothing_new(path: Path) -> None:
    """Nothing else is good; none is known of a new installation."""
    assert (read_runs(path), last_good(()), last_failure(())) == ((), None, None)
    others = [ended(n, how) for n, how in enumerate((Ended.HELD, Ended.FAILED, Ended.INTERRUPTED, None), 2)]
    for how in (Ended.PUBLISHED, Ended.UNCHANGED):
        assert last_good([ended(0, how), ended(1, how), *others]) == ended(1, how)
    assert last_good(others) is None


def test_the_last_failure_is_one_that_failed_or_was_held_back(path: Path) -> None:
    """A run that was interrupted says nothing."""
    runs = [ended(0, Ended.FAILED, reason="disk full"), ended(1, Ended.UNCHANGED), ended(2, Ended.INTERRUPTED)]
    assert last_failure(runs) == runs[0]
    assert last_failure([*runs, ended(3, Ended.HELD)]) == ended(3, Ended.HELD)
    assert last_failure(runs[1:]) is None


def test_a_run_that_was_killed_never_ended(path: Path) -> None:
    """It is certain when another one began; the newest may be going on."""
    write(path, ended(0, Ended.PUBLISHED), ended(1, None))
    assert last_failure(read_runs(path)) is None
    write(path, ended(2, Ended.PUBLISHED))
    assert last_failure(read_runs(path)) == Run(at(1))
    assert last_good(read_runs(path)) == ended(2, Ended.PUBLISHED)


def test_each_source_has_its_own_history(path: Path) -> None:
    """When it could be read last, in a good run or not; and why it cannot be read now."""
    runs = [
        ended(0, Ended.PUBLISHED, FED),
        ended(1, Ended.HELD, FED),
        ended(2, Ended.PUBLISHED, BROKEN),
        ended(3, None),
    ]
    assert last_good_of(runs, "news") == ended(1, Ended.HELD).finished
    assert last_error_of(runs, "news") == "https://news.example/feed answers 503"
    assert last_error_of([*runs, ended(4, Ended.FAILED, FED)], "news") is None
    assert (last_good_of(runs, "other"), last_error_of(runs, "other")) == (None, None)


def test_many_bad_runs_do_not_push_out_the_last_good_one(path: Path) -> None:
    """A bad night is more than fifty runs, and in the morning one asks since when."""
    write(path, ended(0, Ended.PUBLISHED, FED), ended(1, Ended.PUBLISHED, FED), ended(2, Ended.UNCHANGED, BROKEN))
    write(path, *(ended(n, Ended.FAILED, BROKEN) for n in range(3, KEPT + 20)))
    runs = read_runs(path)
    assert [run.started for run in runs[:3]] == [at(1), at(2), at(20)] and len(runs) == KEPT + 2
    assert last_good(runs) == ended(2, Ended.UNCHANGED, BROKEN)
    assert last_good_of(runs, "news") == ended(1, Ended.PUBLISHED).finished


@pytest.mark.parametrize("damage", ["", "[", "[1]", '{"a": 1}', '[{"started": "yesterday"}]'])
def test_a_damaged_file_is_told_and_begun_anew(path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    """No build fails for its diary."""
    path.parent.mkdir()
    path.write_text(damage)
    with caplog.at_level(logging.WARNING):
        assert read_runs(path) == ()
    assert "runs.json does not tell how the last runs went" in caplog.text
    begin_run(path, START)
    assert read_runs(path) == (Run(START),)
