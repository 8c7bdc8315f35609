"""What asking costs, stage by stage, and how it grows: ``python tests/benchmarks/asking.py [--passages N ...]``.

For each size an index of recombined articles is made (``--keep FOLDER`` keeps them, and uses those that are there), and
opened in a fresh process (``asked.py``) in which one asks, and then several at once: "in full", each question read as
if nobody else asked, and "at the desk", as the chat has them read. Prints, as tables: the stages; the answers per
second; memory, before, while and after another snapshot is swapped in; the start; and beside each goal what came of it.
Writes ``asking.json`` and ``asking.svg`` into ``--to``.

At 15 000 passages this takes some four minutes on two idle cores, at 1 000 000 an hour, most of it the build.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from machine import this_machine
from made_index import made_index
from plotting import Line, growth_svg

Found = Mapping[str, Any]
STAGES = ("encode", "vectors", "words", "fuse", "search", "read", "quote", "answer", "render")
DRAWN = ("vectors", "words", "search", "read", "answer")
COMMANDS = {
    "python -c pass": ("-c", "pass"),
    "verbatim-bot --help": ("-m", "bot", "--help"),
    "verbatim-index --help": ("-m", "index", "--help"),
    "verbatim-index status": ("-m", "index", "status", "--config", "{}"),
}
MOMENTS = (
    ("memory", "opened", "opened"),
    ("memory", "asked", "asked"),
    ("swap", "peak", "most while a snapshot is swapped in"),
    ("swap", "after", "10 s after the swap"),
)
TRIES = 5
SOON_SECONDS, READY_SECONDS, AT_ONCE = 0.4, 6.0, 1.6
SEARCH_P95 = {100_000: 40.0, 1_000_000: 120.0}
ANSWER_P95 = {100_000: 400.0}
MOST_MEGABYTES = {100_000: 700.0, 1_000_000: 1500.0}
_LIKE = 0.1
"""A size counts as the one that a goal is for if it misses it by less than this share."""


def measured(folder: Path, name: str, askers: Sequence[int], questions: int) -> Found:
    """Measure one index in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("asked.py")), str(folder), "--set", name]
    command += ["--askers", *map(str, askers), "--questions", str(questions), "--started", str(time.time())]
    ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: Found = json.loads(ended.stdout)
    return found


def command_seconds(settings: Path) -> dict[str, float]:
    """Time whole processes: the best of some tries."""
    return {
        name: min(_seconds([word.format(settings) for word in words]) for _ in range(TRIES))
        for name, words in COMMANDS.items()
    }


