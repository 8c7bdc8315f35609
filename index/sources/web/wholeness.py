"""Whether the HTML of an entry is a whole article or the beginning of one, and plain text of such HTML.

Errs on the side of "not whole": that costs a request for the page, the other mistake the article's end.
"""

import html
import re
from itertools import islice

from index.sources import normalise

_CONTENT_WORDS = 100
"""A content element of fewer words may be a teaser as well as a note."""

_SUMMARY_WORDS = 250
"""A summary is meant to be one; no publisher writes as long ones, but many put the article there."""

_UNSEEN_BEGINS = re.compile(r"<(?:script|style)\b", re.IGNORECASE)
_UNSEEN_ENDS = re.compile(r"</(?:script|style)\b", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{2}|[^\W\u3040-\u30ff\u3400-\u9fff]+")
"""A word, or two characters of a script that writes none."""

_END = 250
"""Code points at the end in which a teaser gives itself away."""

_SIGNATURE = re.compile(r"The post .{1,300} (?:appeared first on|first appeared on) .{1,150}$", re.DOTALL)
"""What WordPress puts after an entry, whole or not."""

_TEASER = re.compile(
    r"(?:…|\.\.\.|\[(?:…|\.\.\.)\]|\((?:more|continued|…)\)|»|→)[\s\])>.]*$"
    r"|\b(?:read more|read on|continue reading|keep reading|read the (?:full|whole|rest)|view original|full story"
    r"|weiterlesen|mehr lesen|lire la suite|en savoir plus|leer más|seguir leyendo|leia mais|continua a leggere"
    r"|leggi tutto|lees verder|läs mer|czytaj dalej|читать (?:далее|дальше|полностью)|devamını oku)\b"
    r"|\b(?:subscribe|sign up|sign in|log in|register) to (?:read|continue|keep)\b"
    r"|\bfor (?:paid|paying) (?:subscribers|members)\b|\bsubscribers only\b",
    re.IGNORECASE,
)


def is_whole(text: str, *, summary: bool) -> bool:
    """Tell whether plain text is most probably all of an article; ``summary``: its element is meant for less."""
    least = _SUMMARY_WORDS if summary else _CONTENT_WORDS
    return sum(1 for _ in islice(_WORD.finditer(text), least)) == least and not _is_cut(text)


def plain(content: str) -> str:
    """Return the words of HTML, its white space as it is."""
    first, *rest = _UNSEEN_BEGINS.split(content)
    seen = [first, *("<" + _UNSEEN_ENDS.split(part, maxsplit=1)[-1] for part in rest)]
    return unescaped(_TAG.sub(" ", " ".join(seen))).strip()


def title(text: str, *, markup: bool) -> str | None:
    """Return a title as one line of plain text, references resolved also where they were escaped twice."""
    bare = _TAG.sub("", text) if markup else text
    return normalise.line(unescaped(unescaped(bare))) or None


def unescaped(text: str) -> str:
    """Return the text with its references resolved; those without a semicolon are none."""
    return _REFERENCE.sub(lambda match: html.unescape(match.group()), text)


def as_html(text: str) -> str:
    """Return plain text as HTML, a paragraph for each of its own."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)


def _is_cut(text: str) -> bool:
    end = normalise.line(text[-4 * _END :])[-2 * _END :]
    return _TEASER.search(_SIGNATURE.sub("", end).rstrip()[-_END:]) is not None
