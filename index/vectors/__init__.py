"""Nearest vectors by inner product: one protocol for whatever engine holds them, FAISS on this machine or a Milvus.

It does not make vectors (``index.encoder``) and knows nothing of passages but their ids. ``protocol`` is what those who
search know; ``kinds`` chooses how they lie in a file, ``building`` writes it, ``mapped`` searches it; ``milvus`` holds
them elsewhere, and with them, where that is wanted, sparse vectors of the passages' words, which ``index.lexical``
makes. Invariant: an engine's library is imported when it is first used.
"""

from collections.abc import Callable, Set
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import SettingsError
from index.settings import VectorsSection
from index.vectors.protocol import (
    Collection,
    Floats,
    Halves,
    Ids,
    Neighbours,
    VectorIndex,
    VectorsWritten,
    Weights,
    WordRows,
)

__all__ = [
    "Collection",
    "Floats",
    "Halves",
    "Ids",
    "Neighbours",
    "VectorIndex",
    "VectorsWritten",
    "Weights",
    "WordRows",
    "kept_rows",
    "lost_vectors",
    "open_collection",
    "open_vectors",
    "settle_vectors",
    "write_vectors",
]

if TYPE_CHECKING:
    from index.vectors.milvus.collections import Milvus

FILES = VectorsSection()
"""Vectors in files, as they are where the settings say nothing."""


def open_vectors(path: Path, collection: str = "", section: VectorsSection = FILES) -> VectorIndex:
    """Open the vectors of a generation for searching: of a ``collection``, where one is named, else of a file.

    Raises:
        SnapshotDamaged: the file is missing, truncated or not one of vectors.
        SettingsError: the engine's client is not installed.
    """
    if collection:
        return open_collection(collection, section)
    from index.vectors.mapped import MappedVectors

    return MappedVectors.open(path)


def kept_rows(path: Path) -> Callable[[Ids], Halves]:
    """Open the vectors that lie in a file, and return what copies those of some ids, (m,) to (m, d), as they are kept.

    Raises:
        SnapshotDamaged: the file is missing, truncated or not one of vectors.
    """
    from index.vectors.mapped import MappedVectors

    vectors = MappedVectors.open(path)
    rows = vectors.kept()
    return lambda ids: rows.at(vectors.places(ids))


def open_collection(collection: str, section: VectorsSection) -> Collection:
    """Open the vectors of a generation in an engine elsewhere, whether that answers now or not.

    Raises:
        SettingsError: the engine's client is not installed.
    """
    return _milvus(section).open(collection)


def write_vectors(
    path: Path,
    ids: Ids,
    rows: Halves | Floats,
    base: Path | None = None,
    section: VectorsSection = FILES,
    owner: str = "",
    words: WordRows | None = None,
) -> VectorsWritten:
    """Write the vectors of a generation, ``rows`` (n, d) under ``ids`` (n,), in the kind that their number calls for.

    ``base``: the file of an earlier generation, if there is one, from which is taken what took long to find; ``owner``:
    the storage folder's word, where they go into an engine elsewhere; ``words``: what that is to hold of the passages'
    words. ``index.vectors.building`` and ``index.vectors.milvus.collections`` say more, and what they raise.
    """
    if section.engine == "milvus":
        return _milvus(section, owner).write(ids, rows, words)
    from index.vectors import building

    return building.write_vectors(path, ids, rows, base if base and base.is_file() else None)


def lost_vectors(section: VectorsSection, collection: str, count: int, *, words: bool = False) -> str | None:
    """Return what is wrong with a collection that should hold ``count`` vectors; ``None`` where it is sound.

    ``words``: it should hold the words of as many passages, too.

    Raises:
        VectorsUnavailable: the engine does not answer.
        SettingsError: the engine's client is not installed.
    """
    return _milvus(section).loss(collection, count, words=words)


def settle_vectors(section: VectorsSection, owner: str, live: str, kept: Set[str]) -> None:
    """Tell an engine elsewhere which collection is published, "" for none, and which are to be ``kept`` of a folder's.

    Raises:
        VectorsUnavailable: the engine does not answer.
        SettingsError: the engine's client is not installed.
    """
    if section.engine == "milvus":
        _milvus(section, owner).settle(live, kept)


def _milvus(section: VectorsSection, owner: str = "") -> "Milvus":
    try:
        from index.vectors.milvus.collections import Milvus
    except ModuleNotFoundError as error:
        raise SettingsError(
            f'the vectors lie in Milvus, and {error.name} is not installed: pip install "verbatim[milvus]"'
        ) from error
    return Milvus(section, owner)
