"""Questions that a passage does not answer although it speaks of the same things.

An answerable question is bent by a rule: another name, number or word of the passage in the place of its own, a word
turned into its opposite, or a denial. What comes out is asked of the passage that answered the question before.
Rules err: a bent question is now and then still answered, and training bears it.
"""

import random
import re
from collections.abc import Callable, Sequence

_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][\w'’-]+)(?: (?:of |the |de |von )?[A-Z][\w'’-]+)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d+\b|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty)\b")
_AUXILIARY = re.compile(r"\b(is|are|was|were|did|does|do|has|have|had|can|could|will|would|should)\b")

_WORD = re.compile(r"\b[a-z]{5,}\b")

ENDING = 3
"""Letters in which two words end alike, as a rule two of the same kind: "founded", "attended"; "nation", "region"."""

_OPPOSITES = """
first/last most/least more/fewer largest/smallest biggest/smallest highest/lowest oldest/youngest longest/shortest
best/worst earliest/latest before/after above/below north/south east/west northern/southern eastern/western
increase/decrease increased/decreased rise/fall rose/fell win/lose won/lost winner/loser start/stop begin/end
began/ended started/stopped open/close opened/closed arrive/leave arrived/left accept/reject accepted/rejected
support/oppose supported/opposed allow/forbid allowed/forbidden like/dislike liked/disliked love/hate buy/sell
bought/sold hot/cold heavy/light strong/weak fast/slow early/late old/new good/bad high/low large/small big/small
long/short rich/poor male/female men/women man/woman boy/girl father/mother brother/sister son/daughter
public/private major/minor upper/lower inside/outside always/never same/different true/false easy/difficult
import/export gain/lose gained/lost majority/minority positive/negative maximum/minimum former/current
dead/alive death/birth died/born enemy/ally remember/forget success/failure succeed/fail include/exclude
""".split()
_OTHER_SIDE = {a: b for pair in _OPPOSITES for a, b in (pair.split("/"), pair.split("/")[::-1])}

Rule = Callable[[str, str, random.Random], str | None]


def bent(question: str, passage: str, chance: random.Random) -> str | None:
    """Return the question bent by the first rule, in random order, that fits; ``None`` where none does."""
    rules: list[Rule] = [other_name, other_name, other_number, other_word, other_word, opposite, denied]
    chance.shuffle(rules)
    return next((found for rule in rules if (found := rule(question, passage, chance)) is not None), None)


def other_name(question: str, passage: str, chance: random.Random) -> str | None:
    """Put another name of the passage in the place of one of the question's."""
    return _exchanged(_NAME, question, passage, chance)


def other_number(question: str, passage: str, chance: random.Random) -> str | None:
    """Put another number of the passage, or a near one, in the place of one of the question's."""
    found = _exchanged(_NUMBER, question, passage, chance)
    digits = re.search(r"\d+", question)
    if found is not None or digits is None:
        return found
    other = str(int(digits.group()) + chance.choice((-20, -7, -3, -2, -1, 1, 2, 3, 7, 20)))
    return question[: digits.start()] + other + question[digits.end() :]


def other_word(question: str, passage: str, chance: random.Random) -> str | None:
    """Put another word of the passage in the place of one of the question's that ends in the same letters."""
    there: set[str] = set(_WORD.findall(passage))
    theirs: set[str] = set(_WORD.findall(question))
    own = [m for m in _WORD.finditer(question) if m.group() in there]
    chance.shuffle(own)
    for word in own:
        if others := sorted(other for other in there - theirs if other[-ENDING:] == word.group()[-ENDING:]):
            return question[: word.start()] + chance.choice(others) + question[word.end() :]
    return None


def opposite(question: str, passage: str, chance: random.Random) -> str | None:
    """Turn a word into its opposite."""
    words = [m for m in re.finditer(r"\w+", question) if m.group() in _OTHER_SIDE]
    if not words:
        return None
    word = chance.choice(words)
    return question[: word.start()] + _OTHER_SIDE[word.group()] + question[word.end() :]


def denied(question: str, passage: str, chance: random.Random) -> str | None:
    """Deny what the question takes for granted."""
    verb = _AUXILIARY.search(question)
    if verb is None or " not " in question or "n't" in question:
        return None
    rest = question[verb.end() :]
    after = re.match(r" (?:the |a |an )?[\w'’-]+", rest)
    if chance.random() < 0.5 or after is None:
        return question[: verb.end()] + chance.choice((" not", " never")) + rest
    return question[: verb.end()] + after.group() + chance.choice((" not", " never")) + rest[after.end() :]


def _exchanged(pattern: re.Pattern[str], question: str, passage: str, chance: random.Random) -> str | None:
    own: Sequence[re.Match[str]] = list(pattern.finditer(question))
    if not own:
        return None
    there = chance.choice(own)
    others = sorted({m.group() for m in pattern.finditer(passage)} - {m.group() for m in own})
    others = [name for name in others if name not in question and there.group() not in name]
    if not others:
        return None
    return question[: there.start()] + chance.choice(others) + question[there.end() :]
