"""Progress of a build: who wants to know, bars for a terminal, and silence for cron."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Never

Progress = Callable[[str, int, int | None], None]
"""Told what is being done, how much of it is done, and of how much (``None``: not known)."""

_UNITS = {"fetching": " pages", "reading": " documents", "encoding": " passages"}


def silent(stage: str, done: int, total: int | None) -> None:
    """Show nothing."""


@contextmanager
def bars() -> Iterator[Progress]:
    """Show one bar a stage on standard error, with rate and time left."""
    from tqdm import tqdm

    shown: dict[str, tqdm[Never]] = {}

    def show(stage: str, done: int, total: int | None) -> None:
        if stage not in shown:
            for ended in shown.values():
                ended.close()
            shown[stage] = tqdm(desc=stage, total=total, unit=_UNITS.get(stage, ""))
        shown[stage].update(done - shown[stage].n)

    try:
        yield show
    finally:
        for bar in shown.values():
            bar.close()
