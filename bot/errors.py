"""Everything the bot adds to the index's errors.

::

    VerbatimError
    └── BotError
        ├── TokenError           no token, or one that Telegram refuses
        ├── TelegramUnreachable  no answer from Telegram
        ├── ChatDatabaseError    the chat's own SQLite file cannot be used
        ├── ReaderError          the reader's weights are missing or altered
        └── QuestionSetError     a file of a question set is not what evaluation reads
"""

from index import VerbatimError


class BotError(VerbatimError):
    """The root of the bot's own errors."""


class TokenError(BotError):
    """There is no usable bot token."""


class TelegramUnreachable(BotError):
    """Telegram does not answer."""


class ChatDatabaseError(BotError):
    """The chat's own SQLite file cannot be opened, or is of another version."""


class ReaderError(BotError):
    """The reader's weights are missing, altered, or of another shape than the code expects."""


class QuestionSetError(BotError):
    """The articles' or the questions' file is not what evaluation reads."""
