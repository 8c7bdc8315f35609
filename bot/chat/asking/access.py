"""Who may ask: everybody, who is listed, or who was invited; those who run the bot always.

Says nothing itself. An invitation is a deep link with a code that counts once and for some days; nobody can tell the
code from what is stored of it.
"""

import logging
import secrets
from dataclasses import dataclass

from bot.chat.asking.register import Register
from bot.settings import BotSettings

_log = logging.getLogger(__name__)

INVITATION_DAYS = 7
_CODE_BYTES = 24
"""32 characters: a deep link may carry 64; https://core.telegram.org/bots/features#deep-linking."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say of it."""

    everybody: bool
    by_invitation: bool
    users: frozenset[int]
    chats: frozenset[int]
    admins: frozenset[int]

    @classmethod
    def of(cls, settings: BotSettings) -> "Rules":
        """Read the settings."""
        access = settings.access
        return cls(
            access.mode == "open",
            access.mode == "invitation",
            frozenset(access.users),
            frozenset(access.chats),
            frozenset(settings.telegram.admins),
        )

    def name(self, user: int, chat: int) -> bool:
        """Tell whether the settings let somebody ask in a chat, without an invitation."""
        return self.everybody or user in self.users | self.admins or chat in self.chats | self.admins


class Access:
    """The rules in force, and who was let in by an invitation."""

    def __init__(self, register: Register, settings: BotSettings) -> None:
        self._register, self._rules = register, Rules.of(settings)

    def adjust(self, settings: BotSettings) -> None:
        """Go by these settings from now on."""
        self._rules = Rules.of(settings)

    @property
    def is_open(self) -> bool:
        """Whether everybody may ask."""
        return self._rules.everybody

    @property
    def takes_invitations(self) -> bool:
        """Whether an invitation lets somebody in."""
        return self._rules.by_invitation

    def is_admin(self, user: int) -> bool:
        """Tell whether somebody runs the bot."""
        return user in self._rules.admins

    async def may_ask(self, user_id: int, chat_id: int) -> bool:
        """Tell whether somebody may ask in a chat; the private chat with a person has that person's number."""
        if self._rules.name(user_id, chat_id):
            return True
        return self._rules.by_invitation and await self._register.is_guest(user_id)

    async def invite(self) -> str:
        """Make an invitation; return its code."""
        code = secrets.token_urlsafe(_CODE_BYTES)
        await self._register.invite(code, INVITATION_DAYS)
        return code

    async def redeem(self, code: str, user: int) -> bool:
        """Let somebody in by a code, which is used up; ``False``: it is none that counts."""
        if not self._rules.by_invitation or not await self._register.redeem(code, user):
            return False
        _log.info("%s was let in by an invitation", self._register.pseudonyms.of(user))
        return True
