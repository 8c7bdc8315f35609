"""Recorded chats as Markdown: what was asked, what was answered with its marks and links, and the buttons. Pure.

Invariant: Markdown's own marks in what was said are escaped, so that it is read as it was said.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from scenes import Button, Chat, Message, Note, Scene, Typed
from wrapping import Glyph, Line, wrapped

_UNBROKEN = float("inf")
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")


def conversation_markdown(chats: Sequence[Chat], head: str) -> str:
    """Tell the chats one after the other, under the heading."""
    parts = [head, *(part for chat in chats for part in _chat(chat))]
    return "\n\n".join(parts) + "\n"


def _chat(chat: Chat) -> Iterator[str]:
    yield f"## {_safe(chat.name)} ({_safe(chat.about)})"
    for scene in chat.scenes:
        yield from _scene(scene)


def _scene(scene: Scene) -> Iterator[str]:
    match scene:
        case Message(asked=True, via=""):
            yield f"**{_safe(scene.text)}**"
        case Message():
            yield from [f"*Posted, via {_safe(scene.via)}:*"] if scene.via else []
            yield _said(scene)
            yield from [_buttons(scene.rows)] if scene.rows else []
        case Note():
            yield f"*{_safe(scene.text)}*"
        case Typed():
            yield f"**{_safe(scene.text)}**"
            rows = ([f"**{_safe(one.title)}**", *map(_safe, one.lines)] for one in scene.results)
            yield "\n".join(f"{number}. {'<br>'.join(row)}" for number, row in enumerate(rows, 1))


def _said(message: Message) -> str:
    """The words of a message, quotations as quotations, each line of its own."""
    links = iter([entity.url or "" for entity in message.entities if entity.kind == "text_link"])
    lines = wrapped(message.text, message.entities, _UNBROKEN)
    return "\n".join(_line(line, links) for line in lines)


def _line(line: Line, links: Iterator[str]) -> str:
    words = "".join(_run(list(run), kinds, links) for kinds, run in groupby(line.visible, lambda one: one.kinds))
    return f"> {words}\n" if line.quoted else words


def _run(glyphs: Sequence[Glyph], kinds: Iterable[str], links: Iterator[str]) -> str:
    words = _safe("".join(glyph.text for glyph in glyphs))
    if "text_link" in kinds:
        return f"[{words}]({next(links)})"
    mark = "**" if "bold" in kinds else "*" if "italic" in kinds else ""
    return f"{mark}{words}{mark}"


def _buttons(rows: Sequence[Sequence[Button]]) -> str:
    return " · ".join(f"`{button.label}`" for row in rows for button in row)


def _safe(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)
