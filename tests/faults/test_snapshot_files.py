"""Snapshot files that are damaged in any way: opening them ends with the right error, soon, in bounded memory."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from builders import BEES, TIDES, add_snapshot, an_article, retell, three_articles
from corpus import ROWS, built_corpus
from faults.damaging import REPLACEMENTS, changes, truncations
from faults.workers import OpeningProcess

from bot.answering.upkeep import StorageUpkeep
from index.errors import SnapshotDamaged
from index.snapshot import Snapshot, Store
from index.snapshot.manifest import FORMAT
from index.status import describe_status

pytestmark = pytest.mark.process

TRUNCATIONS, CHANGES, CHANGES_IN_PLACE = 100, 500, 60
FILES = ("articles.sqlite", "vectors.faiss", "manifest.json")


@pytest.fixture(scope="module")
def worker() -> Iterator[OpeningProcess]:
    """A process that opens what nobody else should."""
    with OpeningProcess() as process:
        yield process


@pytest.fixture
def store(tmp_path: Path, worker: OpeningProcess) -> Store:
    """Two snapshots, the second one published."""
    add_snapshot(tmp_path, [an_article("bees", BEES), an_article("tides", TIDES)])
    add_snapshot(tmp_path, three_articles())
    opened = worker.ask("nothing is wrong", "current", tmp_path)
    assert (opened["outcome"], opened["name"], opened["told"]) == ("sound", Store(tmp_path).current(), [])
    return Store(tmp_path)


def assert_damaged(worker: OpeningProcess, store: Store, name: str, case: str, file: str = "") -> None:
    """The error is the right one, says what and what to do; a sound snapshot is found, and that is said."""
    reply = worker.ask(case, "open", store.layout.storage, name=name)
    assert reply["outcome"] in ("SnapshotDamaged", "SnapshotIncompatible"), (case, reply)
    told = reply["text"]
    assert name in told and "verbatim-index build" in told and file.partition(".")[0] in told, (case, told)
    other = worker.ask(case, "current", store.layout.storage)
    assert (other["outcome"], other["name"] != name) == ("sound", True), (case, other)
    assert f"until then snapshot {other['name']} is used" in other["told"][-1], (case, other)


@pytest.mark.parametrize("file", FILES)
def test_a_file_cut_anywhere_is_found_out(store: Store, worker: OpeningProcess, file: str) -> None:
    """At a hundred places."""
    name = store.current()
    path = store.layout.snapshot(name).folder / file
    for case, content in truncations(path.read_bytes(), TRUNCATIONS):
        path.write_bytes(content)
        assert_damaged(worker, store, name, f"{file} {case}", file)


@pytest.mark.parametrize("file", FILES)
def test_a_file_changed_anywhere_is_found_out(store: Store, worker: OpeningProcess, file: str) -> None:
    """Five hundred times: a byte, or several in a row, its length being the same."""
    name = store.current()
    path = store.layout.snapshot(name).folder / file
    for case, content in changes(path.read_bytes(), CHANGES, seed=len(file)):
        path.write_bytes(content)
        reply = worker.ask(f"{file} {case}", "open", store.layout.storage, name=name)
        assert reply["outcome"] in ("SnapshotDamaged", "SnapshotIncompatible"), (case, reply)
        assert reply["outcome"] == "SnapshotDamaged" or file == "manifest.json", (case, reply)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("replacement", REPLACEMENTS)
def test_something_else_in_a_file_s_place_is_found_out(
    store: Store, worker: OpeningProcess, file: str, replacement: str
) -> None:
    """Nothing, a file that cannot be read, a folder, a link, a pipe, a socket, more than any disk holds."""
    name = store.current()
    REPLACEMENTS[replacement](store.layout.snapshot(name).folder / file)
    is_gone = worker.ask(replacement, "current", store.layout.storage)
    assert is_gone["outcome"] == "sound" and is_gone["name"] == store.names()[0], is_gone
    assert_damaged(worker, store, name, f"{file}: {replacement}", file)


@pytest.mark.parametrize("file", FILES)
def test_files_swapped_between_snapshots_are_found_out(store: Store, worker: OpeningProcess, file: str) -> None:
    """Each is sound, and is another's; also where both have the same length."""
    older, newer = (store.layout.snapshot(name).folder / file for name in store.names())
    kept = newer.read_bytes()
    shutil.copyfile(older, newer)
    assert_damaged(worker, store, newer.parent.name, file, file)
    newer.write_bytes(kept)
    again = add_snapshot(
        store.layout.storage, [an_article("bees", BEES.replace("1927", "1928")), *three_articles()[1:]]
    )
    first, second = newer, store.layout.snapshot(again).folder / file
    if file == "vectors.faiss":
        assert first.stat().st_size == second.stat().st_size
    shutil.copyfile(first, second)
    assert_damaged(worker, store, again, file, file)


