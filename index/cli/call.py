"""One command as it was given, and what its exit status says."""

import argparse
import json
from dataclasses import dataclass

from index.settings import Settings
from index.snapshot import Store

DONE, FAILED, USAGE, SKIPPED, LOCKED, HELD = 0, 1, 2, 3, 4, 5
STALE = 1
INTERRUPTED, TERMINATED = 130, 143


@dataclass(frozen=True, slots=True)
class Call:
    """The settings, the arguments, and where results are printed."""

    settings: Settings
    arguments: argparse.Namespace

    @property
    def store(self) -> Store:
        return Store(self.settings.storage.folder)

    def show(self, record: object, text: str) -> None:
        """Print a result: ``record`` as JSON where that was asked for, else ``text``."""
        if self.arguments.json:
            print(json.dumps(record, default=str, ensure_ascii=False))
        elif text:
            print(text)
