"""Why a page is no article: a wall, a list, a page about nothing, too little text. Pure: a record in, words out.

A wall shows a few words, a list many links; a long text is an article, whatever stands around it.
"""

import re

from index.sources.extraction import Found

MISSING = "the page says that there is nothing at its address"
"""What sites answer with status 200 that have not learnt 404."""

_TEASER_WORDS = 150
"""Fewer words with a wall around them are a teaser. Teasers of the papers looked at have 20 to 120."""

_COOKIE_WORDS = 3
_WORDS_A_COOKIE = 20
"""A page that speaks of consent this often speaks of nothing else."""

_LINKED = 0.5
_TEASERS = 5
_WORDS_A_TEASER = 80
_PARAGRAPH_WORDS = 12
_IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u9fff]")  # written without spaces, about two a word
_ENDS = re.compile(r"""[.!?…。！？۔؟।](?=["'”’»)\]]*\s*(?:\[\d+\])*(?:\s|$))""")


def problem_of(found: Found, least_words: int) -> str | None:
    """Return why there is no article in what was found in a page, ``None`` if there is one."""
    words = word_count(found.text)
    if words < max(_TEASER_WORDS, least_words):
        told = _wall(found, words, least_words)
        if told is not None:
            return told
    if _is_list(found, words):
        return "no article (a list of links)"
    prose = not found.scraped and any(_is_prose(block) for block in found.text.split("\n"))
    if words >= least_words and not prose:
        return "only boilerplate"
    return _too_short(words, least_words) if words < least_words else None


def word_count(text: str) -> int:
    """Count words, also of scripts that put no spaces between them."""
    return len(_IDEOGRAPHS.sub("", text).split()) + len(_IDEOGRAPHS.findall(text)) // 2


def _too_short(words: int, least_words: int) -> str:
    return f"too short ({words} words, least_words = {least_words})" if words else "only boilerplate"


def _wall(found: Found, words: int, least_words: int) -> str | None:
    signs, few = found.signs, words < least_words
    if signs.missing:
        return MISSING
    if signs.password and (few or signs.log_in):
        return "asks for a log-in"
    if signs.wall and (few or not found.linked.free):
        return "a paywall"
    if not found.linked.free and few:
        return "a paywall"
    if not found.linked.article and signs.cookies >= _COOKIE_WORDS and signs.cookies * _WORDS_A_COOKIE > signs.words:
        return "asks for cookies"
    return None


def _is_list(found: Found, words: int) -> bool:
    """Many headings that are links, or mostly links; a page that calls itself an article is none."""
    if found.linked.article or found.head.kind == "article":
        return False
    signs = found.signs
    linked = signs.linked > _LINKED * max(1, signs.words) and words < signs.linked
    return signs.teasers >= _TEASERS and (linked or words < _WORDS_A_TEASER * signs.teasers)


def _is_prose(block: str) -> bool:
    """Whether sentences stand in it, and end; what may follow them is a credit, or the words of a button."""
    ends = [match.end() for match in _ENDS.finditer(block)]
    return bool(ends) and word_count(block[: ends[-1]]) >= _PARAGRAPH_WORDS
