"""Kill at random moments: ``python tests/benchmarks/killing.py [--times 50] [--seed 0] [--kinds build publish …]``.

What is killed: builds, here; publishing, going back and pruning (``killing_stores``); the bot while it answers and
while it stores votes (``killing_bots``). Each runs in a process of its own and is killed with SIGKILL at a moment drawn
from as long as it takes.

A build is one of a folder and of a feed on loopback. Before it, the sites publish, edit and withdraw something. After
it, the live snapshot has to answer as before, and the next build has to end with exactly what the sources hold. Prints
one line a kill, and a table.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fakes import FakeEncoder
from websites import WebSite, page, rss, story, websites

from index.build import build_index
from index.search import FusedRetriever
from index.settings import Settings
from index.snapshot import Store
from index.snapshot.checks import check_contents

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_NUM_THREADS": "1"}

KINDS = ("build", "publish", "rollback", "prune", "answering", "feedback")

CHILD = """
import json, sys, time
import numpy as np
from fakes import FakeEncoder
from index.build import build_index
from index.settings import Settings

class SlowEncoder(FakeEncoder):
    def encode(self, texts):
        time.sleep(0.004 * len(texts))
        return super().encode(texts)

print("begins", flush=True)
build_index(Settings.model_validate(json.loads(sys.argv[1])), encoder=SlowEncoder())
"""


@dataclass
class Publisher:
    """A folder and a site that change, and what both hold now: title to text."""

    folder: Path
    site: WebSite
    chance: random.Random
    held: dict[str, str] = field(default_factory=dict)
    listed: list[str] = field(default_factory=list)
    number: int = 0

    def change(self) -> None:
        """Publish in both places, edit something in the folder, and withdraw something from it."""
        for _ in range(3):
            self._write(f"file {self._next()}")
            self._serve(f"page {self._next()}")
        files = [title for title in self.held if title.startswith("file")]
        self._write(self.chance.choice(files), edition=self._next())
        if len(files) > 12:
            gone = self.chance.choice(files)
            (self.folder / f"{gone}.md").unlink()
            del self.held[gone]
        entries = [(f"{self.site.url}/{title.replace(' ', '-')}", title, "Sun, 01 Nov 2026 08:00:00 GMT")
                   for title in self.listed[-10:]]  # fmt: skip
        self.site.put("/feed", rss(entries), "application/rss+xml")

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _write(self, title: str, edition: int = 0) -> None:
        text = "\n\n".join(story(f"{title} {edition}"))
        (self.folder / f"{title}.md").write_text(f"---\ntitle: {title}\nlanguage: en\n---\n{text}\n")
        self.held[title] = text

    def _serve(self, title: str) -> None:
        paragraphs = story(title)
        self.site.put(f"/{title.replace(' ', '-')}", page(title, paragraphs, day="2026-11-01"))
        self.held[title] = "\n\n".join(paragraphs)
        self.listed.append(title)


def settings_of(storage: Path, folder: Path, site: WebSite) -> dict[str, object]:
    """The settings of the builds, as JSON."""
    return {
        "storage": {"folder": str(storage), "keep": 2},
        "fetch": {"allow_hosts": [site.host], "delay_seconds": 0.0},
        "gate": {"max_fall": 1.0},
        "sources": [
            {"kind": "files", "folder": str(folder), "name": "folder"},
            {"kind": "feed", "url": f"{site.url}/feed", "name": "feed"},
        ],
    }


def kill_builds(root: Path, times: int, seed: int) -> Iterator[str]:
    """Kill so many builds; yield a line about each.

    Raises:
        AssertionError: the live snapshot changed or broke, or a build lost or doubled something.
    """
    with websites(1) as (site,):
        folder, storage = root / "articles", root / "storage"
        folder.mkdir()
        given = settings_of(storage, folder, site)
        publisher = Publisher(folder, site, random.Random(seed))
        publisher.change()
        longest = _timed(given)
        check(storage, publisher.held)
        for number in range(1, times + 1):
            live, before = Store(storage).current(), answers(storage)
            old = dict(publisher.held)
            publisher.change()
            moment = publisher.chance.uniform(0.0, longest)
            status = _killed(given, moment)
            finished = Store(storage).current() != live
            if not finished:
                assert answers(storage) == before, "the live snapshot answers otherwise"
                check(storage, old)
            build_index(Settings.model_validate(given), encoder=FakeEncoder())
            check(storage, publisher.held)
            when = "after" if finished else "before"
            yield f"{number}: killed after {moment:.2f} s (status {status}), {when} publishing"


def kill_stores(root: Path, kind: str, times: int, seed: int) -> Iterator[str]:
    """Kill so many commands that change which snapshot is published, or remove some; yield a line about each.

    Raises:
        AssertionError: see ``killing_stores``.
    """
    script = Path(__file__).with_name("killing_stores.py")
    command = [sys.executable, str(script), str(root), kind, str(times), str(seed)]
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout and process.stderr
        yield from map(str.strip, process.stdout)
        failed = process.stderr.read()
        assert process.wait() == 0, failed[-3000:]


def kill(root: Path, kind: str, times: int, seed: int) -> Iterator[str]:
    """Kill one kind of process so often; yield a line about each."""
    from killing_bots import BOTH, kill_bots
    from killing_bots import KINDS as OF_BOTS

    if kind == "build":
        return kill_builds(root, times, seed)
    return kill_bots(root, kind, times, seed) if kind in (*OF_BOTS, BOTH) else kill_stores(root, kind, times, seed)


def answers(storage: Path, encoder: FakeEncoder | None = None) -> list[tuple[str, int]]:
    """What the live snapshot finds for some questions."""
    store, encoder = Store(storage), encoder or FakeEncoder()
    with store.open(store.current()) as snapshot:
        retriever = FusedRetriever(snapshot, encoder)
        questions = ("Which harbour reached the council?", "What is near the volcano?", "file 1", "page 2")
        return [(q, hit.passage.id) for q in questions for hit in retriever.search(q, 5)]


def check(storage: Path, held: Mapping[str, str]) -> None:
    """The live snapshot is sound, and holds exactly these articles, each once and word for word."""
    store = Store(storage)
    with store.open(store.current()) as snapshot:
        check_contents(snapshot, FakeEncoder().encode)
        found = [snapshot.article(id_) for id_ in snapshot.article_ids()]
    texts = sorted((article.title, article.text) for article in found if article)
    assert texts == sorted(held.items()), f"{len(texts)} articles instead of {len(held)}"


def _timed(given: Mapping[str, object]) -> float:
    """Build in a process as long as it takes; return the seconds, without those of starting Python."""
    with _building(given) as child:
        started = time.monotonic()
        assert child.wait() == 0
        return time.monotonic() - started


def _killed(given: Mapping[str, object], moment: float) -> int:
    """Kill a build that has begun so many seconds ago; return its exit status, 0 where it was faster."""
    with _building(given) as child:
        try:
            return child.wait(timeout=moment)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            return child.wait()


@contextmanager
def _building(given: Mapping[str, object]) -> Iterator[subprocess.Popen[str]]:
    """Start a build in a process of its own, and wait until it begins."""
    command = [sys.executable, "-c", CHILD, json.dumps(given)]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout and child.stdout.readline() == "begins\n"
        yield child


def main() -> None:
    """Kill, and say so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    given = parser.parse_args()
    rows = ["| killed | times | died before its end | lost or doubled |", "|---|---|---|---|"]
    for kind in given.kinds:
        died = 0
        with tempfile.TemporaryDirectory() as folder:
            for line in kill(Path(folder), kind, given.times, given.seed):
                died += "status 0" not in line
                print(line, flush=True)
        rows.append(f"| {kind} | {given.times} | {died} | nothing |")
    print(f"seed {given.seed}\n", *rows, sep="\n")


if __name__ == "__main__":
    main()
