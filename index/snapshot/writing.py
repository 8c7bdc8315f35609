"""Write a snapshot into a folder of its own, the manifest last. It publishes nothing.

It begins empty, or as a copy of another snapshot, from which articles are taken away and to which others are added:
what is searched is the same either way. Invariant: when ``finish`` returns, every byte is on the disk and the manifest
vouches for it.
"""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from types import TracebackType
from typing import TYPE_CHECKING

from index import files
from index.layout import SnapshotLayout
from index.lexical import CountWriter, Weigher, WordWriter
from index.records import Article, Manifest, Passage, Sentence, Trace
from index.snapshot.manifest import FORMAT, describe, write_manifest
from index.snapshot.rows import ARTICLE_COLUMNS, SCHEMA, article_of, article_row, pack_sentences, remarked
from index.snapshot.texts import passage_texts

if TYPE_CHECKING:
    from index.vectors import Ids, VectorsWritten, Weights, WordRows

_ADD_ARTICLE = f"INSERT INTO articles ({ARTICLE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_TRACE = "INSERT INTO traces (id, published, outlet, bands, digest) VALUES (?, ?, ?, ?, ?)"
_TRACES = "SELECT id, published, outlet, bands FROM traces"
_TEXTS = """
    SELECT vector, title, text, start, end FROM passages JOIN articles ON articles.number = passages.article
    WHERE passages.id IN (SELECT value FROM json_each(?))
"""

_LONGEST_FIRST = """
    SELECT id FROM passages WHERE id IN (SELECT value FROM json_each(?)) ORDER BY end - start DESC, id
"""

_MOST_EMPTY = 0.25
"""Writing the file anew takes as long as copying it, so a few free pages are left for the next articles."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a snapshot is made of and by: the encoder's identity, digests of the settings and the library."""

    encoder: str
    settings: str
    library: str


