"""A model on this machine: computed by which code and in which numbers. Safe from several threads at once."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.encoder import Floats, unit_rows
from index.encoder.devices import Device, Machine, choose_device
from index.encoder.process import cores, settle_process, uncollected
from index.errors import EncoderError
from index.weights import Weights

if TYPE_CHECKING:
    from index.encoder.network import Model, Network

_SENTENCE = "On Tuesday the council voted to close the old bridge for repairs until the end of March. "

_PROBES = (
    "Bees",
    "When does the market open on Sundays?",
    _SENTENCE,
    f"Council closes bridge\n{10 * _SENTENCE}",
    40 * _SENTENCE,
    "Am Dienstag beschloss der Rat, die alte Brücke bis Ende März zu sperren.",
    "Во вторник совет решил закрыть старый мост на ремонт до конца марта.",
    "1 234,56 € (+7.8%) — 🐝🐝🐝",
)
"""Texts of many kinds, for which numbers of 16 bits are held against those of 32."""


class LocalEncoder:
    """A model of sentence embeddings in a folder of this machine; it is loaded when it is first needed."""

    def __init__(self, weights: Weights, *, threads: int | None = None, fast: bool = False) -> None:
        self.identity = weights.identity
        self._weights = weights
        self._threads = threads
        self._fast = fast
        self._loading = threading.Lock()
        self._loaded: Model | None = None

    @property
    def _model(self) -> "Model":
        with self._loading:
            if self._loaded is None:
                self._loaded = _load(self._weights, self._threads, fast=self._fast)
            return self._loaded

    @property
    def device(self) -> Device:
        """Where it computes, and in which numbers."""
        return self._model.device

    @property
    def dimension(self) -> int:
        """The width of the vectors."""
        return self._model.dimension

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return (n, d) float32, unit rows in the order of ``texts``; (0, d) for none.

        Raises:
            EncoderError: the model gave a vector that is not finite or has no direction, memory does not suffice for a
                single text, or the model's files do not belong together.
        """
        encodable = [text.encode("utf-8", "replace").decode() for text in texts]  # tokenizers refuse lone surrogates
        return _unit_rows(self._model, encodable)


@uncollected()
def _load(weights: Weights, threads: int | None, *, fast: bool) -> "Model":
    settle_process()
    machine = _this_machine()
    exact = choose_device(machine, threads=threads, fast=False)
    device = choose_device(machine, threads=threads, fast=fast)
    model = _opened(weights, exact)
    if device.is_exact:
        return model
    wanted = _unit_rows(model, _PROBES)
    model.halve(device)
    is_good = is_near(wanted, _unit_rows(model, _PROBES), device.least_cosine)
    return model if is_good else _opened(weights, exact)


def _unit_rows(model: "Model", texts: Sequence[str]) -> Floats:
    nothing = np.empty((0, model.dimension), np.float32)
    return np.concatenate([nothing, *map(unit_rows, _computed(model, texts))])


def _computed(model: "Model", texts: Sequence[str]) -> Iterator[Floats]:
    """Yield (n, d) float32. Messages of the libraries are left out: they may hold a text."""
    try:
        yield from model.encoded(texts)
    except MemoryError as error:
        raise EncoderError(
            "there is not enough memory to encode even a single text: end other programs, or give this one more"
        ) from error
    except Exception as error:  # of any of the libraries
        raise EncoderError(
            f"the encoder cannot encode ({type(error).__name__}): its files do not belong together, install it anew"
        ) from error


def is_near(exact: Floats, other: Floats, least: float) -> bool:
    """Tell whether unit rows (n, d) have at least so large a cosine each to those of another way to compute them."""
    return bool(np.sum(exact * other, axis=1).min() >= least)


def _this_machine() -> Machine:
    import torch

    can = torch.cpu.get_capabilities()
    return Machine(cores(), torch.cuda.is_available(), bool(can.get("amx_bf16") or can.get("avx512_bf16")))


def _opened(weights: Weights, device: Device) -> "Model":
    from index.encoder.network import Model

    try:
        return Model(_network(weights.folder, device), device)
    except Exception as error:  # of half a dozen libraries, some with error classes outside any common tree
        raise EncoderError(f"{weights.folder} cannot be loaded as a model of sentence embeddings: {error}") from error


def _network(folder: Path, device: Device) -> "Network":
    from index.encoder.plain import plain_bert, read_files

    if plain := plain_bert(read_files(folder)):
        from index.encoder.lean import LeanNetwork

        return LeanNetwork(folder, plain, device)
    from index.encoder.library import LibraryNetwork

    return LibraryNetwork(folder, device)
