"""What a page and its server say on being indexed: the directives of ``robots`` in meta elements and headers.

https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag
"""

from collections.abc import Iterator, Sequence

_AGENTS = ("googlebot", "verbatim")
"""Whose directives bind us beside everybody's: what is kept from the largest search engine is kept from us."""

_VALUED = ("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview")
_FORBIDDING = ("noindex", "none")


def is_indexable(meta: Sequence[str], headers: Sequence[str]) -> bool:
    """Tell whether the page may be indexed: ``meta`` are single directives, ``headers`` values of X-Robots-Tag."""
    said = [*meta, *(directive for header in headers for directive in _binding(header))]
    return not any(directive.strip().lower() in _FORBIDDING for directive in said)


def _binding(header: str) -> Iterator[str]:
    """The directives for us: "otherbot: noindex, nofollow" is for that agent up to the next one named."""
    ours = True
    for part in header.split(","):
        name, colon, rest = part.strip().partition(":")
        if colon and name.strip().lower() in _VALUED:
            continue
        if colon:
            ours = name.strip().lower() in _AGENTS
        if ours:
            yield rest if colon else name
