"""What Telegram itself makes of a text beside the entities that come with it: mentions, commands, tags, addresses.

Written after tdlib's ``find_entities`` (td/telegram/MessageEntity.cpp): mentions and commands exactly, for these act;
addresses and tags roughly. It finds nothing in code and in the words of links.
"""

import re
from collections.abc import Iterator, Sequence

from telegram_server.rules import Json

_WORD = r"[^\W]"
_RULES = (
    ("mention", re.compile(rf"(?<!{_WORD})@[A-Za-z0-9_]{{2,32}}(?![A-Za-z0-9_])(?!{_WORD})")),
    (
        "bot_command",
        re.compile(rf"(?<!{_WORD})(?<![/<>])/[A-Za-z0-9_]{{1,64}}(?:@[A-Za-z0-9_]{{3,32}})?(?!{_WORD}|[/<>@])"),
    ),
    ("url", re.compile(r"(?:(?:https?|tg|ton)://)?[\w~@-]+(?:\.[\w~-]+)+(?:[/?#]\S*)?")),
    ("hashtag", re.compile(r"(?<!\w)#\w+")),
    ("cashtag", re.compile(r"(?<![\w$])\$[A-Z]{1,8}(?![\w$])")),
)
_OPAQUE = {"code", "pre", "text_link"}


def noticed(text: str, entities: Sequence[Json]) -> Iterator[tuple[str, str]]:
    """Yield the kind and the words of everything that Telegram makes of a message's text by itself."""
    opaque = list(_ranges(text, entities))
    for kind, rule in _RULES:
        for match in rule.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end in opaque):
                yield kind, match[0]


def acting(text: str, entities: Sequence[Json]) -> list[str]:
    """Return the mentions and commands among that: what calls somebody, and what a tap sends in the reader's name."""
    return [words for kind, words in noticed(text, entities) if kind in ("mention", "bot_command")]


def _ranges(text: str, entities: Sequence[Json]) -> Iterator[tuple[int, int]]:
    """Where nothing is looked for, in code points; entities count UTF-16 units."""
    content = text.encode("utf-16-le", "surrogatepass")
    for entity in entities:
        if entity["type"] in _OPAQUE:
            start, end = entity["offset"], entity["offset"] + entity["length"]
            before = content[: 2 * start].decode("utf-16-le", "surrogatepass")
            inner = content[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")
            yield len(before), len(before) + len(inner)
