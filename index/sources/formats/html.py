"""Saved web pages: their main text and what the page says about itself.

Navigation, footers, comments and consent banners are dropped. A block stands between blank lines, list items
and table rows on lines of their own, all without bullets, so that a quote is also found in the page by its
words. Dates are taken from the page's markup only: those in its text may be of anything.
"""

from collections.abc import Iterator
from pathlib import Path

from index.errors import FormatError
from index.records import Draft
from index.sources import extraction
from index.sources.formats import fields


def read(path: Path) -> Iterator[Draft]:
    """Yield the page's article.

    Raises:
        FormatError: the file is no page, or nothing in it reads like an article.
    """
    found = extraction.extract(extraction.decoded(path.read_bytes()))
    if found is None or not found.text:
        raise FormatError("nothing in the page reads like an article")
    yield Draft(
        found.text,
        title=fields.words(found.title),
        url=fields.link(found.url),
        published=fields.day(found.published),
        author=fields.words(found.authors),
        site=fields.words(found.site),
        language=found.language,
    )
