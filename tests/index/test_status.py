"""How fresh the index is, by its runs and by its sources' own rhythm."""

import json
import subprocess
import sys
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import add_snapshot, an_article, three_articles

from index.errors import NoSnapshot
from index.runs import Ended, SourceRun, begin_run, end_run
from index.settings import FilesSource, FreshnessSection, Settings, StorageSettings
from index.snapshot import Store
from index.status import Status, describe_status
from index.status.freshness import rhythm_of, usual_gap

TODAY = date(2026, 11, 22)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """One source, with the name that two of the three articles have."""
    source = FilesSource(kind="files", folder=tmp_path, name="samples")
    freshness = FreshnessSection(max_age_hours=24, silence_factor=4)
    return Settings(storage=StorageSettings(folder=tmp_path / "store"), sources=(source,), freshness=freshness)


@pytest.fixture
def built(settings: Settings) -> Settings:
    """Three articles of 2024 and before, published just now."""
    add_snapshot(settings.storage.folder, three_articles())
    return settings


def now() -> datetime:
    return datetime.now(UTC)


def run(settings: Settings, ago: timedelta, ended: Ended | None, reason: str = "", *sources: SourceRun) -> None:
    path = Store(settings.storage.folder).layout.runs
    begun = begin_run(path, now() - ago)
    if ended:
        end_run(path, replace(begun, seconds=30.0, ended=ended, reason=reason, sources=sources))


def as_json(status: Status) -> Any:
    return json.loads(json.dumps(asdict(status), default=str))


def days(*gaps: int, last: date = TODAY) -> set[date]:
    """Days with these gaps between them, the newest of them ``last``."""
    return {last - timedelta(days=sum(gaps[number:])) for number in range(len(gaps) + 1)}


def test_it_says_how_vectors_are_searched(built: Settings) -> None:
    """Whether all of the nearest are found, or nearly all, stands beside the encoder."""
    status = describe_status(built, now())

    assert status.vectors == "half precision, exact"
    assert "vectors in half precision, exact" in str(status)


class TestRhythm:
    @pytest.mark.parametrize(
        ("gaps", "usual"),
        [
            ([1] * 8, 1),
            ([1] * 7, None),
            ([7] * 10, 7),
            ([1, 1, 1, 1, 3] * 4, 3),
            ([1] * 9 + [30], 1),
            ([1] * 8 + [30, 30], 30),
            ([], None),
        ],
    )
    def test_the_usual_gap_is_what_nine_in_ten_do_not_exceed(self, gaps: list[int], usual: int | None) -> None:
        """Weekends count where they come every week, one summer break does not; few days are no rhythm."""
        assert usual_gap(days(*gaps)) == usual

    def test_only_the_last_days_before_the_newest_article_count(self) -> None:
        """A weekly that became a daily is a daily; one article is no rhythm, nor is none."""
        assert usual_gap(days(*[7] * 50, *[1] * 89)) == 1
        assert (usual_gap({TODAY}), usual_gap(())) == (None, None)

    @pytest.mark.parametrize(
        ("silence", "gap", "silent"),
        [(4, 1, False), (5, 1, True), (28, 7, False), (29, 7, True), (365, 1, True), (366, 1, False)],
    )
    def test_silent_is_longer_than_some_usual_gaps_and_no_archive(self, silence: int, gap: int, silent: bool) -> None:
        """Four gaps may pass; after a year nobody waits any more."""
        found = rhythm_of("news", days(*[gap] * 10, last=TODAY - timedelta(days=silence)), TODAY, 4.0)
        assert (found.silent, found.usual_days, found.newest) == (silent, gap, TODAY - timedelta(days=silence))

    def test_an_article_of_the_future_hides_no_silence(self) -> None:
        """A wrong date is a wrong date."""
        past = days(*[1] * 10, last=TODAY - timedelta(days=20))
        assert rhythm_of("news", {*past, TODAY + timedelta(days=900)}, TODAY, 4.0).silent
        assert not rhythm_of("news", {TODAY + timedelta(days=n) for n in range(1, 20)}, TODAY, 4.0).silent


