"""What else can be asked for under an answer, and what a press on such a button asks: pure."""

from dataclasses import replace

from bot.chat.asking.memory import Kept
from bot.chat.buttons.keyboards import Action
from bot.chat.storage.database import StoredAnswer
from bot.records import Question


def offers_of(kept: Kept, stored: StoredAnswer) -> tuple[Action, ...]:
    """Return the buttons that an answer's first page has beside the usual ones."""
    understood = kept.understood
    offers = {
        Action.ALONE: bool(understood.added or understood.inside),
        Action.ANY_DAY: understood.days is not None,
        Action.INSIDE: stored.answered,
        Action.ELSEWHERE: stored.answered and kept.elsewhere,
    }
    return tuple(action for action, due in offers.items() if due)


def asked_anew(kept: Kept, action: Action) -> Question:
    """Return the question without what the button drops: the one before it, or the days that it names."""
    if action is Action.ALONE:
        return replace(kept.question, earlier=None)
    return replace(kept.question, any_day=True)
