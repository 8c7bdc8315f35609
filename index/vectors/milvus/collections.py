"""Make, check and drop collections, and lead the alias to the published one. What is published is decided elsewhere.

A collection's name says whose it is: the prefix of the settings, and a word that the storage folder has for itself.
Invariant: no collection with another beginning is ever touched.
"""

import logging
import re
from collections.abc import Sequence, Set
from functools import partial
from secrets import token_hex
from typing import Any

import numpy as np

from index.errors import VectorsUnavailable
from index.settings import VectorsSection
from index.vectors.milvus.link import Link, is_absent, schema
from index.vectors.milvus.searching import EXACT, MilvusVectors, rows_of_request
from index.vectors.protocol import Floats, Halves, Ids, VectorsWritten, Weights, WordRows, in_order

log = logging.getLogger(__name__)

_STEP_SECONDS = 60.0
"""How long one step of writing, moving or dropping may take."""

_INDEXING_SECONDS = 6 * 3600.0
"""How long the engine may take to index all that was written, and have it ready: only one that hangs takes longer."""

_GRAPH = {"M": 24, "efConstruction": 256}
"""https://milvus.io/docs/hnsw.md. Of 38 000 passages of news it finds 0.998 of the ten nearest to a question
(``tests/benchmarks/elsewhere.py``)."""


class Milvus:
    """The collections of one storage folder, whose word is ``owner``."""

    def __init__(self, section: VectorsSection, owner: str, exact: int = EXACT) -> None:
        """``exact``: from how many vectors on a collection has a graph."""
        self._section, self._exact = section, exact
        self._alias = f"{section.prefix}_live"
        self._beginning = f"{section.prefix}_{owner}"

    def write(self, ids: Ids, rows: Halves | Floats, words: WordRows | None = None) -> VectorsWritten:
        """Write ``rows`` (n, d), unit vectors, under ``ids`` (n,) into a new collection; all is searchable at the end.

        ``words``: what counts of the words of the passages, where they are to be searched there, too.

        Raises:
            ValueError: an id stands twice, or there are not as many ids as vectors.
            VectorsUnavailable: the engine does not answer, or holds something else in the end.
        """
        ids, rows = in_order(ids, rows)
        name = f"{self._beginning}_{token_hex(6)}"
        link = Link(self._section, name, seconds=_STEP_SECONDS)
        try:
            has_words, has_graph = words is not None, len(ids) > self._exact
            link.ask(partial(_create, name=name, dimension=rows.shape[1], words=has_words))
            step = rows_of_request(rows.shape[1], words=has_words)
            for start in range(0, len(ids), step):
                # rounded as a file's rows are: the same vectors, whichever engine holds them
                part = rows[start : start + step].astype(np.float16).astype(np.float32)
                own = ids[start : start + step]
                link.ask(partial(_insert, name=name, ids=own, rows=part, words=words(own) if words else None))
            count = link.ask(partial(_finish, name=name, has_graph=has_graph, words=has_words))
        finally:
            link.close()
        if count != len(ids):
            raise VectorsUnavailable(f"{len(ids)} vectors were written into collection {name}, and {count} are there")
        kind = f"a graph of {_GRAPH['M']} neighbours" if has_graph else "exact"
        return VectorsWritten(rows.shape[1], f"Milvus, {kind}{', with words' * has_words}", name, has_words)

    def open(self, collection: str) -> MilvusVectors:
        """Open a collection for searching, whether the engine answers now or not."""
        return MilvusVectors(self._section, collection, self._exact)

    def loss(self, collection: str, count: int, *, words: bool) -> str | None:
        """Return what is wrong with a collection that should hold ``count`` vectors; ``None`` where it is sound.

        ``words``: it should hold the words of as many passages, too.

        Raises:
            VectorsUnavailable: the engine does not answer.
        """
        vectors = self.open(collection)
        try:
            found, has_words = len(vectors), not words or vectors.has_words
        except VectorsUnavailable as error:
            if not is_absent(error):
                raise
            return f"Milvus has no collection {collection}"
        finally:
            vectors.close()
        if not has_words:
            return f"collection {collection} holds no words"
        return None if found == count else f"collection {collection} holds {found} vectors, not {count}"

    def settle(self, live: str, kept: Set[str]) -> None:
        """Lead the alias to ``live``, "" for none, and drop the collections of this folder that are not ``kept``.

        Raises:
            VectorsUnavailable: the engine does not answer.
        """
        link = Link(self._section, seconds=_STEP_SECONDS)
        try:
            names = set(link.ask(lambda client, s: client.list_collections(timeout=s)))
            if live in names:
                link.ask(partial(_lead, alias=self._alias, collection=live))
            own = re.compile(f"{re.escape(self._beginning)}_[0-9a-f]{{12}}")
            for name in sorted(one for one in names - kept if own.fullmatch(one)):
                log.info("dropping collection %s, which no snapshot names", name)
                link.ask(partial(_drop, name=name))
        finally:
            link.close()


def _create(client: Any, seconds: float, name: str, dimension: int, words: bool) -> None:
    # Nothing changes once it is written, and writing ends with a strong count: no search has to wait for writers.
    made = schema(client, dimension, words=words)
    client.create_collection(name, schema=made, consistency_level="Eventually", timeout=seconds)


def _insert(client: Any, seconds: float, name: str, ids: Ids, rows: Floats, words: Sequence[Weights] | None) -> None:
    entities: list[dict[str, Any]] = [{"id": id_, "vector": row} for id_, row in zip(ids.tolist(), rows, strict=True)]
    if words is not None:
        entities = [one | {"words": weights} for one, weights in zip(entities, words, strict=True)]
    client.insert(name, entities, timeout=seconds)


def _finish(client: Any, seconds: float, name: str, has_graph: bool, words: bool) -> int:
    """Index what was written, have it searched from now on, and return how much it is."""
    client.flush(name, timeout=_INDEXING_SECONDS)
    params = client.prepare_index_params()
    kind, built = ("HNSW", _GRAPH) if has_graph else ("FLAT", {})
    params.add_index("vector", index_type=kind, metric_type="IP", params=built)
    if words:
        params.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    client.create_index(name, params, timeout=_INDEXING_SECONDS)
    client.load_collection(name, timeout=_INDEXING_SECONDS)
    if words:  # some servers make this index when it is first searched, and nobody else waits for it so long
        client.search(name, [{0: 1.0}], limit=1, anns_field="words", output_fields=["id"], timeout=_INDEXING_SECONDS)
    counted = client.query(name, "", ["count(*)"], consistency_level="Strong", timeout=seconds)
    return int(counted[0]["count(*)"])


def _lead(client: Any, seconds: float, alias: str, collection: str) -> None:
    """Let an alias lead to a collection, in one step, whether it is there already or not."""
    led = client.list_aliases(timeout=seconds)
    known = led["aliases"] if isinstance(led, dict) else led
    change = client.alter_alias if alias in known else client.create_alias
    change(collection, alias, timeout=seconds)


def _drop(client: Any, seconds: float, name: str) -> None:
    # Milvus refuses to drop a collection that an alias leads to: https://milvus.io/docs/manage-aliases.md
    for alias in client.list_aliases(name, timeout=seconds)["aliases"]:
        client.drop_alias(alias, timeout=seconds)
    client.drop_collection(name, timeout=seconds)
