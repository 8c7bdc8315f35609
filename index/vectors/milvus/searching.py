"""Search one collection: the engine finds what is near, and what it finds is scored here, as every engine's is.

So ties are ties, and a cosine is the same number whichever engine it comes from.
"""

from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np

from index.settings import VectorsSection
from index.vectors.milvus.link import Link
from index.vectors.protocol import NONE, Floats, Ids, Neighbours, Weights, check_width, cosines

MOST = 16_384
"""Rows of one answer: https://milvus.io/docs/limitations.md"""

_REQUEST_BYTES = 8_000_000
"""Vectors of one request or answer; a server takes 64 MB by default."""

EXACT = 100_000
"""Up to so many vectors every one is looked at: of width 384 those are 150 MB. Beyond them there is a graph, in which
of many equal vectors some are not found."""

_LEAST_EF, _EF = 128, 2
"""How many candidates the graph is searched for, at least, and for each neighbour asked for."""


_WORDS_BYTES = 8 * 500
"""Of the sparse vector of a long passage: a number and a weight for each of its stems and phrases."""


def rows_of_request(dimension: int, *, words: bool = False) -> int:
    """How many vectors go into one request, with or without those of words."""
    return max(1, min(MOST, _REQUEST_BYTES // (4 * dimension + _WORDS_BYTES * words)))


class MilvusVectors:
    """A ``Collection``."""

    def __init__(self, section: VectorsSection, collection: str, exact: int = EXACT) -> None:
        """Ask for nothing yet. ``exact``: up to how many vectors it has no graph."""
        self._name, self._exact = collection, exact
        self._link = Link(section, collection)

    def __len__(self) -> int:
        return self._count

    @cached_property
    def _count(self) -> int:
        found = self._link.ask(lambda client, s: client.query(self._name, "", ["count(*)"], timeout=s))
        return int(found[0]["count(*)"])

    @property
    def dimension(self) -> int:
        """The width of the vectors."""
        return int(self._fields["vector"]["params"]["dim"])

    @property
    def has_words(self) -> bool:
        """Whether the words of the passages are there, too."""
        return "words" in self._fields

    @cached_property
    def _fields(self) -> dict[str, Any]:
        told = self._link.ask(lambda client, s: client.describe_collection(self._name, timeout=s))
        return {one["name"]: one for one in told["fields"]}

    @property
    def ids(self) -> Ids:
        """All ids (n,), ascending."""
        return self._link.ask(self._all_ids)

    def _all_ids(self, client: Any, seconds: float) -> Ids:
        parts = client.query_iterator(self._name, MOST // 2, output_fields=["id"], timeout=seconds)
        found: list[int] = []
        while part := parts.next():
            found += [row["id"] for row in part]
        parts.close()
        return np.sort(np.array(found, np.int64))

    def search(self, vector: Floats, limit: int) -> Neighbours:
        """Return the ``limit`` nearest to ``vector`` (d,), or all where there are not as many.

        Raises:
            ValueError: ``vector`` has another width than the index, or ``limit`` is larger than an answer may be.
            VectorsUnavailable: the engine does not answer.
        """
        check_width(vector, self.dimension)
        wanted, most = min(limit, len(self)), min(len(self), MOST)
        if wanted > MOST:
            raise ValueError(f"Milvus gives {MOST} neighbours at most, not {limit}")
        if wanted < 1 or not np.isfinite(vector).all():
            return NONE
        asked = min(wanted + 1, most)
        while True:
            ids, rows = self._near(vector, asked)
            scores = cosines(rows, vector)
            order = np.lexsort((ids, -scores))
            others_may_tie = wanted < len(ids) == asked < most and scores[order[-1]] == scores[order[wanted - 1]]
            if not others_may_tie:
                return Neighbours(ids[order[:wanted]], scores[order[:wanted]])
            asked = min(2 * asked, most)

    def scores(self, vector: Floats, ids: Ids) -> Floats:
        """Return the cosine (m,) of ``vector`` (d,) with each of ``ids`` (m,), in their order.

        Raises:
            KeyError: an id is not in the index.
            ValueError: ``vector`` has another width than the index.
            VectorsUnavailable: the engine does not answer.
        """
        check_width(vector, self.dimension)
        return cosines(self.vectors(ids), vector)

    def vectors(self, ids: Ids) -> Floats:
        """Return the vectors (m, d) of ``ids`` (m,), in their order.

        Raises:
            KeyError: an id is not in the index.
            VectorsUnavailable: the engine does not answer.
        """
        wanted, places = np.unique(np.asarray(ids, np.int64), return_inverse=True)
        rows = np.empty((len(wanted), self.dimension), np.float32)
        step = rows_of_request(self.dimension)
        for start in range(0, len(wanted), step):
            part = wanted[start : start + step].tolist()
            found = self._link.ask(partial(self._found, ids=part))
            if missing := [id_ for id_ in part if id_ not in found]:
                raise KeyError(f"no vector under id {missing[0]}")
            rows[start : start + step] = [found[id_] for id_ in part]
        return rows[places]

    def _found(self, client: Any, seconds: float, ids: list[int]) -> dict[int, list[float]]:
        rows = client.query(self._name, f"id in {ids}", ["id", "vector"], timeout=seconds)
        return {row["id"]: row["vector"] for row in rows}

    def sharing(self, asked: Sequence[Weights], limit: int) -> Sequence[Neighbours]:
        """Return, for each of some sparse vectors, at most ``limit`` passages with a positive inner product.

        Raises:
            VectorsUnavailable: the engine does not answer, or holds no words.
        """
        found = self._link.ask(
            lambda client, s: client.search(
                self._name,
                [dict(one) for one in asked],
                limit=limit,
                anns_field="words",
                output_fields=["id"],  # where none are named, some servers send all
                timeout=s,
            )
        )
        return [_neighbours(hits) for hits in found]

    def close(self) -> None:
        """Disconnect, as soon as the searches that have begun are done."""
        self._link.close()

    def _near(self, vector: Floats, count: int) -> tuple[Ids, Floats]:
        """Return what the engine takes for the nearest, at most ``count``, in no order."""
        params = {"ef": max(_LEAST_EF, _EF * count)} if len(self) > self._exact else {}
        found = self._link.ask(
            lambda client, s: client.search(
                self._name,
                [vector.tolist()],
                limit=count,
                anns_field="vector",
                output_fields=["vector"],
                search_params={"params": params},
                timeout=s,
            )
        )[0]
        ids = np.array([hit["id"] for hit in found], np.int64)
        return ids, np.array([hit["entity"]["vector"] for hit in found], np.float32).reshape(-1, len(vector))


def _neighbours(hits: Any) -> Neighbours:
    ids, scores = ([hit[of] for hit in hits] for of in ("id", "distance"))
    return Neighbours(np.array(ids, np.int64), np.array(scores, np.float32))
