"""The Telegram side. Importing it is instant: the Telegram library is loaded when the chat is run.

It knows nothing of FAISS or of models: it asks an ``AnswerService`` and shows what comes back.
"""

from pathlib import Path

from bot.answering.service import AnswerService
from bot.settings import TelegramSection


def run(service: AnswerService, settings: TelegramSection, token: str, database: Path) -> int:
    """Answer on Telegram until a signal ends it; return the exit status.

    ``database`` is the chat's own SQLite file, made where there is none. 0: ended by SIGTERM or SIGINT;
    1: Telegram refuses the token, or the database cannot be used (the log says what to do).
    """
    from bot.chat.process import run as run_process

    return run_process(service, settings, token, database)


def identify(settings: TelegramSection, token: str) -> str:
    """Ask Telegram whose token this is; return the bot's user name.

    Raises:
        TokenError: Telegram refuses the token.
        TelegramUnreachable: there is no answer from Telegram.
    """
    from bot.chat.process import identify as identify_bot

    return identify_bot(settings, token)
