"""What many tests need built: articles, and published snapshots of them, without a build around it."""

from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
from fakes import FakeEncoder

from index.encoder import Encoder, text_to_encode
from index.layout import SnapshotLayout
from index.passages import cut_passages
from index.records import Article, Trace
from index.snapshot import Store
from index.snapshot.writing import Origin, SnapshotWriter
from index.vectors import write_vectors

BEES = "Honey bees dance to tell others where flowers are. Karl von Frisch read the dance in 1927."
TIDES = "The moon raises two tides a day. In the Bay of Fundy they rise by sixteen metres."
PAPER = "Paper was first made in China. Cai Lun described the craft to the court in the year 105."


def an_article(
    id_: str,
    text: str,
    *,
    title: str = "A title",
    published: date | None = None,
    source: str = "samples",
    language: str = "en",
    url: str | None = None,
) -> Article:
    """Return an article with a true revision."""
    revision = sha256(f"{title}\n{text}".encode()).hexdigest()[:16]
    return Article(id_, title, text, url, published, None, None, language, source, revision)


def three_articles() -> tuple[Article, ...]:
    """Return three short articles of two sources on subjects that share no words."""
    return (
        an_article("bees", BEES, title="Bees", published=date(2024, 5, 1), url="https://example.org/bees"),
        an_article("tides", TIDES, title="Tides", published=date(2023, 1, 9)),
        an_article("paper", PAPER, title="Paper", source="crafts"),
    )


def add_snapshot(
    storage: Path,
    articles: Iterable[Article],
    encoder: Encoder | None = None,
    words: int = 12,
    stories: Mapping[str, str] | None = None,
) -> str:
    """Write a snapshot of the articles into a storage folder, publish it, and return its name."""
    name = add_candidate(storage, articles, encoder, words, stories)
    Store(storage).publish(name)
    return name


def add_candidate(
    storage: Path,
    articles: Iterable[Article],
    encoder: Encoder | None = None,
    words: int = 12,
    stories: Mapping[str, str] | None = None,
) -> str:
    """Write a snapshot of the articles into a storage folder, and return its name; nobody judged it yet."""
    encoder = encoder or FakeEncoder()
    store = Store(storage)
    layout = SnapshotLayout(store.layout.building)
    ids: list[int] = []
    texts: list[str] = []
    with SnapshotWriter(layout) as writer:
        for article in articles:
            passages = cut_passages(article, words, 0)
            writer.note(Trace(article.id, "", "", b""), sha256(repr(article).encode()).hexdigest())
            writer.add(article, passages, [b""] * len(passages), "", b"")
            ids += [passage.id for passage in passages]
            texts += [text_to_encode(article.title, article.text[p.start : p.end]) for p in passages]
        writer.group(stories or {})
        vectors = write_vectors(layout.vectors, np.array(ids, np.int64), encoder.encode(texts))
        manifest = writer.finish(vectors, Origin(encoder.identity, "settings", "library"))
    return store.adopt(layout.folder, manifest)


def retell(store: Store, name: str, text: str) -> str:
    """Write another manifest for a snapshot, and return the name that it has with that one."""
    folder = store.layout.snapshot(name).folder
    named = store.layout.snapshot(f"{name[:16]}{sha256(text.encode()).hexdigest()[:8]}")
    store.layout.snapshot(name).manifest.write_text(text, encoding="utf-8")
    folder.rename(named.folder)
    return named.folder.name
