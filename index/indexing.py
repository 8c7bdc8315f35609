"""From articles to a verified snapshot: cut and encode what is new, write, check, name. It publishes nothing.

What an earlier snapshot holds of an article that has not changed is taken over; what depends on other articles, copies
and lines that a site repeats, is found anew from what was kept of each. ``index.shape`` tells when nothing may be taken
over.

Invariants: the index is the same as one that was made of nothing, but for the centroids of the vectors' lists, where
there are so many vectors that they lie in lists; a name is only given to a snapshot that passed its verification.
"""

import logging
import time
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.cache import VectorCache
from index.duplicates import Earlier, Stories, find_stories, trace
from index.encoder import Encoder, text_to_encode
from index.encoder.spreading import Spreading
from index.errors import BuildError, SnapshotError
from index.layout import SnapshotLayout
from index.passages import cut_passages
from index.progress import Progress
from index.records import Article, Manifest
from index.sentences.repeated import Repeated, RepeatedLines, pack_lines, site_of
from index.settings import DuplicatesSection, IndexSection, VectorsSection
from index.snapshot import Snapshot, Store
from index.snapshot.checks import check_contents
from index.snapshot.manifest import write_manifest
from index.snapshot.writing import Origin, SnapshotWriter
from index.trust import learn_trust
from index.vectors import Halves, Ids, kept_rows, write_vectors

log = logging.getLogger(__name__)

