"""Others' words, made so that nothing in them acts: Telegram itself turns ``@name`` into a mention, which calls
somebody or points at him, and ``/word`` into a command, which a tap sends in the reader's name. Pure.

The words stay as they are: what would act is set as code, in which Telegram looks for nothing. Addresses of pages,
hashtags and numbers are left: a tap on them does nothing in anybody's name, and what it opens is what can be read.
"""

import re
from itertools import pairwise

from bot.chat.showing.styled import Kind, Styled
from bot.records import Span

_ACTS = re.compile(
    r"(?<![A-Za-z0-9_])@[A-Za-z0-9_]{2,}"
    r"|(?<![^\W\U00010000-\U0010FFFF])(?<![/<>])/[A-Za-z0-9_]+(?:@[A-Za-z0-9_]*)?(?![/<>A-Za-z0-9_])"
)
"""At least what ``match_mentions`` and ``match_bot_commands`` find, which may not know the newest letters:
https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp."""
MOST = 12
"""Of more than so many in one text, one stretch of code is made, from the first to the last: a message may have 100
entities."""


def inert(text: str, kind: Kind | None = None, over: Span | None = None, most: int = MOST) -> Styled:
    """Return a text with what would act in it set as code, in at most ``most`` stretches.

    ``kind`` formats the text, or what is ``over`` it (code points): around the code, for neither can hold the other.
    """
    over = over or Span(0, len(text))
    codes = _codes(text, most)
    starts = {start for start, _ in codes}
    inside = {place for start, end in codes for place in range(start + 1, end)}
    cuts = {0, len(text), *(place for code in codes for place in code), *({over.start, over.end} - inside)}
    styled = Styled()
    for start, end in pairwise(sorted(cuts)):
        run = Styled(text[start:end])
        if start in starts:
            styled += run.marked("code")
        else:
            styled += run.marked(kind) if kind and over.start <= start < over.end else run
    return styled


def _codes(text: str, most: int) -> list[tuple[int, int]]:
    found = [match.span() for match in _ACTS.finditer(text)]
    return found if len(found) <= most else [(found[0][0], found[-1][1])]
