"""Builds that die, in real processes: what is published stays, and the next build goes on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import FakeEncoder
from killing import kill_builds

from index.build import build_index
from index.errors import BuildLocked
from index.settings import FilesSource, Settings, StorageSettings
from index.snapshot import Store

pytestmark = pytest.mark.process

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_NUM_THREADS": "1"}

_LIMITED = """
import resource, sys
from fakes import FakeEncoder
from killing import kill_builds
from index.build import build_index
from index.errors import VerbatimError
from index.settings import FilesSource, Settings, StorageSettings

storage, folder, limit = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
settings = Settings(storage=StorageSettings(folder=storage), sources=(FilesSource(kind="files", folder=folder),))
try:
    build_index(settings, encoder=FakeEncoder(dimension=512))
except (VerbatimError, OSError) as error:
    sys.exit(f"expected: {error}")
"""

_HOLDER = """
import sys
from pathlib import Path
from index.layout import Layout
from index.lock import build_lock

with build_lock(Layout(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "bees.txt").write_text("Bees\n\nHoney bees dance to tell others where flowers are.\n")
    return Settings(
        storage=StorageSettings(folder=tmp_path / "storage"), sources=(FilesSource(kind="files", folder=folder),)
    )


def test_killed_at_any_step_the_published_snapshot_stays_and_the_next_build_goes_on(tmp_path: Path) -> None:
    """A build that dies at any point leaves the published one as it was; the next one clears up and publishes."""
    script = Path(__file__).parents[1] / "faults" / "dying_builds.py"

    ended = subprocess.run(
        [sys.executable, script, tmp_path], env=ENVIRONMENT, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stdout[-500:] + ended.stderr[-3000:]
    assert ended.stdout.count("died -9, published 0, again 0") > 20


def test_killed_at_random_moments_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    """Of a folder and a feed: eight times here, as often as one likes with ``tests/benchmarks/killing.py``."""
    lines = list(kill_builds(tmp_path, times=8, seed=1))
    assert len(lines) == 8
    assert sum("status -9" in line for line in lines) >= 4


@pytest.mark.parametrize("limit", [30_000, 60_000, 100_000, 140_000, 200_000])
def test_where_the_disk_is_full_nothing_is_published(settings: Settings, limit: int) -> None:
    """A file that cannot grow ends the build with a reason of ours and leaves the published snapshot."""
    first = build_index(settings, encoder=FakeEncoder(dimension=512))
    folder = settings.storage.folder.parent / "articles"
    for number in range(120):
        text = f"This is word number {number}. " * 20
        (folder / f"{number}.md").write_text(f"---\ntitle: Number {number}\nlanguage: en\n---\n{text}\n")

    command = [sys.executable, "-c", _LIMITED, str(settings.storage.folder), str(folder), str(limit)]
    ended = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert ended.stderr.startswith("expected: "), ended.stderr
    assert Store(settings.storage.folder).current() == first.snapshot
    assert build_index(settings, encoder=FakeEncoder(dimension=512)).articles == 121


def test_a_lock_dies_with_its_holder(settings: Settings) -> None:
    """A running holder locks others out and is named; a killed one does not."""
    command = [sys.executable, "-c", _HOLDER, str(settings.storage.folder)]
    with subprocess.Popen(command, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        with pytest.raises(BuildLocked, match=f"process {holder.pid} since"):
            build_index(settings, encoder=FakeEncoder())
        holder.kill()
        holder.wait()

    assert build_index(settings, encoder=FakeEncoder()).published
