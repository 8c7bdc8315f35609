"""Links that open an article at the quoted words: its address with a text fragment.

Writes ``#:~:text=[prefix-,]textStart[,textEnd][,-suffix]`` as https://wicg.github.io/scroll-to-text-fragment/
asks. Invariant: every fragment was tried on the stored text and, read as a browser reads it, finds the quote and
nothing before it; where none does, the plain address is the link. Knows nothing of the page as it is today.
"""

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from urllib.parse import quote, urlsplit

from index import Article

LONGEST = 2000  # characters of a whole link

_WHOLE = 12  # words of the longest quote that is named whole
_ENDS = (5, 8, 12, 20, 3, 2, 1)  # words of a longer quote's start and end, as tried
_CONTEXT = (0, 3, 8, 20)  # words before and after the quote, as tried
_NEARBY = 1000  # code points around the quote in which context is sought
_DIRECTIVE = ":~:"
_UNSAFE = re.compile(r"[\s\x00-\x20\x7f\"<>\\^`{|}]")
_HOST = re.compile(r"(?:[\w-]+\.)+[\w-]+\.?")
# Scripts without blanks have word borders at their punctuation, at the least.
_MARKS = "、。，！？；：「」『』（）《》"
_WORD = re.compile(rf"\S+?(?:(?<=[{_MARKS}])(?=\w)|(?!\S))")
_SPACE, _SPACE_IN_LINE = re.compile(r"\s*"), re.compile(r"[^\S\n]+")
_PLAIN_OR_NOT = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")


def link_to(article: Article, start: int, end: int) -> str | None:
    """Return a link that opens the article at ``text[start:end]`` (code points).

    The plain address where no text fragment can name that place; ``None`` where the article has no address that
    a chat would accept (http or https, a host with a dot, at most 2,000 characters).
    """
    address = _address((article.url or "").strip())
    if address is None:
        return None
    start, end = _trimmed(article.text, start, end)
    page = _folded(article.text)
    for directive in _directives(article.text, start, end):
        link = _joined(address, directive)
        if link and len(link) <= LONGEST and _first_match(page, directive) == (start, end):
            return link
    return address


# Addresses


def _address(url: str) -> str | None:
    """Return the address without a text fragment of its own, or ``None`` where it is no public web address."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host) or _encoded(url) is None:
        return None
    if "@" in parts.netloc:  # what stands before it looks like the host, and may be a password
        return None
    plain = url.split(_DIRECTIVE)[0].removesuffix("#")
    address = _UNSAFE.sub(lambda found: quote(found[0], safe=""), plain)
    return address if len(address) <= LONGEST else None


@dataclass(frozen=True, slots=True)
class _Directive:
    """The terms of a text directive, as they stand in the article; an empty one is left out."""

    prefix: str
    first: str
    last: str
    suffix: str

    def encoded(self) -> str | None:
        """Return what follows ``text=``, or ``None`` where no address can say it or no browser would find it."""
        terms = [_encoded(term) for term in (self.prefix, self.first, self.last, self.suffix)]
        bounded = (self.prefix or self.first, self.last)
        if None in terms or not all(_starts_word(term) for term in bounded if term):
            return None
        prefix, first, last, suffix = terms
        parts = (prefix and f"{prefix}-", first, last, suffix and f"-{suffix}")
        return ",".join(part for part in parts if part)


def _joined(address: str, directive: _Directive) -> str | None:
    text = directive.encoded()
    return f"{address}{'' if '#' in address else '#'}{_DIRECTIVE}text={text}" if text else None


def _encoded(text: str) -> str | None:
    """Percent-encode all that means something in a directive or an address; no UTF-8 for a lone surrogate."""
    try:
        return quote(" ".join(text.split()), safe="").replace("-", "%2D")
    except UnicodeEncodeError:
        return None


# Directives


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


def _directives(text: str, start: int, end: int) -> Iterator[_Directive]:
    """Yield what could name the place: first without context, then with more and more of it; no context twice."""
    terms = list(dict.fromkeys(_terms(text[start:end]))) if start < end else []
    tried = set[tuple[str, str]]()
    for prefix, suffix in _contexts(text, start, end):
        if (prefix, suffix) not in tried:
            yield from (_Directive(prefix, first, last, suffix) for first, last in terms)
        tried.add((prefix, suffix))


def _terms(part: str) -> Iterator[tuple[str, str]]:
    """Yield (textStart, textEnd): the whole quote where it is short, else its ends. No term crosses a line."""
    lines = part.split("\n")
    words = len(_WORD.findall(part))
    if len(lines) == 1 and words <= _WHOLE:
        yield part, ""
    for count in _ENDS:
        if len(lines) > 1 or 2 * count <= words:
            yield _first_words(lines[0], count), _last_words(lines[-1], count)
    if len(lines) == 1:
        yield part, ""


def _contexts(text: str, start: int, end: int) -> Iterator[tuple[str, str]]:
    """Yield (prefix, suffix). A quote that begins or ends inside a word is not found without."""
    least = (not _is_border(text, start), not _is_border(text, end))
    sizes = [(a, b) for a, b in product(_CONTEXT, repeat=2) if a >= least[0] and b >= least[1]]
    before = text[max(0, start - _NEARBY) : start].rstrip().rpartition("\n")[2]
    after = text[end : end + _NEARBY].lstrip().partition("\n")[0]
    for a, b in sorted(sizes, key=max):
        yield _last_words(before, a), _first_words(after, b)


def _first_words(line: str, count: int) -> str:
    words = list(_WORD.finditer(line))[:count]
    return line[words[0].start() : words[-1].end()] if words else ""


def _last_words(line: str, count: int) -> str:
    words = list(_WORD.finditer(line))[-count:] if count else []
    return line[words[0].start() : words[-1].end()] if words else ""


def _is_border(text: str, place: int) -> bool:
    """Tell whether words surely end here: at the text's ends, beside white space and ideographic marks."""
    if not 0 < place < len(text) or text[place - 1].isspace() or text[place].isspace():
        return True
    return text[place - 1] in _MARKS and _starts_word(text[place])


