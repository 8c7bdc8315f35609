"""Read a snapshot: its articles, passages and vectors. It changes nothing and ranks nothing.

Safe from many threads: each has a connection of its own to the immutable file. Invariant: whatever is read
belongs to the generation that was opened, even after another was published; it is not removed before it is closed.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from index.errors import SnapshotIncompatible, VectorsUnavailable
from index.layout import SnapshotLayout
from index.records import Article, Manifest, Passage, SourceSummary
from index.settings import VectorsSection
from index.snapshot.connections import Connections
from index.snapshot.manifest import check_files, damaged, read_manifest
from index.snapshot.readers import ReadingLock
from index.snapshot.rows import ARTICLE_COLUMNS, PASSAGE_COLUMNS, article_of, passage_of
from index.snapshot.searched import Searched

if TYPE_CHECKING:
    from index.lexical import Words
    from index.vectors import VectorIndex

_PASSAGES = f"SELECT {PASSAGE_COLUMNS} FROM passages JOIN articles ON articles.number = passages.article"
_OF_ARTICLES = """
    SELECT passages.id, articles.{} FROM passages JOIN articles ON articles.number = passages.article
    WHERE passages.id IN (SELECT value FROM json_each(?))
"""
_DIGESTS = "SELECT id, digest FROM traces WHERE id IN (SELECT id FROM articles)"
_COPIES = """
    SELECT id FROM articles WHERE story = (SELECT story FROM articles WHERE id = ?) AND id != ?
    ORDER BY published IS NULL, published, id