def test_a_snapshot_behind_a_link_is_refused(store: Store, worker: OpeningProcess) -> None:
    """However sound what it leads to: nobody here put it there. It is no snapshot for pruning, either."""
    folder = store.layout.snapshot(store.current()).folder
    outside = folder.rename(store.layout.storage / "outside")
    folder.symlink_to(outside)
    assert_damaged(worker, store, folder.name, "a link")
    assert folder.name not in store.names()
    store.prune(1)
    assert sorted(path.name for path in outside.iterdir()) == sorted(FILES)


def test_a_file_in_a_snapshot_s_place_is_none(store: Store, worker: OpeningProcess) -> None:
    """Neither is an empty folder."""
    folder = store.layout.snapshot(store.current()).folder
    shutil.rmtree(folder)
    assert_damaged(worker, store, folder.name, "nothing")
    folder.write_text("a file")
    assert_damaged(worker, store, folder.name, "a file")


HOSTILE: dict[str, Callable[[dict[str, Any]], object]] = {
    "nothing": lambda told: None,
    "a list": lambda told: [told],
    "a number": lambda told: 5,
    "no format": lambda told: {key: value for key, value in told.items() if key != "format"},
    "format as text": lambda told: told | {"format": str(FORMAT)},
    "format with a fraction": lambda told: told | {"format": FORMAT + 0.0},
    "a format of millions": lambda told: told | {"format": 10**4000},
    "a field more": lambda told: told | {"surprise": 1},
    "a field less": lambda told: {key: value for key, value in told.items() if key != "encoder"},
    "files as a list": lambda told: told | {"files": list(told["files"])},
    "files without digests": lambda told: told | {"files": {name: {} for name in told["files"]}},
    "no files": lambda told: told | {"files": {}},
    "files elsewhere": lambda told: (
        told | {"files": {f"../../../../etc/{name}": one for name, one in told["files"].items()}}
    ),
    "files from the root": lambda told: told | {"files": {"/etc/passwd": told["files"]["articles.sqlite"]}},
    "digests as numbers": lambda told: (
        told | {"files": {name: one | {"sha256": 7} for name, one in told["files"].items()}}
    ),
    "sizes as texts": lambda told: (
        told | {"files": {name: one | {"size": str(one["size"])} for name, one in told["files"].items()}}
    ),
    "sizes below nothing": lambda told: (
        told | {"files": {name: one | {"size": -1} for name, one in told["files"].items()}}
    ),
    "sizes beyond any disk": lambda told: (
        told | {"files": {name: one | {"size": 10**4000} for name, one in told["files"].items()}}
    ),
    "counts as texts": lambda told: told | {"passages": "three"},
    "counts below nothing": lambda told: told | {"articles": -3},
    "counts beyond any number": lambda told: told | {"passages": 10**4000},
    "absurd counts": lambda told: told | {"articles": 2**62, "passages": 2**62},
    "an absurd width": lambda told: told | {"dimension": 2**62},
    "a count with a fraction": lambda told: told | {"dimension": 64.0},
    "a count that is true": lambda told: told | {"dimension": True},
    "trust beyond measure": lambda told: told | {"trust": {"es": 1e300}},
    "trust that is no number": lambda told: told | {"trust": {"es": float("nan")}},
    "trust as a text": lambda told: told | {"trust": {"es": "whole"}},
    "trust as a list": lambda told: told | {"trust": ["es"]},
    "a time that is none": lambda told: told | {"created": "yesterday"},
    "a time of no zone": lambda told: told | {"created": "2024-01-01T00:00:00"},
    "a time as a number": lambda told: told | {"created": 0},
    "words anywhere": lambda told: told | {"words": "../words"},
    "vectors elsewhere": lambda told: told | {"collection": "../../etc"},
    "a collection as a list": lambda told: told | {"collection": ["a"]},
    "an encoder of millions": lambda told: told | {"encoder": "x" * 2_000_000},
}
"""Manifests that nobody here writes, by what is wrong with them."""

