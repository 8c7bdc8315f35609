"""Run by ``test_disk``: let the disk be full from each step of a build on, and look at what that leaves.

A step is an event of Python's audit hooks, as in ``dying_builds``: opening a file or a database, renaming. From
the n-th step of a build on nothing can be written: ``RLIMIT_FSIZE`` is 0. Then another child looks at the published
snapshot, the same build is tried once more on the full disk, and a last one builds with room. Prints one JSON line a
step: those at which something is written for the first time; with ``--all`` every step there is.
"""

import json
import os
import re
import resource
import shutil
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr
from functools import partial
from io import StringIO
from itertools import count
from pathlib import Path

from fakes import FakeEncoder
from faults.dying_builds import build_again, check, in_child, is_step, settings_of

from index.build import build_index
from index.errors import VerbatimError
from index.settings import Settings

EXPECTED, UNEXPECTED = 3, 4
_NUMBER = re.compile(r"[.]\d+$|[.]removed-.*|\d{8}T.*")
"""Of a process, or a snapshot's name: other ones each time."""
_UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def build_on_a_disk_that_fills_up(step: int, settings: Settings, told: Path) -> None:
    """Build; from the n-th step on nothing can be written. What was reached and said lies in ``told`` afterwards."""
    steps, reached = count(1), list[str]()

    def fill(event: str, arguments: tuple[object, ...]) -> None:
        if is_step(event, arguments, settings.storage.folder):
            name = Path(str(arguments[0])).name
            reached.append(f"{event} {re.sub(_NUMBER, '', name)}")
            if next(steps) == step:
                resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    sys.addaudithook(fill)
    status, said = 0, ""
    with redirect_stderr(StringIO()) as spoken:
        try:
            build_index(settings, encoder=FakeEncoder())
        except (VerbatimError, OSError) as error:  # what the command line makes a line and a status of
            status, said = EXPECTED, str(error)
        except BaseException as error:  # noqa: BLE001
            status, said = UNEXPECTED, f"{type(error).__name__}: {error}"
    resource.setrlimit(resource.RLIMIT_FSIZE, _UNLIMITED)
    told.write_text(json.dumps([reached, said, spoken.getvalue()]))
    os._exit(status)


def chosen(reached: list[str]) -> list[int]:
    """The steps at which something is written for the first time, and the first after everything was."""
    first = [n for n, what in enumerate(reached, start=1) if what not in reached[: n - 1]]
    return [n for n in first if re.match(r"open [.]|sqlite3\.connect|os\.rename", reached[n - 1])]


def litter(folder: Path) -> list[str]:
    """What lies in a storage folder; snapshots aside, of which there is one more where one was published."""
    return sorted(path.name for path in folder.iterdir())


def steps_of(root: Path, *, every: bool) -> Iterator[dict[str, object]]:
    """Yield what became of each step."""
    before, after, articles, template = root / "before", root / "after", root / "articles", root / "template"
    for folder, number in ((before, 3), (after, 13)):
        folder.mkdir()
        lines = ({"id": str(n), "text": f"This is the article of number {n}.", "language": "en"} for n in range(number))
        (folder / "all.jsonl").write_text("\n".join(map(json.dumps, lines)))
    shutil.copytree(before, articles)
    assert in_child(partial(build_again, settings_of(template, articles), 3)) == 0
    shutil.rmtree(articles)
    shutil.copytree(after, articles)
    settings, told = settings_of(root / "storage", articles), root / "told"

    def tried(step: int) -> tuple[int, list[str], str, str]:
        ended = in_child(partial(build_on_a_disk_that_fills_up, step, settings, told))
        return ended, *json.loads(told.read_text())

    shutil.copytree(template, settings.storage.folder)
    _, all_steps, _, _ = tried(0)
    for step in range(1, len(all_steps) + 1) if every else chosen(all_steps):
        shutil.rmtree(settings.storage.folder)
        shutil.copytree(template, settings.storage.folder)
        ended, _, said, spoken = tried(step)
        sound = in_child(partial(check, settings, {3, 13}))
        left = litter(settings.storage.folder)
        tried(step)
        grown = sorted(set(litter(settings.storage.folder)) - set(left))
        again = in_child(partial(build_again, settings, 13))
        kept = sorted(set(litter(settings.storage.folder)) - set(litter(template)))
        yield {"step": all_steps[step - 1], "ended": ended, "said": said, "spoken": spoken, "published": sound,
               "again": again, "grown": grown, "kept": kept}  # fmt: skip


if __name__ == "__main__":
    for line in steps_of(Path(sys.argv[1]), every="--all" in sys.argv):
        print(json.dumps(line), flush=True)  # noqa: T201
