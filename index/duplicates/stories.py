"""From articles to stories: who is near to whom, and which of an outlet's versions counts.

Two articles are near when the share of runs in common (Jaccard similarity) is at least what the settings say, or when
one stands nearly whole in the other, a wire story in a frame. A story is what is near to its newest article, so that
no chain of small changes joins what differs. Invariant: no two articles are joined that were not compared exactly.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from index.duplicates.runs import RUN, Numbers, runs_of
from index.duplicates.signatures import bands_of
from index.records import Article

CONTAINED, CONTAINED_RUNS = 0.9, 100 - RUN + 1
"""An article of a hundred words or more is near to one that holds this share of its runs. Signatures bring the two
together where it is about half of the other or more. In 2 261 news articles no two were joined by this alone."""

_COMPARED = 8
"""Newest articles of stories that an article is compared with: those with most bands in common."""
_CROWDED = 16
"""Articles that differ and have one band in common: it is a site's frame, and further ones are not looked up by it."""


@dataclass(frozen=True, slots=True)
class Stories:
    """Which articles tell the same.

    ``groups``: to each article that has copies the id of its story, which is that of the first published of them.
    ``superseded``: articles of which their outlet has published a newer version; they are in no group.
    """

    groups: Mapping[str, str]
    superseded: frozenset[str]


@dataclass(frozen=True, slots=True, order=True)
class _Entry:
    """An article without its text, in the order of publishing; what has no day counts as oldest."""

    published: str
    id: str
    outlet: str = field(compare=False)
    place: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Texts:
    """The runs of the articles that may have copies, ascending, by article id."""

    runs: Mapping[str, Numbers]
    similarity: float

    def nearness(self, a: _Entry, b: _Entry) -> float:
        """Return how similar two articles are that are near, 0 where they are not."""
        common, either, shorter = self._compared(a, b)
        # among texts of one length, of which neither is a frame, the Jaccard similarity alone decides
        least = max(CONTAINED, 2 * self.similarity / (1 + self.similarity))
        held = shorter >= CONTAINED_RUNS and common >= least * shorter
        return common / either if held or common >= self.similarity * either else 0.0

    def are_versions(self, a: _Entry, b: _Entry) -> bool:
        """Tell whether two articles are versions of one: days say which is newer, and neither only holds the other."""
        common, either, _ = self._compared(a, b)
        return bool(a.published and b.published) and common >= self.similarity * either

    def _compared(self, a: _Entry, b: _Entry) -> tuple[int, int, int]:
        """Return the runs that both have, that either has, and that the shorter one has."""
        one, other = self.runs[a.id], self.runs[b.id]
        common = len(np.intersect1d(one, other, assume_unique=True))
        return common, len(one) + len(other) - common, min(len(one), len(other))


def find_stories(articles: Callable[[], Iterable[Article]], similarity: float) -> Stories:
    """Find the near-copies among the articles, which are gone through twice, in whatever order.

    ``similarity``: the Jaccard similarity, above 0 and at most 1, from which on two articles are near.
    """
    entries: list[_Entry] = []
    bands = bands_of(_noted(articles(), entries), similarity)
    candidates = sorted((entries[place] for place in _shared(bands)), reverse=True)
    wanted = {entry.id for entry in candidates}
    read = (article for article in articles() if article.id in wanted) if wanted else ()
    texts = _Texts({article.id: np.unique(runs_of(article.text)) for article in read}, similarity)
    return _told(_groups(candidates, bands, texts.nearness), texts.are_versions)


def _noted(articles: Iterable[Article], entries: list[_Entry]) -> Iterator[Numbers]:
    """Yield the runs of each article that has words, and note who it is."""
    for article in articles:
        if len(runs := runs_of(article.text)):
            published = article.published.isoformat() if article.published else ""
            entries.append(_Entry(published, article.id, _outlet(article), len(entries)))
            yield runs


def _outlet(article: Article) -> str:
    """Return who published an article: the host of its address, without one its source."""
    try:
        host = urlsplit(article.url or "").hostname
    except ValueError:  # an address that is none
        host = None
    return host.removeprefix("www.") if host else f"source {article.source}"


def _shared(bands: Numbers) -> list[int]:
    """Return the places of the texts that have a band in common with another, ascending."""
    shared: npt.NDArray[np.bool_] = np.zeros(len(bands), np.bool_)
    for band in bands.T:
        order = np.argsort(band, kind="stable")
        same = np.flatnonzero(band[order[1:]] == band[order[:-1]])
        shared[order[same]] = shared[order[same + 1]] = True
    return np.flatnonzero(shared).tolist()


def _groups(
    candidates: Sequence[_Entry], bands: Numbers, nearness: Callable[[_Entry, _Entry], float]
) -> list[list[_Entry]]:
    """Group candidates, newest first: each joins the story whose newest article it is nearest to, or begins one."""
    groups: list[list[_Entry]] = []
    listed: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for entry in candidates:
        keys = list(enumerate(bands[entry.place].tolist()))
        common = Counter(number for key in keys for number in listed.get(key, ()))
        likely = sorted(common, key=lambda number: (-common[number], number))[:_COMPARED]
        near = {number: nearness(groups[number][0], entry) for number in likely}
        best = max(sorted(near), key=near.__getitem__, default=None)
        if best is not None and near[best]:
            groups[best].append(entry)
            continue
        for key in keys:
            if len(listed[key]) < _CROWDED:
                listed[key].append(len(groups))
        groups.append([entry])
    return groups


def _told(groups: Iterable[Sequence[_Entry]], are_versions: Callable[[_Entry, _Entry], bool]) -> Stories:
    """Leave out what was superseded, and name each story that several articles still tell."""
    names: dict[str, str] = {}
    superseded: set[str] = set()
    for group in groups:
        kept = _newest_versions(group, are_versions)
        superseded |= {entry.id for entry in group} - {entry.id for entry in kept}
        if len(kept) > 1:
            first = min(kept, key=lambda entry: (not entry.published, entry))
            names |= {entry.id: first.id for entry in kept}
    return Stories(names, frozenset(superseded))


def _newest_versions(group: Sequence[_Entry], are_versions: Callable[[_Entry, _Entry], bool]) -> list[_Entry]:
    """Return of a story, newest first, what no newer article of the same outlet is a version of."""
    kept: list[_Entry] = []
    for entry in group:
        if not any(other.outlet == entry.outlet and are_versions(other, entry) for other in kept):
            kept.append(entry)
    return kept
