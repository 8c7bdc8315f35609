"""Ask whether anything that is installed has a known vulnerability; ``make audit`` does so.

pip-audit asks the public vulnerability data. It calls packages that it found nothing about "skipped" and ends well even
when it skipped all of them, as behind a proxy that answers 404 to everything. Here only what was looked up counts.

Exit: 0 everything was looked up and nothing is known; 1 something is known; 3 not everything could be looked up, and
nothing is known of the rest. With ``make`` both are a failure (2): the last line says which.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from config.supply.installed import Package, all_packages, normal

CLEAN, VULNERABLE, NOT_AUDITED = 0, 1, 3
_OWN = "verbatim"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one package: identifiers, and the versions that mend it."""

    name: str
    version: str
    known: tuple[str, ...]
    mended_in: tuple[str, ...]

    def __str__(self) -> str:
        mended = f"mended in {', '.join(self.mended_in)}" if self.mended_in else "not mended yet"
        return f"{self.name} {self.version}: {', '.join(self.known)}; {mended}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of an audit; ``reason``: why nothing at all was looked up, if so."""

    asked: int
    findings: tuple[Finding, ...]
    unknown: tuple[str, ...]
    reason: str = ""

    @property
    def status(self) -> int:
        if self.findings:
            return VULNERABLE
        return NOT_AUDITED if self.unknown or not self.asked else CLEAN

    def __str__(self) -> str:
        lines = [f"  {finding}" for finding in self.findings]
        looked_up = self.asked - len(self.unknown)
        if self.findings:
            lines.insert(0, f"VULNERABLE: {len(self.findings)} of {looked_up} packages have known vulnerabilities:")
        if self.unknown:
            named = ", ".join(self.unknown[:_SHOWN]) + (", …" if len(self.unknown) > _SHOWN else "")
            why = f" ({self.reason})" if self.reason else ""
            lines.append(
                f"NOT AUDITED: {len(self.unknown)} of {self.asked} packages could not be looked up{why}: {named}"
            )
        return "\n".join(lines) or f"{self.asked} packages were looked up, no vulnerability is known"


def judge(packages: Sequence[Package], report: str | None, said: str) -> Verdict:
    """Judge pip-audit's JSON report; ``None`` where it wrote none, ``said`` is then what it said instead."""
    names = tuple(package.name for package in packages)
    if report is None:
        last = next(reversed([line.strip() for line in said.splitlines() if line.strip()]), "pip-audit said nothing")
        return Verdict(len(names), (), names, last)
    found = {normal(entry["name"]): entry for entry in json.loads(report)["dependencies"]}
    looked_up = {name for name, entry in found.items() if "vulns" in entry and "skip_reason" not in entry}
    findings = tuple(
        Finding(
            entry["name"],
            entry["version"],
            tuple(vulnerability["id"] for vulnerability in entry["vulns"]),
            tuple(sorted({version for vulnerability in entry["vulns"] for version in vulnerability["fix_versions"]})),
        )
        for name, entry in found.items()
        if name in looked_up and entry["vulns"]
    )
    return Verdict(len(names), findings, tuple(name for name in names if normal(name) not in looked_up))


def ask(pip_audit: Path, packages: Sequence[Package]) -> Verdict:
    """Have pip-audit look the packages up."""
    with TemporaryDirectory(prefix="audit-") as folder:
        listed, report = Path(folder, "packages.txt"), Path(folder, "report.json")
        listed.write_text("".join(f"{normal(one.name)}=={one.public_version}\n" for one in packages))
        how = ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json", "--desc", "off"]
        ended = subprocess.run(
            [str(pip_audit), "--requirement", str(listed), *how, "--output", str(report), "--cache-dir", folder],
            capture_output=True,
            text=True,
            check=False,
        )
        return judge(packages, report.read_text() if report.is_file() else None, ended.stderr)


def main(argv: list[str] | None = None) -> int:
    """Audit what is installed here."""
    parser = argparse.ArgumentParser("audit", description="Look for known vulnerabilities in what is installed.")
    parser.add_argument("pip_audit", type=Path, help="the program pip-audit, from an environment of its own")
    packages = [package for package in all_packages() if package.name != _OWN]
    verdict = ask(parser.parse_args(argv).pip_audit, packages)
    print(verdict)
    return verdict.status


if __name__ == "__main__":
    sys.exit(main())
