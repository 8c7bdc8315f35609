"""The Telegram side. Importing it is instant: the Telegram library is loaded when the chat is run.

It knows nothing of FAISS or of models: it asks an ``AnswerService`` and shows what comes back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answering.service import AnswerService
from bot.settings import BotSettings, TelegramSection

if TYPE_CHECKING:
    from bot.chat.running.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Secrets:
    """What nobody may see. ``webhook`` is empty where there is no webhook."""

    token: str
    webhook: str = ""

    def __repr__(self) -> str:
        return "Secrets()"


def run(
    service: AnswerService,
    settings: BotSettings,
    secrets: Secrets,
    database: Path,
    reread: Callable[[], BotSettings],
    metrics: "Metrics | None" = None,
) -> int:
    """Answer on Telegram until a signal ends it; return the exit status.

    ``database`` is the chat's own SQLite file, made where there is none; ``reread`` reads the settings again, at
    SIGHUP; ``metrics`` is what ``open_metrics`` returned. 0: ended by SIGTERM or SIGINT; 1: Telegram refuses the token
    or is not heard, another process polls, or the database cannot be used (the log says what to do). A process that
    hangs ends itself with 70.
    """
    from bot.chat.process import run as run_process

    return run_process(service, settings, secrets, database, reread, metrics)


def open_metrics(settings: BotSettings) -> "Metrics | None":
    """Make the meter that the settings want; ``None`` where they want none."""
    if not settings.metrics.listen:
        return None
    from bot.chat.running.metrics import Metrics

    return Metrics()


def identify(settings: TelegramSection, token: str) -> str:
    """Ask Telegram whose token this is; return the bot's user name.

    Raises:
        TokenError: Telegram refuses the token.
        TelegramUnreachable: there is no answer from Telegram.
    """
    from bot.chat.running.introducing import identify as identify_bot

    return identify_bot(settings, token)
