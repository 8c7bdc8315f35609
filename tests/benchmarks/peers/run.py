"""Verbatim beside txtai and Haystack: ``python tests/benchmarks/peers/run.py [--set squad2-dev] [--every N]``.

Each engine indexes the same file of articles with the same encoder and answers the same questions, in processes of its
own. Prints one table and writes it as JSON. The README beside this file says how to install the peers, and what is fair
and what is not about the comparison.
"""

import argparse
import gzip
import json
import os
import platform
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from adapter import Asked, Job
from engines import Engine, engines_of
from figures import Figures, figures, shares, table
from judging import Judge

from bot.evaluation import Case, read_cases

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
DATA = Path(os.environ.get("VERBATIM_DATA", ROOT.parent / "shared" / "data"))
WORK = ROOT / ".work" / "peers"


def main() -> int:
    """Measure, print, write."""
    given = _arguments()
    folder = DATA / given.set
    if not folder.is_dir():
        print(f"no question set {folder}: name the folder of the sets with VERBATIM_DATA")
        return 0
    if not given.python.is_file():
        print(f"{given.python} is not there: {HERE / 'README.md'} says how to install the peers", file=sys.stderr)
        return 2
    machine = _machine()
    cases = _cases(folder, given.every)
    with TemporaryDirectory() as work:
        measured = _measured(engines_of(given.python), folder, cases, Path(work), given.repeats)
    print(f"{given.set}: {len(cases)} questions; {', '.join(f'{name} {value}' for name, value in machine.items())}")
    print(table(measured))
    _write(given.json or WORK / f"{given.set}.json", given, machine, len(cases), measured)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="squad2-dev", help="a folder of the data (squad2-dev)")
    parser.add_argument("--python", type=Path, default=WORK / "venv" / "bin" / "python", help="the peers' Python")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="ask each N-th question that has an answer")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="index so often; the median counts")
    parser.add_argument("--json", type=Path, help="where the figures are written (.work/peers/SET.json)")
    return parser.parse_args()


def _cases(folder: Path, every: int) -> list[Case]:
    """The questions that have an answer: who never declines has nothing to be compared by in the others."""
    cases = read_cases(folder / "questions.jsonl.gz", folder / "articles.jsonl.gz")
    return [case for case in cases if case.answerable][::every]


def _measured(
    engines: Sequence[Engine], folder: Path, cases: Sequence[Case], work: Path, repeats: int
) -> dict[str, Figures]:
    """Build one article each, which also brings every library into the page cache; build all, in turns; ask."""
    lines = gzip.decompress((folder / "articles.jsonl.gz").read_bytes()).splitlines(keepends=True)
    one, whole = _file(work / "one", lines[:1]), _file(work / "whole", lines)
    asked = tuple(Asked(case.question.text, _day(case)) for case in cases)
    jobs = {engine: Job(whole, work / engine.name, asked) for engine in engines}
    first = {engine: engine.build(Job(one, work / "first", ()), "-X", "importtime") for engine in engines}
    builds = [{engine: engine.build(job) for engine, job in jobs.items()} for _ in range(repeats)]
    judge = Judge(cases, map(json.loads, lines))
    measured = {}
    for engine, job in jobs.items():
        answered = engine.ask(job)
        judged = judge.judge(answered.result)
        turns = [turn[engine] for turn in builds]
        measured[engine.name] = figures(first[engine], turns, answered, engine.disk(job), judged)
    return measured


def _file(folder: Path, lines: Sequence[bytes]) -> Path:
    """Write articles into a folder of their own."""
    folder.mkdir()
    path = folder / "articles.jsonl"
    path.write_bytes(b"".join(lines))
    return path


def _day(case: Case) -> str | None:
    return case.question.asked.isoformat() if case.question.asked else None


def _machine() -> dict[str, object]:
    """Describe the machine, and how busy it is before anything is measured."""
    cpuinfo = Path("/proc/cpuinfo")
    told = re.search(r"model name\s*: (.+)", cpuinfo.read_text()) if cpuinfo.is_file() else None
    return {
        "processor": told[1] if told else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 1),
    }


def _write(
    path: Path, given: argparse.Namespace, machine: dict[str, object], questions: int, measured: dict[str, Figures]
) -> None:
    content: dict[str, Any] = {
        "set": given.set,
        "questions": questions,
        "repeats": given.repeats,
        "machine": machine,
        "engines": {name: asdict(one) for name, one in measured.items()},
        "indexing": shares(measured),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{json.dumps(content, indent=2)}\n", encoding="utf-8")
    print(f"written: {path}")


if __name__ == "__main__":
    raise SystemExit(main())