class SnapshotWriter:
    """Articles in, one after the other; then their vectors; then it is a snapshot."""

    def __init__(
        self, layout: SnapshotLayout, base: SnapshotLayout | None = None, *, words_elsewhere: bool = False
    ) -> None:
        """Begin as a copy of ``base``, a sound snapshot of the same settings, or with nothing.

        ``words_elsewhere``: words are only counted here; an engine is given what ``word_rows`` tells.
        """
        layout.folder.mkdir(parents=True)
        self._layout = layout
        if base:
            shutil.copyfile(base.articles, layout.articles)
        self._connection = sqlite3.connect(layout.articles)
        # Nobody reads this file before it is whole, and nobody repairs it if it is not: no journal.
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        if not base:
            self._connection.executescript(SCHEMA)
        self._words = CountWriter(self._connection) if words_elsewhere else WordWriter(self._connection)
        self._words_elsewhere = words_elsewhere
        self._has_base = base is not None
        self._added: set[int] = set()
        self._left: set[str] = set()

    def __enter__(self) -> "SnapshotWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def known(self) -> dict[str, str]:
        """Return the digest of each article that was noted, by its id."""
        return dict(self._connection.execute("SELECT id, digest FROM traces"))

    def note(self, trace: Trace, digest: str) -> None:
        """Note an article, whether it is to be searched or not: its trace, and a digest of everything about it."""
        row = (trace.id, trace.published, trace.outlet, trace.bands, digest)
        self._connection.execute(_ADD_TRACE, row)

    def forget(self, ids: Iterable[str]) -> None:
        """Take articles away, and what was noted of them."""
        ids = tuple(ids)
        self.remove(ids)
        self._connection.executemany("DELETE FROM traces WHERE id = ?", ((id_,) for id_ in ids))

    def traces(self) -> Iterator[Trace]:
        """Yield the trace of each article that was noted."""
        for row in self._connection.execute(_TRACES):
            yield Trace(*row)

    def traces_of(self, ids: Iterable[str]) -> list[Trace]:
        """Return the traces of some articles that were noted."""
        query = f"{_TRACES} WHERE id IN (SELECT value FROM json_each(?))"
        return [Trace(*row) for row in self._connection.execute(query, (json.dumps(list(ids)),))]

    def stories(self) -> dict[str, str]:
        """Return the story of each article that has copies, by its id."""
        return dict(self._connection.execute("SELECT id, story FROM articles WHERE story IS NOT NULL"))

    def article_ids(self) -> set[str]:
        """Return the ids of the articles that are searched."""
        return {id_ for (id_,) in self._connection.execute("SELECT id FROM articles")}

    def add(self, article: Article, passages: Sequence[Passage], keys: Sequence[bytes], site: str, lines: bytes) -> int:
        """Add an article with its passages and their words, and return the number that it has in this snapshot.

        ``keys``: under which the passages' vectors are remembered; ``lines``: what may be repeated by its ``site``.
        """
        number = self._connection.execute(_ADD_ARTICLE, article_row(article)).lastrowid or 0
        self._connection.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)",
            (
                (p.id, number, p.start, p.end, pack_sentences(p.sentences), key)
                for p, key in zip(passages, keys, strict=True)
            ),
        )
        if self._has_base:
            self._added.update(passage.id for passage in passages)
        self._connection.execute("INSERT INTO lines VALUES (?, ?, ?)", (number, site, lines))
        words = [(p.id, article.title, article.text[p.start : p.end]) for p in passages]
        self._words.add(words, article.language)
        return number

    def remove(self, ids: Iterable[str]) -> None:
        """Take articles out of what is searched; those that are not in it are passed over."""
        for id_ in ids:
            row = self._connection.execute("SELECT number, title, text, language FROM articles WHERE id = ?", (id_,))
            for number, title, text, language in row.fetchall():
                borders = self._connection.execute("SELECT id, start, end FROM passages WHERE article = ?", (number,))
                words = [(passage, title, text[start:end]) for passage, start, end in borders]
                self._words.remove(words, language)
                self._left.add(language)
                for table, column in (("passages", "article"), ("lines", "article"), ("articles", "number")):
                    self._connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))

    def group(self, stories: Mapping[str, str]) -> None:
        """Say which articles are copies of one another: those of one story, by their ids; no others are."""
        known = self.stories()
        told = {id_: stories.get(id_) for id_ in known.keys() | stories.keys()}
        changed = [(story, id_) for id_, story in told.items() if known.get(id_) != story]
        self._connection.executemany("UPDATE articles SET story = ? WHERE id = ?", changed)

    def lines(self) -> Iterator[tuple[int, str, bytes]]:
        """Yield the number, the site and the lines of each article."""
        yield from self._connection.execute("SELECT article, site, lines FROM lines")

    def repeated(self) -> dict[str, set[int]]:
        """Return the lines by whose digests the articles are marked now, by site."""
        rows = self._connection.execute("SELECT site, line FROM repeated ORDER BY site")
        return {site: {line for _, line in found} for site, found in groupby(rows, itemgetter(0))}

    def revise(
        self,
        numbers: Iterable[int],
        repeated: Mapping[str, Set[int]],
        is_repeated: Callable[[Article, Sentence], bool],
    ) -> None:
        """Mark anew what is ``repeated`` in some of the articles; borders stay."""
        self._connection.execute("DELETE FROM repeated")
        rows = [(site, line) for site, lines in repeated.items() for line in lines]
        self._connection.executemany("INSERT INTO repeated VALUES (?, ?)", rows)
        for number in numbers:
            self._mark(number, is_repeated)

    def _mark(self, number: int, is_repeated: Callable[[Article, Sentence], bool]) -> None:
        query = f"SELECT {ARTICLE_COLUMNS} FROM articles WHERE number = ?"
        article = article_of(self._connection.execute(query, (number,)).fetchone())
        passages = self._connection.execute("SELECT id, sentences FROM passages WHERE article = ?", (number,))
        marked = [(remarked(old, lambda one: is_repeated(article, one)), id_) for id_, old in passages.fetchall()]
        self._connection.executemany("UPDATE passages SET sentences = ? WHERE id = ?", marked)

    def languages(self) -> set[str]:
        """Return the languages of the articles; these are not all read for it: of what left, one is looked for."""
        query = "SELECT 1 FROM articles WHERE language = ? LIMIT 1"
        gone = {one for one in self._left if self._connection.execute(query, (one,)).fetchone() is None}
        return self._words.languages() - gone

    def passage_keys(self) -> Iterator[tuple[int, bytes]]:
        """Yield each passage's id, ascending, and the key of its vector."""
        yield from self._connection.execute("SELECT id, vector FROM passages ORDER BY id")

    def added(self) -> Set[int]:
        """Return the ids of the passages that were added to ``base``, which has the vector of every other one."""
        return self._added

    def longest_first(self, passage_ids: Sequence[int]) -> list[int]:
        """Return passages by the lengths of their texts."""
        return [id_ for (id_,) in self._connection.execute(_LONGEST_FIRST, (json.dumps(passage_ids),))]

    def texts(self, passage_ids: Sequence[int]) -> Iterator[tuple[bytes, str, str]]:
        """Yield of passages the key of the vector, the article's title and the passage's text."""
        for key, title, text, start, end in self._connection.execute(_TEXTS, (json.dumps(passage_ids),)):
            yield key, title, text[start:end]

    def word_rows(self) -> "WordRows | None":
        """Return what tells an engine what counts of the words of passages; ``None`` where words stay here.

        After it no article comes or goes: the words are counted.
        """
        if not self._words_elsewhere:
            return None
        self._words.finish(self.languages())
        weigher = Weigher(self._connection)

        def rows(ids: "Ids") -> "Sequence[Weights]":
            wanted = ids.tolist()
            texts = passage_texts(self._connection, wanted)
            return weigher.weights([texts[id_] for id_ in wanted])

        return rows

    def _give_back(self) -> None:
        """Leave no more than a share of the file empty where articles were."""
        empty, pages = (
            self._connection.execute(f"PRAGMA {of}").fetchone()[0] for of in ("freelist_count", "page_count")
        )
        if empty > _MOST_EMPTY * pages:
            self._connection.execute("VACUUM")

    def finish(self, vectors: "VectorsWritten", origin: Origin, created: datetime | None = None) -> Manifest:
        """Write the manifest, and force everything onto the disk; the vectors are written already.

        ``created``: when it was made; by default now.
        """
        with closing(self._connection):
            self._words.finish(self.languages())
            self._connection.commit()
            self._give_back()
            counts = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages)"
            articles, passages = self._connection.execute(counts).fetchone()
        written = self._layout.payload_with(vectors.collection)
        for path in written:
            files.flush(path)
        manifest = Manifest(
            format=FORMAT,
            created=(created or datetime.now(UTC)).replace(microsecond=0),
            encoder=origin.encoder,
            dimension=vectors.dimension,
            articles=articles,
            passages=passages,
            settings=origin.settings,
            library=origin.library,
            files=describe(written),
            vectors=vectors.kind,
            collection=vectors.collection,
            words="engine" if vectors.words else "own",
        )
        write_manifest(self._layout, manifest)
        return manifest
