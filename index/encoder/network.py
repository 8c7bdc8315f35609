"""A loaded model: its texts in batches, a batch for each worker. Safe from several threads at once."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from index.encoder import Floats
from index.encoder.ahead import made_ahead
from index.encoder.batches import batches_of, in_parts
from index.encoder.devices import Device
from index.encoder.process import compute_alone

LOT = 2048
"""Texts that are tokenized together, and sorted by their tokens."""


class Prepared(Protocol):
    """Texts as a network sees them."""

    @property
    def lengths(self) -> Sequence[int]:
        """Of each text in tokens, by which they are dealt to batches; all 0: they are computed at once."""
        ...

    def rows(self, batch: Sequence[int]) -> Tensor:
        """Compute the vectors (n, d) of texts by their numbers, of float32; a card may not be done with them yet."""
        ...


class Network(Protocol):
    """What computes vectors on a device."""

    @property
    def dimension(self) -> int:
        """The width of the vectors."""
        ...

    def prepared(self, texts: Sequence[str]) -> Prepared:
        """Return the texts as ``rows`` needs them."""
        ...

    def halve(self, numbers: str) -> None:
        """Multiply from now on in these numbers of 16 bits."""
        ...


class Model:
    """A network on a device, whose workers compute a batch each."""

    def __init__(self, network: Network, device: Device) -> None:
        self.device = device
        self.dimension = network.dimension
        self._network = network
        self._pool = ThreadPoolExecutor(device.workers, "encoder", initializer=compute_alone)
        self._tokenizers = ThreadPoolExecutor(device.ahead, "tokenizer") if device.ahead else None

    def encoded(self, texts: Sequence[str]) -> Iterator[Floats]:
        """Yield (n, d) float32, of the first texts, of the next ones and so on.

        Where memory is short, smaller batches are computed.

        Raises:
            MemoryError: there is not enough for a single text.
        """
        for prepared in self._prepared(texts):
            parts = list(self._computed(prepared))
            rows = np.empty((len(prepared.lengths), self.dimension), np.float32)
            # a card is waited for here alone, and has all batches to do until then
            rows[[number for batch, _ in parts for number in batch]] = torch.cat([part for _, part in parts]).cpu()
            yield rows

    def _prepared(self, texts: Sequence[str]) -> Iterator[Prepared]:
        some = (texts[start : start + LOT] for start in range(0, len(texts), LOT))
        if self._tokenizers is None:
            return map(self._network.prepared, some)
        return made_ahead(self._network.prepared, some, self._tokenizers, self.device.ahead)

    def _computed(self, prepared: Prepared) -> Iterator[tuple[list[int], Tensor]]:
        batches = list(batches_of(prepared.lengths, self.device.batch_tokens, self.device.workers))
        alone = len(batches) == 1 or self.device.workers == 1
        computed = partial(in_parts, compute=prepared.rows)
        return chain.from_iterable(map(computed, batches) if alone else self._pool.map(computed, batches))

    def halve(self, device: Device) -> None:
        """Compute from now on as ``device`` says, whose numbers have 16 bits: the weights of matrix products, too."""
        self._network.halve(device.numbers)
        self.device = device
