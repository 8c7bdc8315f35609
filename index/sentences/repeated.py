"""What a site says on many of its pages is the site's and not an article's: found by counting, in a whole build.

A sentence is furniture where enough articles of one site hold it word for word (case and white space apart).
Copies of an article say nothing: an article that mostly repeats others (a live page in its next version, a wire
story on two pages) does not count, and no other site is looked at, so that a wire story stays quotable everywhere.
Invariant: what is found depends on the articles alone, not on their order or on earlier builds.
"""

import re
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from index.records import Article, Sentence

_WORDS = 5
_LEAST, _SHARE = 8, 0.01
"""Articles that must hold any sentence. What stands in fewer is now and then the background that every article on
a matter explains again in the same words, and that questions ask for: in 1 700 articles of one site, up to 5."""
_ADDRESSED_LEAST, _ADDRESSED_SHARE = 4, 0.0025
"""Articles that must hold one that speaks to the reader ("your", "follow", "@name") and is no quotation."""
_COPIED = 0.5  # of an article's code points; an article with more of them in other articles is a copy

_ADDRESSED = re.compile(
    r"\b(?:you|your|our|us|sign up|subscri\w+|newsletters?|follow|contact|click|twitter|facebook|instagram|podcasts?"
    r"|contributing|updated|reporter|copyright|cookies)\b|@\w|https?:"
)


@dataclass(slots=True)
class _Site:
    """The sentences of one site: a digest, a length in code points and an article's number for each."""

    articles: int = 0
    digests: "array[int]" = field(default_factory=lambda: array("Q"))
    lengths: "array[int]" = field(default_factory=lambda: array("I"))
    owners: "array[int]" = field(default_factory=lambda: array("I"))


@dataclass(frozen=True, slots=True)
class Repeated:
    """The sentences that sites repeat: by site, in how many articles, by digest."""

    sites: Mapping[str, tuple[int, Mapping[int, int]]]

    def marked(self, article: Article, sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        """Return an article's sentences, those marked as furniture that its site repeats."""
        articles, counts = self.sites.get(_site(article), (0, {}))
        if not counts:
            return sentences
        return tuple(
            replace(one, furniture=True) if _is_repeated(_folded(article, one), articles, counts) else one
            for one in sentences
        )


class RepeatedLines:
    """Counts sentences: articles in, one after the other, then what is repeated."""

    def __init__(self) -> None:
        self._sites: dict[str, _Site] = {}

    def add(self, article: Article, sentences: Iterable[Sentence]) -> None:
        """Add an article with its sentences; one that occurs twice in it counts once."""
        site = self._sites.setdefault(_site(article), _Site())
        lines = {_digest(text): len(text) for one in sentences if _is_long(text := _folded(article, one))}
        site.digests.extend(lines.keys())
        site.lengths.extend(lines.values())
        site.owners.extend([site.articles] * len(lines))
        site.articles += 1

    def found(self) -> Repeated:
        """Return what is repeated."""
        return Repeated({name: (site.articles, _counts(site)) for name, site in self._sites.items()})


def _counts(site: _Site) -> dict[int, int]:
    """Count the articles that hold each sentence and are no copies; only those that may be enough."""
    if site.articles < _ADDRESSED_LEAST or not site.digests:
        return {}
    digests, place, held = np.unique(np.array(site.digests), return_inverse=True, return_counts=True)
    owners = np.array(site.owners)
    original = _originals(owners, np.array(site.lengths), held[place] > 1)
    counts = np.bincount(place, weights=original[owners])
    enough = counts >= _ADDRESSED_LEAST
    return dict(zip(digests[enough].tolist(), counts[enough].astype(int).tolist(), strict=True))


def _originals(
    owners: npt.NDArray[np.int_], lengths: npt.NDArray[np.int_], shared: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Tell of each article whether most of it stands in no other."""
    whole = np.bincount(owners, weights=lengths)
    copied = np.bincount(owners, weights=lengths * shared)
    return copied <= _COPIED * whole


def _is_repeated(text: str, articles: int, counts: Mapping[int, int]) -> bool:
    if not _is_long(text) or (held := counts.get(_digest(text), 0)) < _ADDRESSED_LEAST:
        return False
    if held >= max(_LEAST, _SHARE * articles):
        return True
    said = text[0] in "\"'“‘«„" or text[-1] in "\"'”’»"
    return held >= max(_ADDRESSED_LEAST, _ADDRESSED_SHARE * articles) and not said and bool(_ADDRESSED.search(text))


def _is_long(text: str) -> bool:
    """Tell whether a sentence is long enough to be a statement: names and headings are repeated by chance."""
    return text.count(" ") + 1 >= _WORDS


def _site(article: Article) -> str:
    return article.site or f"source {article.source}"


def _folded(article: Article, sentence: Sentence) -> str:
    return " ".join(article.text[sentence.start : sentence.end].split()).casefold()


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
