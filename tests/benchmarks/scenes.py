"""What a recorded conversation is made of: chats, and what happens in each of them, in its order. Only records."""

from dataclasses import dataclass

from bot.chat.showing.styled import Entity


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message. ``opens``: it opens a link; ``pressed``: it is about to be pressed."""

    label: str
    opens: bool = False
    pressed: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One bubble, and the rows of buttons under it. ``asked``: by the reader; ``via``: the bot that wrote it."""

    text: str
    entities: tuple[Entity, ...] = ()
    rows: tuple[tuple[Button, ...], ...] = ()
    asked: bool = False
    via: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What is no message: that a button was pressed."""

    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """One of the results over an inline query: its title, and the lines under it."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """An inline query in the field where messages are typed, and the list over it, as the bot answered."""

    text: str
    results: tuple[Result, ...]


Scene = Message | Note | Typed


@dataclass(frozen=True, slots=True)
class Chat:
    """What happens in one chat. ``about`` stands under its name."""

    name: str
    about: str
    scenes: tuple[Scene, ...]