"""


class Snapshot:
    """One generation of the index. Close it when the last question on it was answered."""

    def __init__(self, layout: SnapshotLayout, manifest: Manifest, engine: VectorsSection | None = None) -> None:
        self.manifest = manifest
        self._layout = layout
        self._connections = Connections(layout.articles)
        self._searched = Searched(layout, manifest, engine or VectorsSection(), lambda: self.connection)
        try:
            self._lock = ReadingLock(layout.manifest)
        except OSError as error:
            raise damaged(layout.folder.name, f"its manifest cannot be read ({error})") from error

    @classmethod
    def open(
        cls, folder: Path, *, verify: bool = True, encoder: str | None = None, engine: VectorsSection | None = None
    ) -> "Snapshot":
        """Open a snapshot's folder; ``verify``: compare digests, not only sizes, with the manifest.

        ``engine`` tells where vectors are that lie in none of the files; with ``verify`` it is asked whether it still
        has them. Where it does not answer, the snapshot is opened all the same.

        Raises:
            SnapshotDamaged: a file is missing, truncated or altered, or so are the vectors elsewhere.
            SnapshotIncompatible: it is of another format, not of the encoder with identity ``encoder``, or its vectors
                lie in an engine that the settings do not name.
        """
        layout = SnapshotLayout(folder)
        manifest = read_manifest(layout)
        if encoder is not None and manifest.encoder != encoder:
            raise SnapshotIncompatible(
                f"snapshot {folder.name} was built with encoder {manifest.encoder},"
                f' the settings name {encoder}: run "verbatim-index build"'
            )
        snapshot = cls(layout, manifest, engine)
        try:
            check_files(layout, manifest, digests=verify)
            _ = snapshot.connection  # to what was looked at: later, something else may lie there
            if verify:
                snapshot.check_elsewhere()
        except BaseException:
            snapshot.close()
            raise
        return snapshot

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every thread's connection, unmap the vectors, and let the snapshot be removed."""
        self._connections.close()
        self._searched.close()
        self._lock.close()

    @property
    def name(self) -> str:
        return self._layout.folder.name

    @property
    def vectors(self) -> "VectorIndex":
        """The passages' vectors; opened when first asked for."""
        return self._searched.vectors

    @property
    def words(self) -> "Words":
        """The passages' words, for searching; opened when first asked for."""
        return self._searched.words

    def lost_vectors(self) -> str | None:
        """Return what is wrong with what an engine elsewhere holds; ``None`` where nothing is, or it holds nothing.

        Raises:
            VectorsUnavailable: the engine does not answer.
        """
        return self._searched.lost()

    def check_elsewhere(self) -> None:
        """Ask an engine elsewhere whether it still has what it holds; where it does not answer, that is no damage.

        Raises:
            SnapshotDamaged: it has not.
        """
        try:
            lost = self.lost_vectors()
        except VectorsUnavailable:  # that was logged, and may be over in a moment
            return
        if lost:
            raise damaged(self.name, lost)

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's read-only connection, for those who know the tables."""
        with self.telling_damage():
            return self._connections.mine()

    @contextmanager
    def telling_damage(self) -> Iterator[None]:
        """Let what cannot be read inside be told as what it is.

        Raises:
            SnapshotDamaged: the tables cannot be read, or hold what was never written.
        """
        try:
            yield
        except (sqlite3.DatabaseError, ValueError, TypeError) as error:
            raise damaged(self.name, f"its articles cannot be read ({error})") from error

    def article(self, article_id: str) -> Article | None:
        """Return an article; ``None`` where this snapshot has none of that id."""
        row = self.connection.execute(f"SELECT {ARTICLE_COLUMNS} FROM articles WHERE id = ?", (article_id,)).fetchone()
        return article_of(row) if row else None

    def copies(self, article_id: str) -> tuple[str, ...]:
        """Return the ids of the other articles that tell the same story, the first published first."""
        rows = self.connection.execute(_COPIES, (article_id, article_id))
        return tuple(id_ for (id_,) in rows)

    def article_ids(self) -> tuple[str, ...]:
        """Return the ids of all articles, ascending."""
        return tuple(id_ for (id_,) in self.connection.execute("SELECT id FROM articles ORDER BY id"))

    def passage(self, passage_id: int) -> Passage:
        """Return a passage.

        Raises:
            KeyError: this snapshot has none of that id.
        """
        return self.passages([passage_id])[0]

    def passages(self, passage_ids: Iterable[int]) -> list[Passage]:
        """Return passages in the order of their ids given.

        Raises:
            KeyError: this snapshot has none of one of the ids.
        """
        wanted = [int(id_) for id_ in passage_ids]
        rows = self.connection.execute(
            f"{_PASSAGES} WHERE passages.id IN (SELECT value FROM json_each(?))", (json.dumps(wanted),)
        )
        found = {row[0]: passage_of(row) for row in rows}
        return [found[id_] for id_ in wanted]

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """Return an article's passages in the order of its text; none where there is no such article."""
        rows = self.connection.execute(
            f"{_PASSAGES} WHERE articles.id = ? ORDER BY passages.start, passages.end", (article_id,)
        )
        return tuple(passage_of(row) for row in rows)

    def passages_in(self, language: str, limit: int) -> list[Passage]:
        """Return the first passages of a language by their ids: those are digests, so from everywhere."""
        rows = self.connection.execute(
            f"{_PASSAGES} WHERE articles.language = ? ORDER BY passages.id LIMIT ?", (language, limit)
        )
        return [passage_of(row) for row in rows]

    def languages(self, passage_ids: Iterable[int]) -> list[str]:
        """Return the language of the article of each passage, in their order.

        Raises:
            KeyError: this snapshot has none of one of the ids.
        """
        return self._of_articles("language", passage_ids)

    def stories(self, passage_ids: Iterable[int]) -> list[str | None]:
        """Return the story of the article of each passage, in their order; ``None``: no other article tells it.

        Raises:
            KeyError: this snapshot has none of one of the ids.
        """
        return self._of_articles("story", passage_ids)

    def published(self, passage_ids: Iterable[int]) -> list[date | None]:
        """Return the day of the article of each passage, in their order.

        Raises:
            KeyError: this snapshot has none of one of the ids.
        """
        days = self._of_articles("published", passage_ids)
        return [date.fromisoformat(day) if day else None for day in days]

    def _of_articles(self, column: str, passage_ids: Iterable[int]) -> list[Any]:
        wanted = [int(id_) for id_ in passage_ids]
        found = dict(self.connection.execute(_OF_ARTICLES.format(column), (json.dumps(wanted),)))
        return [found[id_] for id_ in wanted]

    def passage_ids(self) -> tuple[int, ...]:
        """Return the ids of all passages, ascending."""
        return tuple(id_ for (id_,) in self.connection.execute("SELECT id FROM passages ORDER BY id"))

    def digests(self) -> dict[str, str]:
        """Return the digest of everything about an article that was noted, for each by its id; no article is read."""
        return dict(self.connection.execute(_DIGESTS))

    def sources(self) -> tuple[SourceSummary, ...]:
        """Return what each source holds, by name."""
        rows = self.connection.execute(
            "SELECT source, count(*), max(published) FROM articles GROUP BY source ORDER BY source"
        )
        return tuple(
            SourceSummary(name, articles, date.fromisoformat(newest) if newest else None)
            for name, articles, newest in rows
        )
