"""What a process and a storage folder hold at a moment, read from ``/proc`` and from the disk. It judges nothing."""

import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from index.layout import Layout

_STEPS = 500_000
_SIZE = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"


@dataclass(frozen=True, slots=True)
class Sample:
    """``at``: seconds since the start; ``machine``: seconds that a fixed computation of this process took then.

    Memory in megabytes: ``own``, ``mapped`` from files, ``shared``.

    ``reading``: handles of snapshots' files; ``unnamed``: files held though they have no name any more. ``temporary``:
    entries of the temporary folder, and what the storage folder has that nothing will read. ``row``: bytes of the
    chat's database for each row in it; ``log``: bytes of its write-ahead log. ``index``: bytes of what builds keep
    beside the snapshots; ``snapshots``: how many there are.
    """

    at: float
    machine: float
    own: float
    mapped: float
    shared: float
    threads: float
    handles: float
    reading: float
    unnamed: float
    temporary: float
    row: float
    log: float
    index: float
    snapshots: float


def sample(at: float, process: int, storage: Path, temporary: Path) -> Sample:
    """Look at a bot's process, its storage folder and its temporary folder.

    Raises:
        OSError: the process is no more.
    """
    status, layout, handles = _status(process), Layout(storage), _handles(process)
    chat = storage / "bot.sqlite"
    return Sample(
        at=at,
        machine=_fixed_seconds(),
        own=status["RssAnon"] / 1024,
        mapped=status["RssFile"] / 1024,
        shared=status["RssShmem"] / 1024,
        threads=status["Threads"],
        handles=len(handles),
        reading=sum(layout.snapshots in Path(target).parents for target in handles),
        unnamed=len(_unnamed(process, handles)),
        temporary=len(list(temporary.rglob("*"))) + len(_leftovers(layout)),
        row=_bytes_a_row(chat),
        log=_bytes([chat.with_name(f"{chat.name}-wal")]),
        index=_bytes(beside for one in (layout.library, layout.pages, layout.cache) for beside in _with_logs(one)),
        snapshots=len(list(layout.snapshots.glob("*/manifest.json"))),
    )


def _fixed_seconds() -> float:
    """How long the machine takes for the same every time: some ten milliseconds when nobody else wants it."""
    started = time.perf_counter()
    sum(range(_STEPS))
    return time.perf_counter() - started


def _status(process: int) -> dict[str, float]:
    """The numbers of a process's status; kilobytes where it counts memory."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    cells = (line.partition(":") for line in lines)
    return {name: float(rest.split()[0]) for name, _, rest in cells if rest.split()[:1] and rest.split()[0].isdigit()}


def _handles(process: int) -> list[str]:
    """What each handle of a process leads to."""
    found = []
    for handle in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            found.append(str(handle.readlink()))
    return found


def _unnamed(process: int, handles: Iterable[str]) -> set[str]:
    """Files that are mapped or open and were removed."""
    mapped = Path(f"/proc/{process}/maps").read_text(encoding="utf-8").splitlines()
    names = [*handles, *(cells[5] for cells in (line.split(maxsplit=5) for line in mapped) if len(cells) > 5)]
    held = {name for name in names if name.endswith("(deleted)")}
    return {name for name in held if name.startswith("/") and not name.startswith(("/memfd:", "/dev/"))}


def _leftovers(layout: Layout) -> list[Path]:
    """What a build or a write leaves behind that died; a build that goes on has its lock's holder beside it."""
    if layout.holder.exists():
        return []
    return [*layout.storage.glob(".*"), *layout.snapshots.glob(".*")]


def _with_logs(database: Path) -> tuple[Path, ...]:
    return (database, *(database.with_name(database.name + end) for end in ("-wal", "-journal")))


def _bytes(paths: Iterable[Path]) -> float:
    return float(sum(path.stat().st_size for path in paths if path.exists()))


def _bytes_a_row(database: Path) -> float:
    """What a file holds, that of its write-ahead log with it, for each row of all its tables."""
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counts = (connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables)
        size = connection.execute(_SIZE).fetchone()[0]
        return float(size / max(1, sum(counts)))
