"""The software bill of materials: what the product runs on, and nothing of the machine that wrote it."""

import json
import re
import sys
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from config.supply.installed import Package, normal
from config.supply.sbom import bill, main

ROOT = Path(__file__).parents[2]
DIGEST = "0" * 64


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The bill of what is installed, as the command writes it."""
    path = tmp_path_factory.mktemp("sbom") / "new" / "sbom.json"
    assert main(["--output", str(path)]) == 0
    return path.read_text()


def names(content: Any) -> set[str]:
    return {normal(component["name"]) for component in content["components"]}


def test_every_direct_dependency_is_in_it_and_no_tool_of_ours(written: str) -> None:
    """What tests and builds need is not what runs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found = names(json.loads(written))
    assert {normal(Requirement(line).name) for line in project["dependencies"]} <= found
    assert found & {"pytest", "ruff", "mypy", "hypothesis", "pymilvus"} == set()


def test_it_is_cyclonedx_with_every_reference_resolved(written: str) -> None:
    """https://cyclonedx.org/docs/1.6/json/: each component once, with version, licence and package address."""
    content = json.loads(written)
    assert (content["bomFormat"], content["specVersion"]) == ("CycloneDX", "1.6")
    product = content["metadata"]["component"]
    assert (product["name"], product["type"]) == ("verbatim", "application")
    references = [component["bom-ref"] for component in (product, *content["components"])]
    assert len(set(references)) == len(references) > 50
    assert [entry["ref"] for entry in content["dependencies"]] == references
    assert {ref for entry in content["dependencies"] for ref in entry["dependsOn"]} == set(references[1:])
    libraries = [component for component in content["components"] if component["type"] == "library"]
    assert all(re.fullmatch(r"pkg:pypi/[a-z0-9-]+@[\w.%]+", component["purl"]) for component in libraries)
    assert all(component["version"] and component["licenses"] for component in content["components"])


def test_it_names_the_reading_model_by_its_digest(written: str) -> None:
    """Weights are what runs, too."""
    (model,) = [one for one in json.loads(written)["components"] if one["type"] == "machine-learning-model"]
    weights = (ROOT / "bot" / "answering" / "spans" / "reader.safetensors").read_bytes()
    assert model["hashes"] == [{"alg": "SHA-256", "content": sha256(weights).hexdigest()}]


def test_it_holds_no_address_of_a_registry_and_no_path_of_the_machine(written: str) -> None:
    """It can be handed to anybody."""
    assert set(re.findall(r"\w+://[^\"\s]+", written)) == {"http://cyclonedx.org/schema/bom-1.6.schema.json"}
    assert str(ROOT) not in written and sys.prefix not in written


def test_it_is_the_same_whenever_the_same_is_installed(written: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No time, no random number; to a file or to standard output."""
    assert main([]) == 0
    assert capsys.readouterr().out == written


def test_an_extra_brings_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    """Who runs with a Milvus gets the bill for that."""
    assert main(["--extra", "milvus"]) == 0
    assert {"pymilvus", "grpcio"} <= names(json.loads(capsys.readouterr().out))


def test_what_needs_what_is_told() -> None:
    """A licence that is no single identifier is an expression, or a name where a part of it is none."""
    packages = [
        Package("verbatim", "1.0", "MIT", ("some-thing",)),
        Package("other", "2", "BSD", ()),
        Package("Some_Thing", "2.13.0+cpu", "MPL-2.0 AND MIT", ("other",)),
    ]
    content = bill(packages, DIGEST)
    assert content["dependencies"] == [
        {"ref": "pkg:pypi/verbatim@1.0", "dependsOn": ["pkg:pypi/some-thing@2.13.0%2Bcpu", "verbatim-reader"]},
        {"ref": "pkg:pypi/other@2", "dependsOn": []},
        {"ref": "pkg:pypi/some-thing@2.13.0%2Bcpu", "dependsOn": ["pkg:pypi/other@2"]},
        {"ref": "verbatim-reader", "dependsOn": []},
    ]
    assert [one["licenses"] for one in content["components"]] == [
        [{"license": {"name": "BSD"}}],
        [{"expression": "MPL-2.0 AND MIT"}],
        [{"license": {"id": "MIT"}}],
    ]
