"""What a site says on many of its pages is the site's and not an article's: found by counting, in a whole build.

A sentence is furniture where enough articles of one site hold it word for word (case and white space apart).
Copies of an article say nothing: an article that mostly repeats others (a live page in its next version, a wire
story on two pages) does not count, and no other site is looked at, so that a wire story stays quotable everywhere.
What is counted of an article, its lines, is kept beside it: a build cuts only what is new, and counts everything.
Invariant: what is found depends on the articles alone, not on their order or on earlier builds.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
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


_LINE = np.dtype([("digest", "<i8"), ("length", "<u4"), ("addressed", "?")])
"""A sentence that may be repeated: its digest, its code points, and whether it speaks to the reader."""

Lines = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Repeated:
    """The lines that sites repeat: digests by site."""

    sites: Mapping[str, Set[int]]

    def holds(self, article: Article, sentence: Sentence) -> bool:
        """Tell whether an article's sentence is such a line."""
        lines = self.sites.get(site_of(article))
        return bool(lines) and _is_long(text := _folded(article, sentence)) and _digest(text) in (lines or ())

    def changes(self, other: "Repeated") -> "Repeated":
        """Return the lines that only one of the two holds."""
        sites = self.sites.keys() | other.sites.keys()
        return Repeated({site: set(self.sites.get(site, ())) ^ set(other.sites.get(site, ())) for site in sites})


class RepeatedLines:
    """Counts lines: those of all articles in, as ``pack_lines`` gave them, then what is repeated, and by whom."""

    def __init__(self, articles: Iterable[tuple[int, str, bytes]]) -> None:
        """Take each article's number, site and lines."""
        owners: dict[str, list[int]] = {}
        packed: dict[str, list[bytes]] = {}
        for number, site, lines in articles:
            owners.setdefault(site, []).append(number)
            packed.setdefault(site, []).append(lines)
        self._sites = {site: _Site.of(numbers, packed[site]) for site, numbers in owners.items()}

    def found(self) -> Repeated:
        """Return what is repeated."""
        return Repeated({name: lines for name, site in self._sites.items() if (lines := site.repeated())})

    def holding(self, repeated: Repeated) -> set[int]:
        """Return the numbers of the articles that hold one of these lines."""
        sites = ((site, repeated.sites.get(name)) for name, site in self._sites.items())
        return {number for site, lines in sites if lines for number in site.holding(lines)}


@dataclass(frozen=True, slots=True)
class _Site:
    """The lines of one site's articles: the numbers of those, and of each line the place of its article in them."""

    numbers: npt.NDArray[np.int64]
    lines: Lines
    owners: npt.NDArray[np.int64]

    @classmethod
    def of(cls, numbers: list[int], packed: list[bytes]) -> "_Site":
        counts = [len(lines) // _LINE.itemsize for lines in packed]
        return cls(
            np.array(numbers), np.frombuffer(b"".join(packed), _LINE), np.repeat(np.arange(len(numbers)), counts)
        )

    def holding(self, lines: Set[int]) -> Iterator[int]:
        found = np.isin(self.lines["digest"], np.array(list(lines), np.int64))
        yield from self.numbers[np.unique(self.owners[found])].tolist()

    def repeated(self) -> frozenset[int]:
        """Count the articles that hold each line and are no copies; those that are enough make it the site's."""
        articles = len(self.numbers)
        if articles < _ADDRESSED_LEAST or not len(self.lines):
            return frozenset()
        digests, first, place, held = np.unique(
            self.lines["digest"], return_index=True, return_inverse=True, return_counts=True
        )
        original = _originals(self.owners, self.lines["length"], held[place] > 1)
        counts = np.bincount(place, weights=original[self.owners])
        addressed = self.lines["addressed"][first] & (counts >= max(_ADDRESSED_LEAST, _ADDRESSED_SHARE * articles))
        return frozenset(digests[addressed | (counts >= max(_LEAST, _SHARE * articles))].tolist())


def site_of(article: Article) -> str:
    """Return whose page an article is; of an unknown site its source's."""
    return article.site or f"source {article.source}"


def pack_lines(article: Article, sentences: Iterable[Sentence]) -> bytes:
    """Return what is counted of an article with these sentences; one that occurs twice in it counts once."""
    texts = {_digest(text): text for one in sentences if _is_long(text := _folded(article, one))}
    lines = [(digest, len(text), _is_addressed(text)) for digest, text in texts.items()]
    return np.array(lines, _LINE).tobytes()


def _originals(
    owners: npt.NDArray[np.int_], lengths: npt.NDArray[np.int_], shared: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Tell of each article whether most of it stands in no other."""
    whole = np.bincount(owners, weights=lengths)
    copied = np.bincount(owners, weights=lengths * shared)
    return copied <= _COPIED * whole


def _is_addressed(text: str) -> bool:
    """Tell whether a folded sentence speaks to the reader and is no quotation."""
    said = text[0] in "\"'“‘«„" or text[-1] in "\"'”’»"
    return not said and bool(_ADDRESSED.search(text))


def _is_long(text: str) -> bool:
    """Tell whether a sentence is long enough to be a statement: names and headings are repeated by chance."""
    return text.count(" ") + 1 >= _WORDS


def _folded(article: Article, sentence: Sentence) -> str:
    return " ".join(article.text[sentence.start : sentence.end].split()).casefold()


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True)
