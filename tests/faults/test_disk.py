"""A disk that is full, read-only, another one or another user's; folders with strange names: a line, and no loss."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes import FakeEncoder
from killing import ENVIRONMENT, answers

from index.build import build_index
from index.errors import BuildError, VerbatimError
from index.settings import FilesSource, Settings, StorageSettings
from index.snapshot import Store
from index.snapshot.checks import problem_of

EXPECTED = 3
"""The status with which ``full_builds`` ends where a build said in a line what was wrong."""
DIMENSION = 4096
STRANGE = (
    "with spaces",
    'it\'s "quoted" `now`; $HOME',
    "🐝 Bienen, пчёлы, 蜜蜂, نحل",
    "50%25 #1?mode=rw&x=%41\\",
    "-rf",
    "x" * 240,
)


def written(folder: Path, number: int) -> Path:
    """Write so many articles; their language is given, because finding it out takes half a second."""
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(number):
        text = f"This is the article of number {n}. " * 12
        (folder / f"{n}.md").write_text(f"---\ntitle: Number {n}\nlanguage: en\n---\n{text}\n")
    return folder


def settings_of(storage: Path, articles: Path) -> Settings:
    return Settings(
        storage=StorageSettings(folder=storage, keep=2), sources=(FilesSource(kind="files", folder=articles),)
    )


def dumped(settings: Settings) -> str:
    """What another process is to build."""
    return settings.model_dump_json(include={"storage": {"folder", "keep"}, "sources": True})


def sound(storage: Path) -> bool:
    """Whether the published snapshot passes every check."""
    store = Store(storage)
    return problem_of(store, store.current()) is None


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[None]:
    """Mount a small file system of its own, where that is allowed; skip the test where it is not."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "verbatim", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here: test_full_from_each_step stands for it")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def remounted(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


@pytest.mark.process
def test_full_from_each_step_on_a_build_says_so_loses_nothing_and_the_next_goes_on(tmp_path: Path) -> None:
    """Each file that a build writes is the first that cannot be: what is published stays, and nothing piles up."""
    script = Path(__file__).with_name("full_builds.py")
    environment = {**ENVIRONMENT, "PYTHONWARNINGS": "ignore"}
    ended = subprocess.run(
        [sys.executable, script, tmp_path], env=environment, capture_output=True, text=True, check=False
    )
    steps = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ended.returncode == 0, ended.stderr[-3000:]
    for step in steps:
        assert (step["ended"], step["published"], step["again"]) == (EXPECTED, 0, 0), (step, ended.stderr[-3000:])
        assert step["grown"] == step["kept"] == [], step
        assert str(tmp_path / "storage") in step["said"] and "Traceback" not in step["spoken"], step
    places = {"build.holder", "runs.json", "library.sqlite", "pages.sqlite", "manifest.json", "held.json", "current"}
    assert places <= {place for step in steps for place in places if place in step["said"]}
    assert {"vectors.sqlite", "articles.sqlite"} <= {step["step"].split()[-1] for step in steps}
    assert any("was published before that" in step["said"] for step in steps)
    assert any("nothing was published" in step["said"] for step in steps)


_TOO_LARGE = """
import json, resource, sys
from fakes import FakeEncoder
from index.build import build_index
from index.settings import Settings
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    build_index(Settings.model_validate(json.loads(sys.argv[1])), encoder=FakeEncoder(dimension=int(sys.argv[3])))
except BaseException as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


def limited_build(settings: Settings, limit: int) -> subprocess.CompletedProcess[str]:
    """Build in a process none of whose files may be larger."""
    command = [sys.executable, "-c", _TOO_LARGE, dumped(settings), str(limit), str(DIMENSION)]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)


@pytest.mark.process
def test_where_only_the_vectors_do_not_fit_it_is_the_same(tmp_path: Path) -> None:
    """FAISS writes by itself, and raises what it likes."""
    settings = settings_of(tmp_path / "storage", written(tmp_path / "articles", 30))
    encoder = FakeEncoder(dimension=DIMENSION)
    build_index(settings, encoder=encoder)
    written(tmp_path / "articles", 31)
    shutil.copytree(settings.storage.folder, tmp_path / "kept")
    build_index(settings, encoder=encoder)  # the cache has the vectors: nothing else is to grow
    layout = Store(settings.storage.folder).layout
    before = Store(tmp_path / "kept").current()
    for name in ("current", "snapshots"):
        path = layout.storage / name
        path.unlink() if path.is_file() else shutil.rmtree(path)
        kept = tmp_path / "kept" / name
        shutil.copy(kept, path) if kept.is_file() else shutil.copytree(kept, path)
    ended = limited_build(settings, 31 * 2 * DIMENSION + 10)
    assert ended.returncode == 1 and "BuildError" in ended.stderr and "nothing was published" in ended.stderr, ended
    assert Store(layout.storage).current() == before and sound(layout.storage)
    assert build_index(settings, encoder=encoder).articles == 31


def test_a_small_file_system_fills_up_at_any_moment(tmp_path: Path) -> None:
    """With ENOSPC, as from a real disk: what is published answers as before, and with room the next build goes on."""
    articles, disk = written(tmp_path / "articles", 8), tmp_path / "disk"
    with mounted(disk, "4m"):
        settings = settings_of(disk / "storage", articles)
        encoder = FakeEncoder(dimension=512)
        first = build_index(settings, encoder=encoder).snapshot
        before = answers(disk / "storage", encoder)
        written(articles, 120)
        said: list[str] = []
        for spare in range(0, 700, 50):
            used = sum(path.stat().st_blocks // 2 for path in disk.rglob("*"))
            remounted(disk, f"size={used + spare}k")
            try:
                build_index(settings, encoder=encoder)
            except VerbatimError as error:
                said.append(str(error))
                assert Store(disk / "storage").current() == first and answers(disk / "storage", encoder) == before
            else:
                break
        assert len(said) >= 5 and all("disk" in one or "No space left" in one for one in said), said
        remounted(disk, "size=8m")
        assert build_index(settings, encoder=encoder).articles == 120
        assert sorted(path.name for path in (disk / "storage" / "snapshots").glob(".*")) == []


def test_on_a_read_only_file_system_a_build_says_so_and_questions_are_answered(tmp_path: Path) -> None:
    """Such is a disk after an error, and the bot's container by design."""
    articles, disk = written(tmp_path / "articles", 3), tmp_path / "disk"
    with mounted(disk, "4m"):
        settings = settings_of(disk / "storage", articles)
        build_index(settings, encoder=FakeEncoder())
        before = answers(disk / "storage")
        written(articles, 4)
        remounted(disk, "ro")
        with pytest.raises((BuildError, OSError), match="Read-only file system"):
            build_index(settings, encoder=FakeEncoder())
        assert answers(disk / "storage") == before and sound(disk / "storage")
        remounted(disk, "rw")
        assert build_index(settings, encoder=FakeEncoder()).articles == 4


_AS_NOBODY = """
import json, os, sys
from fakes import FakeEncoder
from index.build import build_index
from index.settings import Settings
warm, given = (Settings.model_validate(json.loads(one)) for one in sys.argv[1:])
build_index(warm, encoder=FakeEncoder())  # what is imported late may lie where only root can read
if os.geteuid() == 0:
    os.setgroups([])
    os.setegid(65534)
    os.seteuid(65534)
try:
    print(build_index(given, encoder=FakeEncoder()).failures)
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


@pytest.mark.process
def test_what_is_somebody_elses_is_named(tmp_path: Path) -> None:
    """A storage folder, an article and a folder of articles that may not be read or written by who builds."""
    root = Path(tempfile.mkdtemp(prefix="verbatim-"))  # not under tmp_path, which is open to its owner alone
    try:
        root.chmod(0o755)
        open_, closed = written(root / "articles", 2), written(root / "closed", 1)
        (root / "articles" / "1.md").chmod(0o000)
        closed.chmod(0o000)
        mine, theirs = root / "mine", root / "theirs"
        for folder, mode in ((mine, 0o777), (theirs, 0o500)):
            folder.mkdir()
            folder.chmod(mode)
        warm = settings_of(tmp_path / "storage", written(tmp_path / "articles", 1))
        outcomes = [_as_nobody(warm, settings_of(*pair)) for pair in ((mine, open_), (theirs, open_), (mine, closed))]
    finally:
        closed.chmod(0o700)
        shutil.rmtree(root)
    assert outcomes[0].returncode == 1 and "TooManyFailures" in outcomes[0].stderr and "1.md" in outcomes[0].stderr
    assert outcomes[1].returncode == 1 and f"Permission denied: '{theirs}" in outcomes[1].stderr
    assert outcomes[2].returncode == 1 and "no source could be read" in outcomes[2].stderr
    assert not any("Traceback" in one.stderr for one in outcomes)


def _as_nobody(*settings: Settings) -> subprocess.CompletedProcess[str]:
    """Build the first as who runs the tests, the second as somebody who is not root, who may do everything."""
    command = [sys.executable, "-c", _AS_NOBODY, *map(dumped, settings)]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=60)


def test_the_folder_may_be_on_another_device_than_temporary_files_and_articles(tmp_path: Path) -> None:
    """Nothing is moved from one to the other: build, publish, roll back and prune work."""
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK) or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second device")
    storage = Path(tempfile.mkdtemp(dir=shared, prefix="verbatim-"))
    try:
        _life(storage, tmp_path / "articles")
    finally:
        shutil.rmtree(storage)


@pytest.mark.parametrize("number", range(len(STRANGE)))
def test_folders_may_be_called_anything(tmp_path: Path, number: int) -> None:
    """Spaces, quotes, emoji, what means something in addresses and shells, and 240 characters."""
    _life(tmp_path / STRANGE[number], tmp_path / "articles" / STRANGE[number])


def _life(storage: Path, articles: Path) -> None:
    """Build thrice, go back, forward, and prune; each time the published snapshot is sound."""
    settings, store = settings_of(storage, articles), Store(storage)
    for count in (2, 3, 4):
        build_index(settings_of(storage, written(articles, count)), encoder=FakeEncoder())
        assert sound(storage)
    assert len(store.names()) == settings.storage.keep and len(answers(storage)) > 0
    newest = store.current()
    store.rollback()
    assert sound(storage) and store.current() < newest
    store.publish(newest)
    assert store.prune(1) and sound(storage) and store.names() == (newest,)