RAW = {
    "no text": b"\xff\xfe\x00",
    "nothing at all": b"",
    "lists in lists": b"[" * 500_000,
    "objects in objects": b'{"a":' * 200_000,
    "a number of a million digits": b'{"format": ' + b"9" * 1_000_000 + b"}",
    "zeros": bytes(100_000),
    "more than a manifest": b" " * 5_000_000,
}
"""Bytes in a manifest's place."""


@pytest.mark.parametrize("case", HOSTILE)
def test_a_manifest_that_nobody_writes_is_found_out(store: Store, worker: OpeningProcess, case: str) -> None:
    """Also where the snapshot is named after it, as one who knows this program would do."""
    name = store.current()
    layout = store.layout.snapshot(name)
    text = json.dumps(HOSTILE[case](json.loads(layout.manifest.read_text())))
    named = retell(store, name, text)
    store.publish(named)
    reply = worker.ask(case, "open", store.layout.storage, name=named)
    assert reply["outcome"] in ("SnapshotDamaged", "SnapshotIncompatible"), reply
    assert len(reply["text"]) < 6000


@pytest.mark.parametrize("case", RAW)
def test_what_is_no_manifest_at_all_is_found_out(store: Store, worker: OpeningProcess, case: str) -> None:
    """Neither its depth nor its length costs more than a look."""
    store.layout.snapshot(store.current()).manifest.write_bytes(RAW[case])
    assert_damaged(worker, store, store.current(), case, "manifest")


