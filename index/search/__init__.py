"""From a question to ranked passages.

Nothing here knows articles' texts; of an article's language only how far the cosine is to be trusted in it
(``index.trust``). ``collecting`` finds candidates, ``fusing`` weighs them, ``retrieving`` is what others search with.
Invariant: hits come best first, no passage twice, every hit with both parts of its score.
"""

from index.search.collecting import Collector, Scores
from index.search.fusing import (
    COSINE_WEIGHT,
    TIMELY,
    TYPICAL_COSINE,
    WORDS_WEIGHT,
    fuse,
    ranking,
    with_timely,
    without_copies,
)
from index.search.retrieving import (
    DEPTH,
    TIMELY_DEPTH,
    DenseRetriever,
    FusedRetriever,
    Retriever,
    WordRetriever,
    retrievers,
)

__all__ = [
    "COSINE_WEIGHT",
    "DEPTH",
    "TIMELY",
    "TIMELY_DEPTH",
    "TYPICAL_COSINE",
    "WORDS_WEIGHT",
    "Collector",
    "DenseRetriever",
    "FusedRetriever",
    "Retriever",
    "Scores",
    "WordRetriever",
    "fuse",
    "ranking",
    "retrievers",
    "with_timely",
    "without_copies",
]
