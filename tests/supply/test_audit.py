"""The audit of dependencies: it never says that all is well where it did not look."""

import json
import sys
from pathlib import Path

import pytest

from config.supply.audit import CLEAN, NOT_AUDITED, VULNERABLE, ask, judge, main
from config.supply.installed import Package

PACKAGES = (Package("One_Thing", "1.0", "MIT", ()), Package("other", "2.13.0+cpu", "MIT", ()))
FOUND = {"id": "CVE-2026-1", "fix_versions": ["1.2", "1.1"], "aliases": [], "description": ""}
GOOD = ({"name": "one-thing", "version": "1.0", "vulns": []}, {"name": "other", "version": "2.13.0", "vulns": []})
SKIPPED = {"name": "other", "skip_reason": "not found"}


def report(*entries: object) -> str:
    """What pip-audit writes."""
    return json.dumps({"dependencies": entries, "fixes": []})


def test_all_is_well_where_all_was_looked_up() -> None:
    """And the number says how many that were."""
    verdict = judge(PACKAGES, report(*GOOD), "")
    assert (verdict.status, str(verdict)) == (CLEAN, "2 packages were looked up, no vulnerability is known")


@pytest.mark.parametrize(
    "entries", [(GOOD[0], SKIPPED), (GOOD[0],), (SKIPPED, {"name": "one-thing", "skip_reason": "x"}), ()]
)
def test_what_was_not_looked_up_is_not_well(entries: tuple[object, ...]) -> None:
    """Skipped, or missing from the report: pip-audit itself ends with 0 then."""
    verdict = judge(PACKAGES, report(*entries), "No known vulnerabilities found")
    assert verdict.status == NOT_AUDITED
    assert str(verdict).startswith("NOT AUDITED: ") and "other" in str(verdict)


def test_no_report_is_no_audit() -> None:
    """The data could not be reached: what pip-audit said last tells why."""
    verdict = judge(PACKAGES, None, "WARNING: x\nERROR: Could not connect to the vulnerability feed\n\n")
    assert verdict.status == NOT_AUDITED
    assert str(verdict) == (
        "NOT AUDITED: 2 of 2 packages could not be looked up (ERROR: Could not connect to the vulnerability feed):"
        " One_Thing, other"
    )


def test_what_is_known_is_named_even_where_not_all_was_looked_up() -> None:
    """With the versions that mend it."""
    verdict = judge(PACKAGES, report({**GOOD[0], "vulns": [FOUND]}, SKIPPED), "")
    assert verdict.status == VULNERABLE
    assert str(verdict).splitlines() == [
        "VULNERABLE: 1 of 1 packages have known vulnerabilities:",
        "  one-thing 1.0: CVE-2026-1; mended in 1.1, 1.2",
        "NOT AUDITED: 1 of 2 packages could not be looked up: other",
    ]


def test_nothing_to_audit_is_no_audit() -> None:
    """An empty environment proves nothing."""
    assert judge((), report(), "").status == NOT_AUDITED


@pytest.mark.process
@pytest.mark.parametrize(("answer", "status"), [(report(*GOOD), CLEAN), (None, NOT_AUDITED)])
def test_pip_audit_is_asked_for_the_public_versions(tmp_path: Path, answer: str | None, status: int) -> None:
    """As a program of its own: a name and a version a line, nothing resolved, nothing installed."""
    program = fake_pip_audit(tmp_path, answer)
    assert ask(program, PACKAGES).status == status
    assert (tmp_path / "asked").read_text() == "one-thing==1.0\nother==2.13.0\n"


@pytest.mark.process
def test_the_command_audits_everything_that_is_installed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """But the product itself; its exit status is what cron acts on."""
    assert main([str(fake_pip_audit(tmp_path, None))]) == NOT_AUDITED
    asked = (tmp_path / "asked").read_text()
    assert "\npython-telegram-bot==" in asked and "\npytest==" in asked and "\nverbatim==" not in asked
    assert capsys.readouterr().out.startswith("NOT AUDITED: ")


def fake_pip_audit(folder: Path, answer: str | None) -> Path:
    """A program that keeps what it is asked, and answers as pip-audit does where it can reach its data, or cannot."""
    program = folder / "pip-audit"
    written = "" if answer is None else f"pathlib.Path(value('--output')).write_text({answer!r})"
    program.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\n"
        "value = lambda option: sys.argv[sys.argv.index(option) + 1]\n"
        f"pathlib.Path({str(folder / 'asked')!r}).write_text(pathlib.Path(value('--requirement')).read_text())\n"
        f"{written}\nsys.exit({int(answer is None)})\n"
    )
    program.chmod(0o700)
    return program
