"""Kill what changes which snapshot is published, or removes some: ``publish``, ``rollback`` and ``prune``.

Run as a process of its own (``killing`` does): ``killing_stores.py ROOT KIND TIMES SEED``. It has one thread, so that
a child can be forked for each kill; the commands are those of ``verbatim-index``. Prints a line a kill.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from fakes import FakeEncoder
from killing import answers

from index.build import build_index
from index.cli import main as command
from index.settings import FilesSource, Settings, StorageSettings
from index.snapshot import Store
from index.snapshot.checks import problem_of

KINDS = ("publish", "rollback", "prune")
SNAPSHOTS, KEPT = 5, 2


class Killing:
    """A storage folder with some snapshots, and a command that is to die on copies of it."""

    def __init__(self, root: Path, kind: str) -> None:
        self._root, self._kind = root, kind
        self._settings = Settings(
            storage=StorageSettings(folder=root / "storage", keep=SNAPSHOTS),
            sources=(FilesSource(kind="files", folder=root / "articles"),),
        )
        self._store = Store(root / "storage")
        self._make()

    def _make(self) -> None:
        (self._root / "articles").mkdir()
        config = f'[storage]\nfolder = "{self._root / "storage"}"\nkeep = {SNAPSHOTS}\n'
        source = f'[[sources]]\nkind = "files"\nfolder = "{self._root / "articles"}"\n'
        (self._root / "verbatim.toml").write_text(config + source)
        for number in range(SNAPSHOTS):
            self._publish_article(number)
        self._names = self._store.names()
        assert len(self._names) == SNAPSHOTS
        self._answers = {name: self._answered(name) for name in self._names}
        self._copy(self._root / "storage", self._root / "template")

    def _publish_article(self, number: int) -> None:
        text = f"Number {number} is a file of page {number} near the harbour council of the volcano."
        line = json.dumps({"id": str(number), "text": text, "language": "en"})
        (self._root / "articles" / f"{number}.jsonl").write_text(line)
        assert build_index(self._settings, encoder=FakeEncoder()).published

    def _answered(self, name: str) -> list[tuple[str, int]]:
        self._store.publish(name)
        return answers(self._root / "storage")

    @staticmethod
    def _copy(folder: Path, to: Path) -> None:
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(folder, to)

    def kill(self, times: int, seed: int) -> Iterator[str]:
        """Kill so often; yield a line about each.

        Raises:
            AssertionError: what is published broke or answers otherwise, or what comes next does not clear up.
        """
        chance = random.Random(seed)
        longest = min(self._timed() for _ in range(4))
        for number in range(1, times + 1):
            moment = chance.uniform(0.0, longest)
            self._copy(self._root / "template", self._root / "storage")
            status = _in_child(self._run, moment)
            done = self._check()
            self._go_on(number)
            when = "after" if done else "before"
            yield f"{self._kind} {number}: killed after {1000 * moment:.1f} ms (status {status}), {when} its effect"

    def _run(self) -> None:
        extra = {"publish": [self._names[0]], "rollback": [], "prune": ["--keep", str(KEPT)]}[self._kind]
        given = ["--config", str(self._root / "verbatim.toml")]
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os._exit(command([self._kind, *given, *extra]))

    def _timed(self) -> float:
        self._copy(self._root / "template", self._root / "storage")
        started = time.monotonic()
        assert _in_child(self._run, None) == 0
        assert self._check()
        return time.monotonic() - started

    def _check(self) -> bool:
        """Everything there is sound, the published snapshot answers as ever; tell whether the command is done."""
        live, there = self._store.current(), self._store.names()
        after = {"publish": self._names[0], "rollback": self._names[-2], "prune": self._names[-1]}[self._kind]
        assert live in (self._names[-1], after) and live in there, (live, there)
        assert answers(self._root / "storage") == self._answers[live], "the live snapshot answers otherwise"
        assert [problem_of(self._store, name) for name in there] == [None] * len(there)
        if self._kind != "prune":
            assert there == self._names
            return live == after
        assert set(self._names[-KEPT:]) <= set(there)
        return len(there) == KEPT

    def _go_on(self, number: int) -> None:
        """The same command succeeds, a build clears up, and nothing is left that was not there before."""
        status = _in_child(self._run, None)
        assert status == 0 or (self._kind == "rollback" and self._store.current() == self._names[0]), status
        self._publish_article(1000 + number)
        assert problem_of(self._store, self._store.current()) is None
        left = {path.name for folder in ("storage", "storage/snapshots") for path in (self._root / folder).iterdir()}
        known = {path.name for path in (self._root / "template").iterdir()}
        assert left - known <= set(self._store.names()), left - known
        (self._root / "articles" / f"{1000 + number}.jsonl").unlink()


def _in_child(work: Callable[[], None], moment: float | None) -> int:
    """Do it in a child, killed after so many seconds; return its status, negative for a signal."""
    child = os.fork()
    if child:
        if moment is not None:
            time.sleep(moment)
            os.kill(child, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        work()
    except BaseException:  # noqa: BLE001
        sys.excepthook(*sys.exc_info())
    os._exit(99)


def main() -> None:
    """Kill, and say so."""
    root, kind, times, seed = sys.argv[1:]
    for line in Killing(Path(root), kind).kill(int(times), int(seed)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
