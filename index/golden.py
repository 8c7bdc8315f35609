"""Golden questions: asked of a snapshot, and at which place what the operator expects is found.

It judges nothing and reads no file (``index.settings.golden``). Invariant: there is one result for each question, in
their order, so that the results of two snapshots can be laid side by side.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.records import Article, Hit
from index.search import Retriever
from index.settings.golden import GoldenQuestion
from index.snapshot import Snapshot

_TITLES = 3
"""Articles that a result names."""


@dataclass(frozen=True, slots=True)
class GoldenResult:
    """How a golden question was answered by one snapshot.

    ``rank`` is the place of the first passage that is expected, from 1; ``None``: it is not among those asked for.
    ``titles`` are those of the first articles found, best first.
    """

    question: str
    rank: int | None
    titles: tuple[str, ...] = ()


def ask(
    golden: Iterable[GoldenQuestion], retriever: Retriever, snapshot: Snapshot, depth: int
) -> tuple[GoldenResult, ...]:
    """Ask each question and look for what is expected among the first ``depth`` passages."""
    return tuple(_result(one, snapshot, retriever.search(one.question, depth)) for one in golden)


def _result(golden: GoldenQuestion, snapshot: Snapshot, hits: Sequence[Hit]) -> GoldenResult:
    found = [(snapshot.article(hit.passage.article_id), hit) for hit in hits]
    places = (place for place, (article, hit) in enumerate(found, 1) if article and _expected(golden, article, hit))
    titles = dict.fromkeys(article.title for article, _ in found if article)
    return GoldenResult(golden.question, next(places, None), tuple(titles)[:_TITLES])


def _expected(golden: GoldenQuestion, article: Article, hit: Hit) -> bool:
    text = article.text[hit.passage.start : hit.passage.end]
    is_article = golden.article is None or golden.article in (article.id, article.url)
    return is_article and (golden.words is None or folded(golden.words) in folded(text))


def folded(text: str) -> str:
    """Return the text as it is compared: neither capitals nor the kind and number of spaces count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
