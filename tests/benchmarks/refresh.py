"""What a run from cron costs: ``python tests/benchmarks/refresh.py [--articles N] [--sentences N] [--share 0.01]``.

Builds the index of made articles, of two sentences of forty words by default, in files of their own, with the encoder
that ships; then runs again with nothing new, with a share of them edited, and with nothing new again, each as a whole
process. Prints the seconds of each run, those of processors, which tell more on a busy machine, and their shares of the
full build's, as a table and as JSON.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from websites import story

ENVIRONMENT = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_WAIT_POLICY": "PASSIVE"}


@dataclass(frozen=True, slots=True)
class Run:
    """One build: the seconds it took, those of processors, and its report."""

    seconds: float
    processor_seconds: float
    report: dict[str, object]


def write(folder: Path, number: int, sentences: int, edition: int = 0) -> None:
    """Write an article, or another edition of it."""
    text = "\n\n".join(story(f"{number} {edition}", sentences))
    (folder / f"{number % 100:02}").mkdir(exist_ok=True)
    path = folder / f"{number % 100:02}" / f"{number}.md"
    path.write_text(f"---\ntitle: Article {number}\nlanguage: en\ndate: 2026-11-01\n---\n{text}\n")


def build(settings: Path) -> Run:
    """Build in a process of its own."""
    started, used = time.perf_counter(), children_seconds()
    command = [sys.executable, "-m", "index", "build", "--config", str(settings), "--json"]
    ended = subprocess.run(command, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, text=True)
    return Run(time.perf_counter() - started, children_seconds() - used, json.loads(ended.stdout))


def children_seconds() -> float:
    """Return the processor seconds of all processes that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Build, edit, build; print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--sentences", type=int, default=2)
    parser.add_argument("--share", type=float, default=0.01)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        articles, settings = root / "articles", root / "verbatim.toml"
        articles.mkdir()
        settings.write_text('[storage]\nfolder = "storage"\n[[sources]]\nkind = "files"\nfolder = "articles"\n')
        for number in range(given.articles):
            write(articles, number, given.sentences)
        runs = {"everything": build(settings), "nothing new": build(settings)}
        for number in range(0, given.articles, round(1 / given.share)):
            write(articles, number, given.sentences, edition=1)
        runs[f"{given.share:.0%} edited"] = build(settings)
        runs["nothing new again"] = build(settings)
    whole = runs["everything"]
    print("| run | seconds | of the whole | of processors | of the whole | articles changed | passages encoded |")
    print("|---|---|---|---|---|---|---|")
    for name, run in runs.items():
        shares = run.seconds / whole.seconds, run.processor_seconds / whole.processor_seconds
        measured = f"{run.seconds:.1f} | {shares[0]:.3f} | {run.processor_seconds:.1f} | {shares[1]:.3f}"
        print(f"| {name} | {measured} | {run.report['changed']} | {run.report['encoded']} |")
    seconds = {name: {"seconds": one.seconds, "processor_seconds": one.processor_seconds} for name, one in runs.items()}
    print(json.dumps({name: {**run.report, **seconds[name]} for name, run in runs.items()}))


if __name__ == "__main__":
    main()
