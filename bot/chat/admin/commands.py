"""The commands of those who run the bot, in their private chats with it. To everybody else they do not exist."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from telegram import Bot, BotCommand, BotCommandScopeChat, Message
from telegram.error import TelegramError

from bot.chat.admin import texts as admin_texts
from bot.chat.admin.office import Office
from bot.chat.asking.access import INVITATION_DAYS, Access
from bot.chat.asking.languages import menu_code
from bot.chat.asking.pool import PoolFull
from bot.chat.buttons.confirming import rollback_buttons
from bot.chat.desk import Desk
from bot.chat.intents import Command
from bot.chat.running.reloading import Reloaded
from bot.chat.showing import texts
from bot.chat.showing.delivery import Delivery
from bot.chat.showing.inert import inert
from bot.chat.showing.letters import letter_to
from bot.chat.showing.styled import Styled
from bot.languages.language import Language, languages
from index import VerbatimError

_log = logging.getLogger(__name__)
_UNDO = "undo"
_OF_OTHERS = ("unanswered", "feedback", "take_down")
"""Commands whose answers hold words of readers and of articles, in which nothing may act."""


class Administration:
    """The handlers. ``reload`` reads the settings again."""

    def __init__(
        self, access: Access, office: Office, desk: Desk, delivery: Delivery, reload: Callable[[], Awaitable[Reloaded]]
    ) -> None:
        self._access, self._office, self._desk, self._delivery = access, office, desk, delivery
        self._reload = reload

    def is_for(self, message: Message, command: Command) -> bool:
        """Tell whether a command is one of these, and its sender may give it here: what he forwards is another's."""
        own = message.chat.type == message.chat.PRIVATE and message.forward_origin is None
        return own and command.name in admin_texts.commands() and self._access.is_admin(message.chat_id)

    async def obey(self, message: Message, command: Command, language: Language) -> None:
        """Do what an admin asks for, and say what came of it."""
        name = self._desk.archive.register.pseudonyms.of(message.chat_id)
        _log.info("the admin %s asks for /%s", name, command.name)
        try:
            if command.name == "rollback":
                await self._offer_rollback(message, language)
            else:
                said = await self._reply(message, command, language)
                await self._say(message, inert(said) if command.name in _OF_OTHERS else Styled(said))
        except PoolFull:
            await self._say(message, Styled(language.say(admin_texts.TOO_BUSY)))
        except VerbatimError as error:
            await self._say(message, inert(admin_texts.refused(str(error), language)))

    async def _reply(self, message: Message, command: Command, language: Language) -> str:
        match command.name:
            case "status":
                return admin_texts.status(await self._office.report(), datetime.now(UTC), language)
            case "unanswered":
                return admin_texts.unanswered(await self._office.unanswered(), language)
            case "feedback":
                return admin_texts.feedback(await self._office.votes(), language)
            case "reload":
                return await self._reloaded(language)
            case "take_down":
                return await self._taken_down(command.rest, language)
            case "invite":
                return await self._invitation(message.get_bot(), language)
            case _:
                return await self._revoked(command.rest, language)

    async def _reloaded(self, language: Language) -> str:
        settings = await self._reload()
        swapped = await self._desk.refresh()
        snapshot = self._desk.snapshot.snapshot if swapped and self._desk.snapshot else None
        return admin_texts.reloaded(settings, snapshot, language)

    async def _offer_rollback(self, message: Message, language: Language) -> None:
        rollback = await self._office.rollback()
        if rollback is None:
            await self._say(message, Styled(language.say(admin_texts.NO_ROLLBACK)))
            return
        buttons = rollback_buttons(rollback, message.chat_id, language)
        await self._delivery.send(letter_to(message, admin_texts.may_roll_back(rollback, language), keyboard=buttons))

    async def _taken_down(self, given: str, language: Language) -> str:
        first, _, rest = given.partition(" ")
        if first.casefold() == _UNDO and rest.strip():
            undone = await self._office.undo_take_down(rest.strip())
            return admin_texts.put_back(rest.strip(), language, changed=undone)
        if not given or first.casefold() == _UNDO:
            return language.say(admin_texts.TAKE_DOWN_WHAT)
        return admin_texts.taken_down(given, language, changed=await self._office.take_down(given))

    async def _invitation(self, bot: Bot, language: Language) -> str:
        if not self._access.takes_invitations:
            return language.say(admin_texts.NO_INVITATIONS)
        code = await self._access.invite()
        return admin_texts.invitation(f"https://t.me/{bot.username}?start={code}", INVITATION_DAYS, language)

    async def _revoked(self, given: str, language: Language) -> str:
        if given.isascii() and given.isdigit():
            number = int(given)
            return admin_texts.revoked(number, language, changed=await self._desk.archive.register.revoke(number))
        people = [
            (number, datetime.fromtimestamp(at, UTC)) for number, at in await self._desk.archive.register.guests()
        ]
        return admin_texts.guests(people, language)

    async def _say(self, message: Message, said: Styled) -> None:
        await self._delivery.send(letter_to(message, said.text, said.entities))


async def publish_commands(bot: Bot, admins: tuple[int, ...]) -> None:
    """Show each admin his menu, in his private chat. It is a courtesy: failing is no matter."""
    for place, number in enumerate(admins, 1):
        if number > 0:
            try:
                for language in languages():
                    await bot.set_my_commands(_menu(language), BotCommandScopeChat(number), menu_code(language))
            except TelegramError as error:
                _log.info("number %d of telegram.admins has no menu of his own yet: %s", place, error)


def _menu(language: Language) -> list[BotCommand]:
    return [BotCommand(*command) for command in (*texts.commands(language), *admin_texts.described(language))]
