"""A loaded model: its texts in batches, a batch for each worker. Safe from several threads at once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol

import numpy as np

from index.encoder import Floats
from index.encoder.batches import batches_of, in_parts
from index.encoder.devices import Device
from index.encoder.process import compute_alone


class Prepared(Protocol):
    """Texts as a network sees them."""

    @property
    def lengths(self) -> Sequence[int]:
        """Of each text in tokens, by which they are dealt to batches; all 0: they are computed at once."""
        ...

    def rows(self, batch: Sequence[int]) -> Floats:
        """Compute the vectors (n, d) of texts by their numbers."""
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

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return (n, d) float32; where memory is short, smaller batches are computed.

        Raises:
            MemoryError: there is not enough for a single text.
        """
        prepared = self._network.prepared(texts)
        batches = list(batches_of(prepared.lengths, self.device.batch_tokens, self.device.workers))
        alone = len(batches) == 1 or self.device.workers == 1
        computed = partial(in_parts, compute=prepared.rows)
        rows = np.empty((len(texts), self.dimension), np.float32)
        for parts in map(computed, batches) if alone else self._pool.map(computed, batches):
            for part, of_part in parts:
                rows[part] = of_part
        return rows

    def halve(self, device: Device) -> None:
        """Compute from now on as ``device`` says, whose numbers have 16 bits: the weights of matrix products, too."""
        self._network.halve(device.numbers)
        self.device = device
