"""What an index costs its operator, and how it grows: ``python tests/benchmarks/growing.py [--passages N ...]``.

For each size an index of recombined articles with derived vectors (``recombined.py``, ``derived.py``) is built; one
article in a hundred is edited, and it is built again; then every command is run that an operator runs, as a process of
its own: verify, search, roll back, publish, prune. Prints seconds and the most memory of each, without the seconds of
encoding; the share of a full build that the edit cost; and what a passage takes on disk, file by file. Writes
``growing.json`` and ``growing.svg`` into ``--to``.

At 100 000 passages this takes some ten minutes on two idle cores, at 1 000 000 two hours.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from machine import this_machine
from made_index import build, settings_in
from plotting import Line, growth_svg
from recombined import DATA, Recombiner, write

from index import Store

EDITED = 100
"""One article in so many."""
MOST_SHARE = 0.05
QUESTION = "How many people were hurt in the earthquake?"
COMMANDS = {
    "verify": ("verify",),
    "search": ("search", QUESTION),
    "roll back": ("rollback",),
    "publish": ("publish", "{newest}"),
    "prune": ("prune", "--keep", "1"),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one step: seconds by the clock, of encoding among them, those of processors, and its most megabytes."""

    seconds: float
    encoding: float
    processor_seconds: float
    megabytes: float

    @property
    def own(self) -> float:
        """Return the seconds without those of encoding."""
        return self.seconds - self.encoding


@dataclass(frozen=True, slots=True)
class Grown:
    """One size: what each step cost, and the bytes on disk of the first snapshot and of what stands beside it."""

    passages: int
    articles: int
    steps: Mapping[str, Cost]
    disk: Mapping[str, int]

    @property
    def share(self) -> float:
        """Return what building after an edit costs, beside building all; encoding counts in neither."""
        return self.steps["build again"].own / self.steps["build"].own


def measured(place: Path, name: str, passages: int, source: Path | None) -> Grown:
    """Make an index of about so many passages in a folder, and measure every step."""
    write(place / "articles", Recombiner(DATA / name).articles(passages))
    steps: dict[str, Cost] = {}
    report, steps["build"] = _built(place, name, source)
    disk = _bytes(place / "storage")
    edit(place / "articles")
    again, steps["build again"] = _built(place, name, source)
    for step, words in COMMANDS.items():
        steps[step] = _ran(place, [word.format(newest=again["snapshot"]) for word in words])
    return Grown(report["passages"], report["articles"], steps, disk)


def edit(folder: Path) -> int:
    """Turn round the paragraphs of every hundredth article, those of the first files; return how many."""
    files = sorted(folder.glob("*.jsonl"))
    left = edited = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files) // EDITED
    for path in files:
        lines = path.read_text(encoding="utf-8").splitlines()
        lines[:left] = [_turned(line) for line in lines[:left]]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        left -= min(left, len(lines))
        if not left:
            break
    return edited


def _turned(line: str) -> str:
    article = json.loads(line)
    return json.dumps({**article, "text": "\n\n".join(reversed(article["text"].split("\n\n")))}, ensure_ascii=False)


def _built(place: Path, name: str, source: Path | None) -> tuple[dict[str, Any], Cost]:
    """Build in a process of its own."""
    command = [sys.executable, __file__, "--build", str(place), "--set", name]
    told = subprocess.run(
        [*command, *(["--source", str(source)] if source else [])], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    found = json.loads(told)
    return found, Cost(found["taken"], found["encode_seconds"], found["used"], found["megabytes"])


def _build_here(place: Path, name: str, source: Path | None) -> int:
    report, seconds = build(settings_in(place), name, source)
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {"taken": seconds, "used": used.ru_utime + used.ru_stime, "megabytes": used.ru_maxrss / 1024}
    print(json.dumps({**asdict(report), **figures}, default=str))
    return 0


def _ran(place: Path, words: Sequence[str]) -> Cost:
    """Run a command of ``verbatim-index`` as its operator would."""
    command = [sys.executable, "-m", "index", "--config", str(place / "verbatim.toml"), *words]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
    return Cost(time.perf_counter() - started, 0.0, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _bytes(storage: Path) -> dict[str, int]:
    """Return the bytes of the files of the published snapshot, and of those beside it."""
    snapshot = Store(storage).layout.snapshots / Store(storage).layout.current.read_text(encoding="utf-8").strip()
    files = [path for folder in (storage, snapshot) for path in sorted(folder.iterdir()) if path.is_file()]
    return {path.name: path.stat().st_size for path in files if path.stat().st_size > 10_000}


def steps_table(sizes: Sequence[Grown]) -> list[str]:
    """One row a step: seconds without encoding, seconds of processors with it, and the most megabytes."""
    lines = _head("seconds, of processors, most MB", sizes)
    for step in sizes[0].steps:
        lines.append(_row(step, [_told(one.steps[step]) for one in sizes]))
    shares = [f"{one.share:.3f} ({'reached' if one.share <= MOST_SHARE else 'missed'})" for one in sizes]
    return [*lines, _row(f"build again beside build (goal {MOST_SHARE})", shares)]


def _told(cost: Cost) -> str:
    return f"{cost.own:.1f}, {cost.processor_seconds:.1f}, {cost.megabytes:.0f}"


def _head(name: str, sizes: Sequence[Grown]) -> list[str]:
    return [_row(name, [f"{one.passages:,}" for one in sizes]), _row("---", ["---:"] * len(sizes))]


def disk_table(sizes: Sequence[Grown]) -> list[str]:
    """One row a file: bytes for each passage."""
    lines = _head("bytes a passage", sizes)
    names = sorted({name for one in sizes for name in one.disk})
    lines += [_row(name, [f"{one.disk.get(name, 0) / one.passages:.0f}" for one in sizes]) for name in names]
    return [*lines, _row("all", [f"{sum(one.disk.values()) / one.passages:.0f}" for one in sizes])]


def _row(name: str, cells: Sequence[str]) -> str:
    return f"| {' | '.join([name, *cells])} |"


def drawn(sizes: Sequence[Grown]) -> str:
    """Draw how the seconds of every step grow."""
    lines = [Line(step, [(one.passages, one.steps[step].own) for one in sizes]) for step in sizes[0].steps]
    return growth_svg("An index, as it grows", "passages", "seconds, without encoding", lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000, 30_000, 100_000])
    parser.add_argument("--set", default="news-2024")
    parser.add_argument("--source", type=Path, help="the storage folder of the set's own index")
    parser.add_argument("--keep", type=Path, help="a folder in which the indexes stay, as asking.py finds them")
    parser.add_argument("--to", type=Path, default=Path(".verbatim/bench"), help="where the record and the plot go")
    parser.add_argument("--build", type=Path, metavar="FOLDER", help="only build the index in this folder")
    given = parser.parse_args()
    if given.build:
        return _build_here(given.build, given.set, given.source)
    machine = this_machine()
    with tempfile.TemporaryDirectory() as folder:
        sizes = []
        for passages in given.passages:
            place = (given.keep or Path(folder)) / f"{given.set}-{passages}"
            shutil.rmtree(place, ignore_errors=True)
            sizes.append(measured(place, given.set, passages, given.source))
    print(machine, *steps_table(sizes), "", *disk_table(sizes), sep="\n")
    given.to.mkdir(parents=True, exist_ok=True)
    record = {"machine": asdict(machine), "set": given.set, "sizes": [asdict(one) for one in sizes]}
    (given.to / "growing.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    (given.to / "growing.svg").write_text(drawn(sizes), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
