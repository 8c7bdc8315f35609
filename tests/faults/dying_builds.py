"""Run by ``test_build_dies``: kill a build at every step that touches the disk, and look at what it leaves.

A step is an event of Python's audit hooks: opening a file or a database to write, renaming, removing. For the n-th step
of a build, a child kills itself just before it; then another child looks at the published snapshot, and a third
builds again. Prints one line a step; stops after the first n that a build does not reach.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

from fakes import FakeEncoder

from index.build import build_index
from index.settings import FilesSource, Settings, StorageSettings
from index.snapshot import Store
from index.snapshot.checks import check_contents

STEPS = {"open", "sqlite3.connect", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree"}


_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def is_step(event: str, arguments: tuple[object, ...], folder: Path) -> bool:
    """Tell whether something in a folder is changed after this event."""
    if event not in STEPS or str(folder) not in str(arguments):
        return False
    if event == "open":
        return isinstance(arguments[2], int) and bool(arguments[2] & _WRITING)
    return "mode=ro" not in str(arguments)


def settings_of(storage: Path, articles: Path) -> Settings:
    """Ten new passages, of which a build encodes eight first: it commits vectors twice."""
    return Settings(
        storage=StorageSettings(folder=storage, keep=1),
        sources=(FilesSource(kind="files", folder=articles),),
    )


def in_child(work: Callable[[], object]) -> int:
    """Run ``work`` in a forked child and return the child's exit code, negative for a signal."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        work()
    except BaseException:  # noqa: BLE001
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def build_until(step: int, settings: Settings) -> None:
    """Build, and die at the n-th step."""
    steps = count(1)

    def die(event: str, arguments: tuple[object, ...]) -> None:
        if is_step(event, arguments, settings.storage.folder) and next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(die)
    build_index(settings, encoder=FakeEncoder())


def check(settings: Settings, expected: set[int]) -> None:
    """The published snapshot is sound and whole, of before the build or of after it."""
    store = Store(settings.storage.folder)
    with store.open(store.current()) as snapshot:
        check_contents(snapshot, FakeEncoder().encode)
        assert len(snapshot.article_ids()) in expected, snapshot.article_ids()


def build_again(settings: Settings, articles: int) -> None:
    """The next build succeeds, leaves nothing behind, and finds nothing to do when run once more."""
    build_index(settings, encoder=FakeEncoder())
    check(settings, {articles})
    store = Store(settings.storage.folder)
    assert sorted(path.name for path in store.layout.snapshots.iterdir()) == [store.current()]
    assert not build_index(settings, encoder=FakeEncoder()).published


def main(root: Path) -> int:
    before, after = root / "before", root / "after"
    for folder, number in ((before, 3), (after, 13)):
        folder.mkdir()
        # The language is given, because finding it out costs every child half a second.
        lines = ({"id": str(n), "text": f"This is the article of number {n}.", "language": "en"} for n in range(number))
        (folder / "all.jsonl").write_text("\n".join(map(json.dumps, lines)))
    articles = root / "articles"
    template = root / "template"
    shutil.copytree(before, articles)
    assert in_child(partial(build_again, settings_of(template, articles), 3)) == 0
    shutil.rmtree(articles)
    shutil.copytree(after, articles)
    for step in count(1):
        settings = settings_of(root / "storage", articles)
        shutil.copytree(template, settings.storage.folder)
        died = in_child(partial(build_until, step, settings))
        sound = in_child(partial(check, settings, {3, 13}))
        again = in_child(partial(build_again, settings, 13))
        print(f"step {step}: died {died}, published {sound}, again {again}", flush=True)  # noqa: T201
        if (sound, again) != (0, 0) or died not in (0, -signal.SIGKILL):
            return 1
        shutil.rmtree(settings.storage.folder)
        if died == 0:
            return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
