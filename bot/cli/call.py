"""One command as it was given, its exit statuses, and how results are printed."""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass

from bot.settings import BotSettings

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True, slots=True)
class Call:
    """One command as it was given. ``where``: its settings come from; ``reread`` reads them anew."""

    settings: BotSettings
    arguments: argparse.Namespace
    where: str
    reread: Callable[[], BotSettings]


def line(record: dict[str, object]) -> str:
    """Return a result as one line of JSON."""
    return json.dumps(record, ensure_ascii=False)
