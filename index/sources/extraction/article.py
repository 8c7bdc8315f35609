"""A page's source to its article: trafilatura finds the main text and what the page says about itself.

Navigation, footers, comments and consent banners are dropped, and boxes that are no part of the article. Dates
are taken from the page's markup only: those in its text may be of anything.
"""

import re
from copy import deepcopy
from dataclasses import dataclass

from trafilatura import bare_extraction, extract_metadata
from trafilatura.settings import Document

from index.errors import FormatError
from index.sources.extraction import boxes
from index.sources.extraction.blocks import EXTRACTED, text_of
from index.sources.extraction.fragments import fragment_text
from index.sources.extraction.heads import Head, head_of
from index.sources.extraction.linked import Linked, linked, shorten
from index.sources.extraction.nodes import Node, names
from index.sources.extraction.parsing import parse
from index.sources.extraction.shaping import shape, unmarked
from index.sources.extraction.signs import Signs, signs_of

_PIECES = 3
_MUCH_LONGER = 1.5
_SENTENCE_WORDS = 12
_LONGEST = 2_000  # code points of what a page says of itself: trafilatura's patterns take squares of them
_JOINERS = re.compile("[\u200c\u200d]")
_DATED = re.compile(r"date|time|publi|post|byline|author|meta|datum|fecha")
# Only from the start of a run of white space, and not across "<": time must not grow with the square of the length.
_LINE_BREAK = re.compile(r"(?<!\s)[^\S\n]*+\n\s*")
_TAG = re.compile(r"</?\w[^<>]*>")
_DATES = {"extensive_search": False, "original_date": True}


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a page. ``text`` is empty where nothing in it reads like an article.

    ``scraped``: no part of the page reads like one, and the text is all that people see, run together.
    """

    text: str
    scraped: bool
    title: str | None
    url: str | None
    published: str | None
    authors: tuple[str, ...]
    site: str | None
    language: str | None
    head: Head
    linked: Linked
    signs: Signs


def extract(source: str, url: str | None = None) -> Found | None:
    """Return what is in the page, ``None`` if it is none. ``url`` is where it was fetched.

    Raises:
        FormatError: it cannot be read, or was made so that it cannot.
    """
    try:
        tree = parse(source)
        return None if tree is None else _found(tree, url)
    except FormatError:
        raise
    except Exception as error:  # lxml's and trafilatura's are many, and any of them spoils this page alone
        raise FormatError(f"the page cannot be read: {error or type(error).__name__}") from error


def _found(tree: Node, url: str | None) -> Found:
    said, head, signs = linked(tree), head_of(tree), signs_of(tree)
    shape(tree)
    boxes.drop_boxes(tree)
    meta = _metadata(tree, url)
    title = _as_written(tree, meta.title)
    boxes.drop_bylines(tree, title)
    main, scraped = _main_text(tree)
    text = _longer(main, said.body)
    return Found(
        text=text,
        scraped=scraped and text == main,
        title=_own_title(title, meta.sitename),
        url=meta.url,
        published=meta.date,
        authors=tuple((meta.author or "").split("; ")) if meta.author else (),
        site=meta.sitename,
        language=tree.get("lang") or tree.get("xml:lang"),
        head=head,
        linked=said,
        signs=signs,
    )


def _metadata(tree: Node, url: str | None) -> Document:
    """What the page says about itself, told by a page without running text, pictures and other articles."""
    bare = deepcopy(tree)
    for node in bare.xpath("//aside|//nav|//footer|//meta[contains(@property, 'image') or contains(@name, 'image')]"):
        node.drop_tree()
    for node in bare.xpath("//p|//li|//td|//blockquote|//figcaption|//pre"):
        if not _DATED.search(names(node)) and not any(_DATED.search(names(part)) for part in node.iter("span", "time")):
            node.drop_tree()
    shorten(bare)
    for node in bare.xpath(f"//meta[string-length(@content) > {_LONGEST}]"):
        node.set("content", (node.get("content") or "")[:_LONGEST])
    for node in bare.xpath("//body//*[not(self::script)]"):
        node.text, node.tail = _brief(node.text), _brief(node.tail)
    return extract_metadata(bare, url, dict(_DATES))


def _brief(text: str | None) -> str | None:
    return None if text is not None and len(text.split()) > _SENTENCE_WORDS else text


def _main_text(tree: Node) -> tuple[str, bool]:
    """The text, and whether it is trafilatura's last resort: a single block of what stands in several."""
    for node in tree.xpath("//script"):
        node.drop_tree()  # trafilatura would take the text out of JSON-LD, and lose its paragraphs
    parts = [" ".join(node.text_content().split()) for node in tree.xpath("//p|//li|//figcaption|//h2|//h3")]
    found = bare_extraction(tree, include_comments=False)
    if not isinstance(found, Document) or found.body is None:
        return "", False
    text = unmarked(text_of(found.body, EXTRACTED))
    merged = len(found.body) == 1 and "\n" not in text and sum(part in text for part in parts if part) >= _PIECES
    return text, merged


def _longer(text: str, body: str | None) -> str:
    """The text of the page, or of its JSON-LD where a program in the browser would have put it into the page."""
    if body is None or len(body.split()) <= _MUCH_LONGER * len(text.split()):
        return text
    plain = body if _TAG.search(body) else _LINE_BREAK.sub("<br><br>", body.strip())
    told = fragment_text(plain)
    return told if len(told.split()) > _MUCH_LONGER * len(text.split()) else text


def _as_written(tree: Node, title: str | None) -> str | None:
    """The title with the characters that join letters, or keep them apart, which trafilatura takes for dirt.

    In Persian and in the scripts of India they are spelling, and in emoji they make one of several.
    """
    for written in tree.xpath("//h1//text()|//meta[@property='og:title']/@content|//title/text()"):
        plain = " ".join(str(written).split())
        if plain != title and _JOINERS.sub("", plain) == title:
            return plain
    return title


def _own_title(title: str | None, site: str | None) -> str | None:
    """The title without the name of the site behind it or before it."""
    if not title or not site:
        return title
    name = re.escape(site.strip())
    own = re.sub(rf"\s+[|·•–—:»-]\s+(?:{name})\s*$|^(?:{name})\s+[|·•–—:»-]\s+", "", title, flags=re.IGNORECASE)
    return own.strip() or title
