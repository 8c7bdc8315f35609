"""Patterns over paths and addresses, as operators write them in the settings.

Whoever names the files and the addresses may be hostile, so a pattern goes through a text once, keeping all places in
itself at which it may be: a regular expression with several stars would try them one after another.
"""

import re

_TOKENS = re.compile(r"(\*\*/|\*\*|\*|\?)")

_MOST_STEPS = 10_000
"""Steps that a pattern remembers; the texts of one source need some hundreds."""


class PathPattern:
    """A pattern over paths: ``*`` and ``?`` within a name, ``**/`` for any folders, ``**`` for anything.

    Letters match in either case: ``REPORT.PDF`` is a PDF file. A set of places is a number with a bit for each, 1 for
    the pattern's beginning.
    """

    def __init__(self, pattern: str) -> None:
        self._letters: dict[str, int] = {}
        self._names = self._stays = self._stays_in_name = self._folders = self._skipped = 0
        place = 1
        for token in _TOKENS.split(pattern):
            place = self._read(token, place)
        self._end = place
        self._steps: dict[tuple[int, str], int] = {}

    def fullmatch(self, text: str) -> bool:
        """Tell whether the pattern is of the whole text."""
        places = self._reached(1)
        for letter in text.lower():
            after = self._steps.get((places, letter))
            if after is None:
                after = self._remembered(places, letter)
            places = after
        return bool(places & self._end)

    def _read(self, token: str, place: int) -> int:
        """Note what may stand at a place, and return the place behind it."""
        match token:
            case "**/":  # nothing, or one letter at least and what follows it, up to any "/"
                self._folders |= place
                self._stays |= place << 1
                return place << 2
            case "**" | "*":
                self._stays |= place if token == "**" else 0
                self._stays_in_name |= place
                self._skipped |= place
                return place << 1
            case "?":
                self._names |= place
                return place << 1
        for letter in token.lower():
            self._letters[letter] = self._letters.get(letter, 0) | place
            place <<= 1
        return place

    def _remembered(self, places: int, letter: str) -> int:
        after = self._after(places, letter)
        if len(self._steps) >= _MOST_STEPS:
            self._steps.clear()
        self._steps[places, letter] = after
        return after

    def _after(self, places: int, letter: str) -> int:
        """The places behind one more letter."""
        after = (places & self._letters.get(letter, 0)) << 1 | places & self._stays | (places & self._folders) << 1
        if letter == "/":
            after |= (places & self._folders << 1) << 1
        else:
            after |= places & self._stays_in_name | (places & self._names) << 1
        return self._reached(after)

    def _reached(self, places: int) -> int:
        """The places, and those that are reached from them by nothing."""
        while (more := places | (places & self._skipped) << 1 | (places & self._folders) << 2) != places:
            places = more
        return places
