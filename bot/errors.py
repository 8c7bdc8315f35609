"""Everything the bot adds to the index's errors.

::

    VerbatimError
    └── BotError
        ├── TokenError           no token, or one that Telegram refuses
        ├── TelegramUnreachable  no answer from Telegram
        ├── ChatDatabaseError    the chat's own SQLite file cannot be used
        ├── AlreadyPolling       another process on this machine polls with the same token
        ├── Deaf                 nothing was heard from Telegram for too long
        ├── CannotListen         an address to listen at is taken, or is none
        ├── WebhookError         webhook mode lacks its secret or its https address
        ├── ReaderError          the reader's weights are missing or altered, or memory does not suffice to read
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


class AlreadyPolling(BotError):
    """Another process on this machine polls with the same token."""


class Deaf(BotError):
    """Nothing was heard from Telegram for too long; who supervises the process is to start it anew."""


class CannotListen(BotError):
    """An address to listen at is taken, or is no address."""


class WebhookError(BotError):
    """Webhook mode lacks what it cannot do without: a secret, or an https address."""


class ReaderError(BotError):
    """The reader's weights are missing, altered, or of another shape than the code expects; or memory is short."""


class QuestionSetError(BotError):
    """The articles' or the questions' file is not what evaluation reads."""
