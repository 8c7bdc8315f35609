"""JSON Feed, versions 1.0 and 1.1: https://www.jsonfeed.org/version/1.1/

Takes what is there and of the right type, and leaves out the rest: an entry without an address, an author
without a name. Does not follow ``next_url``.
"""

import json
from collections.abc import Iterator
from typing import Any

from index.errors import FormatError
from index.records import Listed
from index.sources.web.addresses import web_address
from index.sources.web.moments import moment
from index.sources.web.wholeness import as_html, is_whole, plain, title

_OBJECTS_AN_ENTRY = 20
"""An entry is one, its authors and attachments are others."""

_MOST_VALUES = 2_000_000
"""Commas and colons: what makes more of them is no feed, and a gigabyte of memory once it is read."""


def read_json_entries(text: str, url: str, most: int) -> Iterator[Listed]:
    """Yield the pages of a JSON Feed in its own order.

    Raises:
        FormatError: it is no JSON Feed, or has more than ``most`` entries.
    """
    if text.count("{") > _OBJECTS_AN_ENTRY * (most + 1) or text.count(",") + text.count("[") > _MOST_VALUES:
        raise FormatError(f"it has more than {most} entries, or more in them than entries have")
    feed = _loaded(text)
    items = feed.get("items")
    if "jsonfeed.org" not in str(feed.get("version")) or not isinstance(items, list):
        raise FormatError('it is JSON and no JSON Feed: that has a "version" of jsonfeed.org and "items"')
    if len(items) > most:
        raise FormatError(f"it has more than {most} entries")
    for item in items:
        listed = _listed(item, url, _authors(feed)) if isinstance(item, dict) else None
        if listed is not None:
            yield listed


def _loaded(text: str) -> dict[str, Any]:
    try:
        feed, _ = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise FormatError(f"it is no valid JSON: {reason}") from error
    return feed if isinstance(feed, dict) else {}


def _listed(item: dict[str, Any], base: str, inherited: str | None) -> Listed | None:
    identity = _text(item.get("id")) or ""
    written = _text(item.get("url")) or (identity if identity.startswith(("http://", "https://")) else None)
    address = web_address(written, base) if written else None
    if address is None:
        return None
    content, whole = _content(item)
    modified = _text(item.get("date_modified"))
    return Listed(
        url=address,
        title=title(_text(item.get("title")) or "", markup=False),
        published=moment(item.get("date_published")) or moment(modified),
        author=_authors(item) or inherited,
        modified=modified,
        content=content,
        whole=whole,
    )


def _content(item: dict[str, Any]) -> tuple[str | None, bool]:
    """The entry's HTML, else its text or summary as HTML, and whether it is the whole article."""
    html, text, summary = (_text(item.get(key)) for key in ("content_html", "content_text", "summary"))
    if html:
        return html, is_whole(plain(html), summary=False)
    if text:
        return as_html(text), is_whole(text, summary=False)
    return (as_html(summary), is_whole(summary, summary=True)) if summary else (None, False)


def _authors(holder: dict[str, Any]) -> str | None:
    """The names in ``authors`` (1.1) or ``author`` (1.0)."""
    authors = holder.get("authors")
    listed = authors if isinstance(authors, list) else [holder.get("author")]
    names = [_text(author.get("name")) for author in listed if isinstance(author, dict)]
    return ", ".join(title(name, markup=False) or "" for name in names if name) or None


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
