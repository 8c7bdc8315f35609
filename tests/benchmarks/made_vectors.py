"""Any number of vectors like those of passages, and vectors of real questions, for ``vectors.py``.

The first are real: those of the passages of ``news-2024``. Beyond them each is the mean, in random shares, of two or
three passages that follow each other in an article, plus noise of length 0.4, at length one again. They are the same in
every run, and come in parts: a million need no more memory than the set.
"""

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt
from recombined import DATA, rows

from bot.evaluation.articles import index_articles
from bot.settings import BotSettings
from index import locate_encoder, silent
from index.layout import Layout
from index.vectors import Floats, Ids

NOISE = 0.4
CHUNK = 20_000


def built() -> Path:
    settings, _ = index_articles(BotSettings(), DATA / "news-2024" / "articles.jsonl.gz", silent)
    return settings.storage.folder


def real_vectors(storage: Path) -> tuple[Floats, Ids]:
    """Return the vectors (n, d) of all passages, in the order of the articles' texts, and each one's article (n,)."""
    layout = Layout(storage)
    snapshot = layout.snapshot(layout.current.read_text().strip())
    width = json.loads(snapshot.manifest.read_text())["dimension"]
    with closing(sqlite3.connect(layout.cache)) as cache, closing(sqlite3.connect(snapshot.articles)) as articles:
        blobs = dict(cache.execute("SELECT key, vector FROM vectors"))
        passages = articles.execute("SELECT article, vector FROM passages ORDER BY article, start").fetchall()
    vectors = np.stack([np.frombuffer(blobs[key], f"<f{len(blobs[key]) // width}") for _, key in passages])
    return vectors.astype(np.float32), np.array([article for article, _ in passages], np.int64)


def asked(count: int) -> Floats:
    texts = [row["question"] for row in rows(DATA / "news-2024" / "questions.jsonl.gz")]
    texts = random.Random(1).sample(texts, min(count, len(texts)))
    return locate_encoder(BotSettings().index.encoder).encode(texts)


def made(real: tuple[Floats, Ids], count: int) -> Iterator[Floats]:
    """Yield ``count`` vectors in parts: the real ones, mixed up, as far as they reach, then derived ones."""
    vectors, articles = real
    chance = np.random.default_rng(1)
    mixed = vectors[chance.permutation(len(vectors))[:count]]
    yield from (mixed[start : start + CHUNK] for start in range(0, len(mixed), CHUNK))
    for start in range(len(mixed), count, CHUNK):
        yield derived(vectors, articles, min(CHUNK, count - start), chance)


def derived(vectors: Floats, articles: Ids, count: int, chance: np.random.Generator) -> Floats:
    first = chance.integers(0, len(vectors) - 2, count)
    shares = chance.dirichlet([1, 1, 1], count)
    shares[chance.random(count) < 0.5, 2] = 0
    for behind in (1, 2):  # where the article has no more passages, fewer are mixed
        shares[articles[first + behind] != articles[first], behind] = 0
    mean = np.einsum("cn,cnd->cd", shares, np.stack([vectors[first + n] for n in range(3)], axis=1))
    noise = chance.standard_normal(mean.shape)
    return unit(unit(mean) + NOISE * unit(noise))


def unit(given: npt.NDArray[np.floating]) -> Floats:
    return np.asarray(given / np.linalg.norm(given, axis=1, keepdims=True), np.float32)


def told(real: Floats, part: Floats, questions: Floats) -> str:
    """How near some derived vectors are to the real ones, and how alike both are among themselves."""
    sample = real[np.random.default_rng(2).permutation(len(real))[: len(part)]]
    nearest = [float(np.median(np.sort(one @ one.T, axis=1)[:, -2])) for one in (sample, part)]
    best = [float(np.mean((questions @ one.T).max(axis=1))) for one in (sample, part)]
    return (
        f"derived: cosine with the nearest real one {float(np.median((part @ real.T).max(axis=1))):.3f};"
        f" of {len(part)} real and derived: cosine with the nearest of them {nearest[0]:.3f}, {nearest[1]:.3f},"
        f" of a question with the best {best[0]:.3f}, {best[1]:.3f}"
    )
