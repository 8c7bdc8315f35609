"""From articles to stories: who is near to whom, and which of an outlet's versions counts.

Two articles are near when the share of runs in common (Jaccard similarity) is at least what the settings say, or when
one stands nearly whole in the other, a wire story in a frame. A story is what is near to its newest article, so that
no chain of small changes joins what differs. Invariant: no two articles are joined that were not compared exactly.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from index.duplicates.runs import RUN, Numbers, runs_of
from index.duplicates.signatures import bands_of
from index.records import Article, Trace

Places = npt.NDArray[np.int64]
"""Where texts stand among others: (n,)."""

CONTAINED, CONTAINED_RUNS = 0.9, 100 - RUN + 1
"""An article of a hundred words or more is near to one that holds this share of its runs. Signatures bring the two
together where it is about half of the other or more. In 2 261 news articles no two were joined by this alone."""

_COMPARED = 8
"""Newest articles of stories that an article is compared with: those with most bands in common."""
_BATCH = 256
"""Articles that are traced at a time."""
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

    def of(self, ids: Set[str]) -> "Stories":
        """Return what is told of some articles."""
        return Stories({id_: story for id_, story in self.groups.items() if id_ in ids}, self.superseded & ids)

    def joined(self, other: "Stories") -> "Stories":
        """Return what both tell, of different articles."""
        return Stories({**self.groups, **other.groups}, self.superseded | other.superseded)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was ``found`` before some articles ``changed``: the traces of those, as they were and as they are."""

    found: Stories
    changed: Sequence[Trace]


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


def trace(articles: Iterable[Article], similarity: float) -> Iterator[Trace]:
    """Yield what has to be known of each article to find its copies; of one article it is always the same."""
    waiting = iter(articles)
    while batch := list(islice(waiting, _BATCH)):
        runs = [runs_of(article.text) for article in batch]
        bands = iter(bands_of([one for one in runs if len(one)], similarity))
        for article, one in zip(batch, runs, strict=True):
            published = article.published.isoformat() if article.published else ""
            own = next(bands).astype("<u8").tobytes() if len(one) else b""
            yield Trace(article.id, published, _outlet(article), own)


def find_stories(
    traces: Iterable[Trace],
    read: Callable[[Set[str]], Iterable[Article]],
    similarity: float,
    earlier: Earlier | None = None,
) -> Stories:
    """Find the near-copies among the traced articles, in whatever order they come.

    ``read`` returns the articles of some ids: those that may be copies are compared. ``similarity``: the Jaccard
    similarity, above 0 and at most 1, from which on two articles are near; the traces must be of the same.
    ``earlier``: what was found by the same similarity; articles that no chain of bands in common joins with one that
    changed are neither read nor compared again, since what is told of each such chain depends on it alone.
    """
    worded = [one for one in traces if one.bands]
    bands = _bands(worded)
    candidates = _shared(bands)
    anew = candidates if earlier is None else candidates[_reached(bands[candidates], _bands(earlier.changed))]
    entries = [_entry(worded[place], place) for place in anew.tolist()]
    told = _compare(sorted(entries, reverse=True), bands, read, similarity)
    if earlier is None:
        return told
    return told.joined(earlier.found.of({worded[place].id for place in np.setdiff1d(candidates, anew).tolist()}))


def _compare(
    candidates: Sequence[_Entry], bands: Numbers, read: Callable[[Set[str]], Iterable[Article]], similarity: float
) -> Stories:
    articles = read({entry.id for entry in candidates}) if candidates else ()
    texts = _Texts({article.id: np.unique(runs_of(article.text)) for article in articles}, similarity)
    return _told(_groups(candidates, bands, texts.nearness), texts.are_versions)


def _entry(one: Trace, place: int) -> _Entry:
    return _Entry(one.published, one.id, one.outlet, place)


def _bands(traces: Iterable[Trace]) -> Numbers:
    """Return the bands of the traced texts that have words: (n, bands)."""
    found = [one.bands for one in traces if one.bands]
    return np.frombuffer(b"".join(found), "<u8").reshape(len(found), -1 if found else 0)


def _outlet(article: Article) -> str:
    """Return who published an article: the host of its address, without one its source."""
    try:
        host = urlsplit(article.url or "").hostname
    except ValueError:  # an address that is none
        host = None
    return host.removeprefix("www.") if host else f"source {article.source}"


def _shared(bands: Numbers) -> Places:
    """Return the places of the texts that have a band in common with another, ascending."""
    shared: npt.NDArray[np.bool_] = np.zeros(len(bands), np.bool_)
    for band in bands.T:
        order = np.argsort(band)
        same = np.flatnonzero(band[order[1:]] == band[order[:-1]])
        shared[order[same]] = shared[order[same + 1]] = True
    return np.flatnonzero(shared)


def _reached(bands: Numbers, changed: Numbers) -> Places:
    """Return the places of the texts that have a band in common with one that changed, or with one that has, and so on.

    ``bands`` (n, bands) and ``changed`` (m, bands); ascending.
    """
    reached: npt.NDArray[np.bool_] = np.zeros(len(bands), np.bool_)
    found = changed
    while len(found):
        near: npt.NDArray[np.bool_] = np.zeros(len(bands), np.bool_)
        for band, wanted in zip(bands.T, found.T, strict=len(bands) > 0):
            near |= np.isin(band, wanted)
        found = bands[near & ~reached]
        reached |= near
    return np.flatnonzero(reached)


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
