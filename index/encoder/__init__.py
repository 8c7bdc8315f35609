"""Texts to unit vectors.

``local`` finds out whether a model is ``plain``: a BERT, which is computed here by torch alone (``lean``, over the
layers of ``bert``), as the packaged one is; any other is computed by sentence_transformers, which ``library`` alone
imports, for four seconds and 255 MB. ``network`` is what the two have in common.

It does not decide what is encoded when, and keeps no vectors (``index.cache``). Invariant: every row that
leaves this package is finite, float32 and of length one.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from index.errors import EncoderError
from index.weights import locate_weights

if TYPE_CHECKING:
    from index.encoder.local import LocalEncoder

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
    name_or_folder: str, *, remember: Path | None = None, threads: int | None = None, fast: bool = False
) -> "LocalEncoder":
    """Find an encoder by name or folder; its model is loaded when it is first needed, its identity known now.

    ``remember`` is the file that keeps the digests of its files between starts. ``threads``: cores that one
    call uses; the bot, whose machine is busy, wants 1; ``None``: all. ``fast``: for many texts, in numbers of 16 bits
    where those are computed faster and no vector turns far (``index.encoder.devices``).

    Raises:
        EncoderError: its files are not there, or not the pinned ones.
    """
    from index.encoder.local import LocalEncoder

    return LocalEncoder(locate_weights(name_or_folder, remember), threads=threads, fast=fast)


def load_encoder(
    name_or_folder: str, *, remember: Path | None = None, threads: int | None = None, fast: bool = False
) -> Encoder:
    """Find an encoder as ``locate_encoder`` does, and load its model.

    Raises:
        EncoderError: its files are not there, not the pinned ones, or not a model of sentence embeddings.
    """
    encoder = locate_encoder(name_or_folder, remember=remember, threads=threads, fast=fast)
    _ = encoder.dimension
    return encoder


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
