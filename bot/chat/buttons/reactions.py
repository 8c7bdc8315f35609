"""Reactions to the bot's messages as votes: 👍 and 👎, changed and taken back.

Telegram tells which message, not what it says: the chat's database knows which answer stands there. In groups
reactions come only where the bot is an administrator. Invariant: other emoji change no vote, nor
does who may not ask.
"""

import time
from collections.abc import Iterable

from telegram import MessageReactionUpdated, ReactionType, ReactionTypeEmoji, Update
from telegram.ext import ContextTypes

from bot.chat.asking.access import Access
from bot.chat.asking.limits import Admission, Limiter
from bot.chat.desk import Desk
from bot.settings import BotSettings, TelegramSection

_VERDICTS = {"👍": True, "👎": False}
_REACTIONS_PER_QUESTION = 6


class Reactions:
    """The handler of reactions. Nothing is said to them."""

    def __init__(self, desk: Desk, settings: TelegramSection, access: Access) -> None:
        self._desk, self._access = desk, access
        self._limiter = Limiter(settings.questions_per_minute * _REACTIONS_PER_QUESTION, time.monotonic)

    def adjust(self, settings: BotSettings) -> None:
        """Go by these settings from now on."""
        self._limiter.adjust(settings.telegram.questions_per_minute * _REACTIONS_PER_QUESTION)

    async def on_reaction(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Store, change or withdraw a vote."""
        reaction = update.message_reaction
        voter = _voter(reaction) if reaction else None
        if reaction is None or voter is None:
            return
        before, after = verdict(reaction.old_reaction), verdict(reaction.new_reaction)
        if before == after or self._limiter.admit(voter) is not Admission.ADMITTED:
            return
        if await self._access.may_ask(voter, reaction.chat.id):
            await self._desk.archive.react(reaction.chat.id, reaction.message_id, voter, after)


def verdict(reactions: Iterable[ReactionType]) -> bool | None:
    """Return what somebody's reactions say: good, bad, or (``None``) nothing, or both."""
    said = {_VERDICTS[one.emoji] for one in reactions if isinstance(one, ReactionTypeEmoji) and one.emoji in _VERDICTS}
    return said.pop() if len(said) == 1 else None


def _voter(reaction: MessageReactionUpdated) -> int | None:
    """Who reacted; an anonymous admin reacts as the chat."""
    if reaction.user is not None:
        return None if reaction.user.is_bot else reaction.user.id
    return reaction.actor_chat.id if reaction.actor_chat else None
