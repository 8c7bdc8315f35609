"""What of a snapshot is searched: its vectors and words, in its own files or in an engine elsewhere.

Both are opened when first asked for: FAISS takes its time to import. It ranks nothing. Safe from many threads.
"""

import sqlite3
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from index.errors import SnapshotIncompatible
from index.layout import SnapshotLayout
from index.records import Manifest
from index.settings import VectorsSection

if TYPE_CHECKING:
    from index.lexical import Words
    from index.vectors import Collection, VectorIndex


class Searched:
    """The vectors and words of one snapshot. ``connect`` returns the calling thread's connection to its tables."""

    def __init__(
        self,
        layout: SnapshotLayout,
        manifest: Manifest,
        engine: VectorsSection,
        connect: Callable[[], sqlite3.Connection],
    ) -> None:
        """Open nothing yet.

        Raises:
            SnapshotIncompatible: an engine holds something of it that the settings do not name.
        """
        if manifest.collection and engine.engine == "faiss":
            raise SnapshotIncompatible(
                f"the vectors of snapshot {layout.folder.name} lie in Milvus, the settings name {engine.engine}:"
                ' run "verbatim-index build"'
            )
        self._layout, self._manifest, self._engine, self._connect = layout, manifest, engine, connect
        self._opening = threading.RLock()
        self._vectors: VectorIndex | None = None
        self._collection: Collection | None = None
        self._words: Words | None = None

    @property
    def vectors(self) -> "VectorIndex":
        """The passages' vectors."""
        if self._manifest.collection:
            return self._elsewhere
        with self._opening:
            if self._vectors is None:
                from index.vectors import open_vectors

                self._vectors = open_vectors(self._layout.vectors)
            return self._vectors

    @property
    def words(self) -> "Words":
        """The passages' words."""
        with self._opening:
            if self._words is None:
                self._words = self._opened_words()
            return self._words

    def lost(self) -> str | None:
        """Return what is wrong with what an engine elsewhere holds; ``None`` where nothing is, or it holds nothing.

        Raises:
            VectorsUnavailable: the engine does not answer.
        """
        manifest = self._manifest
        if not manifest.collection:
            return None
        from index.vectors import lost_vectors

        return lost_vectors(self._engine, manifest.collection, manifest.passages, words=manifest.words == "engine")

    def close(self) -> None:
        """Unmap the vectors, and disconnect."""
        with self._opening:
            for opened in (self._vectors, self._collection):
                if opened is not None:  # its length would be asked for
                    opened.close()
            self._vectors = self._collection = self._words = None

    @property
    def _elsewhere(self) -> "Collection":
        """The collection, the same for vectors and words: who finds the engine away spares the others the waiting."""
        with self._opening:
            if self._collection is None:
                from index.vectors import open_collection

                self._collection = open_collection(self._manifest.collection, self._engine)
            return self._collection

    def _opened_words(self) -> "Words":
        from index.lexical import EngineWords, WordIndex
        from index.snapshot.texts import passage_texts

        if self._manifest.words == "own":
            return WordIndex(self._connect)
        return EngineWords(
            self._connect, self._elsewhere.sharing, lambda ids: passage_texts(self._connect(), list(ids))
        )
