"""The bot's sections of the settings file, beside the index's."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal
from urllib.parse import unquote

from pydantic import AfterValidator, Field

from index import Folder, ListOf, Section, Settings

_CREDENTIALS = re.compile(r"://[^/]*@")
_TOKEN = re.compile(r"\d:[\w-]{20,}", re.ASCII)
"""https://core.telegram.org/bots/api#authorizing-your-bot"""


def _nothing_secret(address: str) -> str:
    if _CREDENTIALS.search(address):
        raise ValueError("should hold no name and no password: settings hold nothing secret; take them out")
    if _TOKEN.search(unquote(address)):
        raise ValueError("should not hold a bot's token, which comes from the environment; take it out")
    return address


OpenAddress = Annotated[str, AfterValidator(_nothing_secret)]
"""An address that may be shown to everybody who may see the settings."""


class AnswersSection(Section):
    """``[answers]``: from hits to quotes."""

    quotes: int = Field(default=3, ge=1, le=3)
    threshold: float | None = Field(default=None, ge=0, le=1)
    passages: int = Field(default=20, ge=1, le=200)
    least_passages: int = Field(default=3, ge=1, le=200)
    reader: Folder | None = None
    followup_minutes: float = Field(default=10.0, ge=0, le=1440)


class TelegramSection(Section):
    """``[telegram]``: the chat side. The token comes from the environment, never from here."""

    elsewhere: ClassVar[Mapping[str, str]] = {
        "token": "put the token into the environment variable TELEGRAM_BOT_TOKEN, and take it out of here"
    }
    base_url: OpenAddress = "https://api.telegram.org/bot"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: OpenAddress = ""
    webhook_listen: str = "127.0.0.1:8080"
    workers: int = Field(default=2, ge=1, le=32)
    queue: int = Field(default=32, ge=1)
    questions_per_minute: int = Field(default=10, ge=1)
    questions_per_minute_in_chat: int = Field(default=30, ge=1)
    answer_timeout_seconds: float = Field(default=8.0, gt=0)
    refresh_seconds: float = Field(default=20.0, gt=0, le=60)
    poll_seconds: int = Field(default=25, ge=1, le=50)
    oldest_question_minutes: float = Field(default=60.0, gt=0, le=1440)
    answer_days: int = Field(default=90, ge=1, le=3650)
    answers_kept: int = Field(default=100_000, ge=1)
    feedback_days: int = Field(default=365, ge=1, le=3650)
    question_days: int = Field(default=30, ge=0, le=3650)
    inline: bool = True
    about: str = Field(default="", max_length=2000)
    admins: ListOf[int] = ()


class AccessSection(Section):
    """``[access]``: who may ask: everybody, the listed people and chats, or also who was invited."""

    mode: Literal["open", "list", "invitation"] = "open"
    users: ListOf[int] = ()
    chats: ListOf[int] = ()


class MetricsSection(Section):
    """``[metrics]``: figures for Prometheus and a health endpoint; nothing listens where ``listen`` is empty."""

    listen: str = ""


class BotSettings(Settings):
    """The whole file as the bot reads it."""

    answers: AnswersSection = AnswersSection()
    telegram: TelegramSection = TelegramSection()
    access: AccessSection = AccessSection()
    metrics: MetricsSection = MetricsSection()
