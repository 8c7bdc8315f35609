"""One rule for all: a passage or a quote is right if it holds an answer where ``verbatim-bot evaluate`` says it does.

Engines return words; where these stand in the stored article is looked up here, whatever an engine made of the white
space between them. Words that stand there several times are right if they are right once. Invariant: what is returned
and stands nowhere in its article is an error of this benchmark, and never counts as wrong or right.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from typing import Any

from bot.evaluation import Case
from index import Article
from index.records import Draft
from index.sources import normalise
from index.sources.articles import article

RECALL_AT = (1, 3, 5, 20)
QUOTES_AT = (1, 3)


@dataclass(frozen=True, slots=True)
class Judged:
    """Shares are 0 to 1, over the questions; words are means, of all passages returned and of the first quotes."""

    recall: Mapping[int, float]
    quote: Mapping[int, float]
    passage_words: float
    quote_words: float


class Judge:
    """Judges what is returned for the questions of one set over its articles."""

    def __init__(self, cases: Sequence[Case], rows: Iterable[Mapping[str, str]]) -> None:
        self._cases = cases
        stored = {row["id"]: _stored(row) for row in rows}
        # an id with odd spaces is stored without them
        self._articles = stored | {one.id: one for one in stored.values()}

    def judge(self, result: Mapping[str, Any]) -> Judged:
        """Judge what ``adapter.asked`` returned for all the questions, in their order."""
        passages = [self._returned(one) for one in result["passages"]]
        hits = [[passages[number] for number in found] for found in result["hits"]]
        quotes = [[self._returned(one) for one in found] for found in result["quotes"]]
        return Judged(
            {k: self._share(hits, k) for k in RECALL_AT},
            {k: self._share(quotes, k) for k in QUOTES_AT},
            fmean(one.words for found in hits for one in found),
            fmean(found[0].words for found in quotes if found),
        )

    def _returned(self, found: Sequence[str]) -> "_Returned":
        article_id, text = found
        return _Returned(self._articles[article_id], text)

    def _share(self, returned: Sequence[Sequence["_Returned"]], limit: int) -> float:
        """The share of the questions that are answered by one of the first ``limit``."""
        pairs = zip(self._cases, returned, strict=True)
        return fmean(any(one.holds(case) for one in found[:limit]) for case, found in pairs)


class _Returned:
    """Words that an engine returned, and where they stand."""

    def __init__(self, article: Article, text: str) -> None:
        self._article = article
        self._text = text

    @property
    def words(self) -> int:
        return len(self._text.split())

    def holds(self, case: Case) -> bool:
        return any(case.held_by(self._article, start, end) for start, end in self._places)

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        """The places in the stored text, in code points.

        Raises:
            LookupError: there is none.
        """
        words = normalise.text(self._text).split()
        places = [found.span() for found in re.finditer(r"\s+".join(map(re.escape, words)), self._article.text)]
        if not words or not places:
            raise LookupError(f"{len(words)} words that were returned stand nowhere in article {self._article.id}")
        return places


def _stored(row: Mapping[str, str]) -> Article:
    """Return an article as Verbatim stores it: the places of answers are in its text."""
    draft = Draft(row["text"], id=row["id"], title=row["title"], language=row["language"])
    return article(draft, document=row["id"], source="peers")
