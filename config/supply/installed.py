"""What is installed: packages, what they need, and under which licence they are; read from their own metadata."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution, distributions

from packaging.requirements import Requirement

_LONGEST_NAME = 60
_SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "MIT, BSD": "MIT AND BSD",
    "The BSD 2-Clause License": "BSD-2-Clause",
}
"""What packages call their licence where they do not use its identifier: https://spdx.org/licenses/

"BSD" is none: which of its forms is meant, those packages do not say.
"""


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package. ``needs``: the packages that it requires here, by their names in normal form, sorted."""

    name: str
    version: str
    licence: str
    needs: tuple[str, ...]

    @property
    def public_version(self) -> str:
        """The version as its publisher names it: without what a build adds to it ("2.13.0+cpu")."""
        return self.version.partition("+")[0]


def normal(name: str) -> str:
    """Return the form in which two writings of a name are one.

    https://packaging.python.org/en/latest/specifications/name-normalization/
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def all_packages() -> list[Package]:
    """Return everything that is installed, by name."""
    found = {normal(one.name): _package(one, ()) for one in distributions()}
    return [found[name] for name in sorted(found)]


def needed_by(name: str, extras: tuple[str, ...] = ()) -> list[Package]:
    """Return a package and everything that it needs, directly or not, by name; the package itself comes first.

    Raises:
        PackageNotFoundError: one of them is not installed.
    """
    wanted: dict[str, set[str]] = {normal(name): set(extras)}
    seen: dict[str, set[str]] = {}
    while wanted:
        one, asked = wanted.popitem()
        if one in seen and asked <= seen[one]:
            continue
        seen[one] = seen.get(one, set()) | asked
        for requirement in _requirements(distribution(one), tuple(seen[one])):
            wanted.setdefault(normal(requirement.name), set()).update(requirement.extras)
    first, *others = normal(name), *sorted(seen.keys() - {normal(name)})
    return [_package(distribution(one), tuple(seen[one])) for one in (first, *others)]


def licence_of(found: Distribution) -> str:
    """Return the licence that a package declares, as an SPDX expression where it can be told; else in its own words."""
    content = found.metadata
    if "License-Expression" in content:
        return content["License-Expression"]
    classifiers = [one.split(" :: ")[-1] for one in content.get_all("Classifier") or [] if "OSI Approved ::" in one]
    own = (content.get_all("License") or [""])[0]
    named = own if own and "\n" not in own and len(own) <= _LONGEST_NAME else " AND ".join(sorted(classifiers))
    return _SPDX.get(named, named)


def _package(found: Distribution, extras: tuple[str, ...]) -> Package:
    needs = {normal(requirement.name) for requirement in _requirements(found, extras)}
    return Package(found.name, found.version, licence_of(found), tuple(sorted(needs)))


def _requirements(found: Distribution, extras: tuple[str, ...]) -> Iterator[Requirement]:
    """Yield what a package requires on this machine, with these extras."""
    for line in found.requires or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in (*extras, "")):
            yield requirement
