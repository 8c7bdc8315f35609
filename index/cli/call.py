"""One command as it was given, and what its exit status says."""

import argparse
import json
import re
from dataclasses import dataclass
from datetime import date

from index.settings import Settings
from index.snapshot import Store

DONE, FAILED, USAGE, SKIPPED, LOCKED, HELD = 0, 1, 2, 3, 4, 5
STALE = 1
OUT_OF_TIME, INTERRUPTED, TERMINATED = 124, 130, 143
"""As of timeout(1), and of shells where a signal ended a program."""

_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What a terminal obeys instead of showing, and halves of characters, which it cannot be given."""


@dataclass(frozen=True, slots=True)
class Call:
    """The settings, the arguments, and where results are printed."""

    settings: Settings
    arguments: argparse.Namespace

    @property
    def store(self) -> Store:
        return Store(self.settings.storage.folder, self.settings.vectors.patient)

    def show(self, record: object, text: str) -> None:
        """Print a result: ``record`` as JSON where that was asked for, else ``text``."""
        if self.arguments.json:
            print_json(record)
        elif text:
            print(printable(text))


def printable(text: str) -> str:
    """Return a text that a terminal only shows: names of files and words of sites stand in what is printed."""
    return _OBEYED.sub("\ufffd", text)


def print_json(record: object) -> None:
    """Print a record on a line of its own; days and moments as ISO 8601 writes them."""
    print(printable(json.dumps(record, default=_text, ensure_ascii=False)))


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
