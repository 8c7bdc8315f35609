"""Small files that would become enormous are read within bounds of time and memory, or refused."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hostile.bombs import BOMBS, HEAVY

ROOT = Path(__file__).parent.parent.parent
SECONDS = 6.0
"""Of processor time: two, thrice on a busy machine."""

MEGABYTES = 512
"""Beyond what is loaded: four times the largest line or text that is read at all, with all that is made of it."""

LIGHT = [name for name in BOMBS if name not in HEAVY]

READ = (
    "Word: tables in tables", "Word: wide cells in wide cells", "Word: a cell that goes on",
    "PDF: text that is just read", "text: lines", "text: blanks within a line", "text: a paragraph",
    "text: remarks in Markdown", "web: what a page says of itself", "web: JSON in a page",
    "web: a text in a page's JSON", "other: a word of a question",
)  # fmt: skip
"""What is no bomb to who reads it with care."""


@pytest.fixture(scope="module")
def exploded() -> Mapping[str, dict[str, Any]]:
    """What came of each, read in processes of their own: one run for all."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, str(ROOT / "tests/hostile/bombs.py"), *LIGHT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=110)
    return {found["name"]: found for found in map(json.loads, done.stdout.splitlines())}


@pytest.mark.process
def test_no_bomb_explodes(exploded: Mapping[str, dict[str, Any]]) -> None:
    """Each is taken or refused; no error of another kind, no end of memory, no end of patience."""
    assert list(exploded) == LIGHT
    bad = [
        found
        for found in exploded.values()
        if found["outcome"] not in ("taken", "refused") or found["seconds"] > SECONDS or found["megabytes"] > MEGABYTES
    ]
    assert bad == []


@pytest.mark.process
def test_what_can_be_read_is_read(exploded: Mapping[str, dict[str, Any]]) -> None:
    """Refusing everything that is large would be easy."""
    assert {name: exploded[name]["outcome"] for name in READ} == dict.fromkeys(READ, "taken")
