"""Text as it is stored: cleaned once, here, and never after, since every offset refers to the result.

Takes out what nobody sees and makes one of what looks the same; changes no letter, no punctuation mark and
no word, and leaves ordinary text as it is. It does not repair mojibake, quotes or ligatures.
Invariant: ``text(text(x)) == text(x)``, and the same for ``line``.
"""

import os
import re
import unicodedata
from pathlib import Path

_SURROGATE = re.compile("[\ud800-\udfff]")

_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters that are no white space
    "\u00ad"  # soft hyphen
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks of direction
    "\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff"  # zero width: spaces, joiners of words, operators
    "\ufff9-\ufffb\ufffe\uffff"  # annotation marks, no characters
    "]"
)

# Zero-width (non-)joiners are part of the spelling in Persian and the scripts of India and South-East Asia,
# and ZWJ holds an emoji of several parts together ("family"); taking them out would change what people see.
# Everywhere else they are dirt.
_JOINING_SCRIPTS = "\u0600-\u08ff\u0900-\u109f\u1780-\u18af\u1900-\u1cff\ua800-\ua8ff\uaa00-\uaadf\uabc0-\uabff"
_EMOJI = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
# What it begins with is looked for first: what stands before it, for every character, took half of the time.
_STRAY_JOINER = re.compile(
    f"\u200c(?<![{_JOINING_SCRIPTS}]\u200c)|\u200d(?<![{_JOINING_SCRIPTS}{_EMOJI}]\u200d)"
    f"|\u200d(?<=[{_EMOJI}]\u200d)(?![{_EMOJI}])"
)

_SPACE = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_PARAGRAPH_END = re.compile("\u2029")
# Patterns begin with a set or with a letter, for which the library looks fastest: these take half of the time so.
_LINE_END = re.compile("[\r\x0b\x0c\x85\u2028](?:(?<=\r)\n)?")
_BLANK_LINES = re.compile("\n\n\n+")

_MOST_MARKS = 10
_MARK = r"[^\x00-\x7f\w\s]"  # most characters are seen to be none by their number
_MANY_MARKS = re.compile(rf"{_MARK}{_MARK}{{{_MOST_MARKS},}}")
"""Marks on one letter: the tallest stacks that are written, in Tibetan, have nine. More only hide the lines around."""


def text(raw: str) -> str:
    r"""Return the text as it is stored: NFC, ``\n`` between lines, at most one blank line, nothing unseen."""
    seen = _STRAY_JOINER.sub("", _UNSEEN.sub("", _SURROGATE.sub("\ufffd", raw)))
    composed = _MANY_MARKS.sub(_fewer_marks, unicodedata.normalize("NFC", seen))
    lines = _LINE_END.sub("\n", _PARAGRAPH_END.sub("\n\n", composed))
    spaced = "\n".join([one.rstrip(" ") for one in _SPACE.sub(" ", lines).split("\n")])
    return _BLANK_LINES.sub("\n\n", spaced).strip(" \n")


def _fewer_marks(run: re.Match[str]) -> str:
    """The run with at most ``_MOST_MARKS`` combining marks after one another."""
    kept: list[str] = []
    marks = 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def line(raw: str) -> str:
    """Return the text as one line with single spaces, as titles and names are stored."""
    return " ".join(text(raw).split())


def path(raw: Path) -> str:
    """Return the path as text that can be stored and printed, also where a name in it is no UTF-8."""
    return os.fsencode(raw).decode("utf-8", "backslashreplace")


def stored_offset(raw: str, offset: int) -> int:
    """Return where the character at ``raw[offset]`` stands in ``text(raw)``, in code points.

    For who holds places in a text as it was handed in, such as an evaluation set.
    """
    return len(text(raw[:offset] + "x")) - 1
