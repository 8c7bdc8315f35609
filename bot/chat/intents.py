"""What somebody wants with a message: pure, nothing is answered here.

Private chats: any text is a question. Groups: /ask, a mention of the bot, or a reply to one of its messages.
Silence, ``None``, is for everything that is not for the bot.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType

from bot.chat.admin import texts as admin_texts
from bot.chat.other_media import Medium, medium_of
from bot.chat.showing import texts


@dataclass(frozen=True, slots=True)
class Ask:
    """A question."""

    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command other than /ask, without the slash: one of ``texts.known_commands``, or of the admins'.

    ``rest``: what stands behind it.
    """

    name: str
    rest: str = ""


class Hint(Enum):
    """Something was meant for the bot, but there is nothing to answer."""

    NO_QUESTION = auto()
    UNKNOWN_COMMAND = auto()


Intent = Ask | Command | Hint | Medium | None
_SURROUNDING = " \t\n,:;-–—"
_WORD = re.compile(r"\w")


def understand(message: Message, me: User) -> Intent:
    """Decide what a message asks of the bot ``me``."""
    if _is_foreign(message):
        return None
    private = message.chat.type == ChatType.PRIVATE
    if not message.text:
        meant = private or _is_mentioned(message, me) or _is_reply_to(message, me)
        return medium_of(message) if meant else None
    command = _command(message)
    if command is not None:
        return _obey(command, message.text, me, private)
    if private or _is_mentioned(message, me) or _is_reply_to(message, me):
        return _question(_without_mentions(message, me))
    return None


def _is_foreign(message: Message) -> bool:
    """Channels, what they forward into their groups, other bots (an anonymous admin looks like one), and what people
    post through a bot: a quote chosen inline is no question."""
    robot = bool(message.from_user and message.from_user.is_bot and not message.sender_chat)
    posted = bool(message.is_automatic_forward or message.via_bot)
    return robot or posted or message.chat.type == ChatType.CHANNEL


def _command(message: Message) -> str | None:
    first = next((e for e in message.entities if e.type == MessageEntity.BOT_COMMAND and e.offset == 0), None)
    return _words(message.text or "", first) if first else None


def _obey(command: str, text: str, me: User, private: bool) -> Intent:
    name, _, target = command[1:].partition("@")
    name = name.casefold()
    if target and not _is_name(target, me):
        return None
    if name == "ask":
        return _question(text[len(command) :])
    if name in texts.known_commands() or (private and name in admin_texts.commands()):
        return Command(name, text[len(command) :].strip())
    return Hint.UNKNOWN_COMMAND if private or target else None


def _question(text: str) -> Intent:
    stripped = text.strip(_SURROUNDING)
    return Ask(stripped) if _WORD.search(stripped) else Hint.NO_QUESTION


def _is_name(name: str, me: User) -> bool:
    return name.casefold() == (me.username or "").casefold()


def _is_reply_to(message: Message, me: User) -> bool:
    replied = message.reply_to_message
    if replied is None or replied.forum_topic_created:
        return False
    return bool(replied.from_user and replied.from_user.id == me.id)


def _is_mentioned(message: Message, me: User) -> bool:
    text, entities = (message.text, message.entities) if message.text else (message.caption, message.caption_entities)
    return any(_names(entity, _words(text or "", entity), me) for entity in entities)


def _names(entity: MessageEntity, words: str, me: User) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return bool(entity.user and entity.user.id == me.id)
    return entity.type == MessageEntity.MENTION and _is_name(words[1:], me)


def _without_mentions(message: Message, me: User) -> str:
    """The text without the bot's name; entities are counted in UTF-16 units."""
    content = (message.text or "").encode("utf-16-le")
    for entity in sorted(message.entities, key=lambda entity: entity.offset, reverse=True):
        if _names(entity, _words(message.text or "", entity), me):
            end = entity.offset + entity.length
            content = content[: entity.offset * 2] + content[end * 2 :]
    return re.sub(r"[ \t]{2,}", " ", content.decode("utf-16-le", "ignore"))


def _words(text: str, entity: MessageEntity) -> str:
    """The words that an entity marks; it may be wrong, and begin or end within a character."""
    marked = text.encode("utf-16-le")[max(0, entity.offset) * 2 : max(0, entity.offset + entity.length) * 2]
    return marked.decode("utf-16-le", "ignore")
