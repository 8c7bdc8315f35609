"""Recorded chats as a drawing: one self-contained SVG, its columns side by side. Pure; nothing is asked or read here.

It brings its own light background, and looks the same on a light and on a dark page.
Invariant: the drawing is well-formed XML and asks for nothing from outside, whatever the messages say.
"""

from collections.abc import Sequence

from painting import STYLE, Block, box, frame, label, paragraphs, safe
from scenes import Button, Chat, Message, Note, Result, Scene, Typed
from wrapping import SIZE, Line, wrapped

from bot.chat.showing.styled import Entity

WIDTH = 560
"""Pixels of one column."""
BETWEEN = 16

_EDGE, _GAP, _PADDING = 14, 12, 14
_ANSWER, _QUESTION = 520, 440
_BUTTON, _BUTTON_GAP = 36, 5
_HEADER, _CHATS = 60, 16
_RESULT_EDGE, _SQUARE = 12, 44
_RESULT_LINES, _SHOWN = 2, 3
"""Results that a phone's screen has room for; the others are scrolled to."""
_BACKGROUND, _ACCENT, _BORDER = "#d3e0e9", "#3a86c8", "#b4c5d1"


def conversation_svg(columns: Sequence[Sequence[Chat]], about: str) -> str:
    """Draw columns of chats; ``about`` is for who cannot see them."""
    lefts = [number * (WIDTH + BETWEEN) for number in range(len(columns))]
    height = max((_column(chats, 0, 0).bottom for chats in columns), default=0)
    drawn = [_column(chats, left, height) for chats, left in zip(columns, lefts, strict=True)]
    width = len(columns) * (WIDTH + BETWEEN) - BETWEEN
    height = round(height)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" xml:space="preserve">'
    words = f"<title>{safe(about)}</title>\n<style>{STYLE}</style>"
    return "\n".join([head, words, *(block.svg for block in drawn), "</svg>\n"])


def _column(chats: Sequence[Chat], left: float, least: float) -> Block:
    """Chats under each other, the last of them down to ``least``."""
    parts, top = [], 0.0
    for number, chat in enumerate(chats, 1):
        block = _chat(chat, left, top, least if number == len(chats) else 0)
        parts.append(block.svg)
        top = block.bottom + _CHATS
    return Block("\n".join(parts), max(0.0, top - _CHATS))


def _chat(chat: Chat, left: float, top: float, least: float) -> Block:
    parts, bottom = [_header(chat, left, top)], top + _HEADER
    for scene in chat.scenes:
        block = _scene(scene, left, bottom + _GAP)
        parts.append(block.svg)
        bottom = block.bottom
    bottom = max(bottom + _EDGE, least)
    sheet = box(left, top, WIDTH, bottom - top, 14, _BACKGROUND)
    return Block("\n".join([sheet, *parts, frame(left, top, WIDTH, bottom - top, 14, _BORDER)]), bottom)


def _header(chat: Chat, left: float, top: float) -> str:
    right, middle, bottom = left + WIDTH, top + _HEADER / 2, top + _HEADER
    bar = f"M{left:g} {bottom:g}v-46q0 -14 14 -14H{right - 14:g}q14 0 14 14v46z"
    return "\n".join(
        [
            f'<path d="{bar}" fill="#fff"/>',
            f'<circle cx="{left + 40:g}" cy="{middle:g}" r="20" fill="{_ACCENT}"/>',
            label(left + 40, middle + 7, chat.name[:1], "badge", anchor="middle"),
            label(left + 72, middle - 2, chat.name, "name"),
            label(left + 72, middle + 18, chat.about, "small"),
        ]
    )


def _scene(scene: Scene, left: float, top: float) -> Block:
    match scene:
        case Message():
            return _message(scene, left, top)
        case Note():
            return _note(scene, left, top)
        case Typed():
            return _typed(scene, left, top)


