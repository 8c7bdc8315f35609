"""Dropout that is the same in every run: each thread that trains draws from a generator of its own.

The library's draws from one generator for all threads, so that no run is like another.
"""

import torch
from torch import Tensor, nn


class SeededDropout(nn.Module):
    """Sets a share of the numbers to zero while training, and scales the others up."""

    def __init__(self, share: float, generator: torch.Generator) -> None:
        super().__init__()
        self._share = share
        self._generator = generator

    def forward(self, values: Tensor) -> Tensor:
        """Return values of the same shape."""
        if not self.training:
            return values
        kept = torch.empty_like(values).bernoulli_(1 - self._share, generator=self._generator)
        return values * kept.div_(1 - self._share)


def with_dropout(network: nn.Module, share: float, generator: torch.Generator) -> None:
    """Put seeded dropout wherever a network has a place for it."""
    for module in list(network.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.Dropout):
                setattr(module, name, SeededDropout(share, generator))
