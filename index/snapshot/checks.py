"""Verify that a snapshot is what its manifest says and that searching it works. It repairs nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from index.encoder import text_to_encode
from index.errors import SnapshotError
from index.records import Passage
from index.snapshot.manifest import damaged
from index.snapshot.reading import Snapshot
from index.snapshot.store import Store

Encode = Callable[[Sequence[str]], npt.NDArray[np.float32]]

SAMPLE = 16
"""Passages that have to find themselves."""

_NEAR = 1e-3  # cosine: batches of another shape differ by 1e-6, half precision by 1e-4, another model by more
_TOP = 100
_TELLING = 16  # of its rarest words: the others say little, and cost most
_WORDS = 8  # a passage of fewer distinct words need not be among the best for them


def check_contents(snapshot: Snapshot, encode: Encode | None = None) -> None:
    """Check the tables, the counts, and that a sample of passages finds itself by vector and by words.

    ``encode``: also compare the sample's vectors with new ones.

    Raises:
        SnapshotDamaged: something is not as the manifest says.
    """
    with snapshot.telling_damage():
        sample = _sample(snapshot, _checked_tables(snapshot))
        _check_vectors(snapshot, sample)
        _check_words(snapshot, sample)
    if encode is not None and sample:
        _check_encoder(snapshot, sample, encode)


def problem_of(store: Store, name: str) -> str | None:
    """Return what is wrong with a kept snapshot; ``None`` where it is sound."""
    try:
        with store.open(name) as snapshot:
            check_contents(snapshot)
    except SnapshotError as error:
        return str(error)
    return None


def _checked_tables(snapshot: Snapshot) -> Sequence[int]:
    """Return the ids of the passages, ascending."""
    (report,) = snapshot.connection.execute("PRAGMA quick_check(1)").fetchone()
    if report != "ok":
        raise damaged(snapshot.name, f"SQLite says {report!r}")
    ids = snapshot.passage_ids()
    found = (len(snapshot.article_ids()), len(ids), snapshot.vectors.dimension)
    stated = (snapshot.manifest.articles, snapshot.manifest.passages, snapshot.manifest.dimension)
    if found != stated:
        raise damaged(snapshot.name, f"articles, passages and dimension are {found}, the manifest says {stated}")
    if snapshot.vectors.ids.tolist() != list(ids):
        raise damaged(snapshot.name, "the vectors are not those of the passages")
    return ids


def _sample(snapshot: Snapshot, ids: Sequence[int]) -> list[Passage]:
    """Evenly spaced in the order of their ids; those are digests, so from everywhere in the articles."""
    return snapshot.passages(ids[:: max(1, len(ids) // SAMPLE)][:SAMPLE])


def _check_vectors(snapshot: Snapshot, sample: Sequence[Passage]) -> None:
    for passage in sample:
        (vector,) = snapshot.vectors.vectors(np.array([passage.id]))
        best = snapshot.vectors.search(vector, 1).scores[0]
        if abs(1 - float(vector @ vector)) > _NEAR or float(vector @ vector) < best - _NEAR:
            raise damaged(snapshot.name, f"passage {passage.id} is not the nearest to its own vector")


def _check_words(snapshot: Snapshot, sample: Sequence[Passage]) -> None:
    words = snapshot.words
    for passage in sample:
        terms = words.terms(_text(snapshot, passage))
        telling = replace(terms, words=terms.words[:_TELLING], phrases=())
        found = [hit.passage_id for hit in words.search(telling, _TOP)]
        if len(terms.words) < _WORDS or passage.id in found:
            continue
        copies = (_text(snapshot, one) for one in snapshot.passages(found))
        if _text(snapshot, passage) not in copies:
            raise damaged(snapshot.name, f"passage {passage.id} is not found by its own words")


def _check_encoder(snapshot: Snapshot, sample: Sequence[Passage], encode: Encode) -> None:
    texts = [text_to_encode(_article_title(snapshot, p), _text(snapshot, p)) for p in sample]
    stored = snapshot.vectors.vectors(np.array([p.id for p in sample]))
    cosines = np.sum(stored * encode(texts), axis=1)
    if cosines.min() < 1 - _NEAR:
        raise damaged(snapshot.name, f"the encoder now gives other vectors (least cosine {cosines.min():.4f})")


def _text(snapshot: Snapshot, passage: Passage) -> str:
    article = snapshot.article(passage.article_id)
    return article.text[passage.start : passage.end] if article else ""


def _article_title(snapshot: Snapshot, passage: Passage) -> str:
    article = snapshot.article(passage.article_id)
    return article.title if article else ""
