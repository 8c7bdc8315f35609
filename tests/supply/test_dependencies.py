"""The direct dependencies: each with its line in CONTRIBUTING.md, a pin, and a licence that lets everybody use it."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from config.supply.installed import licence_of, needed_by, normal

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = tuple(PROJECT["optional-dependencies"])
FREE = {
    "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CNRI-Python", "ISC", "MIT",
    "MIT-0", "MIT-CMU", "PSF-2.0", "Zlib",
}  # fmt: skip
"""Licences that ask for their notice, if for anything."""
GIVE_BACK = {"certifi", "hypothesis", "orjson", "pathspec", "python-telegram-bot", "tld", "tqdm"}
"""Packages whose licence also asks that changes to them be published; CONTRIBUTING.md names them."""
OF_TORCH = re.compile(r"nvidia-|cuda-|triton$")
"""What torch's build for graphics cards brings, as its own pins say."""


def direct() -> Iterator[tuple[str, str]]:
    """Yield every direct dependency with its extra, "" for none."""
    yield from ((Requirement(line).name, "") for line in PROJECT["dependencies"])
    for extra, lines in PROJECT["optional-dependencies"].items():
        yield from ((Requirement(line).name, extra) for line in lines)


def rows() -> list[list[str]]:
    """The cells of the table in CONTRIBUTING.md."""
    section = (ROOT / "CONTRIBUTING.md").read_text().partition("\n## Dependencies\n")[2].partition("\n## ")[0]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in section.splitlines() if line[:1] == "|"]


def test_every_direct_dependency_has_its_line() -> None:
    """With its purpose, its licence and what would replace it; and there is no line without a dependency."""
    head, _, *lines = rows()
    assert head == ["package", "what it does here", "licence", "what would replace it"]
    assert sorted(line[0] for line in lines) == sorted({name for name, _ in direct()})
    assert all(len(line) == 4 and all(line) for line in lines)


def test_a_line_names_the_licence_that_the_package_declares() -> None:
    """Read from what is installed, so that a new version under another licence is noticed."""
    _, _, *lines = rows()
    assert {line[0]: line[2] for line in lines} == {line[0]: licence_of(distribution(line[0])) for line in lines}


def test_a_line_names_the_extra_that_brings_the_package() -> None:
    """Who wonders why it is not installed sees it."""
    _, _, *lines = rows()
    told = {line[0]: set(re.findall(r"extra `(\w+)`", line[1])) for line in lines}
    for name in told:
        extras = {extra for one, extra in direct() if one == name}
        assert not told[name] if "" in extras else told[name] == extras - ({"dev"} if len(extras) > 1 else set())


def test_everything_installed_is_pinned_and_is_what_the_pin_says() -> None:
    """Not only the direct ones: what they bring, too, extras included."""
    pins = dict(re.findall(r"^([^#=\s]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE))
    pinned = {normal(name): pin for name, pin in pins.items()}
    _, *needed = needed_by("verbatim", EXTRAS)
    installed = {normal(one.name): one.public_version for one in needed if not OF_TORCH.match(normal(one.name))}
    assert installed == {name: pinned.get(name) for name in installed}


def test_no_file_of_pins_holds_an_address() -> None:
    """Where packages come from is each machine's own affair."""
    for path in (ROOT / "constraints.txt", ROOT / "config" / "supply" / "audit.txt"):
        assert re.search(r"^[^#]*(://|@ |--)", path.read_text(), re.MULTILINE) is None


def test_all_licences_let_everybody_use_the_product() -> None:
    """Of everything that is needed, directly or not: free, or one of those few that want changes to them published."""
    packages = {normal(one.name): one.licence for one in needed_by("verbatim", EXTRAS)}
    assert {name for name, licence in packages.items() if not is_free(licence)} == GIVE_BACK
    told = (ROOT / "CONTRIBUTING.md").read_text()
    assert all(re.search(rf"publish(?:.|\n)*\b{name}\b", told) for name in GIVE_BACK)
    assert not any(re.search("GPL", packages[name]) for name in GIVE_BACK - {"python-telegram-bot", "tld"})


def is_free(licence: str) -> bool:
    """Whether every part of an expression that is joined by AND is free, or one of those that are joined by OR."""
    plain = licence.replace("Apache-2.0 WITH LLVM-exception", "Apache-2.0")
    parts = [part.strip("() ") for part in re.split(r" AND (?![^(]*\))", plain)]
    return all(any(one in FREE for one in part.split(" OR ")) for part in parts)


@pytest.mark.parametrize(
    ("licence", "free"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("Apache-2.0 WITH LLVM-exception AND MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", False),
        ("", False),
    ],
)
def test_an_expression_is_free_if_each_of_its_parts_can_be(licence: str, free: bool) -> None:
    """A package that says nothing is not."""
    assert is_free(licence) == free


def test_the_product_is_installed_in_the_version_of_this_tree() -> None:
    """Or the other tests look at something else."""
    assert version("verbatim") == PROJECT["version"]
