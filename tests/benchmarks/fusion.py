"""Ways of joining the two rankings: ``python tests/benchmarks/fusion.py [--every N]``.

Prints recall at 1, 5 and 20 of each way on ``squad2-dev`` (for the record) and on the training articles
``squadshifts-wiki`` (for the choice). The table is in DECISIONS, "Fusion".
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from fit_reader import DATA, WORK, Asked, found_article, paragraphs_corpus, write_articles

from bot.evaluation import read_cases
from bot.evaluation.articles import index_articles
from bot.settings import BotSettings
from bot.wiring import open_encoder
from index import Article, Hit, StorageSettings, Store, retrievers

Floats = npt.NDArray[np.float64]
DEPTH = 50


def minimum_maximum(dense: Floats, words: Floats) -> Floats:
    """Each score from 0 to 1 over the candidates, half and half."""
    return _scaled(dense) + _scaled(words)


def reciprocal_ranks(dense: Floats, words: Floats) -> Floats:
    """1 / (60 + rank), as Cormack, Clarke and Büttcher (2009) give it."""
    return np.asarray(sum(1 / (61 + np.argsort(np.argsort(-s))) for s in (dense, words)), np.float64)


def weighted(weight: float) -> Callable[[Floats, Floats], Floats]:
    """``weight`` cosine + 0.5 bm25."""
    return lambda dense, words: weight * dense + 0.5 * words


WAYS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "vectors": lambda dense, words: dense,
    "words": lambda dense, words: words,
    "reciprocal ranks": reciprocal_ranks,
    "minimum-maximum, half and half": minimum_maximum,
    **{f"{weight} cosine + 0.5 bm25": weighted(weight) for weight in (4, 7, 10, 15, 25)},
}


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=4, metavar="N", help="take each N-th question (4)")
    every = parser.parse_args().every
    wiki = paragraphs_corpus("squadshifts-wiki")
    _table(write_articles(wiki), wiki.questions[::every])
    articles = DATA / "squad2-dev" / "articles.jsonl.gz"
    cases = [case for case in read_cases(articles.with_name("questions.jsonl.gz"), articles) if case.answerable]
    _table(
        articles,
        [Asked(case.question.text, "", case.held_by) for case in cases[::every]],
    )
    return 0


def _table(articles: Path, questions: Sequence[Asked]) -> None:
    settings, _ = index_articles(BotSettings(storage=StorageSettings(folder=WORK)), articles, lambda *_: None)
    store = Store(settings.storage.folder)
    encoder = open_encoder(settings, store)
    ranks: dict[str, list[int]] = {name: [] for name in WAYS}
    with store.open_current(encoder=encoder.identity) as snapshot:
        (_, dense), (_, words), _ = retrievers(snapshot, encoder)
        for asked in questions:
            found = {h.passage.id: h for way in (dense, words) for h in way.search(asked.text, DEPTH)}
            hits = list(found.values())
            right = np.array([_answers(asked, h, found_article(snapshot, h.passage.article_id)) for h in hits])
            cosines, bm25 = (np.array([getattr(h.parts, part) for h in hits]) for part in ("cosine", "words"))
            for name, way in WAYS.items():
                order = np.argsort(-way(cosines, bm25), kind="stable")
                ranks[name].append(int(np.argmax(right[order])) if right.any() else DEPTH * 2)
    print(f"\n{articles.name}: {len(questions)} questions\n{'':32} {'1':>6} {'5':>6} {'20':>6}")
    for name, found_at in ranks.items():
        print(f"{name:32} " + " ".join(f"{np.mean(np.array(found_at) < k):6.3f}" for k in (1, 5, 20)))


def _answers(asked: Asked, hit: Hit, article: Article) -> bool:
    return asked.answers(article, hit.passage.start, hit.passage.end)


def _scaled(scores: Floats) -> Floats:
    return np.asarray((scores - scores.min()) / (np.ptp(scores) + 1e-9), np.float64)


if __name__ == "__main__":
    raise SystemExit(main())
