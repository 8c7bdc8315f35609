"""Vectors for recombined passages without encoding them: ``python tests/benchmarks/derived.py [--sample N]``.

A made passage gets the mean of the vectors of the real passages that its sentences were taken from, each weighted by
the code points taken, plus noise of a fixed length that is the same for the same text, at length one again. Everything
else, questions above all, goes to the real encoder, so an index built so is searched with real questions.

Run as a program it encodes a sample of made passages really, and prints how near the derived vectors come: the mean
cosine with the real ones, how alike passages are among themselves, and how many of the ten nearest to a question stay.
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt
from recombined import DATA, Recombiner, batched, rows

from bot.evaluation.articles import index_articles
from bot.settings import BotSettings
from index import Encoder, Snapshot, StorageSettings, Store, locate_encoder, silent
from index.encoder import text_to_encode, unit_rows
from index.passages import cut_passages

Floats = npt.NDArray[np.float32]

NOISE = 0.5
"""The length of the noise beside a mean of length one: so two passages, and nearest ones, are as alike as real ones
(cosines of 0.217 and 0.690 beside 0.221 and 0.702 over 602 passages of news-2024; with the real vector 0.716)."""
_KEY = 16
"""Code points by which a sentence is looked up."""
_NEAREST = 10


class DerivedEncoder:
    """An ``Encoder`` with the identity of the real one."""

    def __init__(self, real: Encoder, snapshot: Snapshot, noise: float = NOISE) -> None:
        """``snapshot``: an index, by the real encoder, of the articles whose sentences are recombined."""
        self.identity, self.dimension = real.identity, real.dimension
        self._real, self._noise = real, noise
        self._sentences: defaultdict[str, dict[str, int]] = defaultdict(dict)
        ids = snapshot.passage_ids()
        self._rows = snapshot.vectors.vectors(np.array(ids, np.int64))
        numbers = {id_: number for number, id_ in enumerate(ids)}
        for article_id in snapshot.article_ids():
            self._learn(snapshot, article_id, numbers)

    def _learn(self, snapshot: Snapshot, article_id: str, numbers: dict[int, int]) -> None:
        article = snapshot.article(article_id)
        assert article is not None
        for passage in snapshot.passages_of(article_id):
            for one in passage.sentences:
                text = article.text[one.start : one.end]
                self._sentences[text[:_KEY]].setdefault(text, numbers[passage.id])

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return (n, d) float32, unit rows in the order of ``texts``; (0, d) for none."""
        found = np.empty((len(texts), self.dimension), np.float32)
        unknown: list[int] = []
        for number, text in enumerate(texts):
            parts = self._parts(text)
            if parts:
                found[number] = self._mean(parts) + self._noise_of(text)
            else:
                unknown.append(number)
        if unknown:
            found[unknown] = self._real.encode([texts[number] for number in unknown])
        return unit_rows(found)

    def _mean(self, parts: Sequence[tuple[int, int]]) -> Floats:
        numbers, weights = np.array(parts).T
        mean = weights @ self._rows[numbers]
        return np.asarray(mean / np.linalg.norm(mean), np.float32)

    def _noise_of(self, text: str) -> Floats:
        drawn = np.random.default_rng(crc32(text.encode())).standard_normal(self.dimension, np.float32)
        return np.asarray(self._noise * drawn / np.linalg.norm(drawn), np.float32)

    def _parts(self, text: str) -> list[tuple[int, int]]:
        """Return the passages that the sentences under a title are from, and how many code points each gave."""
        place = text.find("\n") + 1
        parts: list[tuple[int, int]] = []
        while 0 < place < len(text):
            known = self._sentences.get(text[place : place + _KEY], {})
            sentence = max((one for one in known if text.startswith(one, place)), key=len, default=None)
            if sentence is not None:
                parts.append((known[sentence], len(sentence)))
                place += len(sentence)
            else:
                place = _next_word(text, place)
            while place < len(text) and text[place].isspace():
                place += 1
        return parts


def _next_word(text: str, place: int) -> int:
    while place < len(text) and not text[place].isspace():
        place += 1
    return place


def source_snapshot(name: str, storage: Path | None = None) -> Snapshot:
    """Open the index of a set's articles as ``verbatim-bot evaluate`` builds it; ``storage``: in another folder."""
    settings = BotSettings(storage=StorageSettings(folder=storage)) if storage else BotSettings()
    own, _ = index_articles(settings, DATA / name / "articles.jsonl.gz", silent)
    return Store(own.storage.folder).open_current()


def compared(real: Floats, derived: Floats, questions: Floats) -> dict[str, float]:
    """Return how near derived vectors (n, d) come to real ones (n, d)."""
    drawn = np.random.default_rng(1).permutation(len(real))
    kept = [len(set(np.argsort(-real @ q)[:_NEAREST]) & set(np.argsort(-derived @ q)[:_NEAREST])) for q in questions]
    return {
        "cosine with the real one": float(np.einsum("nd,nd->n", real, derived).mean()),
        "of the ten nearest to a question": float(np.mean(kept)) / _NEAREST,
        "cosine of two, real": float(np.einsum("nd,nd->n", real, real[drawn]).mean()),
        "cosine of two, derived": float(np.einsum("nd,nd->n", derived, derived[drawn]).mean()),
        "cosine of the nearest, real": _nearest(real),
        "cosine of the nearest, derived": _nearest(derived),
        "best cosine of a question, real": float((questions @ real.T).max(axis=1).mean()),
        "best cosine of a question, derived": float((questions @ derived.T).max(axis=1).mean()),
    }


def _nearest(vectors: Floats) -> float:
    return float(np.median(np.sort(vectors @ vectors.T, axis=1)[:, -2]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=1000)
    parser.add_argument("--set", default="news-2024")
    parser.add_argument("--source", type=Path, help="the storage folder of the set's own index")
    parser.add_argument("--noise", type=float, nargs="+", default=[NOISE])
    given = parser.parse_args()
    encoder = locate_encoder(BotSettings().index.encoder)
    made = Recombiner(DATA / given.set).articles(given.sample)
    texts = [text_to_encode(a.title, a.text[p.start : p.end]) for a in made for p in cut_passages(a)]
    asked = [row["question"] for row in rows(DATA / given.set / "questions.jsonl.gz")]
    questions = encoder.encode(random.Random(1).sample(asked, min(100, len(asked))))
    real = np.concatenate([encoder.encode(part) for part in batched(texts, 256)])
    with source_snapshot(given.set, given.source) as snapshot:
        for noise in given.noise:
            print(f"{len(texts)} passages, noise {noise}:")
            derived = DerivedEncoder(encoder, snapshot, noise).encode(texts)
            for name, figure in compared(real, derived, questions).items():
                print(f"  {name}: {figure:.3f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