def test_a_fresh_index_is_not_stale(built: Settings) -> None:
    """Built just now: nothing has to be known of the runs."""
    status = describe_status(built, now())
    assert (status.stale, status.problems, status.last_good, status.last_failure) == (False, (), None, None)
    assert (status.held, status.rechecks, status.running) == (None, None, None)


def test_nothing_published_is_an_error(settings: Settings) -> None:
    """There is nothing to describe."""
    with pytest.raises(NoSnapshot):
        describe_status(settings, now())


def test_as_json_it_has_the_documented_keys(built: Settings) -> None:
    """Monitoring hangs on these names."""
    run(built, HOUR, Ended.PUBLISHED, "", SourceRun("files", "samples"), SourceRun("feed", "crafts", "503"))
    status = as_json(describe_status(built, now(), (7, datetime(2026, 11, 23, tzinfo=UTC))))
    assert list(status)[:6] == ["articles", "passages", "snapshot", "created", "newest", "stale"]
    assert (status["articles"], status["newest"], status["stale"]) == (3, "2024-05-01", False)
    crafts, samples = status["sources"]
    assert crafts == {"kind": None, "name": "crafts", "articles": 1, "last_good": None, "last_error": "503"}
    assert list(samples) == ["kind", "name", "articles", "last_good", "last_error"]
    assert (samples["kind"], samples["articles"], samples["last_error"]) == ("files", 2, None)
    assert datetime.fromisoformat(samples["last_good"]) < now() - 59 * MINUTE
    assert status["days"] == [
        {"day": "2024-05-01", "source": "samples", "articles": 1},
        {"day": "2023-01-09", "source": "samples", "articles": 1},
    ]
    assert status["rechecks"] == {"due": 7, "next": "2026-11-23 00:00:00+00:00"}


def test_too_long_without_a_good_run_is_stale(built: Settings) -> None:
    """An index in which nothing changes is fresh for as long as somebody looks, whatever its age."""
    run(built, 25 * HOUR, Ended.UNCHANGED)
    run(built, 2 * HOUR, Ended.FAILED, "disk full")
    run(built, HOUR, Ended.INTERRUPTED)
    status = describe_status(built, now())
    assert status.stale and len(status.problems) == 1
    assert "the last good run ended on" in status.problems[0] and "more than 24 hours ago" in status.problems[0]
    assert status.problems == describe_status(built, now() + HOUR).problems
    run(built, MINUTE, Ended.UNCHANGED)
    assert not describe_status(built, now() + 23 * HOUR).stale
    assert describe_status(built, now() + 24 * HOUR).stale


def test_where_no_run_is_known_the_snapshots_age_counts(built: Settings) -> None:
    """An index that was copied here from elsewhere."""
    assert not describe_status(built, now() + 23 * HOUR).stale
    (problem,) = describe_status(built, now() + 25 * HOUR).problems
    assert problem.startswith("the snapshot was built on ") and "no good run is known" in problem


def test_a_source_that_cannot_be_read_for_too_long_is_stale(built: Settings) -> None:
    """Though every run publishes what the others have."""
    run(built, 25 * HOUR, Ended.PUBLISHED, "", SourceRun("files", "samples"))
    run(built, HOUR, Ended.PUBLISHED, "", SourceRun("files", "samples", "no such folder"))
    (problem,) = describe_status(built, now()).problems
    assert problem.startswith("samples could be read last on ")
    assert "samples: 2 articles, newest 2024-05-01; could not be read since " in str(describe_status(built, now()))
    run(built, MINUTE, Ended.PUBLISHED, "", SourceRun("files", "samples"))
    assert not describe_status(built, now()).stale


def test_a_source_silent_for_longer_than_its_rhythm_is_stale(settings: Settings) -> None:
    """A daily that has been silent for a week, beside a weekly that has not spoken for as long."""
    last = now().date() - timedelta(days=7)
    daily = (an_article(f"d{n}", f"Text {n}.", published=last - timedelta(days=n)) for n in range(10))
    weekly = (
        an_article(f"w{n}", f"Words {n}.", published=last - timedelta(days=7 * n), source="weekly") for n in range(10)
    )
    add_snapshot(settings.storage.folder, [*daily, *weekly])
    status = describe_status(settings, now())
    assert status.problems == (f"samples has published nothing since {last}; it usually does so every day",)
    assert [(one.source, one.usual_days, one.silent) for one in status.rhythms] == [
        ("samples", 1, True), ("weekly", 7, False)
    ]  # fmt: skip