def _starts_word(term: str) -> bool:
    """Tell whether a term can begin a word: marks and joiners belong to what is before them, even to a blank."""
    return unicodedata.category(term[0])[0] != "M" and unicodedata.category(term[0]) != "Cf"


# Matching, as in "find a range from a text directive" of the specification. Word borders are not looked at: that
# can only find more places, so a directive whose first match is the quote has the same one in a browser.


def _first_match(page: str, directive: _Directive) -> tuple[int, int] | None:
    """Return the first place in the folded page that the directive names."""
    first = _find(page, 0, directive.prefix, directive.first, "" if directive.last else directive.suffix)
    if first is None or not directive.last:
        return first
    last = _find(page, first[1], "", directive.last, directive.suffix)
    return last and (first[0], last[1])


def _find(page: str, start: int, *parts: str) -> tuple[int, int] | None:
    """Return where the term of (prefix, term, suffix) stands first; each part in one line, white space between them.

    No expression is put together for it: to compile one takes a hundred times as long as to look.
    """
    before, term, after = (_folded(part).split() for part in parts)
    words = [*before, *term, *after]
    new_part = {0, len(before), len(before) + len(term)}
    place = page.find(words[0], start)
    while place >= 0:
        if spans := _standing(page, place, words, new_part):
            return spans[len(before)][0], spans[len(before) + len(term) - 1][1]
        place = page.find(words[0], place + 1)
    return None


def _standing(page: str, place: int, words: Sequence[str], new_part: Container[int]) -> list[tuple[int, int]]:
    """Return where each word stands, one after another from a place on; nothing where one of them does not."""
    spans: list[tuple[int, int]] = []
    for number, word in enumerate(words):
        space = (_SPACE if number in new_part else _SPACE_IN_LINE).match(page, place)
        if space is None or not page.startswith(word, space.end()):
            return []
        place = space.end() + len(word)
        spans.append((space.end(), place))
    return spans


@lru_cache(maxsize=16)  # an answer cuts several quotes of few articles
def _folded(text: str) -> str:
    """Drop case and accents, as browsers do when they search. Every character stays one character."""
    return "".join(
        part.lower() if part.isascii() else "".join(map(_folded_character, part))
        for part in _PLAIN_OR_NOT.findall(text)
    )


@lru_cache(maxsize=4096)
def _folded_character(character: str) -> str:
    parts = unicodedata.normalize("NFKD", character)
    accented = all(map(unicodedata.combining, parts[1:])) and not parts[0].isspace()
    return (parts if accented else character).casefold()[:1]
