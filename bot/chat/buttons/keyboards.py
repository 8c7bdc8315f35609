"""The buttons under an answer, and what is written on their backs.

Telegram gives a button's data 64 bytes, of which ``sealing`` takes twelve: a token that the database knows, an action,
the page to show, and in which language. Never a question.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.showing import texts
from bot.chat.showing.links import host, usable
from bot.languages.language import CODES, ENGLISH, Language, language
from bot.records import Quote

_LABEL = 32
_PRESS = re.compile(rf"1:([\w-]{{1,32}}):([sudatme])([0-9]{{1,3}})(w?)(?::({'|'.join(CODES)}))?", re.ASCII)


class Action(Enum):
    """What a button does; the values are written into messages, so they must stay."""

    SHOW = "s"
    UP = "u"
    DOWN = "d"
    ALONE = "a"
    ANY_DAY = "t"
    INSIDE = "m"
    ELSEWHERE = "e"


_OFFERS = {
    Action.ALONE: texts.ASK_ONLY_THIS,
    Action.ANY_DAY: texts.ANY_DAY,
    Action.INSIDE: texts.MORE_INSIDE,
    Action.ELSEWHERE: texts.SAME_ELSEWHERE,
}


@dataclass(frozen=True, slots=True)
class Press:
    """A button's data. ``page`` counts from 0; ``wide``: the quotes with their neighbouring sentences.

    ``language`` is that of the message with the button; ``None`` in buttons of earlier versions.
    """

    token: str
    action: Action = Action.SHOW
    page: int = 0
    wide: bool = False
    language: Language | None = None

    def packed(self) -> str:
        """Write it as callback data, at most 52 bytes: it is sealed when it is sent."""
        shown_in = f":{self.language.code}" if self.language else ""
        return f"1:{self.token}:{self.action.value}{self.page}{'w' if self.wide else ''}{shown_in}"


def unpacked(data: str) -> Press | None:
    """Read callback data; ``None`` where it is not of this version's making."""
    match = _PRESS.fullmatch(data)
    if match is None:
        return None
    token, action, page, wide, code = match.groups()
    return Press(token, Action(action), int(page), bool(wide), language(code) if code else None)


def links_only(shown: Sequence[Quote], language: Language) -> InlineKeyboardMarkup:
    """One button for each quote that has a link."""
    return InlineKeyboardMarkup(_link_rows(shown, language))


def send_again(token: str, language: Language) -> InlineKeyboardMarkup:
    """The button that puts the answer with a token in the place of the message that it stands under."""
    return InlineKeyboardMarkup([[_button(language.say(texts.SEND_AGAIN), Press(token, language=language))]])


def keyboard(view: Press, pages: int, shown: Sequence[Quote], offers: Sequence[Action] = ()) -> InlineKeyboardMarkup:
    """Every button under what ``view`` shows, one of ``pages`` pages; ``offers``: what else can be asked for."""
    language = view.language or ENGLISH
    rows = _link_rows(shown, language)
    steps = _steps(view, pages, language, any_shown=bool(shown))
    votes = [
        _button("👍", replace(view, action=Action.UP)),
        _button("👎", replace(view, action=Action.DOWN)),
    ]
    asked = [_button(language.say(_OFFERS[offer]), replace(view, action=offer, page=0, wide=False)) for offer in offers]
    pairs = [asked[start : start + 2] for start in range(0, len(asked), 2)]
    return InlineKeyboardMarkup([*rows, *([steps] if steps else []), *pairs, votes])


def _link_rows(shown: Sequence[Quote], language: Language) -> list[list[InlineKeyboardButton]]:
    linked = [(number, link) for number, quote in enumerate(shown, 1) if (link := usable(quote.link))]
    return [
        [InlineKeyboardButton(_link_label(number, link, len(linked), language), url=link)] for number, link in linked
    ]


def _link_label(number: int, link: str, linked: int, language: Language) -> str:
    """Says where the link leads, not who says that he is there."""
    return language.say(texts.OPEN) if linked == 1 else texts.open_numbered(number, host(link, _LABEL), language)


def _steps(view: Press, pages: int, language: Language, *, any_shown: bool) -> list[InlineKeyboardButton]:
    steps = []
    if any_shown:
        label = texts.LESS_CONTEXT if view.wide else texts.MORE_CONTEXT
        steps.append(_button(language.say(label), replace(view, wide=not view.wide)))
    if view.page > 0:
        steps.append(_button(language.say(texts.PREVIOUS_QUOTES), replace(view, page=view.page - 1, wide=False)))
    if view.page + 1 < pages:
        steps.append(_button(language.say(texts.MORE_QUOTES), replace(view, page=view.page + 1, wide=False)))
    return steps


def _button(label: str, press: Press) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=press.packed())
