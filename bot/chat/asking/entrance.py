"""Where people come in: strangers get one polite line a day, who brings an invitation is let in.

Invariant: of a stranger's message nothing is read but the code of an invitation.
"""

from telegram import Message

from bot.chat.asking.access import Access
from bot.chat.asking.register import Register
from bot.chat.intents import Command, Intent
from bot.chat.showing import texts
from bot.chat.showing.delivery import Delivery
from bot.chat.showing.letters import letter_to
from bot.languages.language import Language

_FOR_EVERYBODY = ("privacy", "forget_me", "forget")
"""Commands that strangers may give: something may be stored about them, too."""


class Entrance:
    """What happens to a message before anything else does."""

    def __init__(self, access: Access, register: Register, delivery: Delivery) -> None:
        self._access, self._register, self._delivery = access, register, delivery

    async def lets_in(self, message: Message, intent: Intent, sender: int, language: Language) -> bool:
        """Tell whether a message is to be dealt with; to one that is not, the due word was said."""
        if isinstance(intent, Command) and intent.name in _FOR_EVERYBODY:
            return True
        if await self._access.may_ask(sender, message.chat_id):
            return True
        if isinstance(intent, Command) and intent.name == "start" and intent.rest:
            await self._invited(message, intent.rest, sender, language)
        elif await self._register.meet(sender):
            await self._say(message, language.say(texts.STRANGER))
        return False

    async def _invited(self, message: Message, code: str, sender: int, language: Language) -> None:
        """A code that does not count is a stranger's message like any other: who tries codes hears that once a day."""
        if await self._access.redeem(code, sender):
            await self._say(message, texts.welcome(language))
        elif await self._register.meet(sender):
            await self._say(message, language.say(texts.INVITATION_SPENT))

    async def _say(self, message: Message, text: str) -> None:
        await self._delivery.send(letter_to(message, text))
