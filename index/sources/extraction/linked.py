"""What a page says of itself in JSON-LD (https://schema.org): what it is, its words, whether they cost.

Takes what it understands and leaves the rest: a block that is no JSON says nothing.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.sources.extraction.nodes import Node

_BLOCKS = '//script[@type="application/ld+json"]'
_LETTERS = 2_000_000
_DEPTH = 6
_ARTICLES = ("Article", "Posting", "Report", "Review")
_BRIEF, _PLAIN = 500, 5_000
_LISTS = ("CollectionPage", "SearchResultsPage", "ItemList")


@dataclass(frozen=True, slots=True)
class Linked:
    """``body`` is the article's text, HTML or plain; ``free`` is ``False`` where the page says that it costs."""

    article: bool = False
    listing: bool = False
    body: str | None = None
    free: bool = True


def shorten(tree: Node) -> None:
    """Cut the long texts in the page's JSON-LD, in place; of long JSON that is none, nothing stays.

    trafilatura looks through them with patterns that take the square of a text's length.
    """
    for block in tree.xpath(_BLOCKS):
        if block.text is not None and len(block.text) > _PLAIN:
            block.text = _shortened(block.text)


def linked(tree: Node) -> Linked:
    """Return what the page's JSON-LD says."""
    things = [thing for block in tree.xpath(_BLOCKS) for thing in _things(block.text)]
    articles = [thing for thing in things if any(kind.endswith(_ARTICLES) for kind in _kinds(thing))]
    bodies = [body for thing in articles if isinstance(body := thing.get("articleBody"), str)]
    return Linked(
        article=bool(articles),
        listing=any(kind in _LISTS for thing in things for kind in _kinds(thing)),
        body=max(bodies, key=len, default=None),
        free=not any(str(thing.get("isAccessibleForFree")).lower() == "false" for thing in articles),
    )


def _shortened(source: str) -> str:
    try:
        return json.dumps(_cut(json.loads(source, strict=False))) if len(source) <= _LETTERS else ""
    except (ValueError, RecursionError):
        return ""


def _cut(value: object) -> object:
    if isinstance(value, list):
        return [_cut(item) for item in value]
    if isinstance(value, dict):
        return {key[:_BRIEF]: _cut(item) for key, item in value.items()}
    return value[:_BRIEF] if isinstance(value, str) else value


def _things(source: str | None) -> list[Mapping[str, object]]:
    if source is None or len(source) > _LETTERS:
        return []
    try:
        return list(_flat(json.loads(source, strict=False), _DEPTH))
    except (ValueError, RecursionError):
        return []


def _flat(value: object, depth: int) -> Iterator[Mapping[str, object]]:
    """The things themselves and those that they are about, not those that they mention."""
    if depth == 0:
        return
    if isinstance(value, list):
        for item in value:
            yield from _flat(item, depth - 1)
    elif isinstance(value, dict):
        yield value
        yield from _flat(value.get("@graph"), depth - 1)
        yield from _flat(value.get("mainEntity"), depth - 1)


def _kinds(thing: Mapping[str, object]) -> Sequence[str]:
    kind = thing.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return [kind for kind in kinds if isinstance(kind, str)]