class TestCurrent:
    """The one line that names the published snapshot."""

    def lines(self, store: Store) -> Iterator[tuple[str, bytes]]:
        """Yield what may stand there instead."""
        line = store.layout.current.read_bytes()
        yield from truncations(line, len(line))
        yield from changes(line, CHANGES, seed=1)
        for other in ("../../etc", "/etc", "..", ".", "x" * 100_000, "\x00", "2024", f"{store.current()}\n" * 2):
            yield other[:40], other.encode()

    def test_whatever_it_says_a_sound_snapshot_is_used(self, store: Store, worker: OpeningProcess) -> None:
        """Cut anywhere, changed anywhere, a path to elsewhere, another encoding; nothing outside is looked at."""
        names = store.names()
        for case, line in self.lines(store):
            store.layout.current.write_bytes(line)
            reply = worker.ask(case, "current", store.layout.storage)
            assert reply["outcome"] == "sound" and reply["name"] in names, (case, reply)
            is_named = line.strip() == reply["name"].encode()
            assert is_named or f"snapshot {reply['name']} is used" in reply["told"][-1], (case, reply)

    @pytest.mark.parametrize("replacement", [one for one in REPLACEMENTS if one != "missing"])
    def test_something_else_in_its_place_is_survived(
        self, store: Store, worker: OpeningProcess, replacement: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The newest sound snapshot is used, going back goes there, and a publication replaces what lies there."""
        monkeypatch.chdir(store.layout.storage)
        if replacement == "a link to its copy outside":
            (store.layout.storage / "outside").write_bytes(store.layout.current.read_bytes())
            store.layout.current.unlink()
            store.layout.current.symlink_to("outside")
        else:
            REPLACEMENTS[replacement](store.layout.current)
        reply = worker.ask(replacement, "current", store.layout.storage)
        assert (reply["outcome"], reply["name"]) == ("sound", store.names()[-1]), reply
        assert reply["earlier"] == store.names()[-1]
        assert "names no snapshot" in reply["told"][-1]
        if replacement != "a folder":
            store.publish(store.names()[0])
            assert store.current() == store.names()[0]


class TestAfterOpening:
    """What was verified may change afterwards: the process goes on, and shows nothing that no article says."""

    def test_files_changed_in_place_show_no_word_that_no_article_says(
        self, tmp_path: Path, worker: OpeningProcess
    ) -> None:
        """Many changes of each file under an open snapshot: a question may fail, the next one need not."""
        settings = built_corpus(tmp_path)
        storage = settings.storage.folder
        store = Store(storage)
        articles = [str(row["text"]) for row in ROWS]
        answered = failed = 0
        for file in ("articles.sqlite", "vectors.faiss"):
            path = store.layout.snapshot(store.current()).folder / file
            sound = path.read_bytes()
            assert worker.ask(file, "begin", storage)["shown"]
            for case, content in _spoilt(file, sound, CHANGES_IN_PLACE):
                overwrite(path, content)
                reply = worker.ask(f"{file} {case}", "answer", storage)
                assert reply["outcome"] == "sound", (case, reply)
                wrong = [text for text in reply["shown"] if not any(text in article for article in articles)]
                assert wrong == [], (file, case)
                answered, failed = answered + bool(reply["shown"]), failed + bool(reply["errors"])
                overwrite(path, sound)
            assert worker.ask(f"after {file}", "answer", storage)["shown"], file
        assert answered > CHANGES_IN_PLACE and failed > 0

    @pytest.mark.parametrize("lies_there", ["nothing", "another snapshot's file"])
    def test_what_was_opened_is_read_to_its_end(self, tmp_path: Path, worker: OpeningProcess, lies_there: str) -> None:
        """Whatever becomes of its folder, threads that have not read of it yet read what was opened."""
        settings = built_corpus(tmp_path)
        storage = settings.storage.folder
        folder = Store(storage).layout.snapshot(Store(storage).current()).folder
        first = worker.ask("begin", "begin", storage)
        assert first["shown"]
        if lies_there == "nothing":
            shutil.rmtree(folder)
        else:
            name = add_snapshot(tmp_path / "other", three_articles())
            for file in FILES:
                shutil.copyfile(Store(tmp_path / "other").layout.snapshot(name).folder / file, folder / "new")
                (folder / "new").replace(folder / file)
        reply = worker.ask(lies_there, "answer", storage)
        assert (reply["shown"], reply["errors"]) == (first["shown"], [])


def _spoilt(file: str, sound: bytes, count: int) -> Iterator[tuple[str, bytes]]:
    """Yield changes of a file, half of them in the words of the articles where it holds these."""
    yield from changes(sound, count, seed=3)
    if file == "articles.sqlite":
        for words in (b"330 metres", b"six weeks", b"Eiffel", b"worker bee"):
            assert words in sound
            yield words.decode(), sound.replace(words, words[:-1] + b"~")


def overwrite(path: Path, content: bytes) -> None:
    """Write into the file that lies there, so that whoever has mapped it sees it."""
    with path.open("r+b") as file:
        file.write(content)


def test_a_snapshot_s_articles_tell_whether_they_are_as_stored(store: Store) -> None:
    """By the digest that is their revision."""
    with Snapshot.open(store.layout.snapshot(store.current()).folder) as snapshot:
        articles = [snapshot.article(id_) for id_ in snapshot.article_ids()]
    assert all(article and article.is_intact for article in articles)


@pytest.mark.parametrize("file", ["articles.sqlite", "manifest.json"])
def test_who_asks_how_the_articles_are_is_told_of_damage(tmp_path: Path, file: str) -> None:
    """A status looks at sizes only, so what SQLite finds inside is told as what it is: the admin's bot asks, too."""
    settings = built_corpus(tmp_path)
    store = Store(settings.storage.folder)
    path = store.layout.snapshot(store.current()).folder / file
    content = path.read_bytes()
    path.write_bytes(content[:100] + bytes(len(content) - 100))
    with pytest.raises(SnapshotDamaged, match=rf"snapshot {store.current()} is damaged: its {file.partition('.')[0]}"):
        describe_status(settings, datetime.now(UTC))
    assert [trouble.key for trouble in StorageUpkeep(settings).health().troubles] == ["snapshot"]
