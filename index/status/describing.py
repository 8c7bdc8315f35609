"""Look at a storage folder: its published snapshot, how the last runs went, what is kept. It changes nothing."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from index.errors import VectorsUnavailable
from index.runs import Ended, Run, last_error_of, last_failure, last_good, last_good_of, read_runs
from index.settings import Settings
from index.snapshot import Snapshot, Store
from index.status.freshness import rhythm_of, run_problems, silences, source_problems
from index.status.records import DayCount, EndedRun, FailedRun, HeldSnapshot, Rechecks, Rhythm, SourceStatus, Status

DAYS_SHOWN = 14


def describe_status(settings: Settings, now: datetime, due: tuple[int, datetime | None] | None = None) -> Status:
    """Describe what is published, how fresh it is and what is kept.

    ``due``: how many pages have to be looked at again by now, and when the next one has to.

    Raises:
        NoSnapshot: nothing was published yet.
        SnapshotError: the published snapshot is missing, truncated or of another format.
    """
    store = Store(settings.storage.folder, settings.vectors)
    runs = read_runs(store.layout.runs)
    with store.open(store.current(), verify=False) as snapshot:
        manifest, name, counts, away = snapshot.manifest, snapshot.name, _counts(snapshot), _away(snapshot, settings)
    good = last_good(runs)
    sources = _sources(settings, runs, counts)
    rhythms = _rhythms(settings, sources, counts, now.date())
    problems = (
        *run_problems(settings.freshness, good.finished if good else None, manifest.created, now),
        *source_problems(settings.freshness, sources, now),
        *silences(rhythms),
    )
    return Status(
        articles=manifest.articles,
        passages=manifest.passages,
        snapshot=name,
        created=manifest.created,
        newest=max((rhythm.newest for rhythm in rhythms if rhythm.newest), default=None),
        stale=bool(problems),
        problems=problems,
        sources=sources,
        rhythms=rhythms,
        days=_last_days(counts),
        last_good=good.finished if good else None,
        last_failure=_failure(runs, good),
        last_run=_ended(runs),
        running=_running(runs),
        held=_held(store),
        rechecks=Rechecks(*due) if due else None,
        age_seconds=round((now - manifest.created).total_seconds()),
        encoder=manifest.encoder,
        vectors=manifest.vectors,
        vectors_away=away,
        kept=store.names(),
        bytes=_size(store.layout.storage),
    )


def describe_absence(settings: Settings, reason: str) -> Status:
    """Describe a storage folder of which nothing can be used, for ``reason``: how the runs went, and what is there."""
    store = Store(settings.storage.folder)
    runs = read_runs(store.layout.runs)
    good = last_good(runs)
    return Status(
        articles=0,
        passages=0,
        snapshot=None,
        created=None,
        newest=None,
        stale=True,
        problems=(reason,),
        sources=_sources(settings, runs, ()),
        rhythms=(),
        days=(),
        last_good=good.finished if good else None,
        last_failure=_failure(runs, good),
        last_run=_ended(runs),
        running=_running(runs),
        held=_held(store),
        rechecks=None,
        age_seconds=None,
        encoder=None,
        vectors=None,
        vectors_away=None,
        kept=store.names(),
        bytes=_size(store.layout.storage),
    )


def _away(snapshot: Snapshot, settings: Settings) -> str | None:
    """Tell that the vectors cannot be had, in words that stay the same for as long as that lasts."""
    has_words = snapshot.manifest.words == "own"
    meanwhile = "questions are answered from words alone" if has_words else "no question can be answered"
    try:
        lost = snapshot.lost_vectors()
    except VectorsUnavailable:
        return f"Milvus at {settings.vectors.address} does not give the vectors: {meanwhile}"
    return f'{lost}: {meanwhile} until "verbatim-index build" has run' if lost else None


def _counts(snapshot: Snapshot) -> tuple[DayCount, ...]:
    """Articles by source and day, newest first. One walk over the articles, whose texts make it the slow part."""
    with snapshot.telling_damage():
        rows = snapshot.connection.execute(
            "SELECT published, source, count(*) FROM articles GROUP BY source, published"
            " ORDER BY published DESC, source"
        )
        return tuple(DayCount(date.fromisoformat(day) if day else None, source, n) for day, source, n in rows)


def _sources(settings: Settings, runs: Sequence[Run], counts: Iterable[DayCount]) -> tuple[SourceStatus, ...]:
    kinds = {source.label: source.kind for source in settings.sources}
    articles = dict.fromkeys(kinds, 0)
    for one in counts:
        articles[one.source] = articles.get(one.source, 0) + one.articles
    return tuple(
        SourceStatus(kinds.get(name), name, articles[name], last_good_of(runs, name), last_error_of(runs, name))
        for name in sorted(articles)
    )


def _rhythms(
    settings: Settings, sources: Iterable[SourceStatus], counts: Sequence[DayCount], today: date
) -> tuple[Rhythm, ...]:
    factor = settings.freshness.silence_factor
    days = {one.name: {count.day for count in counts if count.source == one.name and count.day} for one in sources}
    return tuple(rhythm_of(name, of_source, today, factor) for name, of_source in days.items())


def _failure(runs: Sequence[Run], good: Run | None) -> FailedRun | None:
    run = last_failure(runs)
    if run is None:
        return None
    reason = "it never ended" if run.ended is None else run.reason
    reason = f"held back by the gate: {reason}" if run.ended is Ended.HELD else reason
    return FailedRun(run.started, reason, good is None or runs.index(good) < runs.index(run))


def _running(runs: Sequence[Run]) -> datetime | None:
    return runs[-1].started if runs and runs[-1].ended is None else None


def _ended(runs: Sequence[Run]) -> EndedRun | None:
    last = next((run for run in reversed(runs) if run.ended), None)
    return EndedRun(last.started, str(last.ended), last.reason, last.seconds) if last else None


def _held(store: Store) -> HeldSnapshot | None:
    held = store.held()
    return HeldSnapshot(held.name, held.reasons) if held else None


def _last_days(counts: Sequence[DayCount]) -> tuple[DayCount, ...]:
    shown = sorted({one.day for one in counts if one.day})[-DAYS_SHOWN:]
    return tuple(one for one in counts if one.day in shown)


def _size(folder: Path) -> int:
    return sum(_bytes(path) for path in folder.rglob("*"))


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:  # a build that goes on has removed it meanwhile
        return 0
