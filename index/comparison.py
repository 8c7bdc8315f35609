"""What differs between two snapshots, for people who have to decide which one to publish. It decides nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from index.golden import GoldenResult
from index.records import Article
from index.report import grouped
from index.snapshot import Snapshot

_TITLES = 10
"""Articles of a source that are named."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the snapshots compared. ``found``: golden questions that find what is expected; ``None``: not asked."""

    snapshot: str
    articles: int
    passages: int
    bytes: int
    found: int | None


@dataclass(frozen=True, slots=True)
class SourceChange:
    """What happened to articles of one source: how many, and the titles of the first."""

    source: str
    articles: int
    titles: tuple[str, ...]

    def __str__(self) -> str:
        more = self.articles - len(self.titles)
        lines = [f"    {title}" for title in self.titles] + ([f"    and {grouped(more)} more"] if more else [])
        return "\n".join((f"  {self.source}: {grouped(self.articles)}", *lines))


@dataclass(frozen=True, slots=True)
class GoldenChange:
    """A golden question that is answered otherwise: its places before and now, and the titles that it finds now."""

    question: str
    before: int | None
    now: int | None
    titles: tuple[str, ...]

    def __str__(self) -> str:
        found = f" (now first: {'; '.join(self.titles)})" if self.titles else " (nothing is found now)"
        return f"  {self.question} {_place(self.before)} -> {_place(self.now)}{found}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What ``now`` holds otherwise than ``before``: articles by source, golden questions.

    ``better`` and ``worse`` are empty where one of the two could not be asked.
    """

    before: Side
    now: Side
    added: tuple[SourceChange, ...]
    changed: tuple[SourceChange, ...]
    removed: tuple[SourceChange, ...]
    better: tuple[GoldenChange, ...]
    worse: tuple[GoldenChange, ...]

    def __str__(self) -> str:
        old, new = self.before, self.now
        head = (
            f"{old.snapshot} -> {new.snapshot}",
            f"articles {grouped(old.articles)} -> {grouped(new.articles)}",
            f"passages {grouped(old.passages)} -> {grouped(new.passages)}",
            f"size {old.bytes / 1e6:.1f} -> {new.bytes / 1e6:.1f} MB",
        )
        asked = old.found is not None or new.found is not None
        golden = (f"golden questions found {_count(old.found)} -> {_count(new.found)}",) if asked else ()
        parts = (
            *_listed("added", self.added),
            *_listed("changed", self.changed),
            *_listed("removed", self.removed),
            *_listed("golden questions worse", self.worse),
            *_listed("golden questions better", self.better),
        )
        return "\n".join((*head, *golden, *parts))


def compare(
    before: Snapshot, now: Snapshot, golden_before: Sequence[GoldenResult], golden_now: Sequence[GoldenResult]
) -> Comparison:
    """Compare two snapshots; the results are those of the same golden questions, none where they were not asked."""
    old, new = before.digests(), now.digests()
    better, worse = _golden_changes(golden_before, golden_now)
    return Comparison(
        before=_side(before, golden_before),
        now=_side(now, golden_now),
        added=_by_source((id_ for id_ in new if id_ not in old), now.article),
        changed=_by_source((id_ for id_ in new if id_ in old and old[id_] != new[id_]), now.article),
        removed=_by_source((id_ for id_ in old if id_ not in new), before.article),
        better=better,
        worse=worse,
    )


def _side(snapshot: Snapshot, golden: Sequence[GoldenResult]) -> Side:
    manifest = snapshot.manifest
    return Side(
        snapshot=snapshot.name,
        articles=manifest.articles,
        passages=manifest.passages,
        bytes=sum(file.size for file in manifest.files.values()),
        found=sum(one.rank is not None for one in golden) if golden else None,
    )


def _by_source(ids: Iterable[str], read: Callable[[str], Article | None]) -> tuple[SourceChange, ...]:
    titles: dict[str, list[str]] = {}
    for id_ in ids:
        if article := read(id_):
            titles.setdefault(article.source, []).append(article.title)
    return tuple(SourceChange(source, len(all_), tuple(all_[:_TITLES])) for source, all_ in sorted(titles.items()))


def _golden_changes(
    before: Sequence[GoldenResult], now: Sequence[GoldenResult]
) -> tuple[tuple[GoldenChange, ...], tuple[GoldenChange, ...]]:
    """What is better, and what is worse."""
    pairs = zip(before, now, strict=True) if before and now else ()
    changes = [GoldenChange(old.question, old.rank, new.rank, new.titles) for old, new in pairs if old.rank != new.rank]
    better = tuple(one for one in changes if _depth(one.now) < _depth(one.before))
    return better, tuple(one for one in changes if one not in better)


def _depth(rank: int | None) -> float:
    return float("inf") if rank is None else rank


def _place(rank: int | None) -> str:
    return "not found" if rank is None else f"at {rank}"


def _count(found: int | None) -> str:
    return "not asked" if found is None else str(found)


def _listed(title: str, changes: Sequence[SourceChange | GoldenChange]) -> tuple[str, ...]:
    return (f"{title}:", *(str(one) for one in changes)) if changes else ()
