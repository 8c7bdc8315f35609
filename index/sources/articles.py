"""From a draft to the article that is stored: the one place where text is normalised and gaps are filled.

A title comes from the first line or the file's name, a language from the words, a site from the address; a
date or an author is never made up. The text itself is only normalised: a first line that repeats the title
stays, because places in a text that others hold (an evaluation set, a link) have to stay true, and because
the sentence stage knows headings and quotes none.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from index.errors import FormatError
from index.records import Article, Draft, Failure, revision
from index.sources import language, normalise

EXTRACTION = 1
"""Part of every fingerprint: raise it when a format, the normalising or the filling of gaps gets better, and
the next build reads everything again."""

_TITLE_LENGTH = 120
"""Code points. Longer first lines are sentences of the text; the longest headlines are about as long."""


def articles(
    drafts: Iterable[Draft | Failure], document: str, location: str, source: str
) -> Iterator[Article | Failure]:
    """Yield each draft's article; of a document with many, one without text is a failure of its line.

    ``document`` is the id of the document, ``location`` is where people find it, ``source`` the label.

    Raises:
        FormatError: the document's one draft has no text.
    """
    for draft in drafts:
        yield draft if isinstance(draft, Failure) else _article_or_failure(draft, document, location, source)


def _article_or_failure(draft: Draft, document: str, location: str, source: str) -> Article | Failure:
    try:
        return article(draft, document, source)
    except FormatError as error:
        if draft.line is None:
            raise
        return Failure(f"{location}:{draft.line}", str(error))


def article(draft: Draft, document: str, source: str) -> Article:
    """Return the draft as it is stored.

    Raises:
        FormatError: it has no text.
    """
    text = normalise.text(draft.text)
    if not text:
        raise FormatError("no text")
    place = document if draft.line is None else f"{document}#{draft.line}"
    title = _line(draft.title) or _title(text, place)
    return Article(
        id=_line(draft.id) or place,
        title=title,
        text=text,
        url=draft.url,
        published=draft.published,
        author=_line(draft.author),
        site=_line(draft.site) or _site(draft.url),
        language=language.declared(draft.language) or language.detected(text),
        source=source,
        revision=revision(title, text),
    )


def _line(text: str | None) -> str | None:
    return normalise.line(text) or None if text is not None else None


def _title(text: str, place: str) -> str:
    first = normalise.line(text.partition("\n")[0])
    return first if len(first) <= _TITLE_LENGTH else _readable(place)


def _readable(place: str) -> str:
    """A file's name as people would write it: ``2024/bees-and_flowers.txt`` is "Bees and flowers"."""
    path, _, line = place.partition("#")
    name = PurePosixPath(path).name.partition(".")[0] or place
    words = " ".join(re.split(r"[\s_-]+", f"{name} {line}")).strip() or place
    return words[0].upper() + words[1:]


def _site(url: str | None) -> str | None:
    host = urlsplit(url).hostname if url else None
    return host.removeprefix("www.") if host else None
