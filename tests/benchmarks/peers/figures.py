"""The figures of one engine, and the table of several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from judging import Judged
from processes import Ran


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one engine. Times are of whole processes; of several builds the median.

    ``indexing_seconds``: from the file of articles to a saved index that can be searched. ``import_seconds`` are those
    of them that go to imports, seen in a build of one article before. ``start_seconds``: from the start of a process to
    its first answer. ``disk_mb``: all that was written; ``search_disk_mb``: what has to be there to answer.
    """

    indexing_seconds: float
    import_seconds: float
    indexing_processor_seconds: float
    indexing_mb: float
    passages: int
    disk_mb: float
    search_disk_mb: float
    start_seconds: float
    answering_mb: float
    search_ms: Mapping[str, float]
    answer_ms: Mapping[str, float]
    judged: Judged
    versions: Mapping[str, str]

    @property
    def after_imports_seconds(self) -> float:
        return self.indexing_seconds - self.import_seconds


def figures(first: Ran, builds: Sequence[Ran], asked: Ran, disk: tuple[float, float], judged: Judged) -> Figures:
    """Put together: a build of one article, the builds of all, what was asked, and the megabytes on disk."""
    return Figures(
        median(build.seconds for build in builds),
        first.import_seconds,
        median(build.processor_seconds for build in builds),
        max(build.peak_mb for build in builds),
        builds[-1].result["passages"],
        *disk,
        asked.result["first_answer"] - asked.started,
        asked.result["memory_mb"],
        percentiles(asked.result["search_ms"]),
        percentiles(asked.result["answer_ms"]),
        judged,
        asked.result["versions"],
    )


def percentiles(milliseconds: Sequence[float]) -> dict[str, float]:
    """Return p50 and p95, each one of the times measured."""
    ordered = sorted(milliseconds)
    return {f"p{share}": ordered[min(len(ordered) - 1, share * len(ordered) // 100)] for share in (50, 95)}


def megabytes(folder: Path) -> float:
    """Return the size of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def table(engines: Mapping[str, Figures]) -> str:
    """Return the figures of all engines, one kind a line."""
    columns = [_column(one) for one in engines.values()]
    head = f"{'':42}" + "".join(f"{name:>12}" for name in engines)
    return "\n".join([head, *(_line(label, columns) for label in columns[0]), *_told(engines)])


def _line(label: str, columns: Sequence[Mapping[str, str]]) -> str:
    return f"{label:42}" + "".join(f"{column[label]:>12}" for column in columns)


def _column(one: Figures) -> dict[str, str]:
    return {
        "from file to searchable, s": f"{one.indexing_seconds:.1f}",
        "... of which imports, s": f"{one.import_seconds:.1f}",
        "... after imports, s": f"{one.after_imports_seconds:.1f}",
        "... processor time, s": f"{one.indexing_processor_seconds:.1f}",
        "... peak memory, MB": f"{one.indexing_mb:.0f}",
        "passages": str(one.passages),
        "on disk, MB": f"{one.disk_mb:.1f}",
        "... of which answering needs, MB": f"{one.search_disk_mb:.1f}",
        "from start to first answer, s": f"{one.start_seconds:.1f}",
        "peak memory of answering, MB": f"{one.answering_mb:.0f}",
        **{f"hybrid search, ms, {name}": f"{ms:.1f}" for name, ms in one.search_ms.items()},
        **{f"search and quote, ms, {name}": f"{ms:.1f}" for name, ms in one.answer_ms.items()},
        **{f"a passage holds the answer, first {k}": f"{share:.3f}" for k, share in one.judged.recall.items()},
        "... words in a passage": f"{one.judged.passage_words:.0f}",
        **{f"a quote holds the answer, first {k}": f"{share:.3f}" for k, share in one.judged.quote.items()},
        "... words in the first quote": f"{one.judged.quote_words:.0f}",
    }


def shares(engines: Mapping[str, Figures]) -> dict[str, dict[str, float]]:
    """Return what share of each other's indexing time the first engine takes: whole, after imports, of processors."""
    own, *_ = engines.values()
    return {
        name: {
            "time": own.indexing_seconds / other.indexing_seconds,
            "time after imports": own.after_imports_seconds / other.after_imports_seconds,
            "processor time": own.indexing_processor_seconds / other.indexing_processor_seconds,
        }
        for name, other in list(engines.items())[1:]
    }


def _told(engines: Mapping[str, Figures]) -> list[str]:
    own, *_ = engines
    return [
        f"from file to searchable, {own} / {name}: {', '.join(f'{what} {share:.2f}' for what, share in parts.items())}"
        for name, parts in shares(engines).items()
    ]