class TestText:
    def test_it_tells_what_is_published(self, built: Settings) -> None:
        """Counts, sources with their newest day, articles by day, what is kept and how much room it takes."""
        lines = str(describe_status(built, now())).splitlines()
        assert lines[0].startswith(f"{Store(built.storage.folder).current()}, 0 min old: 3 articles, ")
        assert lines[1:7] == [
            "sources:",
            "  crafts: 1 article, without a date",
            "  samples: 2 articles, newest 2024-05-01",
            "articles by day:",
            "  2024-05-01: samples 1",
            "  2023-01-09: samples 1",
        ]
        assert lines[7].startswith("1 snapshot kept, 0.") and lines[8:] == []

    def test_only_the_last_days_are_shown(self, settings: Settings) -> None:
        """Two weeks with articles, newest first."""
        first = date(2026, 1, 1)
        articles = (an_article(f"a{n}", f"Text {n}.", published=first + timedelta(days=2 * n)) for n in range(30))
        add_snapshot(settings.storage.folder, articles)
        shown = describe_status(settings, now()).days
        assert [one.day for one in shown] == [first + timedelta(days=2 * n) for n in range(29, 15, -1)]

    def test_it_tells_how_the_last_runs_went(self, built: Settings) -> None:
        """The last good one, the last failure with its reason, and whether all was well after it."""
        run(built, 3 * HOUR, Ended.PUBLISHED)
        run(built, 2 * HOUR, Ended.FAILED, "the disk is full")
        told = str(describe_status(built, now()))
        assert f"last good run: {now() - 3 * HOUR + MINUTE / 2:%Y-%m-%d %H:%M} UTC\n" in told
        assert f"last failure: the run of {now() - 2 * HOUR:%Y-%m-%d %H:%M} UTC: the disk is full\n" in told
        run(built, HOUR, Ended.UNCHANGED)
        assert " UTC, all was well again later: the disk is full\n" in str(describe_status(built, now()))

    def test_a_run_that_was_killed_is_told(self, built: Settings) -> None:
        """At first it may still be going on; then it never ended."""
        run(built, 2 * HOUR, Ended.PUBLISHED)
        run(built, HOUR, None)
        status = describe_status(built, now())
        assert status.last_failure is None and "has not ended: it goes on, or was killed" in str(status)
        run(built, MINUTE, None)
        failure = describe_status(built, now()).last_failure
        assert failure and (failure.reason, failure.since_good) == ("it never ended", True)

    def test_a_snapshot_that_was_held_back_is_told(self, built: Settings) -> None:
        """With the reasons of the gate, or that they cannot be read."""
        store = Store(built.storage.folder)
        published = store.current()
        name = add_snapshot(built.storage.folder, three_articles()[:1])
        store.publish(published)
        store.hold(name, ("too few", "worse"), "")
        told = str(describe_status(built, now(), (12, None)))
        assert f"held back by the gate: {name}: too few; worse\n" in told
        assert "pages to look at again: 12 now\n" in told
        store.layout.held.write_text("{")
        assert (held := describe_status(built, now()).held) and held.snapshot == name


@pytest.mark.process
def test_it_is_told_at_once_and_loads_nothing_heavy(built: Settings) -> None:
    """Monitoring asks every minute: neither torch nor FAISS, and most of the time goes into starting Python."""
    script = (
        "import sys, time; from datetime import UTC, datetime; from pathlib import Path\n"
        "started = time.perf_counter()\n"
        "from index.settings import Settings, StorageSettings\n"
        "from index.status import describe_status\n"
        "describe_status(Settings(storage=StorageSettings(folder=Path(sys.argv[1]))), datetime.now(UTC))\n"
        "heavy = {'torch', 'faiss', 'numpy', 'trafilatura', 'httpx'} & set(sys.modules)\n"
        "print(time.perf_counter() - started); sys.exit(str(heavy) if heavy else 0)"
    )
    root = Path(__file__).parents[2]
    ended = subprocess.run(
        [sys.executable, "-c", script, str(built.storage.folder)], cwd=root, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
