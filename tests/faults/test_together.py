"""Several processes at one storage folder: builds, pruning, bots that start, and readers of what is pruned."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from fakes import FakeEncoder
from killing import ENVIRONMENT, answers

from bot.answering.generation import Generation, Generations
from index.build import build_index
from index.cli import main as command
from index.cli.call import LOCKED
from index.search import FusedRetriever
from index.settings import FilesSource, Settings, StorageSettings
from index.snapshot import Store
from index.snapshot.checks import problem_of

pytestmark = pytest.mark.process

GENERATIONS = 12

_BUILD = """
import json, sys
from fakes import FakeEncoder
from index.build import build_index
from index.errors import BuildLocked
from index.settings import Settings

class Waiting(FakeEncoder):
    def encode(self, texts):
        if len(sys.argv) > 3:
            print("builds", flush=True)
            sys.stdin.readline()
        return super().encode(texts)

settings, count = Settings.model_validate(json.loads(sys.argv[1])), int(sys.argv[2])
for number in range(count):
    text = f"---\\ntitle: A\\nlanguage: en\\n---\\nThis is the harbour of file number {number}.\\n"
    (settings.sources[0].folder / "all.md").write_text(text)
    try:
        print(build_index(settings, encoder=Waiting()).snapshot, flush=True)
    except BuildLocked as error:
        sys.exit(f"locked: {error}")
"""

_READ = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from index.snapshot import Store
with Store(Path(sys.argv[1])).open_current() as snapshot:
    print(snapshot.name, flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(1) as another:  # which did not open anything yet
        ids = another.submit(snapshot.article_ids).result()
        vectors = another.submit(lambda: len(snapshot.vectors.ids)).result()
    print(len(ids), vectors, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "articles").mkdir()
    made = Settings(
        storage=StorageSettings(folder=tmp_path / "storage", keep=1),
        sources=(FilesSource(kind="files", folder=tmp_path / "articles"),),
    )
    _write(made, 0)
    build_index(made, encoder=FakeEncoder())
    return made


def _write(settings: Settings, number: int) -> None:
    folder = settings.storage.folder.parent / "articles"
    (folder / "all.md").write_text(f"---\ntitle: A\nlanguage: en\n---\nThis is the harbour number {number} of old.\n")


def _child(code: str, *arguments: str) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=ENVIRONMENT, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )


def _given(settings: Settings) -> str:
    return json.dumps(
        {
            "storage": {"folder": str(settings.storage.folder), "keep": 1},
            "sources": [{"kind": "files", "folder": str(settings.storage.folder.parent / "articles")}],
        }
    )


@contextmanager
def building(settings: Settings) -> Iterator["subprocess.Popen[str]"]:
    """A build in another process that has come to its encoding and waits there for a line."""
    with _child(_BUILD, _given(settings), "1", "wait") as builder:
        assert builder.stdout and builder.stdout.readline() == "builds\n"
        yield builder


def test_while_one_build_runs_nothing_else_changes_the_folder(settings: Settings, tmp_path: Path) -> None:
    """A second build, publishing, going back and pruning end with a status of their own, and the first publishes."""
    store = Store(settings.storage.folder)
    before, config = store.current(), tmp_path / "verbatim.toml"
    config.write_text(f'[storage]\nfolder = "{settings.storage.folder}"\n')
    with building(settings) as builder:
        with _child(_BUILD, _given(settings), "1") as other:
            assert other.wait(60) == 1 and other.stderr and f"process {builder.pid} since" in other.stderr.read()
        for given in (["prune", "--keep", "1"], ["rollback"], ["publish", before]):
            assert command([given[0], "--config", str(config), *given[1:]]) == LOCKED
        assert store.current() == before and problem_of(store, before) is None and answers(settings.storage.folder)
        told, failed = builder.communicate("\n" * 5, 60)
    assert builder.returncode == 0, failed
    assert store.current() == told.split()[-1] != before and store.names() == (store.current(),)
    assert problem_of(store, store.current()) is None


def test_bots_that_start_while_snapshots_come_and_go_open_one_that_answers(settings: Settings) -> None:
    """Between reading which is published and opening it, that may be removed: then what is published now is opened."""
    store, opened = Store(settings.storage.folder), list[str]()
    with _child(_BUILD, _given(settings), str(GENERATIONS)) as builder:
        reading = Thread(target=lambda: opened.extend(_opened(store, builder)))
        reading.start()
        names, failed = builder.communicate(timeout=100)
        reading.join(60)
    assert builder.returncode == 0, failed
    assert len(names.split()) == GENERATIONS and opened[-1] == names.split()[-1]
    assert len(set(opened)) >= GENERATIONS // 3
    store.prune(1)  # the one before, where it was read when it was to be removed
    assert store.names() == (opened[-1],)


def _opened(store: Store, builder: "subprocess.Popen[str]") -> Iterator[str]:
    """Open, and search in, what is published, again and again until the builder has ended and once after."""
    running = True
    while running:
        running = builder.poll() is None
        with store.open_current() as snapshot:
            found = FusedRetriever(snapshot, FakeEncoder()).search("harbour", 3)
            assert [hit.passage.article_id for hit in found] == list(snapshot.article_ids())
            yield snapshot.name


def test_a_bot_in_use_follows_the_snapshots_that_come_and_go(settings: Settings) -> None:
    """Questions in flight finish on the one they began with, which stays for as long; the next is swapped in."""
    store, reader = Store(settings.storage.folder), None

    def opened() -> Generation:
        snapshot = store.open_current()
        return Generation(snapshot, FusedRetriever(snapshot, FakeEncoder()), reader)  # type: ignore[arg-type]

    generations = Generations(opened, store.current)
    for number in range(1, 4):
        with generations.use() as generation:
            old = generation.snapshot.name
            _write(settings, number)
            new = build_index(settings, encoder=FakeEncoder()).snapshot
            assert store.names() == (old, new)
            assert generations.refresh()
            with ThreadPoolExecutor(1) as late:  # a thread that has not read it yet
                assert len(late.submit(generation.retriever.search, "harbour", 3).result()) == 1
        store.prune(1)
        assert store.names() == (new,)
    with generations.use() as generation:
        generation.snapshot.close()


def test_what_another_process_reads_stays_until_it_ends_or_dies(settings: Settings) -> None:
    """It must not vanish under it; when the reader is gone, killed or not, the next pruning removes it."""
    store = Store(settings.storage.folder)
    for number, deadly in enumerate((False, True), start=1):
        with _child(_READ, str(settings.storage.folder)) as reader:
            assert reader.stdin and reader.stdout
            old = reader.stdout.readline().strip()
            _write(settings, number)
            new = build_index(settings, encoder=FakeEncoder()).snapshot
            assert store.prune(1) == () and store.names() == (old, new)
            reader.stdin.write("\n")
            reader.stdin.flush()
            assert reader.stdout.readline() == "1 1\n"
            assert problem_of(store, old) is None
            if deadly:
                reader.kill()
            else:
                reader.communicate("\n", 30)
            reader.wait(30)
        assert store.prune(1) == (old,) and store.names() == (new,)
