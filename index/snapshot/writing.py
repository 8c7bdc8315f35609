"""Write a snapshot into a folder of its own, the manifest last. It publishes nothing.

Invariant: when ``finish`` returns, every byte is on the disk and the manifest vouches for it.
"""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING

from index import files, lexical
from index.layout import SnapshotLayout
from index.records import Article, Manifest, Passage, Sentence
from index.snapshot.manifest import FORMAT, describe, write_manifest
from index.snapshot.rows import ARTICLE_COLUMNS, SCHEMA, article_of, article_row, pack_sentences, unpack_sentences

if TYPE_CHECKING:
    from index.vectors import VectorIndex


@dataclass(frozen=True, slots=True)
class Origin:
    """What a snapshot is made of and by: the encoder's identity, digests of the settings and the library."""

    encoder: str
    settings: str
    library: str


class SnapshotWriter:
    """Articles in, one after the other; then their vectors; then it is a snapshot."""

    def __init__(self, layout: SnapshotLayout) -> None:
        layout.folder.mkdir(parents=True)
        self._layout = layout
        self._articles = 0
        self._passages = 0
        self._connection = sqlite3.connect(layout.articles)
        # Nobody reads this file before it is whole, and nobody repairs it if it is not: no journal.
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + SCHEMA)
        lexical.create(self._connection)

    def __enter__(self) -> "SnapshotWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def add(self, article: Article, passages: Iterable[Passage], story: str | None = None) -> None:
        """Add an article with its passages and their words; articles of one ``story`` are copies of one another."""
        passages = tuple(passages)
        self._articles += 1
        self._passages += len(passages)
        self._connection.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self._articles, *article_row(article), story),
        )
        self._connection.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?)",
            ((p.id, self._articles, p.start, p.end, pack_sentences(p.sentences)) for p in passages),
        )
        words = [(p.id, article.title, article.text[p.start : p.end]) for p in passages]
        lexical.add(self._connection, words, article.language)

    def revise(self, mark: Callable[[Article, tuple[Sentence, ...]], tuple[Sentence, ...]]) -> None:
        """Write again what ``mark`` makes of each passage's sentences, of all that were added; borders stay."""
        articles = self._connection.execute(f"SELECT number, {ARTICLE_COLUMNS} FROM articles")
        for number, *row in articles:
            article = article_of(tuple(row))
            passages = self._connection.execute("SELECT id, sentences FROM passages WHERE article = ?", (number,))
            revised = [
                (pack_sentences(mark(article, unpack_sentences(old))), old, id_) for id_, old in passages.fetchall()
            ]
            self._connection.executemany(
                "UPDATE passages SET sentences = ? WHERE id = ?",
                [(new, id_) for new, old, id_ in revised if new != old],
            )

    def finish(self, vectors: "VectorIndex", origin: Origin) -> Manifest:
        """Write the vectors and the manifest, and force everything onto the disk."""
        with closing(self._connection):
            lexical.finish(self._connection)
            self._connection.commit()
        vectors.save(self._layout.vectors)
        for path in self._layout.payload:
            files.flush(path)
        manifest = Manifest(
            format=FORMAT,
            created=datetime.now(UTC).replace(microsecond=0),
            encoder=origin.encoder,
            dimension=vectors.dimension,
            articles=self._articles,
            passages=self._passages,
            settings=origin.settings,
            library=origin.library,
            files=describe(self._layout.payload),
        )
        write_manifest(self._layout, manifest)
        return manifest
