"""From articles to a verified snapshot: cut and encode what is new, write, check, name. It publishes nothing.

What an earlier snapshot holds of an article that has not changed is taken over; what depends on other articles, copies
and lines that a site repeats, is found anew from what was kept of each. ``index.shape`` tells when nothing may be taken
over.

Invariants: the index is the same as one that was made of nothing; a name is only given to a snapshot that passed its
verification.
"""

import logging
import time
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from index.cache import VectorCache
from index.duplicates import Stories, find_stories, trace
from index.encoder import Encoder, text_to_encode
from index.errors import BuildError, SnapshotError
from index.layout import SnapshotLayout
from index.passages import cut_passages
from index.progress import Progress
from index.records import Article, Manifest
from index.sentences.repeated import Repeated, RepeatedLines, pack_lines, site_of
from index.settings import DuplicatesSection, IndexSection
from index.snapshot import Snapshot, Store
from index.snapshot.checks import check_contents
from index.snapshot.manifest import write_manifest
from index.snapshot.writing import Origin, SnapshotWriter
from index.trust import learn_trust
from index.vectors import VectorIndex

log = logging.getLogger(__name__)

_BATCHES = 8
"""Batches between two commits of vectors: what a build that dies has to encode again."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A snapshot that was made, and what the encoder had to do for it.

    ``superseded``: articles left out, since their outlet has a newer version of each; ``copies``: articles in it that
    tell the same as another one.
    """

    name: str
    encoded: int
    encode_seconds: float
    superseded: int
    copies: int


class Articles(Protocol):
    """All that is to be indexed."""

    def digests(self) -> Mapping[str, str]:
        """Return a digest of everything about each article, by its id."""
        ...

    def read(self, ids: Set[str]) -> Iterator[Article]:
        """Yield the articles of some ids."""
        ...


@dataclass(frozen=True, slots=True)
class Indexer:
    """Makes snapshots in one store with one encoder."""

    store: Store
    cache: VectorCache
    encoder: Encoder
    section: IndexSection
    duplicates: DuplicatesSection
    progress: Progress

    def index(self, articles: Articles, origin: Origin, base: SnapshotLayout | None = None) -> Indexed:
        """Make a snapshot of the articles, but for the superseded ones.

        ``base``: a sound snapshot of the same settings and encoder; what has not changed since is taken over from it.

        Raises:
            BuildError: there is nothing to search for in them, or the snapshot did not pass its verification.
        """
        layout = SnapshotLayout(self.store.layout.building)
        with SnapshotWriter(layout, base) as writer:
            stories = self._fill(writer, articles)
            keys = writer.keys()
            if not keys:
                raise BuildError("the sources hold not one article with words: nothing was published")
            pending = self._pending(writer, keys)
            seconds = self._encode(pending)
            ids = np.fromiter(keys, np.int64, len(keys))
            vectors = VectorIndex.build(ids, self.cache.fetch(list(keys.values())))
            foreign = {one for one in writer.languages() if not self.section.covers(one)}
            manifest = writer.finish(vectors, origin)
        if foreign:
            manifest = self._with_trust(layout, manifest, foreign)
        # Where the model is loaded anyway, a sample is encoded again: a cache of wrong vectors is found out.
        _verify(layout, self.encoder if pending else None)
        name = self.store.adopt(layout.folder, manifest)
        log.info("%d passages, %d of them encoded, in %.0f ms", len(keys), len(pending), 1000 * seconds)
        self.cache.mark(name, keys.values())
        return Indexed(name, len(pending), seconds, len(stories.superseded), len(stories.groups))

    def _fill(self, writer: SnapshotWriter, articles: Articles) -> Stories:
        """Bring what the writer began with up to date with the articles."""
        similarity = self.duplicates.similarity
        known, wanted = writer.known(), articles.digests()
        fresh = {id_ for id_, digest in wanted.items() if known.get(id_) != digest}
        writer.forget(known.keys() - wanted.keys() | known.keys() & fresh)
        for one in trace(articles.read(fresh), similarity):
            writer.note(one, wanted[one.id])
        stories = find_stories(writer.traces(), articles.read, similarity)
        writer.remove(stories.superseded)
        missing = wanted.keys() - stories.superseded - writer.article_ids()
        added = {self._cut(article, writer) for article in articles.read(missing)}
        writer.group(stories.groups)
        _mark_repeated(writer, added)
        return stories

    def _cut(self, article: Article, writer: SnapshotWriter) -> int:
        cut = cut_passages(article, self.section.passage_words, self.section.shared_sentences)
        keys = [self.cache.key(text_to_encode(article.title, article.text[p.start : p.end])) for p in cut]
        lines = pack_lines(article, (sentence for passage in cut for sentence in passage.sentences))
        return writer.add(article, cut, keys, site_of(article), lines)

    def _pending(self, writer: SnapshotWriter, keys: Mapping[int, bytes]) -> dict[bytes, str]:
        """Return the texts that have to be encoded, by the keys of their vectors."""
        missing = [id_ for id_, key in keys.items() if key not in self.cache]
        return {key: text_to_encode(title, text) for key, title, text in writer.texts(missing)} if missing else {}

    def _with_trust(self, layout: SnapshotLayout, manifest: Manifest, languages: set[str]) -> Manifest:
        """Learn from the written index how far the encoder is to be trusted in languages that it was not made for."""
        with Snapshot.open(layout.folder, verify=False) as snapshot:
            learned = replace(manifest, trust=learn_trust(snapshot, self.encoder, languages))
        write_manifest(layout, learned)
        return learned

    def _encode(self, pending: dict[bytes, str]) -> float:
        """Encode what is pending and return the seconds it took, without those of loading the model."""
        if not pending:
            return 0.0
        _ = self.encoder.dimension
        started = time.monotonic()
        # Longest first: texts of a length share a batch without padding, and the time left errs upwards.
        keys = sorted(pending, key=lambda key: -len(pending[key]))
        step = self.section.batch_size * _BATCHES
        for start in range(0, len(keys), step):
            self.progress("encoding", start, len(keys))
            part = keys[start : start + step]
            self.cache.put(part, self.encoder.encode([pending[key] for key in part]))
        self.progress("encoding", len(keys), len(keys))
        return time.monotonic() - started


def _mark_repeated(writer: SnapshotWriter, added: Set[int]) -> None:
    """Mark what sites repeat in the articles that were added, and in others where that is no longer the same."""
    lines, before = RepeatedLines(writer.lines()), Repeated(writer.repeated())
    found = lines.found()
    numbers = lines.holding(found) & added | lines.holding(found.changes(before))
    writer.revise(numbers, found.sites, found.holds)


def _verify(layout: SnapshotLayout, encoder: Encoder | None) -> None:
    try:
        with Snapshot.open(layout.folder) as snapshot:
            check_contents(snapshot, encoder.encode if encoder else None)
    except SnapshotError as error:
        raise BuildError(f"the new snapshot did not pass its verification, nothing was published: {error}") from error
