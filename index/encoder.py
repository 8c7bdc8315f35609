"""Texts to unit vectors: the only module that imports sentence_transformers.

It does not decide what is encoded when, and keeps no vectors (``index.cache``). Invariant: every row that
leaves this module is finite, float32 and of length one.
"""

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from index.errors import EncoderError
from index.weights import Weights, locate_weights

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Floats = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Something that makes unit vectors of texts."""

    @property
    def identity(self) -> str:
        """Name, digest and number format: vectors of two encoders compare only where this is equal."""
        ...

    @property
    def dimension(self) -> int:
        """The width of the vectors."""
        ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return (n, d) float32, unit rows in the order of ``texts``; (0, d) for none."""
        ...


def text_to_encode(title: str, passage: str) -> str:
    """Return what is encoded for a passage: its article's title, which is no part of it, and its text."""
    return f"{title}\n{passage}"


def locate_encoder(
    name_or_folder: str, *, remember: Path | None = None, batch_size: int = 8, threads: int | None = None
) -> "LocalEncoder":
    """Find an encoder by name or folder; its model is loaded when it is first needed, its identity known now.

    ``remember`` is the file that keeps the digests of its files between starts. ``threads``: cores that one
    call uses; the bot, whose machine is busy, wants 1; ``None``: all.

    Raises:
        EncoderError: its files are not there, or not the pinned ones.
    """
    return LocalEncoder(locate_weights(name_or_folder, remember), batch_size=batch_size, threads=threads)


def load_encoder(
    name_or_folder: str, *, remember: Path | None = None, batch_size: int = 8, threads: int | None = None
) -> Encoder:
    """Find an encoder as ``locate_encoder`` does, and load its model.

    Raises:
        EncoderError: its files are not there, not the pinned ones, or not a model of sentence embeddings.
    """
    encoder = locate_encoder(name_or_folder, remember=remember, batch_size=batch_size, threads=threads)
    _ = encoder.dimension
    return encoder


class LocalEncoder:
    """A sentence-transformers model in a folder of this machine."""

    def __init__(self, weights: Weights, *, batch_size: int = 8, threads: int | None = None) -> None:
        self.identity = weights.identity
        self._weights = weights
        self._batch_size = batch_size
        self._threads = threads

    @cached_property
    def _model(self) -> "SentenceTransformer":
        return _load(self._weights, self._threads)

    @property
    def dimension(self) -> int:
        """The width of the vectors."""
        width = self._model.get_embedding_dimension()
        if width is None:
            raise EncoderError(f"{self._weights.folder} is no model of sentence embeddings: it has no dimension")
        return int(width)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return (n, d) float32, unit rows in the order of ``texts``; (0, d) for none.

        Raises:
            EncoderError: the model gave a vector that is not finite or has no direction.
        """
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        encodable = [text.encode("utf-8", "replace").decode() for text in texts]  # tokenizers refuse lone surrogates
        rows = np.asarray(
            self._model.encode(encodable, batch_size=self._batch_size, show_progress_bar=False), np.float32
        )
        return unit_rows(rows)


def unit_rows(rows: Floats) -> Floats:
    """Return ``rows`` (n, d) at length one.

    Raises:
        EncoderError: a row is not finite or all zero.
    """
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    bad = ~np.isfinite(lengths[:, 0]) | (lengths[:, 0] == 0)
    if bad.any():
        raise EncoderError(
            f"the encoder gave {bad.sum()} of {len(rows)} vectors without a finite length:"
            " its weights are damaged, install them anew"
        )
    return np.asarray(rows / lengths, np.float32)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no unreachable objects meanwhile, nor ever among what is made meanwhile.

    A model and its libraries are 700 000 objects that stay: looking at them again and again takes 1.2 s of 4.9, and
    finds 7 MB.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


@_uncollected()
def _load(weights: Weights, threads: int | None) -> "SentenceTransformer":
    # Read by OpenMP when torch is first imported: waiting threads sleep instead of spinning, which on a busy
    # machine of two cores is the difference between 10 and 490 ms a question.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer

    if threads is not None:
        torch.set_num_threads(threads)
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(str(weights.folder), local_files_only=True)
    except Exception as error:  # of half a dozen libraries, some with error classes outside any common tree
        raise EncoderError(f"{weights.folder} cannot be loaded as a model of sentence embeddings: {error}") from error
