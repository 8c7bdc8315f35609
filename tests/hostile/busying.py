"""Inputs that keep a regular expression busy, made out of the expression itself, of any size.

What takes squares of time, or worse, is an input on which an expression begins everywhere and fails late: what it
repeats, many times over, behind what comes before that and in front of what it does not want; its beginnings without
their ends; its letters, alone and in pairs. The same are made of the same expression, always.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import islice, zip_longest
from typing import Any

_PLAIN = ("a", "A", " ", "\n", "1", ".", "-", "é", "a ", "A b ", "<", "'", '"', "(", "[", "😀")
_ENDS = ("", "\0", "!", "\n", "a", " ")
"""What may follow: one of them is wanted by nobody."""

_RARE = 0x1F41D
_PAIRS = 24
_MOST = 400
_MANY = 1_000


@dataclass(frozen=True, slots=True)
class Hostile:
    """``before``, then ``repeated`` as often as it takes, then ``after``."""

    before: str
    repeated: str
    after: str

    def grown(self, size: int) -> str:
        """Return one of about so many code points."""
        return self.before + self.repeated * (size // len(self.repeated)) + self.after


def hostile_to(pattern: re.Pattern[Any], most: int = _MOST) -> list[Hostile]:
    """Return inputs made of an expression; of very many a choice, of each kind some."""
    source = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    walk = _Walk()
    walk.through(import_module("re._parser").parse(source, pattern.flags & ~re.UNICODE), "")
    chance = random.Random(source.encode("utf-8", "surrogatepass"))
    letters = sorted({*walk.letters, *_PLAIN})
    pairs = [a + b for a in letters for b in letters if a != b]
    kinds = (
        [Hostile(before, one, end) for before, one in dict.fromkeys(walk.loops) for end in _ENDS],
        [Hostile("", before + one, end) for before, one in dict.fromkeys(walk.loops) for end in _ENDS],
        [Hostile("", one, end) for one in dict.fromkeys(walk.beginnings) for end in _ENDS[:3]],
        [Hostile("", one, end) for one in letters for end in _ENDS],
        [Hostile("", one, "\0") for one in chance.sample(pairs, min(_PAIRS, len(pairs)))],
    )
    shuffled = [chance.sample(kind, len(kind)) for kind in kinds]
    in_turn = (one for turn in zip_longest(*shuffled) for one in turn if one is not None and one.repeated)
    return list(islice(dict.fromkeys(in_turn), most))


class _Walk:
    """Goes through a parsed expression; keeps its ``letters``, the ``beginnings`` and the ``loops`` behind each."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.beginnings: list[str] = []
        self.loops: list[tuple[str, str]] = []

    def through(self, items: Iterable[Any], before: str) -> str:
        """Return a text that the items match, behind ``before``."""
        text = ""
        for kind, value in items:
            text += self._one(str(kind), value, before + text)
            if len(before + text) < _MANY:
                self.beginnings.append(before + text)
        return text

    def _one(self, kind: str, value: Any, before: str) -> str:
        match kind:
            case "LITERAL":
                return self._letter(chr(value))
            case "NOT_LITERAL":
                return self._letter("b" if value == ord("a") else "a")
            case "ANY":
                return self._letter("a")
            case "IN":
                return self._of_class(value)
            case "BRANCH":
                first, *_ = [self.through(branch, before) for branch in value[1]]
                return first
            case "SUBPATTERN":
                return self.through(value[3], before)
            case "ATOMIC_GROUP":
                return self.through(value, before)
            case "ASSERT":
                self.through(value[1], before)
                return ""
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, items = value
                return self._repeated(least, most, items, before)
            case _:  # borders, groups said again, and what may not stand there
                return ""

    def _repeated(self, least: int, most: Any, items: Any, before: str) -> str:
        once = self.through(items, before)
        if int(most) > 1 and once:
            letters = self.letters[-4:] if len(once) == 1 else []
            self.loops += [(before, one) for one in dict.fromkeys([once, *letters])]
        return once * min(least, _MANY) or once

    def _letter(self, letter: str) -> str:
        self.letters.append(letter)
        return letter

    def _of_class(self, parts: Sequence[tuple[Any, Any]]) -> str:
        """A letter of a class, after others of it were noted."""
        negated = any(str(kind) == "NEGATE" for kind, _ in parts)
        members = [one for kind, value in parts for one in _members(str(kind), value)]
        if negated:
            wanted = [one for one in (*_PLAIN, chr(_RARE)) if len(one) == 1 and one not in members]
            return self._letter(next((one for one in wanted if not _is_kept_out(one, parts)), "a"))
        for one in reversed(members[:6]):
            self._letter(one)
        return members[0] if members else ""


def _members(kind: str, value: Any) -> Iterator[str]:
    if kind == "LITERAL":
        yield chr(value)
    elif kind == "RANGE":
        yield from {chr(value[0]), chr(value[1])}
    elif kind == "CATEGORY":
        yield from _OF_CATEGORY.get(str(value), ())


def _is_kept_out(letter: str, parts: Sequence[tuple[Any, Any]]) -> bool:
    """Whether a negated class names a letter."""
    tests: dict[str, Callable[[Any], bool]] = {
        "LITERAL": lambda value: ord(letter) == value,
        "RANGE": lambda value: bool(value[0] <= ord(letter) <= value[1]),
        "CATEGORY": lambda value: letter in _OF_CATEGORY.get(str(value), ()),
        "NEGATE": lambda value: False,
    }
    return any(tests[str(kind)](value) for kind, value in parts)


_OF_CATEGORY = {
    "CATEGORY_DIGIT": ("1",),
    "CATEGORY_NOT_DIGIT": ("a", " ", ".", "é", "A", "-", "😀"),
    "CATEGORY_SPACE": (" ", "\n"),
    "CATEGORY_NOT_SPACE": ("a", "1", ".", "é", "A", "-", "😀", "@"),
    "CATEGORY_WORD": ("a", "1", "_", "é", "A"),
    "CATEGORY_NOT_WORD": (" ", ".", "-", "😀", "\n", '"'),
}
