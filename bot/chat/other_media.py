"""Voice notes, photos, stickers and whatever else is no text: what kind a message is of, and who was told already.

Pure but for the memory of who was told; the words are in ``texts``.
"""

from collections.abc import Callable
from enum import Enum

from telegram import Message

from bot.chat.showing import texts
from bot.languages.language import Language

TOLD_SECONDS = 3600.0


class Medium(Enum):
    """What a message brings instead of words, by Telegram's names of its fields."""

    VOICE = ("voice", "audio", "video_note")
    PICTURE = ("photo", "sticker", "animation", "video", "live_photo", "paid_media", "story")
    FILE = ("document",)
    POLL = ("poll", "dice", "game", "checklist")
    PLACE = ("location", "venue", "contact")
    OTHER = ()


_KINDS = {name: medium for medium in Medium for name in medium.value}


_WORDS = {
    Medium.VOICE: texts.NO_EARS,
    Medium.PICTURE: texts.NO_EYES,
    Medium.FILE: texts.NO_FILES,
    Medium.POLL: texts.NO_GAMES,
    Medium.PLACE: texts.NO_PLACES,
    Medium.OTHER: texts.UNREADABLE,
}


def words_for(medium: Medium, language: Language) -> str:
    """Return what works instead, in one line."""
    return language.say(_WORDS[medium])


def medium_of(message: Message) -> Medium | None:
    """Return what a message without words brings; ``None`` for what Telegram itself says (a title, a pin)."""
    # a GIF is a document, too: the more telling name comes first
    named = next((medium for name, medium in _KINDS.items() if getattr(message, name, None)), None)
    return named or (Medium.OTHER if message.effective_attachment else None)


class Told:
    """Who was told lately that only words can be read: once an hour is enough. ``clock`` counts seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._told: dict[int, float] = {}

    def is_due(self, person: int) -> bool:
        """Tell whether a word is due to somebody, and remember that it is said."""
        now = self._clock()
        self._told = {one: at for one, at in self._told.items() if at > now - TOLD_SECONDS}
        due = person not in self._told
        self._told.setdefault(person, now)
        return due