_PART = 16_384
"""Vectors that are in memory at a time when they are gathered."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """Of each passage its ``ids`` (n,), ascending, its vector's key, and whether that is taken over."""

    ids: Ids
    keys: Sequence[bytes]
    held: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, writer: SnapshotWriter, *, held_counts: bool) -> "_Keys":
        numbers, keys = array("q"), list[bytes]()
        for id_, key in writer.passage_keys():
            numbers.append(id_)
            keys.append(key)
        ids = np.array(numbers, np.int64)
        added = np.fromiter(writer.added(), np.int64)
        return cls(ids, keys, ~np.isin(ids, added) if held_counts else np.zeros(len(ids), np.bool_))

    def part(self, part: slice) -> "_Keys":
        return _Keys(self.ids[part], self.keys[part], self.held[part])


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
    spreading: Spreading
    section: IndexSection
    duplicates: DuplicatesSection
    progress: Progress
    now: Callable[[], datetime]

    def index(self, articles: Articles, origin: Origin, base: SnapshotLayout | None = None) -> Indexed:
        """Make a snapshot of the articles, but for the superseded ones.

        ``base``: a sound snapshot of the same settings and encoder; what has not changed since is taken over from it.

        Raises:
            BuildError: there is nothing to search for in them, or the snapshot did not pass its verification.
        """
        layout, engine = SnapshotLayout(self.store.layout.building), self.store.engine
        in_files = engine.engine == "faiss"
        with SnapshotWriter(layout, base, words_elsewhere=engine.words == "engine") as writer:
            stories = self._fill(writer, articles)
            # vectors elsewhere are not fetched back: the cache has them
            keys = _Keys.of(writer, held_counts=base is not None and in_files)
            if not keys.keys:
                raise BuildError("the sources hold not one article with words: nothing was published")
            pending = self._pending(writer, keys)
            seconds = self._encode(writer, pending)
            rows = self._gather(layout.folder, keys, base)
            vectors = write_vectors(
                layout.vectors,
                keys.ids,
                rows,
                base.vectors if base and in_files else None,
                engine,
                "" if in_files else self.store.owner(),
                writer.word_rows(),
            )
            foreign = {one for one in writer.languages() if not self.section.covers(one)}
            manifest = writer.finish(vectors, origin, self.now())
        if foreign:
            manifest = self._with_trust(layout, manifest, foreign)
        # Where the model is loaded anyway, a sample is encoded again: a cache of wrong vectors is found out.
        _verify(layout, engine, self.encoder if pending else None)
        name = self.store.adopt(layout.folder, manifest)
        log.info("%d passages, %d of them encoded, in %.0f ms", len(keys.keys), len(pending), 1000 * seconds)
        self.cache.mark(name, keys.keys)
        return Indexed(name, len(pending), seconds, len(stories.superseded), len(stories.groups))

    def _fill(self, writer: SnapshotWriter, articles: Articles) -> Stories:
        """Bring what the writer began with up to date with the articles."""
        wanted = articles.digests()
        earlier = self._note(writer, articles, wanted)
        stories = find_stories(writer.traces(), articles.read, self.duplicates.similarity, earlier)
        writer.remove(stories.superseded)
        missing = wanted.keys() - stories.superseded - writer.article_ids()
        added = {self._cut(article, writer) for article in articles.read(missing)}
        writer.group(stories.groups)
        _mark_repeated(writer, added)
        return stories

    def _note(self, writer: SnapshotWriter, articles: Articles, wanted: Mapping[str, str]) -> Earlier | None:
        """Forget the articles that left or changed, note those that came or changed; return what was found before.

        ``None``: there was nothing.
        """
        known = writer.known()
        fresh = {id_ for id_, digest in wanted.items() if known.get(id_) != digest}
        left = known.keys() - wanted.keys() | known.keys() & fresh
        found = Stories(writer.stories(), frozenset(known.keys() - writer.article_ids()))
        before = writer.traces_of(left)
        writer.forget(left)
        for one in trace(articles.read(fresh), self.duplicates.similarity):
            writer.note(one, wanted[one.id])
        return Earlier(found, [*before, *writer.traces_of(fresh)]) if known else None

    def _cut(self, article: Article, writer: SnapshotWriter) -> int:
        cut = cut_passages(article, self.section.passage_words, self.section.shared_sentences)
        keys = [self.cache.key(text_to_encode(article.title, article.text[p.start : p.end])) for p in cut]
        lines = pack_lines(article, (sentence for passage in cut for sentence in passage.sentences))
        return writer.add(article, cut, keys, site_of(article), lines)

    def _pending(self, writer: SnapshotWriter, keys: "_Keys") -> list[int]:
        """Return the passages that have to be encoded, one for each vector, the longest first."""
        fresh = {key: id_ for id_, key, held in zip(keys.ids.tolist(), keys.keys, keys.held, strict=True) if not held}
        # Longest first: texts of a length share a batch without padding, and the time left errs upwards.
        return writer.longest_first([fresh[key] for key in self.cache.missing(fresh)])

    def _gather(self, folder: Path, keys: "_Keys", base: SnapshotLayout | None) -> Halves:
        """Return the passages' vectors, in a file without a name: memory holds a part of them at a time."""
        before = kept_rows(base.vectors) if base and keys.held.any() else None
        width = 0
        with TemporaryFile(dir=folder) as file:
            for start in range(0, len(keys.ids), _PART):
                rows = self._rows(keys.part(slice(start, start + _PART)), before)
                width = rows.shape[1]
                file.write(rows.data)
            file.flush()
            return np.memmap(file, np.float16, "r", shape=(len(keys.ids), width))

    def _rows(self, keys: "_Keys", before: Callable[[Ids], Halves] | None) -> Halves:
        """Return the vectors of some passages: those that were in the snapshot before from there."""
        if before is None or not keys.held.any():
            return self.cache.fetch(keys.keys).astype(np.float16)
        some = keys.ids[keys.held][0]  # where there is nothing to take over, any row keeps the place
        rows = before(np.where(keys.held, keys.ids, some))
        if fresh := [key for key, is_held in zip(keys.keys, keys.held, strict=True) if not is_held]:
            rows[~keys.held] = self.cache.fetch(fresh)
        return rows

    def _with_trust(self, layout: SnapshotLayout, manifest: Manifest, languages: set[str]) -> Manifest:
        """Learn from the written index how far the encoder is to be trusted in languages that it was not made for."""
        with Snapshot.open(layout.folder, verify=False, engine=self.store.engine) as snapshot:
            learned = replace(manifest, trust=learn_trust(snapshot, self.encoder, languages))
        write_manifest(layout, learned)
        return learned

    def _encode(self, writer: SnapshotWriter, pending: Sequence[int]) -> float:
        """Encode passages, a part at a time, and return the seconds it took, without those of loading the model."""
        if not pending:
            return 0.0
        _ = self.encoder.dimension
        started, done = time.monotonic(), 0
        self.progress("encoding", done, len(pending))
        with closing(self.spreading.encoded(pending, partial(_texts, writer))) as parts:
            for keys, vectors in parts:
                self.cache.put(keys, vectors)
                done += len(keys)
                self.progress("encoding", done, len(pending))
        return time.monotonic() - started


def _texts(writer: SnapshotWriter, passages: Sequence[int]) -> list[tuple[bytes, str]]:
    return [(key, text_to_encode(title, text)) for key, title, text in writer.texts(passages)]


def _mark_repeated(writer: SnapshotWriter, added: Set[int]) -> None:
    """Mark what sites repeat in the articles that were added, and in others where that is no longer the same."""
    lines, before = RepeatedLines(writer.lines()), Repeated(writer.repeated())
    found = lines.found()
    numbers = lines.holding(found) & added | lines.holding(found.changes(before))
    writer.revise(numbers, found.sites, found.holds)


def _verify(layout: SnapshotLayout, engine: VectorsSection, encoder: Encoder | None) -> None:
    try:
        # its digests were made a moment ago, by reading its files
        with Snapshot.open(layout.folder, verify=False, engine=engine) as snapshot:
            snapshot.check_elsewhere()
            check_contents(snapshot, encoder.encode if encoder else None)
    except SnapshotError as error:
        raise BuildError(f"the new snapshot did not pass its verification, nothing was published: {error}") from error
