"""The software bill of materials: everything that Verbatim runs on, as CycloneDX JSON (https://cyclonedx.org).

``make sbom`` writes it for what is installed in ``.venv``. It needs no network, holds no address of a package registry
and no path of the machine, and is the same whenever the same is installed.
"""

import argparse
import hashlib
import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

from config.supply.installed import Package, needed_by, normal

_PRODUCT = "verbatim"
_MODEL = "verbatim-reader"


def bill(packages: list[Package], model_digest: str) -> dict[str, Any]:
    """Return the bill; the first package is the product, with the reading model of that SHA-256 inside."""
    product, *others = packages
    model = {
        "type": "machine-learning-model",
        "bom-ref": _MODEL,
        "name": _MODEL,
        "version": product.version,
        "licenses": _licences(product.licence),
        "hashes": [{"alg": "SHA-256", "content": model_digest}],
    }
    needs = [{"ref": _reference(one), "dependsOn": _references(one, packages)} for one in others]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {**_component(product), "type": "application"}},
        "components": [*map(_component, others), model],
        "dependencies": [
            {"ref": _reference(product), "dependsOn": [*_references(product, packages), _MODEL]},
            *needs,
            {"ref": _MODEL, "dependsOn": []},
        ],
    }


def _component(package: Package) -> dict[str, Any]:
    reference = _reference(package)
    return {
        "type": "library",
        "bom-ref": reference,
        "name": package.name,
        "version": package.version,
        "licenses": _licences(package.licence),
        "purl": reference,
    }


def _references(package: Package, packages: list[Package]) -> list[str]:
    return [_reference(one) for one in packages if normal(one.name) in package.needs]


def _reference(package: Package) -> str:
    """https://github.com/package-url/purl-spec"""
    return f"pkg:pypi/{normal(package.name)}@{package.version.replace('+', '%2B')}"


def _licences(licence: str) -> list[dict[str, Any]]:
    """As an expression where it is one, else by its name."""
    if not licence:
        return []
    is_expression = " " in licence and "BSD" not in licence.split()
    if is_expression:
        return [{"expression": licence}]
    return [{"license": {"name" if " " in licence or licence == "BSD" else "id": licence}}]


def main(argv: list[str] | None = None) -> int:
    """Write the bill of what is installed here."""
    parser = argparse.ArgumentParser("sbom", description="Write the software bill of materials.")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to (standard output)")
    parser.add_argument("--extra", action="append", default=[], metavar="NAME", help="with what an extra brings, too")
    given = parser.parse_args(argv)
    weights = files("bot.answering.spans").joinpath("reader.safetensors").read_bytes()
    content = bill(needed_by(_PRODUCT, tuple(given.extra)), hashlib.sha256(weights).hexdigest())
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    if given.output is None:
        sys.stdout.write(text)
        return 0
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text(text, encoding="utf-8")
    print(f"{given.output}: {len(content['components'])} components", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
