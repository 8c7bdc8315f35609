"""Which settings can change while the bot runs. Only compares; whoever runs applies what comes of it.

Everything else in the bot's sections, and where the articles lie, needs a restart. What only the build reads is none
of the bot's business.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.settings import BotSettings

LIVE = {
    "answers": ("quotes", "threshold", "passages", "followup_minutes"),
    "telegram": (
        "questions_per_minute",
        "questions_per_minute_in_chat",
        "answer_timeout_seconds",
        "oldest_question_minutes",
        "answer_days",
        "answers_kept",
        "feedback_days",
        "question_days",
        "about",
        "admins",
    ),
    "access": ("mode", "users", "chats"),
}
"""By section, what is applied at once."""
_OWN = ("answers", "telegram", "access", "metrics", "storage", "vectors", "freshness")
"""The sections of which the bot reads every setting."""
_READ = (("index", "encoder"), ("index", "encoder_languages"))


@dataclass(frozen=True, slots=True)
class Changes:
    """``settings`` are to be in force now; ``applied`` and ``refused`` name what changed, as ``section.key``."""

    settings: BotSettings
    applied: tuple[str, ...]
    refused: tuple[str, ...]


def compare(old: BotSettings, new: BotSettings) -> Changes:
    """Tell what of ``new`` can be in force where ``old`` is, and what needs a restart."""
    changed = list(_changed(old, new))
    applied = [(section, key) for section, key in changed if key in LIVE.get(section, ())]
    refused = tuple(f"{section}.{key}" for section, key in changed if (section, key) not in applied)
    updated = {
        section: getattr(old, section).model_copy(update={key: getattr(getattr(new, section), key) for key in keys})
        for section, keys in LIVE.items()
    }
    moved = ("sources",) if old.sources != new.sources else ()
    return Changes(
        old.model_copy(update=updated), tuple(f"{section}.{key}" for section, key in applied), (*refused, *moved)
    )


def _changed(old: BotSettings, new: BotSettings) -> Iterator[tuple[str, str]]:
    known = [(section, key) for section in _OWN for key in type(getattr(old, section)).model_fields]
    for section, key in (*known, *_READ):
        if getattr(getattr(old, section), key) != getattr(getattr(new, section), key):
            yield section, key
