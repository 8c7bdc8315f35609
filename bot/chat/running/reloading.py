"""Reading the settings again while the bot runs: at SIGHUP, and when an admin asks for it."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from bot.reloading import compare
from bot.settings import BotSettings
from index import VerbatimError

_log = logging.getLogger(__name__)


class Adjustable(Protocol):
    """Something that was built with settings, and can do with others."""

    def adjust(self, settings: BotSettings) -> None:
        """Go by these settings from now on."""
        ...


@dataclass(frozen=True, slots=True)
class Reloaded:
    """``applied``: what is new; ``refused``: what needs a restart; ``problem``: why nothing could be read, or ""."""

    applied: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    problem: str = ""


class Reloader:
    """Holds the settings in force. ``reread`` reads the file again and may block; ``adjustable`` can be added to."""

    def __init__(self, settings: BotSettings, reread: Callable[[], BotSettings]) -> None:
        self._settings, self._reread = settings, reread
        self._adjustable: list[Adjustable] = []
        self._one_at_a_time = asyncio.Lock()

    def adjusts(self, parts: Iterable[Adjustable]) -> None:
        """Name those who are told of new settings."""
        self._adjustable.extend(parts)

    async def reload(self) -> Reloaded:
        """Read the settings again and apply what can be; settings that cannot be used change nothing."""
        async with self._one_at_a_time:
            try:
                new = await asyncio.to_thread(self._reread)
            except (VerbatimError, OSError) as error:
                _log.error("the settings stay as they were: %s", error)
                return Reloaded(problem=str(error))
            return self._apply(new)

    def _apply(self, new: BotSettings) -> Reloaded:
        changes = compare(self._settings, new)
        for part in self._adjustable:
            part.adjust(changes.settings)
        self._settings = changes.settings
        _log.info("settings read again; changed: %s", ", ".join(changes.applied) or "nothing")
        if changes.refused:
            _log.warning("a restart is needed for the new %s", ", ".join(changes.refused))
        return Reloaded(changes.applied, changes.refused)
