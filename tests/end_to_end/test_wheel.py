"""The wheel holds everything that the commands need, and the commands run from it in any folder."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from end_to_end.commands import ROOT

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of a copy of the sources, built without a network by the setuptools of this environment."""
    pytest.importorskip(
        "setuptools", minversion="77", reason="the wheel is built without a network: install setuptools"
    )
    folder = tmp_path_factory.mktemp("wheel")
    sources = folder / "sources"
    sources.mkdir()
    for name in ("index", "bot"):
        shutil.copytree(ROOT / name, sources / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, sources)
    command = ["-m", "pip", "wheel", str(sources), "--no-deps", "--no-build-isolation", "--quiet"]
    built = subprocess.run(
        [sys.executable, *command, "--disable-pip-version-check", "--wheel-dir", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


def test_every_module_and_the_data_are_in_it(wheel: Path) -> None:
    """Weights of the reader, type marks, all modules, nothing of the tests."""
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"bot/answering/weights.json", "bot/py.typed", "index/py.typed"} <= names
    modules = {
        path.relative_to(ROOT).as_posix() for folder in ("bot", "index") for path in (ROOT / folder).rglob("*.py")
    }
    assert modules <= names
    assert {name.partition("/")[0] for name in names if ".dist-info" not in name} == {"bot", "index"}


def test_it_names_both_commands_and_the_licence(wheel: Path) -> None:
    """What pip makes scripts of."""
    archive = zipfile.ZipFile(wheel)
    (entries,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
    text = archive.read(entries).decode()
    assert "verbatim-index = index.cli:main" in text and "verbatim-bot = bot.cli:main" in text
    assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())


def test_the_commands_run_from_it_in_any_folder(wheel: Path, tmp_path: Path) -> None:
    """Unpacked elsewhere, without the sources on the path: the reader's weights are read, both programs answer."""
    place = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(place)
    code = (
        "import sys, bot.cli, index.cli; from bot.answering.scoring import load_weights; load_weights();"
        " assert bot.__file__.startswith(sys.argv[1]), bot.__file__;"
        " print(bot.cli.main(['--help']), index.cli.main(['--help']))"
    )
    # -P and a working folder elsewhere: only the unpacked wheel and the installed libraries are importable
    ended = subprocess.run(
        [sys.executable, "-P", "-c", code, str(place)],
        capture_output=True, text=True, check=False, cwd=tmp_path, env={"PYTHONPATH": str(place)},
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "usage: verbatim-bot" in ended.stdout and ended.stdout.endswith("0 0\n")
