"""The people that the chat knows, for the event loop: guests, invitations, strangers, and their names in logs.

It decides nothing. Each call takes a millisecond on the database's thread.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar

from bot.chat.asking.pseudonyms import Pseudonyms
from bot.chat.storage.people import People

T = TypeVar("T")


class Disk(Protocol):
    """The thread of the chat's database."""

    async def __call__(self, call: Callable[[], T]) -> T:
        """Make a call there."""
        ...


class Register:
    """Over ``people``; ``pseudonyms`` are those of the installation."""

    def __init__(self, people: People, on_disk: Disk) -> None:
        self._people, self._on_disk = people, on_disk
        self.pseudonyms = Pseudonyms(people.log_key())

    async def invite(self, code: str, days: int) -> None:
        """Store an invitation that counts for some days."""
        await self._on_disk(partial(self._people.invite, code, time.time() + days * 86400))

    async def redeem(self, code: str, user: int) -> bool:
        """Let somebody in for good by an invitation, which is used up; ``False``: there is none that counts."""
        return await self._on_disk(partial(self._people.redeem, code, user, time.time()))

    async def is_guest(self, user: int) -> bool:
        """Tell whether somebody was let in."""
        return await self._on_disk(partial(self._people.is_guest, user))

    async def guests(self) -> tuple[tuple[int, float], ...]:
        """Return who was let in, and when, in seconds since the epoch: the last one first."""
        return await self._on_disk(self._people.guests)

    async def revoke(self, user: int) -> bool:
        """Let somebody in no more; ``False``: he was no guest."""
        return await self._on_disk(partial(self._people.revoke, user))

    async def meet(self, stranger: int) -> bool:
        """Tell whether a word is due to a stranger, who is taken to have heard it then: once a day."""
        return await self._on_disk(partial(self._people.meet, stranger, time.time()))
