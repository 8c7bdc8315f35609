"""What a storage folder holds, for people and for monitoring. It loads neither torch nor FAISS."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from index.records import SourceSummary
from index.report import grouped
from index.snapshot import Store


@dataclass(frozen=True, slots=True)
class Status:
    """The published snapshot and its surroundings. ``bytes``: everything under the storage folder."""

    snapshot: str
    created: datetime
    age_seconds: int
    encoder: str
    articles: int
    passages: int
    sources: tuple[SourceSummary, ...]
    kept: tuple[str, ...]
    bytes: int

    def __str__(self) -> str:
        head = (
            f"{self.snapshot}, {_age(self.age_seconds)} old: {grouped(self.articles)} articles,"
            f" {grouped(self.passages)} passages, encoder {self.encoder}"
        )
        sources = (
            f"  {one.name}: {grouped(one.articles)} articles, newest {one.newest or 'without a date'}"
            for one in self.sources
        )
        kept = f"{len(self.kept)} snapshots kept, {self.bytes / 1e6:.1f} MB in all"
        return "\n".join((head, *sources, kept))


def describe(store: Store, now: datetime) -> Status:
    """Describe what is published and what is kept.

    Raises:
        NoSnapshot: nothing was published yet.
        SnapshotError: the published snapshot is missing, truncated or of another format.
    """
    with store.open(store.current(), verify=False) as snapshot:
        manifest = snapshot.manifest
        return Status(
            snapshot=snapshot.name,
            created=manifest.created,
            age_seconds=round((now - manifest.created).total_seconds()),
            encoder=manifest.encoder,
            articles=manifest.articles,
            passages=manifest.passages,
            sources=snapshot.sources(),
            kept=store.names(),
            bytes=_size(store.layout.storage),
        )


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _age(seconds: int) -> str:
    """The two greatest units: ``3 d 4 h``, ``12 min``."""
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return f"{days} d {hours % 24} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
