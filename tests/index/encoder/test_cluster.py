"""Encoding on a cluster: a real one of Ray, of one process on this machine."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from fakes import FakeEncoder

from index.build import build_index
from index.encoder.cluster import Actors, Encodes, OnRay, actors_for
from index.errors import EncoderError
from index.settings import FilesSource, Settings, StorageSettings

SETTINGS = """
[storage]
folder = "storage"

[[sources]]
kind = "files"
folder = "articles"
"""


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({"CPU": 2.0, "memory": 1e9}, Actors(2, 0, 20_000)),
        ({"CPU": 128.0, "GPU": 4.0}, Actors(4, 1, 500_000)),
        ({"memory": 1e9}, Actors(1, 0, 20_000)),
    ],
)
def test_an_actor_for_each_card_else_for_each_core(resources: dict[str, float], expected: Actors) -> None:
    """Cards are so much faster that cores beside them would only be in the way."""
    assert actors_for(resources) == expected


def test_without_ray_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ray is large, and few need it: it does not come with the installation."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(EncoderError, match=r"Ray is not installed.*pip install verbatim\[ray\]"):
        next(OnRay("all-MiniLM-L6-v2", "any", 1).encoded([1], lambda _: [(b"1", "text")]))


def test_a_build_that_asks_for_ray_does_not_encode_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cluster that is not there is an error, and not a build that takes a hundred times as long."""
    monkeypatch.setitem(sys.modules, "ray", None)
    (tmp_path / "one.txt").write_text("Bees\n\nHoney bees dance to tell others where flowers are.\n")
    settings = Settings(
        storage=StorageSettings(folder=tmp_path / "storage"), sources=(FilesSource(kind="files", folder=tmp_path),)
    )
    encoder = FakeEncoder()
    with pytest.raises(EncoderError, match="Ray is not installed"):
        build_index(settings, encoder=encoder, on_ray=True)
    assert encoder.encoded == 0


@pytest.mark.model
def test_an_actor_with_another_encoder_encodes_nothing() -> None:
    """Vectors of two encoders never mix, also where a machine has other files under the name."""
    with pytest.raises(EncoderError, match=r"all-MiniLM-L6-v2:\w+:float32, that of the build is other:1:float32"):
        Encodes("all-MiniLM-L6-v2", "other:1:float32")


@pytest.mark.model
@pytest.mark.process
@pytest.mark.timeout(300)
@pytest.mark.skipif(find_spec("ray") is None, reason="ray is not installed")
def test_a_cluster_encodes_what_has_no_vectors_yet(tmp_path: Path) -> None:
    """Into the same cache; afterwards this machine has nothing left to encode, and all is as it should be."""
    (tmp_path / "verbatim.toml").write_text(SETTINGS)
    (tmp_path / "articles").mkdir()
    write(tmp_path, range(2))
    assert build(tmp_path)["encoded"] == 2
    write(tmp_path, range(6))
    assert build(tmp_path, "--encode-with", "ray", "--threads", "1")["encoded"] == 4
    write(tmp_path, range(5))
    assert build(tmp_path)["encoded"] == 0
    verified = command(tmp_path, "verify")
    assert (verified.returncode, verified.stderr) == (0, "")


def write(folder: Path, numbers: range) -> None:
    """Make these the only articles, each of one passage."""
    text = "The council voted on Tuesday to close bridge number {} for repairs until the end of March."
    lines = (json.dumps({"id": str(n), "text": text.format(n), "language": "en"}) for n in numbers)
    (folder / "articles" / "all.jsonl").write_text("\n".join(lines))


def build(folder: Path, *options: str) -> dict[str, int]:
    """Return the report of a build, which says nothing else; Ray warns of what its own actors may lose."""
    ended = command(folder, "build", "--json", *options)
    said = [line for line in ended.stderr.splitlines() if "core_worker.cc" not in line]
    assert (ended.returncode, said) == (0, [])
    report: dict[str, int] = json.loads(ended.stdout)
    return report


def command(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command as cron does; the cluster is one that it starts itself."""
    kept = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"}
    return subprocess.run(
        [sys.executable, "-m", "index", "--config", str(folder / "verbatim.toml"), *arguments],
        env={**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
