"""``verbatim-bot check``: what has to be right before the bot can answer, each with what to do where it is not."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.answering.scoring import load_weights
from bot.chat.running.secrecy import masked
from bot.errors import TokenError
from bot.settings import BotSettings
from bot.token import FILE_VARIABLE, VARIABLE, check_webhook, find_token, find_webhook_secret
from bot.wiring import open_encoder, open_model
from index import Store, VerbatimError

_MIDNIGHT_OF_RELEASE = datetime(2026, 11, 1, tzinfo=UTC)
_FUTURE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    good: bool
    text: str

    def __str__(self) -> str:
        return f"{'✓' if self.good else '✗'} {self.name}: {self.text}"


def run_checks(settings: BotSettings, where: str, identify: Callable[[str], str]) -> Iterator[Check]:
    """Yield the checks one by one; ``identify`` asks Telegram whose token it is given."""
    yield Check("settings", good=True, text=where)
    yield _checked("encoder", lambda: _encoder(settings))
    yield _checked("reader", lambda: _reader(settings))
    yield _checked("snapshot", lambda: _snapshot(settings))
    yield _checked("token", lambda: _token(identify))
    yield _checked("updates", lambda: _updates(settings))
    yield _checked("clock", lambda: _clock(settings))


def _checked(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, good=True, text=look())
    except (VerbatimError, OSError) as error:
        return Check(name, good=False, text=str(error))


def _encoder(settings: BotSettings) -> str:
    encoder = open_encoder(settings, Store(settings.storage.folder))
    return f"{encoder.identity}, {len(encoder.encode(['ready']))} text encoded"


def _reader(settings: BotSettings) -> str:
    kinds = len(load_weights().reading.score.weights)
    languages = open_model(settings, Store(settings.storage.folder)).languages
    return f"reads {', '.join(sorted(languages))}; weighs {kinds} kinds of evidence"


def _snapshot(settings: BotSettings) -> str:
    store = Store(settings.storage.folder, settings.vectors)
    encoder = open_encoder(settings, store)
    with store.open(store.current(), encoder=encoder.identity) as snapshot:
        snapshot.lost_vectors()  # one was told when it was opened; that they are out of reach is told now
        manifest = snapshot.manifest
        return f"{snapshot.name}, {manifest.articles} articles, {manifest.passages} passages, digests right"


def _token(identify: Callable[[str], str]) -> str:
    token = find_token()
    if token is None:
        raise TokenError(
            f"none: write to @BotFather on Telegram, send /newbot, and put what it gives into {VARIABLE}"
            f" (or into a file that {FILE_VARIABLE} names); without it the bot talks in the terminal"
        )
    return f"@{identify(token)}"


def _updates(settings: BotSettings) -> str:
    """Webhook mode cannot begin without what it needs; better to know before."""
    telegram = settings.telegram
    if telegram.mode == "polling":
        return "the bot asks Telegram for them"
    check_webhook(telegram)
    address = masked(telegram.webhook_url, find_webhook_secret())  # some put the same word into its path
    return f"Telegram sends them to {address}, the bot listens at {telegram.webhook_listen}"


def _clock(settings: BotSettings) -> str:
    """A clock that is wrong makes ages of articles, and "too old" questions, wrong."""
    now = datetime.now(UTC)
    if now < _MIDNIGHT_OF_RELEASE:
        raise VerbatimError(f"{now:%Y-%m-%d %H:%M} UTC is before this version was made: set the machine's clock")
    store = Store(settings.storage.folder)
    newest = max((_created(name) for name in store.names()), default=now)
    if (newest - now).total_seconds() > _FUTURE_SECONDS:
        raise VerbatimError(f"{now:%Y-%m-%d %H:%M} UTC is before the newest snapshot was made: set the machine's clock")
    return f"{now:%Y-%m-%d %H:%M} UTC, local zone {time.strftime('%Z')}"


def _created(snapshot: str) -> datetime:
    """The time that a snapshot's name begins with."""
    return datetime.strptime(snapshot.partition("-")[0], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