def _message(message: Message, column: float, top: float) -> Block:
    widest = _QUESTION if message.asked and not message.via else _ANSWER
    lines = wrapped(message.text, message.entities, widest - 2 * _PADDING)
    short = message.asked and not message.rows
    width = max((line.width for line in lines), default=0) + 2 * _PADDING if short else widest
    left = column + (WIDTH - _EDGE - width if message.asked else _EDGE)
    above = label(left + _PADDING, top + 24, f"via {message.via}", "via") if message.via else ""
    words = paragraphs(lines, left + _PADDING, top + _PADDING - 2 + (20 if above else 0), width - 2 * _PADDING)
    bottom = words.bottom + _PADDING - 1
    bubble = box(left, top, width, bottom - top, 14, "#e6fbd5" if message.asked else "#fff")
    buttons = _rows(message.rows, left, bottom, width)
    return Block("\n".join(part for part in (bubble, above, words.svg, buttons.svg) if part), buttons.bottom)


def _rows(rows: Sequence[Sequence[Button]], left: float, top: float, width: float) -> Block:
    parts = []
    for row in rows:
        top += _BUTTON_GAP
        each = (width - _BUTTON_GAP * (len(row) - 1)) / len(row)
        parts += [_button(button, left + place * (each + _BUTTON_GAP), top, each) for place, button in enumerate(row)]
        top += _BUTTON
    return Block("\n".join(parts), top)


def _button(button: Button, left: float, top: float, width: float) -> str:
    right = left + width
    arrow = f"M{right - 17:g} {top + 14:g}l7 -7m-6 0h6v6"
    return "\n".join(
        [
            box(left, top, width, _BUTTON, 8, _ACCENT if button.pressed else "#567891"),
            label(left + width / 2, top + 23, button.label, "button", anchor="middle"),
            *([f'<path d="{arrow}" fill="none" stroke="#fff" stroke-width="1.6"/>'] if button.opens else []),
        ]
    )


def _note(note: Note, left: float, top: float) -> Block:
    """Words in the middle, as Telegram has them for what is no message."""
    width = max((line.width for line in wrapped(note.text, (), WIDTH)), default=0) * 14 / SIZE + 60
    pill = box(left + (WIDTH - width) / 2, top, width, 28, 14, "#7d98aa")
    return Block(f"{pill}\n{label(left + WIDTH / 2, top + 19, note.text, 'note', anchor='middle')}", top + 28)


def _typed(typed: Typed, left: float, top: float) -> Block:
    """The list of results, and under it the field with the words typed so far."""
    inner, place = left + _EDGE, top + _RESULT_EDGE
    parts = []
    for result in typed.results[:_SHOWN]:
        block = _result(result, inner + _RESULT_EDGE, place)
        parts.append(block.svg)
        place = block.bottom + _RESULT_EDGE
    if (more := len(typed.results) - _SHOWN) > 0:
        parts.append(label(inner + _RESULT_EDGE, place + 8, f"… and {more} more", "small"))
        place += 22
    field = wrapped(typed.text, (Entity("text_link", 0, len(typed.text.partition(" ")[0])),), WIDTH - 4 * _EDGE)
    words = paragraphs(field, inner + _RESULT_EDGE, place + 10, WIDTH - 4 * _EDGE)
    whole = WIDTH - 2 * _EDGE
    sheet = box(inner, top, whole, words.bottom + 8 - top, 12, "#fff")
    line = box(inner, place, whole, 1.5, 0, _BACKGROUND)
    return Block("\n".join([sheet, *parts, line, words.svg]), words.bottom + 8)


def _result(result: Result, left: float, top: float) -> Block:
    room = WIDTH - 2 * _EDGE - 3 * _RESULT_EDGE - _SQUARE
    square = box(left, top, _SQUARE, _SQUARE, 8, _ACCENT)
    letter = label(left + _SQUARE / 2, top + 29, result.title[:1], "badge", anchor="middle")
    title = wrapped(result.title, (Entity("bold", 0, 2 * len(result.title)),), room)[:1]
    lines = [line for text in result.lines for line in _shortened(text, room)]
    words = paragraphs([*title, *lines], left + _SQUARE + _RESULT_EDGE, top - 4, room)
    return Block("\n".join([square, letter, words.svg]), max(words.bottom, top + _SQUARE))


def _shortened(text: str, room: float) -> list[Line]:
    """A text on at most two lines, whole words of it."""
    words = text.split(" ")
    for kept in range(len(words), 0, -1):
        lines = wrapped(" ".join(words[:kept]) + ("…" if kept < len(words) else ""), (), room)
        if len(lines) <= _RESULT_LINES:
            return lines
    return wrapped(text, (), room)[:_RESULT_LINES]
