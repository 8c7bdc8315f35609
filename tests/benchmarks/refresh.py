"""What a run from cron costs: ``python tests/benchmarks/refresh.py [--articles N] [--sentences N] [--share 0.01]``.

Builds the index of made articles, of two sentences of forty words by default, in files of their own, with the encoder
that ships; then runs again with nothing new, with a share of them edited, and with nothing new again, each as a whole
process. Prints the seconds of each run, and their share of the full build, as a table and as JSON.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from websites import story

ENVIRONMENT = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_WAIT_POLICY": "PASSIVE"}


def write(folder: Path, number: int, sentences: int, edition: int = 0) -> None:
    """Write an article, or another edition of it."""
    text = "\n\n".join(story(f"{number} {edition}", sentences))
    (folder / f"{number % 100:02}").mkdir(exist_ok=True)
    path = folder / f"{number % 100:02}" / f"{number}.md"
    path.write_text(f"---\ntitle: Article {number}\nlanguage: en\ndate: 2026-11-01\n---\n{text}\n")


def build(settings: Path) -> tuple[float, dict[str, object]]:
    """Build in a process of its own; return the seconds, and its report."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "index", "build", "--config", str(settings), "--json"]
    ended = subprocess.run(command, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, text=True)
    return time.perf_counter() - started, json.loads(ended.stdout)


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
    whole, _ = runs["everything"]
    print("| run | seconds | of the whole | articles changed | passages encoded |")
    print("|---|---|---|---|---|")
    for name, (seconds, report) in runs.items():
        print(f"| {name} | {seconds:.1f} | {seconds / whole:.3f} | {report['changed']} | {report['encoded']} |")
    print(json.dumps({name: {"seconds": round(seconds, 2), **report} for name, (seconds, report) in runs.items()}))


if __name__ == "__main__":
    main()
