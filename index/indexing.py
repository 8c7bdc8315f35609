"""From articles to a verified snapshot: cut, encode what is new, write, check, name. It publishes nothing.

Invariant: a name is only given to a snapshot that passed its verification.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from index.cache import VectorCache
from index.duplicates import Stories, find_stories
from index.encoder import Encoder, text_to_encode
from index.errors import BuildError, SnapshotError
from index.layout import SnapshotLayout
from index.passages import cut_passages
from index.progress import Progress
from index.records import Article, Manifest
from index.sentences.repeated import RepeatedLines
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


@dataclass(frozen=True, slots=True)
class _Passages:
    """Passages of a snapshot in the making: ids, keys of their vectors, texts still to encode, their languages."""

    ids: list[int] = field(default_factory=list)
    keys: list[bytes] = field(default_factory=list)
    pending: dict[bytes, str] = field(default_factory=dict)
    languages: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Indexer:
    """Makes snapshots in one store with one encoder."""

    store: Store
    cache: VectorCache
    encoder: Encoder
    section: IndexSection
    duplicates: DuplicatesSection
    progress: Progress

    def index(self, articles: Callable[[], Iterable[Article]], origin: Origin) -> Indexed:
        """Make a snapshot of the articles, which are gone through several times, but for the superseded ones.

        Raises:
            BuildError: there is nothing to search for in them, or the snapshot did not pass its verification.
        """
        layout = SnapshotLayout(self.store.layout.building)
        lines = RepeatedLines()
        stories = find_stories(articles, self.duplicates.similarity)
        with SnapshotWriter(layout) as writer:
            passages = self._cut(articles(), stories, writer, lines)
            writer.revise(lines.found().marked)
            if not passages.ids:
                raise BuildError("the sources hold not one article with words: nothing was published")
            seconds = self._encode(passages.pending)
            vectors = VectorIndex.build(np.array(passages.ids, np.int64), self.cache.fetch(passages.keys))
            manifest = writer.finish(vectors, origin)
        foreign = {one for one in passages.languages if not self.section.covers(one)}
        if foreign:
            manifest = self._with_trust(layout, manifest, foreign)
        # Where the model is loaded anyway, a sample is encoded again: a cache of wrong vectors is found out.
        _verify(layout, self.encoder if passages.pending else None)
        name = self.store.adopt(layout.folder, manifest)
        cut, encoded = len(passages.ids), len(passages.pending)
        log.info("%d passages, %d of them encoded, in %.0f ms", cut, encoded, 1000 * seconds)
        self.cache.mark(name, passages.keys)
        return Indexed(name, len(passages.pending), seconds, len(stories.superseded), len(stories.groups))

    def _cut(
        self, articles: Iterable[Article], stories: Stories, writer: SnapshotWriter, lines: RepeatedLines
    ) -> _Passages:
        passages = _Passages()
        for article in (one for one in articles if one.id not in stories.superseded):
            cut = cut_passages(article, self.section.passage_words, self.section.shared_sentences)
            writer.add(article, cut, stories.groups.get(article.id))
            lines.add(article, (sentence for passage in cut for sentence in passage.sentences))
            passages.languages.add(article.language)
            for passage in cut:
                text = text_to_encode(article.title, article.text[passage.start : passage.end])
                key = self.cache.key(text)
                passages.ids.append(passage.id)
                passages.keys.append(key)
                if key not in self.cache:
                    passages.pending[key] = text
        return passages

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


def _verify(layout: SnapshotLayout, encoder: Encoder | None) -> None:
    try:
        with Snapshot.open(layout.folder) as snapshot:
            check_contents(snapshot, encoder.encode if encoder else None)
    except SnapshotError as error:
        raise BuildError(f"the new snapshot did not pass its verification, nothing was published: {error}") from error