def _seconds(words: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def stages_table(sizes: Sequence[Found]) -> list[str]:
    """One row a stage, for each size and way of asking the median and the 95th percentile, in milliseconds."""
    columns = [(found, asked) for found in sizes for asked in found["asked"]]
    head = [f"{found['passages']:,}: {asked['askers']}" for found, asked in columns]
    lines = [row("milliseconds, p50 / p95", head), row("---", ["---:"] * len(head))]
    for stage in STAGES:
        figures = [asked["stages"].get(stage) for _, asked in columns]
        lines.append(row(stage, [f"{one['p50']:.1f} / {one['p95']:.1f}" if one else "" for one in figures]))
    for name, digits in (("a_second", 2), ("processor_milliseconds", 0), ("cores_used", 2)):
        lines.append(row(name.replace("_", " "), [f"{asked[name]:.{digits}f}" for _, asked in columns]))
    return lines


def memory_table(sizes: Sequence[Found]) -> list[str]:
    """One row a moment, for each size the megabytes of its own and those mapped from files."""
    lines = [row("MB, own + mapped", [f"{one['passages']:,}" for one in sizes]), row("---", ["---:"] * len(sizes))]
    lines += [row(words, [_megabytes(one[part][name]) for one in sizes]) for part, name, words in MOMENTS]
    lines.append(row("seconds of the swap", [f"{one['swap']['seconds']:.1f}" for one in sizes]))
    lines.append(row("seconds from start to ready", [f"{one['ready_seconds']:.1f}" for one in sizes]))
    return lines


def goals_table(sizes: Sequence[Found], commands: Mapping[str, float]) -> list[str]:
    """What was to be reached, and what was."""
    lines = [row("goal", ["passages", "at most", "found", ""]), row("---", ["---:"] * 3 + ["---"])]

    def add(name: str, one: Found, most: float, value: float) -> None:
        lines.append(row(name, [f"{one['passages']:,}", f"{most:g}", f"{value:.2f}", _verdict(value <= most)]))

    for one in sizes:
        alone, size = one["asked"][0], one["passages"]
        for goals, stage in ((SEARCH_P95, "search"), (ANSWER_P95, "answer")):
            if most := _goal(goals, size):
                add(f"{stage}, p95, ms", one, most, alone["stages"][stage]["p95"])
        if most := _goal(MOST_MEGABYTES, size):
            add("resident, MB", one, most, _all(one["memory"]["asked"]))
        add("ready, s", one, READY_SECONDS, one["ready_seconds"])
        for several in one["asked"][1:]:
            ratio = several["a_second"] / alone["a_second"]
            name = f"answers a second beside one asker's, at least: {several['askers']}"
            lines.append(row(name, [f"{size:,}", f"{AT_ONCE:g}", f"{ratio:.2f}", _verdict(ratio >= AT_ONCE)]))
    for name, seconds in commands.items():
        lines.append(row(f"{name}, s", ["", f"{SOON_SECONDS:g}", f"{seconds:.2f}", _verdict(seconds <= SOON_SECONDS)]))
    return lines


def row(name: str, cells: Sequence[str]) -> str:
    """A row of a table."""
    return f"| {' | '.join([name, *cells])} |"


def _verdict(reached: bool) -> str:
    return "reached" if reached else "missed"


def _goal(goals: Mapping[int, float], passages: int) -> float | None:
    return next((goal for size, goal in goals.items() if abs(passages - size) <= _LIKE * size), None)


def _all(memory: Mapping[str, float]) -> float:
    return memory["own"] + memory["mapped"]


def _megabytes(memory: Mapping[str, float]) -> str:
    return f"{memory['own']:.0f} + {memory['mapped']:.0f} = {_all(memory):.0f}"


def drawn(sizes: Sequence[Found]) -> str:
    """Draw how the 95th percentiles of one asker's stages grow."""
    alone = [(one["passages"], one["asked"][0]["stages"]) for one in sizes]
    lines = [Line(stage, [(size, stages[stage]["p95"]) for size, stages in alone]) for stage in DRAWN]
    return growth_svg("Asking, one at a time", "passages", "milliseconds, 95th percentile", lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, nargs="+", default=[15_000, 100_000, 1_000_000])
    parser.add_argument("--askers", type=int, nargs="+", default=[1, 4], help="the first of them is one alone")
    parser.add_argument("--questions", type=int, default=100, help="of each measurement")
    parser.add_argument("--set", default="news-2024")
    parser.add_argument("--keep", type=Path, help="a folder for the indexes, used again")
    parser.add_argument("--source", type=Path, help="the storage folder of the set's own index")
    parser.add_argument("--to", type=Path, default=Path(".verbatim/bench"), help="where the record and the plot go")
    given = parser.parse_args()
    machine = this_machine()
    with tempfile.TemporaryDirectory() as folder:
        places = [made_index(given.keep or Path(folder), given.set, size, given.source) for size in given.passages]
        sizes = [measured(place, given.set, given.askers, given.questions) for place in places]
        commands = command_seconds(places[0] / "verbatim.toml")
    print(machine, *stages_table(sizes), "", *memory_table(sizes), "", *goals_table(sizes, commands), sep="\n")
    given.to.mkdir(parents=True, exist_ok=True)
    record = {"machine": asdict(machine), "set": given.set, "sizes": sizes, "commands": commands}
    (given.to / "asking.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    (given.to / "asking.svg").write_text(drawn(sizes), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
