"""A sentence-transformers model on this machine. Safe from several threads at once."""

import gc
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from index.encoder import Floats, unit_rows
from index.encoder.batches import batches_of
from index.encoder.devices import Device, Machine, choose_device
from index.errors import EncoderError
from index.weights import Weights

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_TOKENIZED = 2048
"""Texts that are tokenized together, and sorted by their tokens."""

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

_KERNEL_CACHES = ("LRU_CACHE_CAPACITY", "ONEDNN_PRIMITIVE_CACHE_CAPACITY")
"""Of torch and of oneDNN, which read them when they compute first: whoever else computes in this process keeps so few.
https://uxlfoundation.github.io/oneDNN/dev_guide_primitive_cache.html"""

_KERNELS = 8
"""Kept for each core. By default 1024, one for every number of tokens that was ever computed in 16-bit numbers, and a
megabyte each: thirty questions made a bot 360 MB larger, now 60, in the same time. A batch needs four, the same in each
layer."""

Features = dict[str, Any]
"""What a model is given: arrays by their names; those of tokens have the shape (texts, most tokens of a text)."""


class LocalEncoder:
    """A sentence-transformers model in a folder of this machine; it is loaded when it is first needed."""

    def __init__(self, weights: Weights, *, threads: int | None = None, fast: bool = False) -> None:
        self.identity = weights.identity
        self._weights = weights
        self._threads = threads
        self._fast = fast
        self._loading = threading.Lock()
        self._loaded: _Model | None = None

    @property
    def _model(self) -> "_Model":
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
            EncoderError: the model gave a vector that is not finite or has no direction.
        """
        rows = np.empty((len(texts), self.dimension), np.float32)
        encodable = [text.encode("utf-8", "replace").decode() for text in texts]  # tokenizers refuse lone surrogates
        for start in range(0, len(texts), _TOKENIZED):
            rows[start : start + _TOKENIZED] = self._model.encode(encodable[start : start + _TOKENIZED])
        return unit_rows(rows) if texts else rows


class _Model:
    """A loaded model on a device, whose workers compute a batch each."""

    def __init__(self, transformer: "SentenceTransformer", device: Device, dimension: int) -> None:
        self.device = device
        self.dimension = dimension
        self._transformer = transformer.eval()
        self._pool = ThreadPoolExecutor(device.workers, "encoder", initializer=_compute_alone)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return (n, d) float32."""
        features: Features = self._transformer.preprocess(list(texts))
        if "attention_mask" not in features:  # a table of word vectors, which has no use for batches
            return np.asarray(self._transformer.encode(list(texts), show_progress_bar=False), np.float32)
        lengths = [int(length) for length in features["attention_mask"].sum(1)]
        batches = list(batches_of(lengths, self.device.batch_tokens, self.device.workers))
        compute = partial(self._computed, features)
        parts = (
            map(compute, batches) if len(batches) == 1 or self.device.workers == 1 else self._pool.map(compute, batches)
        )
        rows = np.empty((len(texts), self.dimension), np.float32)
        for batch, part in zip(batches, parts, strict=True):
            rows[batch] = part
        return rows

    def halve(self, device: Device) -> None:
        """Compute from now on as ``device`` says, whose numbers have 16 bits: the weights of matrix products, too."""
        import torch

        for layer in self._transformer.modules():
            if type(layer) is torch.nn.Linear:
                layer.to(getattr(torch, device.numbers))
        self.device = device

    def _computed(self, features: Features, batch: list[int]) -> Floats:
        import torch

        numbers = getattr(torch, self.device.numbers)
        with torch.inference_mode(), torch.autocast(self.device.name, numbers, enabled=not self.device.is_exact):
            moved = {name: self._moved(value) for name, value in _cut(features, batch).items()}
            return np.asarray(self._transformer(moved)["sentence_embedding"].float().cpu(), np.float32)

    def _moved(self, value: Any) -> Any:
        return value.to(self.device.name) if hasattr(value, "to") else value


def _cut(features: Features, batch: list[int]) -> Features:
    """Return the features of some texts, without the columns that only fill these up."""
    mask = features["attention_mask"]
    used = np.flatnonzero(np.asarray(mask[batch].sum(0)))
    columns = slice(int(used[0]), int(used[-1]) + 1) if used.size else slice(0, 1)

    def cut(value: Any) -> Any:
        shape = tuple(getattr(value, "shape", ()))
        if shape[:2] == tuple(mask.shape):
            return value[batch][:, columns]
        return value[batch] if shape[:1] == mask.shape[:1] else value

    return {name: cut(value) for name, value in features.items()}


def _compute_alone() -> None:
    """Let this thread, and those that begin later, compute without helpers: each core has a batch of its own."""
    import torch

    torch.set_num_threads(1)


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
def _load(weights: Weights, threads: int | None, *, fast: bool) -> _Model:
    # Read by OpenMP when torch is first imported: waiting threads sleep instead of spinning, which on a busy
    # machine of two cores is the difference between 10 and 490 ms a question.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    for cache in _KERNEL_CACHES:
        os.environ.setdefault(cache, str(_KERNELS * _cores()))
    _compute_alone()
    machine = _this_machine()
    exact = choose_device(machine, threads=threads, fast=False)
    device = choose_device(machine, threads=threads, fast=fast)
    model = _opened(weights, exact)
    if device.is_exact:
        return model
    wanted = unit_rows(model.encode(_PROBES))
    model.halve(device)
    return model if is_near(wanted, unit_rows(model.encode(_PROBES)), device.least_cosine) else _opened(weights, exact)


def is_near(exact: Floats, other: Floats, least: float) -> bool:
    """Tell whether unit rows (n, d) have at least so large a cosine each to those of another way to compute them."""
    return bool(np.sum(exact * other, axis=1).min() >= least)


def _this_machine() -> Machine:
    import torch

    can = torch.cpu.get_capabilities()
    return Machine(_cores(), torch.cuda.is_available(), bool(can.get("amx_bf16") or can.get("avx512_bf16")))


def _cores() -> int:
    """The cores that this process may use, by the system and by OMP_NUM_THREADS, whose first number counts."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    asked = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0]
    return min(usable, int(asked)) if asked.isdecimal() and int(asked) else usable


def _opened(weights: Weights, device: Device) -> _Model:
    import transformers
    from sentence_transformers import SentenceTransformer

    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        opened = SentenceTransformer(str(weights.folder), device=device.name, local_files_only=True)
    except Exception as error:  # of half a dozen libraries, some with error classes outside any common tree
        raise EncoderError(f"{weights.folder} cannot be loaded as a model of sentence embeddings: {error}") from error
    dimension = opened.get_embedding_dimension()
    if dimension is None:
        raise EncoderError(f"{weights.folder} is no model of sentence embeddings: it has no dimension")
    return _Model(opened, device, int(dimension))
